"""What is true of a tile, worked out afresh from its boxes: the reader's own geometry.

Coordinates are integers in eighths of a pixel, so that nothing depends on how floats are rounded; a comparison gives way by a
thousandth of a pixel in favour of the caption.
"""

import functools
import itertools
import math
from dataclasses import dataclass

import numpy as np

from sartext.tile import Box, Tile
from tests.reading.classes import is_a, may_be
from tests.reading.shares import areas, masks

UNITS = 8  # per pixel
SLACK = UNITS / 1000
ROWS = ("upper", "middle", "lower")
COLUMNS = ("left", "center", "right")
CELLS = tuple("center" if (row, column) == ("middle", "center") else f"{row} {column}" for row in ROWS for column in COLUMNS)


@dataclass(frozen=True)
class Thing:
    """One box: `low` and `high` are the corners (x, y) of its extent inside the tile, in eighths of a pixel."""

    label: str
    polygon: tuple[tuple[int, int], ...]
    low: tuple[int, int]
    high: tuple[int, int]
    visible_share: float

    @functools.cached_property
    def center(self) -> tuple[float, float]:
        return (self.low[0] + self.high[0]) / 2, (self.low[1] + self.high[1]) / 2

    @functools.cached_property
    def sides(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The long and the short side as vectors: means of opposite sides, in eighths of a pixel."""
        a, b, c, d = self.polygon
        one = ((b[0] - a[0] + c[0] - d[0]) / 2, (b[1] - a[1] + c[1] - d[1]) / 2)
        two = ((c[0] - b[0] + d[0] - a[0]) / 2, (c[1] - b[1] + d[1] - a[1]) / 2)
        return (one, two) if math.hypot(*one) >= math.hypot(*two) else (two, one)

    @functools.cached_property
    def upright(self) -> bool:
        xs, ys = {x for x, _ in self.polygon}, {y for _, y in self.polygon}
        return len(xs) <= 2 and len(ys) <= 2

    @functools.cached_property
    def area(self) -> float:
        total = 0
        for (x1, y1), (x2, y2) in zip(self.polygon, self.polygon[1:] + self.polygon[:1], strict=True):
            total += x1 * y2 - x2 * y1
        return abs(total) / 2


class Scene:
    """The facts of one tile."""

    def __init__(self, tile: Tile) -> None:
        self.tile = tile
        self.size = (tile.width_px * UNITS, tile.height_px * UNITS)
        self.gsd_m = tile.sensor.gsd_m
        self.exhaustive = tile.exhaustive
        self.covered = {
            name: share * (1 - (tile.unlabelled_share or 0) - (tile.nodata_share or 0)) for name, share in areas(tile).items()
        }
        self.tile = tile
        self.labels = [box.label for box in tile.boxes]
        self.crowds = [box.label for box in tile.boxes if box.crowd]
        self.cuts = [box.label for box in tile.boxes if not box.crowd and box.visible_share < 0.4]
        self.components = [box.label for box in tile.boxes if box.component]
        self.things = [_thing(box, self.size) for box in tile.boxes if not box.crowd and box.visible_share >= 0.4]

    # -- what is there

    def of(self, name: str) -> list[Thing]:
        """The counted boxes of a class."""
        return [thing for thing in self.things if is_a(thing.label, name)]

    def listed(self, name: str) -> bool:
        return any(is_a(name, whole) for whole in self.exhaustive)

    def exact(self, name: str) -> bool:
        """Whether the number of a class may be said without "at least"."""
        coarser = any(
            thing.label != name and may_be(thing.label, name) and not is_a(thing.label, name) for thing in self.things
        )
        return self.listed(name) and not coarser and not any(may_be(label, name) for label in self.crowds)

    def certain(self, name: str) -> bool:
        """Whether there can be no more of a class than are counted, the border's cuts and parts of masks included."""
        return self.exact(name) and not any(may_be(label, name) for label in (*self.cuts, *self.components))

    @functools.cached_property
    def masks(self) -> dict[str, np.ndarray]:
        """The pixels of each region by its label."""
        return masks(self.tile)

    def absent(self, name: str) -> bool:
        return self.listed(name) and not any(may_be(label, name) for label in self.labels)

    def _shorts(self, thing: Thing) -> list[float]:
        """The short side in pixels of a model's 224 px image: of the box, and of its extent inside the tile."""
        extent = [thing.high[axis] - thing.low[axis] for axis in range(2)]
        return [short * 224 / max(self.size) for short in (math.hypot(*thing.sides[1]), min(extent))]

    def unresolvable(self, thing: Thing) -> bool:
        return min(self._shorts(thing)) < 4 + 1e-6

    def resolvable(self, thing: Thing) -> bool:
        """Whether it is by both measures; of a box that reaches beyond the tile they differ."""
        return min(self._shorts(thing)) >= 4 - 1e-6

    # -- where it is

    def _word(self, thing: Thing, axis: int, index: int) -> bool:
        side, low, high = self.size[axis], thing.low[axis], thing.high[axis]
        start, end = side * (20 * index - 3) / 60, side * (20 * (index + 1) + 3) / 60
        if index == 0:
            start = -math.inf
        if index == 2:
            end = math.inf
        inside = min(high, end) - max(low, start)
        return inside >= (high - low) / 2 - SLACK if high > low else start - SLACK <= low <= end + SLACK

    def in_third(self, thing: Thing, axis: int, index: int) -> bool:
        """Whether the word for a third of an axis (0 is x) is true of a box."""
        return self._word(thing, axis, index)

    @functools.cache  # noqa: B019 - a scene lives as long as its tile is read
    def cells(self, thing: Thing) -> frozenset[str]:
        """The cells whose names are true of a box."""
        return frozenset(
            name
            for name, (row, column) in zip(CELLS, itertools.product(range(3), range(3)), strict=True)
            if self._word(thing, 1, row) and self._word(thing, 0, column)
        )

    @functools.cache  # noqa: B019 - as above
    def sides(self, thing: Thing) -> frozenset[str]:
        """The sides of the image of which the words for their third are true of a box."""
        sides = (("left", 0, 0), ("right", 0, 2), ("upper", 1, 0), ("lower", 1, 2))
        return frozenset(f"{name} side" for name, axis, index in sides if self._word(thing, axis, index))

    def halves(self, thing: Thing) -> frozenset[str]:
        """The halves of the image in which all of a box is."""
        halves = (("left", "right"), ("upper", "lower"))
        return frozenset(
            f"{name} half"
            for axis, (before, after) in enumerate(halves)
            for name, inside in (
                (before, thing.high[axis] <= self.size[axis] / 2 + SLACK),
                (after, thing.low[axis] >= self.size[axis] / 2 - SLACK),
            )
            if inside
        )

    def spans(self, thing: Thing, axis: int) -> bool:
        side = self.size[axis]
        return thing.low[axis] < side * 17 / 60 + SLACK and thing.high[axis] > side * 43 / 60 - SLACK

    # -- how large it is and how it lies

    def elongated(self, thing: Thing) -> bool:
        long, short = (math.hypot(*side) for side in thing.sides)
        return long >= 2 * short - SLACK

    def length_m(self, thing: Thing) -> float | None:
        """The length, where one may be said."""
        (dx, dy), _ = thing.sides
        far_in = all(
            UNITS - SLACK <= c <= s - UNITS + SLACK for point in thing.polygon for c, s in zip(point, self.size, strict=True)
        )
        known = self.gsd_m is not None and thing.visible_share >= 1 and far_in
        if not known or not self.elongated(thing) or math.hypot(dx, dy) < 10 * UNITS - SLACK or self.gsd_m is None:
            return None
        return math.hypot(dx * self.gsd_m[1], dy * self.gsd_m[0]) / UNITS

    def orientation(self, thing: Thing) -> str | None:
        (dx, dy), (sx, sy) = thing.sides
        if not self.elongated(thing):
            return None
        turn_deg = math.degrees(math.atan2(abs(dy), abs(dx)))
        if thing.upright:
            slim = math.hypot(sx, sy) <= math.tan(math.radians(15)) * math.hypot(dx, dy) + SLACK
            return None if not slim else "horizontal" if abs(dx) > abs(dy) else "vertical"
        if turn_deg <= 15 + 1e-3:
            return "horizontal"
        if turn_deg >= 75 - 1e-3:
            return "vertical"
        return "diagonal" if 30 - 1e-3 <= turn_deg <= 60 + 1e-3 else None

    # -- how several lie

    def in_line(self, things: list[Thing]) -> bool:
        points = np.array([thing.center for thing in things])
        spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
        if spread[0] == 0 or spread[-1] > 0.10 * spread[0] + SLACK:
            return False
        along = points[:, int(np.argmax(np.ptp(points, axis=0)))]
        gaps = np.diff(np.sort(along))
        return bool(gaps.max() <= 3 * np.median(gaps) + SLACK)

    def _reach(self, things: list[Thing]) -> tuple[float, float]:
        xs, ys = [t.center[0] for t in things], [t.center[1] for t in things]
        return (max(xs) - min(xs)) / self.size[0], (max(ys) - min(ys)) / self.size[1]

    def _nearest_index(self, things: list[Thing]) -> float:
        total = sum(min(math.dist(a.center, b.center) for b in things if b is not a) for a in things)
        return total / len(things) / (0.5 * math.sqrt(self.size[0] * self.size[1] / len(things)))

    def clustered(self, things: list[Thing]) -> bool:
        return self._nearest_index(things) <= 0.6 + 1e-6 and max(self._reach(things)) <= 1 / 3 + 1e-6

    def scattered(self, things: list[Thing]) -> bool:
        strewn = self._nearest_index(things) >= 0.8 - 1e-6 and min(self._reach(things)) >= 0.5 - 1e-6
        return strewn or len(frozenset[str]().union(*[self.cells(thing) for thing in things])) >= 7

    # -- how two lie to one another

    def toward(self, a: Thing, b: Thing, axis: int, sign: int) -> bool:
        """Whether `a` lies before (`sign` -1) or behind (1) `b` along an axis."""
        away = (a.center[axis] - b.center[axis]) * sign
        across = abs(a.center[1 - axis] - b.center[1 - axis])
        apart = a.low[axis] >= b.high[axis] - SLACK if sign > 0 else a.high[axis] <= b.low[axis] + SLACK
        return apart and across <= 0.8 * away + SLACK

    def gap(self, a: Thing, b: Thing) -> float:
        """The distance between the extents as a share of the tile's longer side."""
        steps = [max(a.low[i] - b.high[i], b.low[i] - a.high[i], 0) for i in range(2)]
        return math.hypot(*steps) / max(self.size)

    def at(self, a: Thing, b: Thing) -> bool:
        overlap = [max(min(a.high[i], b.high[i]) - max(a.low[i], b.low[i]), 0) for i in range(2)]
        own = [a.high[i] - a.low[i] for i in range(2)]
        return _inside(a.center, b.polygon) and overlap[0] * overlap[1] >= own[0] * own[1] / 2 - SLACK

    def within(self, a: Thing, b: Thing) -> bool:
        """Whether the whole extent of `a` is inside that of `b`, but for a tenth of it."""
        overlap = [max(min(a.high[i], b.high[i]) - max(a.low[i], b.low[i]), 0) for i in range(2)]
        own = [a.high[i] - a.low[i] for i in range(2)]
        return overlap[0] * overlap[1] >= 0.9 * own[0] * own[1] - SLACK


def _thing(box: Box, size: tuple[int, int]) -> Thing:
    numbers = [round(c * UNITS) for c in box.polygon_px]
    polygon = tuple(zip(numbers[0::2], numbers[1::2], strict=True))
    bounds = [[min(max(f(p[axis] for p in polygon), 0), size[axis]) for axis in range(2)] for f in (min, max)]
    return Thing(box.label, polygon, (bounds[0][0], bounds[0][1]), (bounds[1][0], bounds[1][1]), box.visible_share)


def _inside(point: tuple[float, float], polygon: tuple[tuple[int, int], ...]) -> bool:
    """Whether the turns of the corners as seen from the point add up to one full turn; the rim is inside."""
    angles = [math.atan2(y - point[1], x - point[0]) for x, y in polygon]
    turns = [(b - a + math.pi) % (2 * math.pi) - math.pi for a, b in zip(angles, angles[1:] + angles[:1], strict=True)]
    return abs(sum(turns)) > math.pi or any(abs(abs(turn) - math.pi) < 1e-6 for turn in turns)
