"""Rows in files of a folder, by partitions: what is too much for memory is written once and taken up part by part."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

PartitionRows = NDArray[Any]  # (n,) of a structured dtype
_HELD = 2**18  # rows in memory before they are written
_ROWS = 2**20  # of a partition, about
_MOST_BITS = 12


def partition_bits(rows: int) -> int:
    """For so many rows the number of partitions that are small enough, as a power of two."""
    return min(max((rows // _ROWS).bit_length(), 0), _MOST_BITS)


class Partitions:
    """Rows in so many partitions, each in the order in which they came."""

    def __init__(self, folder: str, dtype: np.dtype[Any], count: int) -> None:
        os.makedirs(folder)
        self.count, self._folder, self._dtype = count, folder, dtype
        self._held: list[tuple[PartitionRows, NDArray[np.integer[Any]]]] = []
        self._waiting = 0

    def add(self, rows: PartitionRows, parts: NDArray[np.integer[Any]]) -> None:
        """Adds rows, each to the partition of its number."""
        self._held.append((rows, parts))
        self._waiting += len(rows)
        if self._waiting >= _HELD:
            self._write()

    def read(self, number: int) -> PartitionRows:
        """The rows of a partition."""
        self._write()
        path = self._path(number)
        return np.fromfile(path, self._dtype) if os.path.exists(path) else np.zeros(0, self._dtype)

    def sort(self, by: Sequence[str]) -> None:
        """Sorts each partition by these fields, of which the first decides first; equal rows stay as they came."""
        for number in range(self.count):
            if len(rows := self.read(number)):
                rows[np.lexsort([rows[name] for name in reversed(by)])].tofile(self._path(number))

    def _path(self, number: int) -> str:
        return os.path.join(self._folder, f"{number:05d}")

    def _write(self) -> None:
        if not self._waiting:
            return
        rows = np.concatenate([some for some, _ in self._held])
        parts = np.concatenate([some for _, some in self._held])
        self._held, self._waiting = [], 0
        order = np.argsort(parts, kind="stable")
        rows, parts = rows[order], parts[order]
        starts = np.nonzero(np.diff(parts, prepend=-1))[0].tolist()
        for start, stop in zip(starts, [*starts[1:], len(parts)], strict=True):
            with open(self._path(int(parts[start])), "ab") as file:
                rows[start:stop].tofile(file)
