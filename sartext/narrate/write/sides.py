"""Where objects of several cells are: on which side of the image, or so close together that cells would tear them apart."""

from sartext.narrate.facts.tile_facts import Facts, Object
from sartext.narrate.seeded import Pick
from sartext.narrate.write import templates
from sartext.narrate.write.fitting import Importance, Wanted
from sartext.narrate.write.nouns import Group

COMPACT = 0.25  # share of the side within which objects are not told apart by cells


def may_be_in(group: Group, cell: int) -> int:
    """How many of the group may be said to be in a cell, those of its neighbours that reach into it included."""
    row, column = 1 << cell // 3, 1 << cell % 3
    return sum([bool(thing.rows_open & row and thing.columns_open & column) for thing in group.things])


def compact(group: Group, facts: Facts) -> bool:
    """Whether objects that lie in several cells are so close together that nobody would tell them apart by cells."""
    wide = max([thing.right for thing in group.things]) - min([thing.left for thing in group.things])
    if wide > COMPACT * facts.width_px:
        return False
    high = max([thing.bottom for thing in group.things]) - min([thing.top for thing in group.things])
    return high <= COMPACT * facts.height_px


def on_side(group: Group, side: str, facts: Facts) -> int | None:
    """How many of the group are in the third on a side; None where one lies between that and the middle, or on both."""
    if side in ("left", "right"):
        middle, extents = facts.width_px / 2, [(thing.columns, thing.left, thing.right) for thing in group.things]
    else:
        middle, extents = facts.height_px / 2, [(thing.rows, thing.top, thing.bottom) for thing in group.things]
    first, total = side in ("left", "upper"), 0
    word = 1 if first else 4
    for words, low, high in extents:
        if words == word:
            total += 1
        elif low < middle if first else high > middle:
            return None
    return total


def on_one_side(group: Group, pick: Pick) -> list[Wanted]:
    """At most one sentence: the side that a close group is on."""
    found = [
        words
        for sides in templates.OPPOSITE_SIDES
        for side, words in sides.items()
        if all(third(thing, side) for thing in group.things)
    ]
    if not found or not group.exact:
        return []
    text = pick.one(templates.TWO_PLACED).format(noun=group.noun, places=pick.one(pick.one(found)))
    return [Wanted(Importance.PLACES, text)]


def most_on_one_side(group: Group, facts: Facts, pick: Pick) -> list[Wanted]:
    """At most one sentence: the side that more than half of many objects are on."""
    half = len(group.things) / 2
    sides = [item for sides in templates.OPPOSITE_SIDES for item in sides.items()]
    found = [words for side, words in sides if (on_side(group, side, facts) or 0) > half]
    if not found or not group.exact:
        return []
    text = pick.one(templates.MOST_PLACED).format(noun=group.noun, at=pick.one(pick.one(found)))
    return [Wanted(Importance.PLACES, text)]


def third(thing: Object, side: str) -> bool:
    """Whether an object is in the third on a side."""
    return bool({"left": thing.columns & 1, "right": thing.columns & 4, "upper": thing.rows & 1, "lower": thing.rows & 4}[side])
