"""Batches that shrink where memory runs out. The device whose memory runs out is a stub: a limit on how many items fit."""

from collections.abc import Sequence

import pytest
import torch

from sartext.flow.predict.micro_batches import MicroBatches, out_of_memory


class Device:
    """A stub of a device in which so many items fit; it notes the sizes of all batches."""

    def __init__(self, room: int, error: Exception | None = None) -> None:
        self.room, self.sizes = room, list[int]()
        self._error = error or torch.OutOfMemoryError("CUDA out of memory")

    def work(self, items: Sequence[int]) -> list[int]:
        self.sizes.append(len(items))
        if len(items) > self.room:
            raise self._error
        return [2 * item for item in items]


@pytest.mark.parametrize("room", [64, 10, 3, 1])
def test_all_is_done_once_and_in_order_whatever_fits(room: int) -> None:
    device, batches = Device(room), MicroBatches(64)
    assert batches.each(range(200), device.work) == [2 * item for item in range(200)]
    assert sum(size for size in device.sizes if size <= room) == 200
    assert batches.size <= room


def test_what_did_not_fit_is_not_tried_with_every_batch() -> None:
    device, batches = Device(10), MicroBatches(64)
    batches.each(range(1000), device.work)
    failed = [size for size in device.sizes if size > 10]
    assert len(failed) <= 3 + len(device.sizes) // 16


def test_batches_grow_back_where_there_is_memory_again() -> None:
    device, batches = Device(4), MicroBatches(64)
    batches.each(range(40), device.work)
    device.room = 64
    batches.each(range(4000), device.work)
    assert batches.size == 64


def test_one_item_for_which_there_is_no_memory_is_an_end() -> None:
    with pytest.raises(MemoryError, match="CUDA out of memory"):
        MicroBatches(8).each(range(3), Device(0).work)


@pytest.mark.parametrize("said", ["CUDA error: an illegal memory access was encountered", "CUBLAS_STATUS_EXECUTION_FAILED"])
def test_a_gpu_that_failed_is_an_end_and_no_item_is_asked_about_again(said: str) -> None:
    device = Device(0, RuntimeError(said))
    with pytest.raises(MemoryError, match=said):
        MicroBatches(8).each(range(16), device.work)
    assert device.sizes == [8]


def test_other_errors_pass() -> None:
    device, batches = Device(0, ValueError("no image")), MicroBatches(8)
    with pytest.raises(ValueError, match="no image"):
        batches.each(range(3), device.work)
    assert batches.size == 8


def test_processors_say_it_in_other_words() -> None:
    with pytest.raises(RuntimeError) as said:
        torch.empty(2**60)  # more than any machine has
    assert out_of_memory(said.value)
    assert out_of_memory(MemoryError())
    for words in (
        *("CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"),
        *("std::bad_alloc", "could not create a primitive"),
    ):
        assert out_of_memory(RuntimeError(words))
    assert not out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
