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
    wide, high = group.extent_px
    return wide <= share * facts.width_px and high <= share * facts.height_px


def on_side(group: Group, side: str, facts: Facts) -> int | None:
    """How many of the group are in the third on a side; None where one lies between that and the middle, or on both."""
    across, word, total = side in _ACROSS, _WORD[side], 0
    middle = (facts.width_px if across else facts.height_px) / 2
    for thing in group.things:
        if (thing.columns if across else thing.rows) == word:
            total += 1
        elif word == 1:
            if (thing.left if across else thing.top) < middle:
                return None
        elif (thing.right if across else thing.bottom) > middle:
            return None
    return total


def on_one_side(group: Group, pick: Pick) -> list[Wanted]:
    """At most one sentence: the side, or else the half, that a close group is in."""
    rows = columns = 7  # the words that are true of all of them
    for thing in group.things:
        rows &= thing.rows
        columns &= thing.columns
    found = [words for side, words in _PHRASES.items() if (columns if side in _ACROSS else rows) & _WORD[side]]
    if not found:
        halves = [side for side in templates.HALF_SIDES if group.halves[side] == len(group.things)]
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
    sides = {side: on_side(group, side, facts) or 0 for side in _PHRASES}
    found = [(side, _PHRASES[side]) for side, number in sides.items() if number >= least]
    if not found:
        found = [(side, _WITHIN_HALF[side]) for side in templates.HALF_SIDES if group.halves[side] >= least]
    if not found:
        return []
    side, words = pick.one(found)
    whole = max(sides[side], group.halves[side]) == len(group.things)
    text = pick.one(templates.SPREAD if whole else templates.MOST_PLACED)
    return [Wanted(Importance.PLACES, text.format(noun=group.noun, places=pick.one(words), at=pick.one(words)))]


def third(thing: Object, side: str) -> bool:
    """Whether an object is in the third on a side."""
    return bool((thing.columns if side in _ACROSS else thing.rows) & _WORD[side])


_ACROSS, _WORD = ("left", "right"), {"left": 1, "right": 4, "upper": 1, "lower": 4}
_PHRASES = {side: words for sides in templates.OPPOSITE_SIDES for side, words in sides.items()}
_WITHIN_HALF = {side: tuple([words.format(side=side) for words in templates.WITHIN_HALF]) for side in templates.HALF_SIDES}
