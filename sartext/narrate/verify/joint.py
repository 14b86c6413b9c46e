"""What is said of one object at once: near a border it may be counted in either of two cells, but in one of them at a time."""

from collections.abc import Callable, Sequence

from sartext.narrate.facts.place import Place
from sartext.narrate.facts.tile_facts import Facts, Object
from sartext.narrate.verify.discourse import BoundProperty
from sartext.narrate.verify.predicates import FALSE, FREE, TRUE, UNKNOWN, beyond_half, opposite

_BY_THIRDS = ("cell", "side", "corner")  # extents


def jointly(
    thing: Object,
    said: Sequence[BoundProperty],
    given: Sequence[BoundProperty],
    has: Callable[[Object, BoundProperty], int],
    facts: Facts,
) -> int:
    """How far the object has all that is said, counted in a cell in which it has all that is given.

    `has` tells how far it has one property by itself.
    """
    cells = [(row, column) for row in range(3) if thing.rows >> row & 1 for column in range(3) if thing.columns >> column & 1]
    placed = [one for one in said if _by_thirds(one, facts)]
    others = [_given(thing, one, given, has) for one in said if not _by_thirds(one, facts)]
    known = [one for one in given if _by_thirds(one, facts)]
    fits = {cell: min([_in_cell(thing, one, *cell, facts) for one in known], default=TRUE) for cell in cells}
    best = max(fits.values())  # where what is given is so, rather than where it may be
    found = [
        min([*others, *[_in_cell(thing, one, *cell, facts) for one in placed]], default=TRUE)
        for cell in cells
        if fits[cell] == best != FALSE
    ]
    best = max(found, default=FALSE)
    if (
        best == FALSE
    ):  # in and not in a place is never so; in two of them, of which it may be counted in either, is loosely said
        return FALSE if any(one[0].negated for one in (*placed, *known)) or min(others, default=TRUE) == FALSE else UNKNOWN
    return TRUE if min(found) == TRUE else min(best, FREE)


def _by_thirds(one: BoundProperty, facts: Facts) -> bool:
    """Whether a property is a place that the cells decide."""
    if one[0].form not in "pc":
        return False
    place = one[1][0]
    return isinstance(place, Place) and place.extent in _BY_THIRDS and (facts.north_up or not place.compass)


def _in_cell(thing: Object, one: BoundProperty, row: int, column: int, facts: Facts) -> int:
    """Whether an object that is counted in a cell is in the place."""
    place = one[1][0]
    rows, columns = (5, 5) if place.extent == "corner" else (place.rows, place.columns)
    value = TRUE if rows >> row & 1 and columns >> column & 1 else FALSE
    if value == FALSE and place.extent == "side" and not beyond_half(thing, place, facts):
        value = UNKNOWN
    return opposite(value) if one[0].negated else value


def _given(
    thing: Object, one: BoundProperty, given: Sequence[BoundProperty], has: Callable[[Object, BoundProperty], int]
) -> int:
    """How far the object has another property, where what is given may have decided it."""
    value = has(thing, one)
    for other in given if value == FREE else ():
        if (other[0].form, other[1], other[0].target) == (one[0].form, one[1], one[0].target):
            return TRUE if other[0].negated == one[0].negated else FALSE
    return value
