"""Settings of the C library's allocator (mallopt(3)) for processes in which threads run models."""

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of malloc.h
_MOST_OF_HEAP_BYTES = 32 * 2**20  # the largest that glibc takes
_KEPT_BYTES = 256 * 2**20


def keep_freed_memory() -> bool:
    """Lets this process keep up to 256 MiB of what it frees, for what it allocates next; whether the C library can do that.

    Without it a thread other than the first gives each tensor of a layer back to the kernel and takes it anew, page by page:
    a tenth of the time of a small model on a CPU.
    """
    set_ = getattr(ctypes.CDLL(None), "mallopt", None)
    return set_ is not None and bool(set_(_MMAP_THRESHOLD, _MOST_OF_HEAP_BYTES)) and bool(set_(_TRIM_THRESHOLD, _KEPT_BYTES))
