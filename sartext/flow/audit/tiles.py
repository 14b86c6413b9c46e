"""All tiles of an audit, shard by shard: on which side each is, and what is known of them; none of it is held in memory."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sartext.flow.audit.descriptors import TileDescriptors
from sartext.tile import SPLITS

_TRAIN, _VAL, _TEST = range(len(SPLITS))


@dataclass(frozen=True)
class DescribedShard:
    """The tiles of a shard: their numbers are `first` and those that follow."""

    number: int
    first: int
    side: NDArray[np.int16]  # of each tile
    about: pa.Table


class Tiles:
    """The tiles of a dataset and of the sets that it is held against, numbered through all shards.

    Sides are the splits of the dataset, then the sets that it is held against; -1 is a tile of the dataset without a split.
    """

    def __init__(self, described: TileDescriptors, shards_of: Sequence[int], folder: str) -> None:
        """With the number of shards of each set, the dataset's first; what is noted of each tile lies in the folder."""
        self._described, self._folder = described, folder
        self.names = (*SPLITS, *(f"against-{number}" for number in range(1, len(shards_of))))
        self.side = self.noted("side", np.int16)
        self.on = Counter[int]()  # tiles of a side
        number_of = {split: side for side, split in enumerate(SPLITS)}
        for shard, of_set in enumerate(np.repeat(np.arange(len(shards_of)), shards_of).tolist()):
            splits = described.read(shard, ["split"])["split"].to_pylist()
            sides = [len(SPLITS) + of_set - 1 if of_set else number_of.get(split, -1) for split in splits]
            self.side[described.numbers(shard)] = sides
            self.on.update(sides)

    @property
    def comparisons(self) -> list[tuple[int, int]]:
        """The pairs of sides that must share nothing: the one that is held out, and the one that is learned from."""
        return [(_VAL, _TRAIN), (_TEST, _TRAIN), (_TEST, _VAL), *((one, _TRAIN) for one in range(len(SPLITS), len(self.names)))]

    @property
    def folder(self) -> str:
        """Where files may lie as long as these tiles are looked at."""
        return self._folder

    def noted(self, name: str, kind: type[np.generic]) -> NDArray[Any]:
        """A value a tile, nought at first, in a file that is mapped: it takes no memory that others could not have."""
        count = self._described.count
        return np.memmap(os.path.join(self._folder, name), kind, "w+", shape=(count,)) if count else np.zeros(0, kind)

    def shards(self, columns: Sequence[str]) -> Iterator[DescribedShard]:
        """All shards, each with these columns."""
        yield from (self.shard(number, columns) for number in range(self._described.shards))

    def shard(self, number: int, columns: Sequence[str]) -> DescribedShard:
        """One shard."""
        numbers = self._described.numbers(number)
        return DescribedShard(number, numbers.start, np.array(self.side[numbers]), self._described.read(number, columns))

    def rows(self, numbers: Iterable[int], columns: Sequence[str]) -> dict[int, dict[str, Any]]:
        """Columns of some tiles, by their numbers."""
        wanted = sorted(set(numbers))
        found: dict[int, dict[str, Any]] = {}
        at = 0
        while at < len(wanted):
            shard = self.shard(self._described.shard_of(wanted[at]), columns)
            stop = int(np.searchsorted(wanted, shard.first + shard.about.num_rows))
            mine = wanted[at:stop]
            found |= zip(mine, shard.about.take([number - shard.first for number in mine]).to_pylist(), strict=True)
            at = stop
        return found
