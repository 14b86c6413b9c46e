"""The device that this process computes on: a GPU that Ray allotted to it, else the CPU; and how it keeps memory for that."""

import ctypes
import os
import sys

import torch

from sartext.errors import UserError

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of mallopt(3)
_MOST_OF_HEAP_BYTES = 32 * 2**20  # the largest that glibc takes
_KEPT_BYTES = 256 * 2**20


def allotted_device() -> torch.device:
    """The GPU that Ray allotted to this process, or the CPU.

    Ray 2.60 hides no GPU from a process that asked for none, so that one can be seen says nothing: a model that took it would
    share it with whatever it was given to. Raises `UserError` where one is allotted and torch cannot use it.
    """
    number = _allotted_number()
    return torch.device("cpu") if number is None else gpu(number)


def gpu(number: int) -> torch.device:
    """One of the GPUs that this process sees. Raises `UserError` where torch sees none."""
    if not torch.cuda.is_available():
        raise UserError(
            f"Ray allotted GPU {number} to a process whose torch sees none; check the driver, or install a torch built for "
            "this GPU, or ask for no GPUs"
        )
    return torch.device("cuda", number)


def _allotted_number() -> int | None:
    """The number, among those that this process sees, of the first GPU that Ray allotted to it."""
    ray = sys.modules.get("ray")  # a process that never imported it was allotted nothing
    if ray is None or not ray.is_initialized():
        return None
    allotted = [str(one) for one in ray.get_gpu_ids()]
    if not allotted:
        return None
    seen = [one.strip() for one in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")]
    # Ray hides the GPUs of others from a process that asked for some; Ray Train shows each worker those of its whole node.
    return min((seen.index(one) for one in allotted if one in seen), default=0)


def keep_freed_memory() -> bool:
    """Lets this process keep up to 256 MiB of what it frees, for what it allocates next; whether the C library can do that.

    Without it a thread other than the first gives each tensor of a layer back to the kernel and takes it anew, page by page:
    a tenth of the time of a small model on a CPU.
    """
    set_ = getattr(ctypes.CDLL(None), "mallopt", None)
    return set_ is not None and bool(set_(_MMAP_THRESHOLD, _MOST_OF_HEAP_BYTES)) and bool(set_(_TRIM_THRESHOLD, _KEPT_BYTES))
