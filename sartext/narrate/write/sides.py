"""Where objects of several cells are: on which side of the image, or so close together that cells would tear them apart."""

from sartext.narrate.facts.tile_facts import Facts, Object
from sartext.narrate.seeded import Pick
from sartext.narrate.write import templates
from sartext.narrate.write.fitting import Importance, Wanted
from sartext.narrate.write.nouns import Group

MOST_SHARE = 2 / 3  # of the objects: fewer are no way to speak of most of them
COMPACT, NEAR_TOGETHER = 0.34, 0.6  # share of the side within which few objects, and many, are not told apart by cells


def may_be_in(group: Group, cell: int) -> int:
    """How many of the group may be said to be in a cell, those of its neighbours that reach into it included."""
    row, column = 1 << cell // 3, 1 << cell % 3
    return sum([bool(thing.rows_open & row and thing.columns_open & column) for thing in group.things])


def compact(group: Group, facts: Facts) -> bool:
    """Whether objects that lie in several cells are so close together that nobody would tell them apart by cells."""
    return _within(group, facts, COMPACT)


def near_together(group: Group, facts: Facts) -> bool:
    """Whether many objects are one group to the eye, as aircraft on an apron are."""
    return _within(group, facts, NEAR_TOGETHER)


def _within(group: Group, facts: Facts, share: float) -> bool:
    """Whether all of a group is in a window with this share of the image's sides."""
    wide = max([thing.right for thing in group.things]) - min([thing.left for thing in group.things])
    high = max([thing.bottom for thing in group.things]) - min([thing.top for thing in group.things])
    return wide <= share * facts.width_px and high <= share * facts.height_px


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


def on_one_side(group: Group, facts: Facts, pick: Pick) -> list[Wanted]:
    """At most one sentence: the side, or else the half, that a close group is in."""
    found = [
        words
        for sides in templates.OPPOSITE_SIDES
        for side, words in sides.items()
        if all(third(thing, side) for thing in group.things)
    ]
    if not found:
        halves = [side for side in templates.HALF_SIDES if in_half(group, side, facts) == len(group.things)]
        found = [(templates.WITHIN_HALF[0].format(side=side),) for side in halves]
    if not found or not group.exact:
        return []
    text = pick.one(templates.SPREAD).format(noun=group.noun, places=pick.one(pick.one(found)))
    return [Wanted(Importance.PLACES, text)]


def most_on_one_side(group: Group, facts: Facts, pick: Pick) -> list[Wanted]:
    """At most one sentence: the side, or else the half, that most of many objects are in."""
    if not group.exact:
        return []
    least = MOST_SHARE * len(group.things)
    sides = [item for sides in templates.OPPOSITE_SIDES for item in sides.items()]
    found = [(side, words) for side, words in sides if (on_side(group, side, facts) or 0) >= least]
    if not found:
        halves = [side for side in templates.HALF_SIDES if in_half(group, side, facts) >= least]
        found = [(side, tuple([words.format(side=side) for words in templates.WITHIN_HALF])) for side in halves]
    if not found:
        return []
    side, words = pick.one(found)
    whole = max(on_side(group, side, facts) or 0, in_half(group, side, facts)) == len(group.things)
    text = pick.one(templates.SPREAD if whole else templates.MOST_PLACED)
    return [Wanted(Importance.PLACES, text.format(noun=group.noun, places=pick.one(words), at=pick.one(words)))]


def in_half(group: Group, side: str, facts: Facts) -> int:
    """How many of the group are wholly in a half of the image."""
    middle, center = facts.width_px / 2, facts.height_px / 2
    total = 0
    for thing in group.things:
        total += {
            "left": thing.right <= middle,
            "right": thing.left >= middle,
            "upper": thing.bottom <= center,
            "lower": thing.top >= center,
        }[side]
    return total


def third(thing: Object, side: str) -> bool:
    """Whether an object is in the third on a side."""
    return bool({"left": thing.columns & 1, "right": thing.columns & 4, "upper": thing.rows & 1, "lower": thing.rows & 4}[side])
