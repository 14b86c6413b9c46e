"""Batches that shrink where memory runs out, and grow back: a batch that fits today may not fit beside another process.

Nothing here is of GPUs alone: a processor that runs out of memory says so in other words, and the same code tries again.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

_ItemT = TypeVar("_ItemT")
_MadeT = TypeVar("_MadeT")
_GROWS_AFTER = 16  # batches that fit, before a larger one is tried
# What libraries say that have no exception of their own for it: torch on a processor and of a context, cuBLAS, C++, oneDNN.
_SAID = ("DefaultCPUAllocator", "out of memory", "ALLOC_FAILED", "bad_alloc", "could not create a primitive")
_FAILED = ("CUDA error", "CUDA driver error", "CUBLAS_STATUS", "CUDNN_STATUS", "cuDNN error")  # that a GPU works no more


class MicroBatches:
    """How many items are worked on at a time: `most` at the beginning, half as many whenever memory runs out."""

    def __init__(self, most: int) -> None:
        self.size = self._most = most
        self._fitted = 0

    def each(self, items: Sequence[_ItemT], work: Callable[[Sequence[_ItemT]], Sequence[_MadeT]]) -> list[_MadeT]:
        """What `work` makes of all items, batch after batch.

        Raises `MemoryError` where memory runs out for one item alone, or the device failed: this process can do nothing more.
        And whatever else `work` raises.
        """
        made: list[_MadeT] = []
        while len(made) < len(items):
            some = items[len(made) : len(made) + self.size]
            try:
                made += work(some)
            except Exception as error:
                if _lost_device(error):
                    raise MemoryError(str(error)) from error
                if not out_of_memory(error):
                    raise
                if len(some) == 1:
                    raise MemoryError(str(error)) from error
                self.size, self._fitted = max(1, len(some) // 2), 0
            else:
                self._grow()
                continue
            # Not in the handler: there the error still holds what was allocated.
            if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
                torch.cuda.empty_cache()
        return made

    def _grow(self) -> None:
        self._fitted += 1
        if self._fitted >= _GROWS_AFTER and self.size < self._most:
            self.size, self._fitted = min(self._most, 2 * self.size), 0


def _lost_device(error: Exception) -> bool:
    """Whether a GPU failed: from then on all that this process asks of it does, whatever the items are."""
    return not out_of_memory(error) and isinstance(error, RuntimeError) and any(words in str(error) for words in _FAILED)


def out_of_memory(error: Exception) -> bool:
    """Whether an exception says that memory ran out, on a GPU or on a processor."""
    said = isinstance(error, RuntimeError) and any(words in str(error) for words in _SAID)
    return said or isinstance(error, torch.OutOfMemoryError | MemoryError)
