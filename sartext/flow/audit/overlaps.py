"""Tiles whose footprints overlap, shard beside shard: only those of which the outlines of all tiles meet are looked at."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from sartext.flow.audit.tiles import Tiles
from sartext.imaging.polygons import Overlap, footprints, overlaps

_HELD = 64  # shards whose footprints stay in memory
_NOWHERE = (np.inf, np.inf, -np.inf, -np.inf)


class _Located(NamedTuple):
    """The tiles of a shard that have a footprint."""

    numbers: NDArray[np.int64]
    side: NDArray[np.int16]
    shapes: NDArray[np.object_]


class TileFootprints:
    """The footprints of all tiles; what is held of a shard is the rectangle around them."""

    def __init__(self, tiles: Tiles) -> None:
        self._tiles = tiles
        self._held = OrderedDict[int, _Located]()
        self.bounds = np.array([self._bounds(shard.number) for shard in tiles.shards([])]).reshape(-1, 4)

    def overlapping(self, asked: int, known: int) -> Iterator[Overlap]:
        """The pairs of tiles of two sides that overlap, by their numbers, in the order of the first, then the second."""
        for shard in np.flatnonzero(self.bounds[:, 0] <= self.bounds[:, 2]).tolist():
            mine = self._of(shard, asked)
            if not len(mine.numbers):
                continue
            left, top, right, bottom = self.bounds[shard]
            low, high = self.bounds[:, :2], self.bounds[:, 2:]
            meets = (low[:, 0] <= right) & (high[:, 0] >= left) & (low[:, 1] <= bottom) & (high[:, 1] >= top)
            found: list[Overlap] = []
            for other in np.flatnonzero(meets).tolist():
                theirs = self._of(other, known)
                for one in overlaps(mine.shapes, theirs.shapes) if len(theirs.numbers) else ():
                    found.append(Overlap(int(mine.numbers[one.asked]), int(theirs.numbers[one.known]), one.share))
            yield from sorted(found, key=lambda one: (one.asked, one.known))

    def _of(self, shard: int, side: int) -> _Located:
        """Those of one side."""
        every = self._located(shard)
        return _Located(*(column[every.side == side] for column in every))

    def _bounds(self, shard: int) -> Any:
        shapes = self._located(shard).shapes
        return shapely.total_bounds(shapes) if len(shapes) else _NOWHERE

    def _located(self, shard: int) -> _Located:
        if shard in self._held:
            self._held.move_to_end(shard)
            return self._held[shard]
        read = self._tiles.shard(shard, ["footprint"])
        shapes = footprints(read.about["footprint"].to_pylist())
        there = np.flatnonzero(shapes != np.array(None))
        located = self._held[shard] = _Located(read.first + there, read.side[there], shapes[there])
        if len(self._held) > _HELD:
            self._held.popitem(last=False)
        return located
