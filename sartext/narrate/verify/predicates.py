"""Whether one object has a property that a text claims, in five steps, so that properties join by their minimum."""

from collections.abc import Sequence
from functools import lru_cache

from sartext.narrate.facts import relations, shapes, taxonomy
from sartext.narrate.facts.place import CELL, Place
from sartext.narrate.facts.tile_facts import MODEL_SIDE_PX, RESOLVABLE_PX, Facts, Object, sides_px
from sartext.narrate.read.figures import Length
from sartext.narrate.read.lexicon import INFINITE

FALSE = 0
MORE = 1  # may be counted or left out: partly there
UNKNOWN = 2  # the labels do not decide
FREE = 3  # true, and so is another place: may be counted in either
TRUE = 4

HALF_REACH = 0.05
AT_EDGE, OFF_EDGE = 0.10, 1 / 3
LENGTH_TRUE, LENGTH_FALSE = 0.15, 0.35
PLAINLY_RESOLVED_PX = 2 * RESOLVABLE_PX

_RULES = {"near": relations.near, "adjacent": relations.adjacent, "at": relations.at}
_COMPASS = {"north": "above", "south": "below", "west": "left", "east": "right"}


def opposite(value: int) -> int:
    """What "not" makes of it."""
    return {FALSE: TRUE, TRUE: FALSE, FREE: FREE}.get(value, UNKNOWN)


def in_place(thing: Object, place: Place, facts: Facts) -> int:
    """Whether the object is in the place; see `facts` for what the words mean."""
    rows, columns, extent, compass = place
    if compass and not facts.north_up:
        return UNKNOWN
    if extent == "edge":
        return _at_edge(thing, place, facts)
    if extent == "half":
        return _in_half(thing, place, facts)
    if extent == "corner":
        rows = columns = 5
    value = _on_axis(rows, thing.rows, thing.rows_open)
    if columns != 7 and value:
        value = min(value, _on_axis(columns, thing.columns, thing.columns_open))
    if extent == "side" and value in (FALSE, MORE):
        return FALSE if beyond_half(thing, place, facts) else UNKNOWN
    return value


def _on_axis(asked: int, true: int, open_: int) -> int:
    """Whether the words of an object on one axis are those asked for; 7 is any."""
    if asked == 7:
        return TRUE
    if true & asked:
        return FREE if true & ~asked else TRUE
    return MORE if open_ & asked else FALSE


@lru_cache(maxsize=16384)
def in_cells(value: int, rows: int, columns: int, rows_open: int, columns_open: int) -> tuple[int, ...]:
    """The lower of the value and of how far an object with these words is in the cell, for each of the nine cells."""
    return tuple(
        [
            min(value, _on_axis(1 << row, rows, rows_open), _on_axis(1 << column, columns, columns_open))
            for row in range(3)
            for column in range(3)
        ]
    )


@lru_cache(maxsize=16384)
def cells_of(value: int, rows: int, columns: int, rows_open: int, columns_open: int) -> tuple[tuple[int, int], ...]:
    """The cells that the object may be in, by their number, and how far it is."""
    values = in_cells(value, rows, columns, rows_open, columns_open)
    return tuple([(cell, value) for cell, value in enumerate(values) if value != FALSE])


def beyond_half(thing: Object, place: Place, facts: Facts) -> bool:
    """Whether the object lies wholly in the other half, or within 5% of it."""
    gaps = {
        (7, 1): thing.left / facts.width_px,
        (7, 4): 1 - thing.right / facts.width_px,
        (1, 7): thing.top / facts.height_px,
        (4, 7): 1 - thing.bottom / facts.height_px,
    }
    return gaps[place.rows, place.columns] >= 0.5 - HALF_REACH


def in_any_place(thing: Object, places: tuple[Place, ...], facts: Facts) -> int:
    """Whether the object is in one of the places."""
    value = max(in_place(thing, place, facts) for place in places)
    if value == FREE:
        cells = _cells(thing.rows, thing.columns)
        covered = 0
        for place in places:
            covered |= _cells(place.rows, place.columns) if place.extent in ("cell", "side") else 0
        return TRUE if cells and cells & ~covered == 0 else FREE
    return value


def in_places(things: Sequence[Object], places: tuple[Place, ...], facts: Facts) -> list[int]:
    """Whether each of some objects is in the place, or in one of several: `in_place` and `in_any_place`, quicker of many."""
    asked = _cells_asked(places)
    if asked:
        return [_in_any_cell(asked, thing[5], thing[6], thing[7], thing[8]) for thing in things]
    if len(places) > 1:
        return [in_any_place(thing, places, facts) for thing in things]
    rows, columns, extent, compass = places[0]
    if extent != "half" or compass or not (rows == 7 or columns == 7):
        return [in_place(thing, places[0], facts) for thing in things]
    if columns == 7:
        side, extents = facts.height_px, [(thing[2], thing[4]) for thing in things]
    else:
        side, extents = facts.width_px, [(thing[1], thing[3]) for thing in things]
    if (rows if columns == 7 else columns) == 1:
        return [_in_first_half(low, high, side) for low, high in extents]
    return [_in_first_half(side - high, side - low, side) for low, high in extents]


@lru_cache(maxsize=4096)
def _cells_asked(places: tuple[Place, ...]) -> int:
    """A bit mask of the nine cells that the places are; 0 where one of them is no cell."""
    cells = [CELL.get(place, -1) for place in places]
    return 0 if -1 in cells else sum({1 << cell for cell in cells})


@lru_cache(maxsize=16384)
def _in_any_cell(asked: int, rows: int, columns: int, rows_open: int, columns_open: int) -> int:
    """Whether an object with these words is in one of the cells of a bit mask."""
    true = _cells(rows, columns)
    if true & asked:
        return FREE if true & ~asked else TRUE
    return MORE if _cells(rows_open, columns_open) & asked else FALSE


def _cells(rows: int, columns: int) -> int:
    """A bit mask of the nine cells."""
    return sum(1 << (3 * row + column) for row in range(3) for column in range(3) if rows >> row & columns >> column & 1)


def _in_half(thing: Object, place: Place, facts: Facts) -> int:
    value = TRUE
    for asked, low, high, side in (
        (place.columns, thing.left, thing.right, facts.width_px),
        (place.rows, thing.top, thing.bottom, facts.height_px),
    ):
        if asked == 1:
            value = min(value, _in_first_half(low, high, side))
        elif asked == 4:
            value = min(value, _in_first_half(side - high, side - low, side))
    return value


def _in_first_half(low: float, high: float, side: int) -> int:
    """Whether an extent is in the first half of a side."""
    if high <= side / 2:
        return TRUE
    reach = (0.5 + HALF_REACH) * side
    if high < reach:
        return FREE
    return FALSE if high > reach and low > (0.5 - HALF_REACH) * side else UNKNOWN


def _at_edge(thing: Object, place: Place, facts: Facts) -> int:
    gaps = []
    if place.columns != 4 and place.rows == 7:
        gaps.append(thing.left / facts.width_px)
    if place.columns != 1 and place.rows == 7:
        gaps.append(1 - thing.right / facts.width_px)
    if place.rows != 4 and place.columns == 7:
        gaps.append(thing.top / facts.height_px)
    if place.rows != 1 and place.columns == 7:
        gaps.append(1 - thing.bottom / facts.height_px)
    gap = min(gaps)
    return TRUE if gap <= AT_EDGE else FALSE if gap >= OFF_EDGE else UNKNOWN


def has_length(thing: Object, claimed: Length, facts: Facts) -> int:
    """Whether the object is as long as claimed, within 15%; false beyond 35%. A bound is kept without the 15%."""
    length = shapes.length_m(thing, facts)
    if length is None:
        return UNKNOWN
    if claimed.low == 0 or claimed.high == INFINITE:  # of what is said to be longer than a length, that is no guess at its own
        if claimed.low <= length <= claimed.high:
            return TRUE
    elif claimed.low * (1 - LENGTH_TRUE) - 0.5 <= length <= claimed.high * (1 + LENGTH_TRUE) + 0.5:
        return TRUE
    beyond = length < claimed.low * (1 - LENGTH_FALSE) - 1 or length > claimed.high * (1 + LENGTH_FALSE) + 1
    return FALSE if beyond else UNKNOWN


def is_oriented(thing: Object, word: str, facts: Facts) -> int:  # noqa: ARG001 - all properties are asked alike
    """Whether the object lies horizontally, vertically or diagonally."""
    angle = shapes.angle_deg(thing)
    if angle is None:
        return UNKNOWN
    if shapes.orientation(thing) == word:
        return TRUE
    low, high = shapes.DIAGONAL_DEG
    if word == "diagonal":
        return FALSE if angle <= shapes.HORIZONTAL_DEG or angle >= shapes.VERTICAL_DEG else UNKNOWN
    return FALSE if (angle >= low if word == "horizontal" else angle <= high) else UNKNOWN


def is_tiny(thing: Object, word: object, facts: Facts) -> int:  # noqa: ARG001 - all properties are asked alike
    """Whether the object is unresolvable at a model's size; false from twice the limit."""
    if not thing.resolvable:
        return TRUE
    short = min(sides_px(thing.polygon)) * MODEL_SIDE_PX / max(facts.width_px, facts.height_px)
    return FALSE if short >= PLAINLY_RESOLVED_PX else UNKNOWN


def spans(thing: Object, word: str, facts: Facts) -> int:
    """Whether the object reaches from one side of the tile to the other."""
    if word == "either":
        return max(spans(thing, one, facts) for one in ("across", "down"))
    return _known(shapes.spans(thing, word, facts))


def is_a(thing: Object, name: str) -> int:
    """Whether the object is of the class: upward truth, undecided downward."""
    if name == "object" or taxonomy.is_a(thing.label, name):
        return TRUE
    return UNKNOWN if taxonomy.akin(thing.label, name) or taxonomy.loosely(thing.label, name) else FALSE


def relates(a: Object, b: Object, word: str, facts: Facts) -> int:
    """Whether A has the relation to B."""
    answer: bool | None
    if word in _COMPASS:
        if not facts.north_up:
            return UNKNOWN
        word = _COMPASS[word]
    if word in ("left", "right", "above", "below"):
        answer = relations.direction(a, b, word, facts)
    elif word == "far":
        gap = relations.gap_share(a, b, facts)
        answer = True if gap >= relations.FAR else False if gap <= relations.NEAR else None
    elif word in _RULES:
        answer = _RULES[word](a, b, facts)
    else:
        answer = None  # around it, behind it: no boxes tell
    return _known(answer)


def lies_on(thing: Object, cover: str, word: str, facts: Facts) -> bool:
    """Whether the masks show that the object is on ("at"), near or beside a land cover."""
    extent = thing.left, thing.top, thing.right, thing.bottom
    if word == "at":
        return facts.covers.beneath(cover, extent)
    return word in ("near", "adjacent") and facts.covers.beside(cover, extent)


def _known(answer: bool | None) -> int:
    return UNKNOWN if answer is None else TRUE if answer else FALSE
