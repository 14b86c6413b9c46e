"""Facts of regions: how much of a tile a class covers, where most of it lies, and what it borders.

Shares. A region's area is known in pixels. Pixels that are unlabelled or nodata may be of any class, and those of no class (the
background) may be of every class that is not annotated exhaustively, so a share of the image is known between two bounds. A
pixel that has another label is not of a land cover; of things like ships more may be there than is annotated, unless they
are annotated exhaustively. A coarser label (a "ship" may be a tanker) widens the bounds upward, and so do boxes of a class, or
of one above or below it, that no region is of: by their area, for nothing tells how much of it their objects fill.

Places. The thirds, halves and widenings are those of `facts`, over the region's pixels instead of a box's extent: a region is
in a place where at least half of its pixels lie in it (widened by 5% of the side), and is not where less than one in a
hundred does; between them nothing is said. "In the left half" wants nine pixels of ten. A region covers a place where it has
at least half of the place's pixels, and does not where it has less than a tenth. Where the "annotated" water lies is known
exactly; where the water lies, only between the two bounds that all the pixels leave which may be water too.

Under objects. A box is on a land cover where at least half of the pixels of its extent are of it and at most a tenth of any
other, and near one where some pixel of it lies in the extent widened by 5% of the longer side. Of neither is the contrary ever
known: what an object is on may be labelled as the object.

Borders. Two classes border one another where at least 5% of the shorter side, and 4 px, of their pixels lie edge to edge; they
do not where all their pixels are apart by 4% of the longer side (looked at on a grid of 2%, so it can be less); between them
nothing is said. Where regions overlap, the one whose label comes later in the order of the labels is taken for the borders.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sartext.imaging.run_lengths import Mask, decode
from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.place import Place
from sartext.tile import Box, Region, Tile

MOST, _NONE = 0.5, 0.01
_GRAIN = 1e-6  # of a share: what is less is rounding
WHOLLY = 0.9  # of a region, to be in a half
DENSE, SPARSE = 0.5, 0.1  # of a place, covered
CONTACT_SHARE, CONTACT_PX = 0.05, 4
APART_SHARE, _APART_PX = 0.02, 2
BENEATH, ELSE_BENEATH = 0.5, 0.1  # of the pixels of an extent
BESIDE_SHARE = 0.05  # of the longer side
_REACH = 0.05
_EDGES = (0.0, 1 / 3 - _REACH, 1 / 3, 1 / 3 + _REACH, 0.45, 0.5, 0.55, 2 / 3 - _REACH, 2 / 3, 2 / 3 + _REACH, 1.0)
# Of each band that a word means on an axis, its steps between _EDGES: widened, and as it is.
_THIRDS = {1: (slice(0, 3), slice(0, 2)), 2: (slice(1, 9), slice(2, 8)), 4: (slice(7, 10), slice(8, 10))}
_HALVES = {1: (slice(0, 6), slice(0, 5)), 4: (slice(4, 10), slice(5, 10))}
_ALL = (slice(0, 10), slice(0, 10))

Part = tuple[slice, slice]  # of the image: rows, then columns
_WHOLE: Part = (slice(None), slice(None))
Extent = tuple[float, float, float, float]  # left, top, right, bottom, in pixels
_Counts = npt.NDArray[np.int64]


class Bounds(NamedTuple):
    """A share that is known between two bounds; of the image, or of the labelled area."""

    low: float
    high: float


@dataclass(kw_only=True, eq=False)
class Covers:
    """What the regions of one tile make true, never changed afterwards. Masks are decoded when something asks for them."""

    regions: tuple[Region, ...]  # in the order of their labels
    labels: tuple[str, ...]  # of the regions, in order
    width_px: int
    height_px: int
    unlabelled: float  # shares of the image
    nodata: float
    exhaustive: tuple[str, ...]
    boxes: tuple[Box, ...] = ()  # of a tile that has regions
    _areas: dict[str, float] = field(default_factory=dict, init=False, repr=False)  # by class, once one is asked for

    @cached_property
    def outlined_by_none(self) -> tuple[tuple[str, float], ...]:
        """The labels of boxes that no region has, with the area of those boxes as a share of the image."""
        regions = {region.label for region in self.regions}
        areas: dict[str, float] = {}
        for box in self.boxes:
            if box.label not in regions:
                areas[box.label] = areas.get(box.label, 0.0) + _area_px(box.polygon_px)
        whole = self.width_px * self.height_px
        return tuple([(label, min(1.0, areas[label] / whole)) for label in sorted(areas)])

    def labels_of(self, name: str) -> tuple[str, ...]:
        """The labels of the regions that are a `name`."""
        return tuple([label for label in self.labels if taxonomy.is_a(label, name)])

    @property
    def labelled(self) -> float:
        """The share of the image that has a label, or is known to be of no class."""
        return max(0.0, 1.0 - self.unlabelled - self.nodata)

    def area(self, name: str) -> float:
        """The share of the labelled area that is annotated as the class; upward truth included."""
        areas = self._areas
        if not areas:
            for region in self.regions:
                for above in taxonomy.lineage(region.label):
                    areas[above] = areas.get(above, 0) + region.area_share
        return min(1.0, areas.get(name, 0))

    def share(self, name: str, *, annotated: bool = False, of_labelled: bool = False) -> Bounds:
        """The share of the image, or of its labelled area, that the class covers; `annotated` asks for no more than is."""
        low = self.area(name)
        high = low + sum(
            [
                region.area_share
                for region in self.regions
                if taxonomy.akin(region.label, name) and not taxonomy.is_a(region.label, name)
            ]
        )
        if self.outlined_by_none:
            beside = sum([share for label, share in self.outlined_by_none if taxonomy.akin(label, name)])
            high += beside / self.labelled if self.labelled else beside
        complete = self.complete(name)
        if not annotated and not complete:
            high = high + self.background if name in taxonomy.REGIONS else 1.0
        if not of_labelled:
            low, high = low * self.labelled, high * self.labelled
            if not annotated:
                high = high + self.unlabelled + self.nodata
        return Bounds(low, min(1.0, high))

    def complete(self, name: str) -> bool:
        """Whether every visible instance of the class is annotated."""
        return any(above in self.exhaustive for above in taxonomy.lineage(name))

    def absent(self, name: str) -> bool:
        """Whether the mask proves that the tile has none of the class."""
        if not self.complete(name) or self.unlabelled or self.nodata:
            return False
        if name in taxonomy.REGIONS and any(taxonomy.loosely(region.label, name) for region in self.regions):
            return False
        return not any(taxonomy.akin(region.label, name) for region in self.regions)

    def certain(self, name: str) -> bool:
        """Whether no pixel beside those annotated can be of a land cover."""
        hidden = self.unlabelled or self.nodata or (self.background and not self.complete(name))
        return name in taxonomy.REGIONS and not hidden

    @cached_property
    def background(self) -> float:
        """The share of the labelled area that is of no class. Regions of different classes may overlap."""
        if len(self.regions) < 2:
            left = 1.0 - sum([region.area_share for region in self.regions])
        else:
            inside = np.logical_or.reduce(self._masks)
            left = 1.0 - float(np.count_nonzero(inside)) / (self.labelled * inside.size) if self.labelled else 0.0
        return left if left > _GRAIN else 0.0

    @property
    def overlapping(self) -> bool:
        """Whether some pixels are of more than one region, so that shares do not add up."""
        return sum([region.area_share for region in self.regions]) > 1.0 - self.background + 1e-4

    def inside(self, name: str, place: Place, *, annotated: bool = True, widened: bool = True) -> Bounds | None:
        """The share of the class's pixels that lies in the place; None for a place that regions do not have.

        Of the `annotated` ones it is exact; else it is known between the bounds that the pixels leave which may be of it too.
        """
        bands = _bands(place)
        counts = self._counts(name)
        if bands is None or counts is None:
            return None
        place_steps = tuple(bands[axis][0 if widened else 1] for axis in (0, 1))
        there, total = int(counts[place_steps].sum()), int(counts.sum())
        if annotated:
            return Bounds(there / total, there / total)
        more, elsewhere = self._more(name, place_steps)
        return Bounds(there / (total + elsewhere), (there + more) / (total + more))

    def density(self, name: str, place: Place, *, annotated: bool = True) -> Bounds | None:
        """The share of the place that the region covers; None for a place that regions do not have."""
        bands = _bands(place)
        counts = self._counts(name)
        if bands is None or counts is None:
            return None
        place_steps = bands[0][1], bands[1][1]
        room = int(self._room[place_steps].sum())
        if not room:
            return None
        there = int(counts[place_steps].sum())
        more = 0 if annotated else self._more(name, place_steps)[0]
        return Bounds(there / room, min(1.0, (there + more) / room))

    def lies(self, name: str, place: Place, *, annotated: bool = True) -> bool | None:
        """Whether the region is in the place; None in the dead band, or where pixels that may be of it too decide it."""
        share = self.inside(name, place, annotated=annotated)
        if share is None:
            return None
        if share.low >= (WHOLLY if place.extent == "half" else MOST):
            return True
        if place.extent == "half":  # widened, it reaches into the other one
            share = self.inside(name, place, annotated=annotated, widened=False) or share
        return False if share.high < _NONE else None

    def border(self, one: str, other: str, part: Part = _WHOLE) -> bool | None:
        """Whether the two classes border one another in a part of the image; None in the dead band, or where one is not
        annotated.
        """
        ours, theirs = self._numbers(one), self._numbers(other)
        if not ours or not theirs or set(ours) & set(theirs):
            return None
        contacts = self._contacts if part == _WHOLE else _contacts(self._map[part], len(self._masks) + 1)
        contact = int(contacts[np.ix_(ours, theirs)].sum())
        if contact >= max(CONTACT_PX, CONTACT_SHARE * min(self.width_px, self.height_px)):
            return True
        return False if not contact and self._apart(ours, theirs, part) else None

    def half(self, place: Place) -> Part:
        """The rows and the columns of a half of the image."""
        rows, columns = _bands(place) or (_ALL, _ALL)
        down, across = _steps(self.height_px), _steps(self.width_px)
        return slice(down[rows[1].start], down[rows[1].stop]), slice(across[columns[1].start], across[columns[1].stop])

    def beneath(self, name: str, extent: Extent) -> bool:
        """Whether an object with this extent is on the land cover."""
        of_it, of_others = self._inside_extent(name, extent)
        return of_it >= BENEATH and of_others <= ELSE_BENEATH

    def beside(self, name: str, extent: Extent) -> bool:
        """Whether an object with this extent is near the land cover, or on it."""
        reach, (left, top, right, bottom) = BESIDE_SHARE * max(self.width_px, self.height_px), extent
        return self._inside_extent(name, (left - reach, top - reach, right + reach, bottom + reach))[0] > 0

    def _inside_extent(self, name: str, extent: Extent) -> tuple[float, float]:
        """The shares of the pixels in an extent that are of the land cover, and of any other."""
        left, top, right, bottom = extent
        rows = slice(max(0, math.floor(top)), max(0, math.ceil(bottom)))
        columns = slice(max(0, math.floor(left)), max(0, math.ceil(right)))
        of_it = of_others = 0.0
        for region, mask in zip(self.regions, self._masks, strict=True):
            if region.label in taxonomy.REGIONS and (inside := mask[rows, columns]).size:
                share = float(np.count_nonzero(inside)) / inside.size
                if taxonomy.is_a(region.label, name):
                    of_it += share
                else:
                    of_others += share
        return of_it, of_others

    def _numbers(self, name: str) -> list[int]:
        return [number for number, region in enumerate(self.regions) if taxonomy.is_a(region.label, name)]

    def _counts(self, name: str) -> _Counts | None:
        """Pixels of the class in each step of rows and columns, (10, 10)."""
        numbers = self._numbers(name)
        if not numbers:
            return None
        total: _Counts = self._stepped[numbers].sum(axis=0)
        return total if total.any() else None

    def _more(self, name: str, place_steps: tuple[slice, ...]) -> tuple[int, int]:
        """How many pixels beside those annotated may be of the class at most, in the place and out of it.

        Those of a coarser label may, and unlabelled and nodata ones. Of a class that is not annotated exhaustively those of no
        class may too, and if it is a thing all others.
        """
        coarser = [
            number
            for number, region in enumerate(self.regions)
            if taxonomy.akin(region.label, name) and not taxonomy.is_a(region.label, name)
        ]
        finer: _Counts = self._stepped[coarser].sum(axis=0)
        inside, total = int(finer[place_steps].sum()), int(finer.sum())
        if self.certain(name):
            return inside, total - inside
        complete = self.complete(name)
        open_px = round((self.unlabelled + self.nodata) * self.width_px * self.height_px)
        free = self._free
        if (not complete and name not in taxonomy.REGIONS) or open_px > free.sum():
            free = self._room - np.minimum(self._room, self._stepped[self._numbers(name)].sum(axis=0))
        free_inside, free_px = int(free[place_steps].sum()), int(free.sum())
        most = open_px if complete else free_px
        return inside + min(most, free_inside), total - inside + min(most, free_px - free_inside)

    @cached_property
    def _room(self) -> _Counts:
        """Pixels in each step of rows and columns, (10, 10)."""
        room: _Counts = np.outer(np.diff(_steps(self.height_px)), np.diff(_steps(self.width_px))).astype(np.int64)
        return room

    @cached_property
    def _free(self) -> _Counts:
        """Pixels of no region in each step of rows and columns, (10, 10)."""
        return self._in_steps(self._map == len(self._masks))

    @cached_property
    def _masks(self) -> list[Mask]:
        return [decode(region.rle, self.height_px, self.width_px) for region in self.regions]

    @cached_property
    def _stepped(self) -> _Counts:
        """Pixels of each region in each step of rows and columns, (regions, 10, 10)."""
        none = np.zeros((0, len(_EDGES) - 1, len(_EDGES) - 1), dtype=np.int64)
        return np.stack([self._in_steps(mask) for mask in self._masks]) if self._masks else none

    def _in_steps(self, mask: Mask) -> _Counts:
        """Pixels of the mask in each step of rows and columns, (10, 10)."""
        rows, columns = _steps(self.height_px), _steps(self.width_px)
        # Sums over rows first: of the many narrow steps most columns are then gone.
        down = np.add.reduceat(mask, np.minimum(rows[:-1], self.height_px - 1), axis=0, dtype=np.int64)
        down[np.diff(rows) == 0] = 0
        both: _Counts = np.add.reduceat(down, np.minimum(columns[:-1], self.width_px - 1), axis=1)
        both[:, np.diff(columns) == 0] = 0
        return both

    @cached_property
    def _map(self) -> npt.NDArray[np.intp]:
        """The number of the region that each pixel belongs to; one more than the last where it belongs to none."""
        drawn = np.full((self.height_px, self.width_px), len(self._masks), dtype=np.intp)
        for number, mask in enumerate(self._masks):
            drawn[mask] = number
        return drawn

    @cached_property
    def _contacts(self) -> _Counts:
        """How many pairs of pixels lie edge to edge, by their regions, (regions + 1, regions + 1), symmetric."""
        return _contacts(self._map, len(self._masks) + 1)

    def _apart(self, ours: list[int], theirs: list[int], part: Part) -> bool:
        """Whether no pixels of the two lie within the distance, seen on a grid of blocks of that side: never too soon."""
        block = int(max(_APART_PX, np.ceil(APART_SHARE * max(self.width_px, self.height_px))))
        one, other = (self._blocks(numbers, block, part) for numbers in (ours, theirs))
        around = np.zeros_like(one)
        around[1:-1, 1:-1] = one[1:-1, 1:-1]
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                around |= np.roll(one, (down, right), axis=(0, 1))
        return not bool((around & other).any())

    def _blocks(self, numbers: list[int], block: int, part: Part) -> Mask:
        """Which blocks of a part hold a pixel of the regions, with an empty block around."""
        mask = np.logical_or.reduce([self._masks[number][part] for number in numbers])
        height, width = mask.shape
        rows, columns = -(-height // block), -(-width // block)
        padded = np.zeros((rows * block, columns * block), dtype=np.bool_)
        padded[:height, :width] = mask
        held = padded.reshape(rows, block, columns, block).any(axis=(1, 3))
        return np.pad(held, 1)


def _contacts(drawn: npt.NDArray[np.intp], kinds: int) -> _Counts:
    """How many pairs of pixels of a map lie edge to edge, by their numbers, (kinds, kinds), symmetric."""
    total = np.zeros(kinds * kinds, dtype=np.int64)
    for first, second in ((drawn[:, :-1], drawn[:, 1:]), (drawn[:-1], drawn[1:])):
        total += np.bincount((first * kinds + second).ravel(), minlength=kinds * kinds)
    pairs = total.reshape(kinds, kinds)
    both: _Counts = pairs + pairs.T
    return both


def covers_of(tile: Tile) -> Covers:
    """What the regions of the tile make true."""
    regions = tuple(sorted(tile.regions, key=lambda region: region.label))
    return Covers(
        regions=regions,
        labels=tuple([region.label for region in regions]),
        width_px=tile.width_px,
        height_px=tile.height_px,
        unlabelled=tile.unlabelled_share or 0.0,
        nodata=tile.nodata_share or 0.0,
        exhaustive=tile.exhaustive,
        boxes=tile.boxes if tile.regions else (),
    )


def _area_px(polygon_px: tuple[float, ...]) -> float:
    """The area of a polygon with four corners: half of what its diagonals span."""
    x1, y1, x2, y2, x3, y3, x4, y4 = polygon_px
    return abs((x3 - x1) * (y4 - y2) - (x4 - x2) * (y3 - y1)) / 2


def _steps(side_px: int) -> npt.NDArray[np.intp]:
    """The pixels at which the steps of an axis begin, and its end."""
    return np.array([round(edge * side_px) for edge in _EDGES], dtype=np.intp)


def _bands(place: Place) -> tuple[tuple[slice, slice], tuple[slice, slice]] | None:
    """Of rows and columns the steps that a place means, widened and as it is."""
    if place.compass or place.extent not in ("cell", "side", "half"):
        return None
    words = _HALVES if place.extent == "half" else _THIRDS
    rows = _ALL if place.rows == 7 else words.get(place.rows)
    columns = _ALL if place.columns == 7 else words.get(place.columns)
    return None if rows is None or columns is None else (rows, columns)
