"""Facts of a tile: what its annotations alone make true. The contract between what writes captions and what checks them.

Coordinates. Polygons are rounded to 1/8 px, so that formats that store the same box with other rounding give the same
facts. The extent of a box is the axis-aligned rectangle around its polygon, cut at the tile's border. All position words
are of the image frame: upper is toward the first row, left is toward the first column.

Counted. A box counts unless it is a crowd box or its `visible_share` is below 0.4. Facts speak of counted boxes only;
what does not count is kept apart, because it forbids exact numbers and absences. A box around a connected part
of a mask counts as one object at least: objects that touch are one part, so it forbids exact numbers as a crowd does.

Cells. A 3 x 3 grid: rows upper, middle, lower and columns left, center, right, each a third of the tile's side. The
cells are called "upper left", "upper center", "upper right", "middle left", "center", "middle right", "lower left",
"lower center", "lower right". On each axis, a word is true of a box where at least half of its extent lies inside the
third widened by 5% of the side at both ends (so the box's centre lies inside the widened third), false where no part of
the extent does, and undecided between. A cell's name is true where both its words are. Within 5% of an edge two words are
true, and a box may be counted in either cell, but in one cell only: a text that shares boxes out over cells shares out
each box once. `home` is the cell of the box's centre. A box longer than that on an axis has no word there: it spans.
"left" alone is the left column; it is false only of a box wholly right of 0.45 of the width. "In the left half" is true
of a box wholly left of 0.55 and false of one wholly right of 0.45. The same holds for right, top and bottom. An edge
word ("along the top edge") is true of a box that comes within 10% of the side to that edge, false of one that stays a
third of the side away. A box spans the tile from left to right where it comes within 10% of
the side to both edges, and does not where it is shorter than half of the side.

Exact. The number of a class is exact where the class or a class above it is in `tile.exhaustive`, no crowd box and no box
that the border cuts too far to be counted could be of that class, and no counted box carries a coarser label (a "ship" may be
a tanker) or one that people use loosely (an airliner is called a jet, a jet may be an airliner). Where pixels are unlabelled no
class is exhaustive. Otherwise it is a lower bound: "at least three ships". Absence is provable where the class is exhaustive
and no box at all could be of it. A loose name (`taxonomy.LOOSE`) of a counted box neither makes a number true nor forbids it.

Many. "Many" is more than ten, "dozens" at least 24.

Resolvable. A box is unresolvable where its short side is below 4 px once the tile's longer side is scaled to 224 px.
"Tiny" is said of unresolvable boxes only. Detailed text counts them, and so does concise text up to ten objects; of more it
counts the resolvable ones and says "at least", or, where a class has no resolvable box, says no number.

Regions: see `covers`. Length, orientation: see `shapes`. Arrangement: see `arrangement`. Relations: see `relations`. Season,
band and what else the record knows of how the image was made: see `record`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import is_, itemgetter
from typing import NamedTuple

from sartext.errors import TileRejected
from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.land_cover import Covers, covers_of
from sartext.narrate.facts.record import RecordFacts
from sartext.tile import Tile

GRAIN = 8.0  # steps a pixel
EDGE_SHARE = 0.05  # of the side: how far into the next cell a word stays true
SPAN_SHARE = 0.1  # of the side: how near to both edges a box that spans comes
COUNTED_SHARE = 0.4
MANY = 11
DOZENS = 24
MODEL_SIDE_PX = 224
RESOLVABLE_PX = 4
_FIRST_END, _MIDDLE_START = 1 / 3 + EDGE_SHARE, 1 / 3 - EDGE_SHARE
_MIDDLE_END, _LAST_START = 2 / 3 + EDGE_SHARE, 2 / 3 - EDGE_SHARE
NORTH_TOLERANCE = 0.087  # tangent of 5 degrees

CELLS = (
    "upper left",
    "upper center",
    "upper right",
    "middle left",
    "center",
    "middle right",
    "lower left",
    "lower center",
    "lower right",
)


class Object(NamedTuple):
    """One counted box. Lengths in pixels; words as bit masks over the thirds of an axis, first third lowest bit."""

    label: str
    left: float
    top: float
    right: float
    bottom: float
    rows: int  # true
    columns: int
    rows_open: int  # true or undecided
    columns_open: int
    home: int  # index in CELLS, or -1 where the box spans
    resolvable: bool
    polygon: tuple[float, ...]
    visible_share: float
    box: int  # its position in the tile's boxes


class Count(NamedTuple):
    """How many of a class there are: at least `low`, at most `high` (None is unbounded).

    `more` could be counted or not: they are cut by the border.
    """

    low: int
    high: int | None
    more: int

    @property
    def exact(self) -> bool:
        return self.high == self.low and not self.more


@dataclass(kw_only=True, slots=True, eq=False)  # not frozen: a constructor that freezes takes three times as long
class Facts:
    """What is true of a tile, never changed afterwards. `objects` are in reading order: by top, then left."""

    width_px: int
    height_px: int
    optical: bool  # whether the image is of light, which shows colours
    gsd_m: tuple[float, float] | None  # along y, along x
    north_up: bool
    objects: tuple[Object, ...]
    by_label: tuple[tuple[str, tuple[Object, ...]], ...]  # the same objects, grouped by their label, labels in order
    crowds: tuple[str, ...]  # labels of crowd boxes, of boxes around connected parts of a mask, and of regions without any box
    cuts: tuple[str, ...]  # labels of boxes with too little of them inside the tile
    exhaustive: tuple[str, ...]
    covers: Covers  # what its regions make true
    record: RecordFacts  # how its image was made

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the counted objects, each once, in order."""
        return tuple([label for label, _ in self.by_label])

    def of(self, name: str) -> tuple[Object, ...]:
        """The counted objects that are a `name`, upward truth included."""
        found = [things for label, things in self.by_label if taxonomy.is_a(label, name)]
        if len(found) == 1:
            return found[0]
        return tuple([thing for thing in self.objects if taxonomy.is_a(thing.label, name)])

    def count(self, name: str) -> Count:
        """How many of the class are in the tile, as far as the annotations decide."""
        low = coarser = 0
        more = sum([could_be(label, name) for label in self.cuts]) if self.cuts else 0
        for label, things in self.by_label:
            if taxonomy.is_a(label, name):
                low += len(things)
            elif could_be(label, name):
                coarser += len(things)
        bounded = complete(name, self.exhaustive) and not any_could_be(self.crowds, name)
        return Count(low, low + coarser if bounded else None, more)

    def complete(self, name: str) -> bool:
        """Whether every visible instance of the class is annotated."""
        return complete(name, self.exhaustive)

    def absent(self, name: str) -> bool:
        """Whether the annotations prove that the tile has none of the class."""
        return absent(name, (*self.labels, *self.crowds, *self.cuts), self.exhaustive)


@cache
def could_be(label: str, name: str) -> bool:
    """Whether something labelled `label` may be called a `name`: a jet may be an airliner, and an airliner is called a jet."""
    return taxonomy.akin(label, name) or taxonomy.loosely(label, name) or taxonomy.loosely(name, label)


def any_could_be(labels: tuple[str, ...], name: str) -> bool:
    """Whether something with one of the labels may be called a `name`."""
    # A plain loop: without the generator of any() it takes a third of the time.
    for label in labels:  # noqa: SIM110
        if could_be(label, name):
            return True
    return False


@lru_cache(maxsize=4096)
def complete(name: str, exhaustive: tuple[str, ...]) -> bool:
    """Whether the class or a class above it is among the exhaustive ones."""
    return any(above in exhaustive for above in taxonomy.lineage(name))


@lru_cache(maxsize=4096)
def exact(name: str, labels: tuple[str, ...], crowds: tuple[str, ...], exhaustive: tuple[str, ...]) -> bool:
    """Whether the number of a class is exact (`Facts.count(name).exact`) where the border cuts none off: the labels decide it,
    not their numbers."""
    if not complete(name, exhaustive) or any_could_be(crowds, name):
        return False
    return all(taxonomy.is_a(label, name) or not could_be(label, name) for label in labels)


@lru_cache(maxsize=4096)
def absent(name: str, labels: tuple[str, ...], exhaustive: tuple[str, ...]) -> bool:
    """Whether a tile whose boxes, counted or not, have these labels provably has none of the class."""
    return complete(name, exhaustive) and not any_could_be(labels, name)


_latest: tuple[tuple[object, ...], Facts] | None = None


def facts_of(tile: Tile) -> Facts:
    """The facts of the tile's annotations. Raises `TileRejected` where a label is no class of the taxonomy.

    The facts of the latest annotations are kept, because one rule after another asks for them.
    """
    global _latest
    asked = (
        *(tile.boxes, tile.exhaustive, tile.regions, tile.unlabelled_share, tile.nodata_share),
        *(tile.sensor, tile.rendering, tile.geo, tile.width_px, tile.height_px),
    )
    if _latest is not None and all(map(is_, asked, _latest[0])):  # not only equal but the same objects
        return _latest[1]
    facts = _facts(tile)
    _latest = (asked, facts)
    return facts


def _facts(tile: Tile) -> Facts:
    objects, crowds, cuts, components = [], [], [], []
    width, height = tile.width_px, tile.height_px
    scale = MODEL_SIDE_PX / max(width, height)
    for at, box in enumerate(tile.boxes):
        label = box.label
        if label not in taxonomy.KINDS:
            raise TileRejected("unknown_class", label)
        if box.crowd:
            crowds.append(label)
            continue
        if box.component:
            components.append(label)
        if box.visible_share < COUNTED_SHARE:
            cuts.append(label)
        else:
            objects.append(_object(label, box.polygon_px, box.visible_share, at, width, height, scale))
    objects.sort(key=_reading_order)
    gsd_m = None if tile.geo.grid == "slant_range" else tile.sensor.gsd_m  # there a pixel is no fixed length on the ground
    return Facts(
        width_px=width,
        height_px=height,
        optical=tile.sensor.modality == "optical",
        gsd_m=gsd_m,
        north_up=tile.geo.grid == "map" and _north_up(tile.geo.transform),
        objects=tuple(objects),
        by_label=_by_label(objects),
        crowds=tuple(sorted([*crowds, *components, *(_without_box(tile) if tile.regions else ())])),
        cuts=tuple(sorted(cuts)),
        exhaustive=() if tile.unlabelled_share else _known(tile.exhaustive),
        covers=covers_of(tile),
        record=RecordFacts(sensor=tile.sensor, rendering=tile.rendering, footprint=tile.geo.footprint, gsd_m=gsd_m),
    )


def _without_box(tile: Tile) -> list[str]:
    """The labels of things that the mask shows and that no box is of: parts of it were too small to get one."""
    boxed = {box.label for box in tile.boxes}
    return [region.label for region in tile.regions if region.label not in taxonomy.REGIONS and region.label not in boxed]


def _by_label(objects: list[Object]) -> tuple[tuple[str, tuple[Object, ...]], ...]:
    by_label: dict[str, list[Object]] = {}
    for thing in objects:
        label = thing.label
        if label in by_label:
            by_label[label].append(thing)
        else:
            by_label[label] = [thing]
    return tuple([(label, tuple(by_label[label])) for label in sorted(by_label)])


@lru_cache(maxsize=4096)
def _known(exhaustive: tuple[str, ...]) -> tuple[str, ...]:
    """The names of classes among those that a tile calls exhaustive, sorted."""
    return tuple(sorted([name for name in exhaustive if name in taxonomy.KINDS]))


_reading_order = itemgetter(2, 1, 4, 3, 0)  # top, left, bottom, right, label


def _object(
    label: str, polygon_px: tuple[float, ...], visible: float, at: int, width: int, height: int, scale: float
) -> Object:
    x1, y1, x2, y2, x3, y3, x4, y4 = polygon_px
    if upright := x1 == x4 and x2 == x3 and y1 == y2 and y3 == y4:  # as most are: half of the work
        left, right = (GRAIN * x1 + 0.5) // 1.0 / GRAIN, (GRAIN * x2 + 0.5) // 1.0 / GRAIN
        top, bottom = (GRAIN * y1 + 0.5) // 1.0 / GRAIN, (GRAIN * y3 + 0.5) // 1.0 / GRAIN
        polygon: tuple[float, ...] = (left, top, right, top, right, bottom, left, bottom)
        if left > right:
            left, right = right, left
        if top > bottom:
            top, bottom = bottom, top
    else:
        polygon = x1, y1, x2, y2, x3, y3, x4, y4 = tuple([(GRAIN * value + 0.5) // 1.0 / GRAIN for value in polygon_px])
        left, right = _extent(x1, x2, x3, x4)
        top, bottom = _extent(y1, y2, y3, y4)
    if left < 0 or top < 0 or right > width or bottom > height:
        left, right = max(0.0, min(left, width)), max(0.0, min(right, width))
        top, bottom = max(0.0, min(top, height)), max(0.0, min(bottom, height))
    columns, columns_open, column = bands(left / width, right / width)
    rows, rows_open, row = bands(top / height, bottom / height)
    home = 3 * row + column if rows >> row & columns >> column & 1 else -1
    resolvable = (right - left) * scale >= RESOLVABLE_PX and (bottom - top) * scale >= RESOLVABLE_PX
    if resolvable and not upright and x1 != x4 and y1 != y4:  # turned: its extent is longer than its sides
        along, across = sides_px(polygon)
        resolvable = along * scale >= RESOLVABLE_PX and across * scale >= RESOLVABLE_PX
    # The constructor of a named tuple takes twice as long as that of the tuple below it.
    values = (label, left, top, right, bottom, rows, columns, rows_open, columns_open, home, resolvable, polygon, visible, at)
    return tuple.__new__(Object, values)


def _extent(a: float, b: float, c: float, d: float) -> tuple[float, float]:
    """The lowest and the highest of the four. min() and max() take three times as long."""
    low, high = (a, b) if a < b else (b, a)
    if c < low:
        low = c
    elif c > high:
        high = c
    if d < low:
        low = d
    elif d > high:
        high = d
    return low, high


def bands(low: float, high: float) -> tuple[int, int, int]:
    """Of an extent low..high (shares of the side): the thirds whose word is true, and true or undecided, as bit masks with
    the first third lowest, and the third that its centre lies in."""
    if high < _MIDDLE_START:  # most boxes are small, and lie in one third and out of the widened others
        return 1, 1, 0
    if low > _MIDDLE_END:
        return 4, 4, 2
    if low > _FIRST_END and high < _LAST_START:
        return 2, 2, 1
    half, true, open_ = (high - low) / 2, 0, 0
    inside = (high if high < _FIRST_END else _FIRST_END) - low
    if inside >= 0:
        open_ = 1
        if inside >= half:
            true = 1
    inside = (high if high < _MIDDLE_END else _MIDDLE_END) - (low if low > _MIDDLE_START else _MIDDLE_START)
    if inside >= 0:
        open_ |= 2
        if inside >= half:
            true |= 2
    inside = high - (low if low > _LAST_START else _LAST_START)
    if inside >= 0:
        open_ |= 4
        if inside >= half:
            true |= 4
    middle = 1.5 * (low + high)
    return true, open_, 0 if middle < 1 else 1 if middle < 2 else 2


def sides_px(polygon: Iterable[float]) -> tuple[float, float]:
    """Lengths of the two sides of a four-cornered polygon, each the mean of opposite edges, in pixels."""
    x1, y1, x2, y2, x3, y3, x4, y4 = polygon
    along_x, along_y = x2 - x1 + x3 - x4, y2 - y1 + y3 - y4
    across_x, across_y = x3 - x2 + x4 - x1, y3 - y2 + y4 - y1
    return (along_x * along_x + along_y * along_y) ** 0.5 / 2, (across_x * across_x + across_y * across_y) ** 0.5 / 2


def _north_up(transform: tuple[float, ...] | None) -> bool:
    """Whether columns grow eastward and rows southward, within 5 degrees."""
    if transform is None or len(transform) < 6:
        return False
    a, b, _, d, e, _ = transform[:6]
    return a > 0 > e and abs(d) <= NORTH_TOLERANCE * a and abs(b) <= NORTH_TOLERANCE * -e
