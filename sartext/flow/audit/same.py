"""Tiles that have the same of something, a digest or a scene: groups of them, found in files by partitions."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sartext.dedup.partitions import PartitionRows, Partitions, partition_bits
from sartext.flow.audit.tiles import DescribedShard, Tiles

_ROW = np.dtype([("high", np.uint64), ("low", np.uint64), ("side", np.int16), ("number", np.int64)])
_PAIR = np.dtype([("of", np.int64), ("number", np.int64)])
_PREFIX = 16  # bytes of a hash: of as many tiles as there may ever be, no two differ behind them alone

TileNumbers = NDArray[np.int64]


@dataclass(frozen=True)
class SameTiles:
    """The tiles of all sides that have the same, by side, ascending."""

    of_side: dict[int, TileNumbers]


class Same:
    """Groups of two tiles or more."""

    def __init__(self, tiles: Tiles, name: str, columns: list[str], hashes: Callable[[Any], bytes | None]) -> None:
        """Of the rows of `columns` those that `hashes` gives the same 16 bytes or more; None is the same as nothing."""
        bits = partition_bits(len(tiles.side))
        self._parts = Partitions(os.path.join(tiles.folder, name), _ROW, 1 << bits)
        for shard in tiles.shards(columns):
            rows, there = _rows(shard, hashes)
            self._parts.add(rows[there], (rows["high"][there] >> np.uint64(64 - _PREFIX)).astype(np.intp) >> (_PREFIX - bits))

    def groups(self) -> Iterator[SameTiles]:
        """All groups, in the order of their hashes."""
        for part in range(self._parts.count):
            rows = self._parts.read(part)
            rows = rows[np.lexsort((rows["number"], rows["side"], rows["low"], rows["high"]))]
            new = np.ones(len(rows), np.bool_)
            new[1:] = (rows["high"][1:] != rows["high"][:-1]) | (rows["low"][1:] != rows["low"][:-1])
            starts = np.nonzero(new)[0]
            sizes = np.diff(starts, append=len(rows))
            for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
                yield _group(rows[start : start + size])


def _rows(shard: DescribedShard, hashes: Callable[[Any], bytes | None]) -> tuple[PartitionRows, NDArray[np.bool_]]:
    given = [hashes(row) for row in shard.about.to_pylist()]
    rows = np.zeros(len(given), _ROW)
    both = np.frombuffer(b"".join((one or b"\0" * _PREFIX)[:_PREFIX] for one in given), ">u8").reshape(-1, 2)
    rows["high"], rows["low"], rows["side"] = both[:, 0], both[:, 1], shard.side
    rows["number"] = shard.first + np.arange(len(given))
    return rows, np.array([one is not None for one in given], np.bool_)


def _group(rows: PartitionRows) -> SameTiles:
    starts = np.nonzero(np.diff(rows["side"], prepend=-2))[0].tolist()
    bounds = zip(starts, [*starts[1:], len(rows)], strict=True)
    return SameTiles({int(rows["side"][start]): rows["number"][start:stop] for start, stop in bounds})


class Copies:
    """Of tiles that are the first of their side with their pixels, all that have these, and which of them are the same."""

    def __init__(self, tiles: Tiles) -> None:
        self._same = Same(tiles, "digests", ["digest"], lambda row: row["digest"])
        self.groups = self._same.groups
        self._folder = tiles.folder
        self._shift = max(len(tiles.side).bit_length() - partition_bits(len(tiles.side)), 0)
        self._count = (len(tiles.side) >> self._shift) + 1

    def later(self, tiles: Tiles) -> NDArray[np.bool_]:
        """Of every tile whether one before it, of the same side, has the same pixels."""
        found = tiles.noted("later", np.bool_)
        for group in self.groups():
            for numbers in group.of_side.values():
                found[numbers[1:]] = True
        return found

    def index(self) -> "CopyIndex":
        """What is asked of single tiles, in the order of their numbers."""
        members = Partitions(os.path.join(self._folder, "members"), _PAIR, self._count)
        twins = Partitions(os.path.join(self._folder, "twins"), _PAIR, self._count)
        for group in self.groups():
            firsts = [numbers[0] for numbers in group.of_side.values()]
            for numbers in group.of_side.values():
                if len(numbers) > 1:
                    self._add(members, np.full(len(numbers), numbers[0]), numbers)
            if len(firsts) > 1:
                self._add(twins, np.array(firsts), np.full(len(firsts), min(firsts)))
        paths = [os.path.join(self._folder, f"{name}-{field}") for name in ("members", "twins") for field in _PAIR.names or ()]
        for parts, of in ((members, paths[:2]), (twins, paths[2:])):
            parts.sort(["of", "number"])
            for number in range(parts.count):
                rows = parts.read(number)
                for field, path in zip(_PAIR.names or (), of, strict=True):
                    with open(path, "ab") as file:
                        np.ascontiguousarray(rows[field]).tofile(file)
        return CopyIndex(*(_mapped(path) for path in paths))

    def _add(self, parts: Partitions, of: TileNumbers, numbers: TileNumbers) -> None:
        rows = np.empty(len(of), _PAIR)
        rows["of"], rows["number"] = of, numbers
        parts.add(rows, of >> self._shift)


@dataclass(frozen=True)
class CopyIndex:
    """Sorted columns in files: first tiles with their copies, and first tiles with what stands for their pixels."""

    first: TileNumbers
    member: TileNumbers
    twin: TileNumbers
    stands_for: TileNumbers

    def copies(self, first: int) -> TileNumbers:
        """The tiles of its side with the same pixels, itself among them."""
        start, stop = np.searchsorted(self.first, [first, first + 1])
        return np.array(self.member[start:stop]) if stop > start else np.array([first])

    def same(self, one: int, other: int) -> bool:
        """Whether two first tiles, of two sides, have the same pixels."""
        stands = [self._stands_for(number) for number in (one, other)]
        return stands[0] is not None and stands[0] == stands[1]

    def _stands_for(self, first: int) -> int | None:
        at = int(np.searchsorted(self.twin, first))
        return int(self.stands_for[at]) if at < len(self.twin) and self.twin[at] == first else None


def _mapped(path: str) -> TileNumbers:
    return np.memmap(path, np.int64, "r") if os.path.getsize(path) else np.zeros(0, np.int64)
