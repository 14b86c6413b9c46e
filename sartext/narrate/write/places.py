"""Where the objects of a group are, in cells, on sides or in halves, as detailed texts and short ones say it."""

from sartext.narrate.facts import relations
from sartext.narrate.facts.tile_facts import Facts
from sartext.narrate.seeded import Pick
from sartext.narrate.write import templates
from sartext.narrate.write.extras import COUNTED_MOST, arrangement_said
from sartext.narrate.write.fitting import Importance, Wanted
from sartext.narrate.write.nouns import Group, definite, place, shared_cell
from sartext.narrate.write.numbers import capital, listed, number
from sartext.narrate.write.sides import compact, most_on_one_side, near_together, on_one_side, on_side

FEW = 3  # objects that are placed one by one
UNITED_MOST = 4  # cells that are told without numbers
CELLS_MOST = 5  # cells that a sentence lists


def few_parts(group: Group, facts: Facts) -> str:
    """Where each of two or three objects in several cells is, in words that follow their number; nothing of others."""
    homes = group.homes
    few = 2 <= len(group.things) <= FEW or (not group.exact and len(homes) <= FEW + 1)
    if not few or -1 in homes or len(homes) < 2 or compact(group, facts):
        return ""
    if not group.exact:
        uneven = max(homes.values()) >= FEW  # it would read as if they were spread evenly
        return "" if uneven else f", {listed([at for _, at in _parts(homes)])}"
    return f", {listed([f'{count} {at}' for count, at in _parts(homes)])}"


def _parts(homes: dict[int, int]) -> list[tuple[str, str]]:
    """("two", "in the upper left"), ("one", "in the center") ..., in reading order of the cells."""
    return [(number(homes[cell]), place(cell)) for cell in sorted(homes) if cell >= 0]


def _parts_of_many(group: Group, facts: Facts, pick: Pick) -> list[tuple[str, str]]:
    """The same of objects in many cells, where they are on two opposite sides; nothing of others."""
    for sides in pick.shuffled(list(templates.OPPOSITE_SIDES)):
        numbers = [on_side(group, side, facts) for side in sides]
        if all(numbers):
            return [(number(count or 0), pick.one(sides[side])) for side, count in zip(sides, numbers, strict=True)]
    return []


def places_of(group: Group, facts: Facts, pick: Pick, alone: bool) -> list[Wanted]:
    """The sentences, mostly one, on where the objects of a group are."""
    cell = shared_cell(group, concise=False)
    total = len(group.things)
    if not group.exact and (cell >= 0 or total == 1):
        return []  # "all" and "the" would be said of the others too
    if in_harbors(group, facts):
        return []  # each is where its harbor is, and a cell could be another than that of the harbor
    if total == 1:
        if cell < 0:
            return []
        it = "it" if alone else definite(group)
        return [Wanted(Importance.PLACES, pick.one(templates.LOCATE).format(It=capital(it), at=place(cell)))]
    if cell >= 0:
        return [Wanted(Importance.PLACES, _all_placed(group, place(cell), pick, alone))]
    return _shared_out(group, facts, pick)


def in_harbors(group: Group, facts: Facts) -> bool:
    """Whether there are several harbors, and each of the group is at one of them."""
    harbors = facts.of("harbor") if "harbor" in facts.labels and group.name != "harbor" else ()
    return len(harbors) > 1 and all(any(relations.at(thing, one, facts) for one in harbors) for thing in group.things)


def _all_placed(group: Group, at: str, pick: Pick, alone: bool) -> str:
    """The place of several objects that are all in one cell."""
    text = pick.one(templates.ALL_PLACED if alone else _ALL_PLACED_NAMED)
    both = len(group.things) == 2
    return text.format(noun=group.noun, All="Both" if both else "All", at=at)


_ALL_PLACED_NAMED = tuple(text for text in templates.ALL_PLACED if "{noun}" in text)


def _shared_out(group: Group, facts: Facts, pick: Pick) -> list[Wanted]:
    """The sentences on the places of several objects that no one cell holds; how many are in which cell, where they are few."""
    homes = group.homes
    total, word = len(group.things), arrangement_said(group, facts)
    if compact(group, facts) or word == "cluster":
        side = on_one_side(group, pick)
        if side or total <= COUNTED_MOST:
            return side
    if len(homes) == total == 2 or word == "line" or total > COUNTED_MOST:
        return _together(group, word, facts, pick) if group.exact else []
    if not group.exact:
        return _somewhere(group, homes, pick) if -1 not in homes else []
    parts = _parts_of_many(group, facts, pick) if len(homes) > CELLS_MOST else _parts(homes)
    if not parts:
        return _together(group, word, facts, pick)
    (count, at), *others = parts
    verb = pick.one(("lies", "is") if count.endswith("one") else ("lie", "are"))
    text = pick.one(templates.SHARE_SOME if -1 in homes or len(homes) > CELLS_MOST else templates.SHARE_OUT)
    rest = [f"{many} {where}" for many, where in others]
    if "{first}" in text:
        text = text.format(noun=group.noun, first=listed([f"{count} {verb} {at}", *rest]))
    else:
        text = text.format(noun=group.noun, parts=listed([f"{count} {at}", *rest]))
    return [Wanted(Importance.PLACES, text, _mostly_placed(group, homes, pick))]


def _together(group: Group, word: str | None, facts: Facts, pick: Pick) -> list[Wanted]:
    """The sentences on two objects, on those in a line, and on many: how they are arranged, and where, without numbers."""
    line, many = word == "line", len(group.things) > COUNTED_MOST
    said = [Wanted(Importance.PLACES, pick.one(templates.ARRANGEMENTS["line"]).format(noun=group.noun))] if line else []
    torn = line or (many and near_together(group, facts))  # cells would tear apart what is one
    if many and not line and (where := on_one_side(group, pick)):
        return where
    if not torn and (where := united(group, pick, FEW)):
        return where
    where = most_on_one_side(group, facts, pick)
    if not where and word == "scattered":
        return [Wanted(Importance.PLACES, pick.one(templates.ARRANGEMENTS[word]).format(noun=group.noun))]
    if not where and many:
        where = _in_halves(group, pick)
    if not where and word == "cluster":
        where = [Wanted(Importance.PLACES, pick.one(templates.ARRANGEMENTS[word]).format(noun=group.noun))]
    return [*said, *(where or ([] if torn else united(group, pick, UNITED_MOST)))]


def united(group: Group, pick: Pick, most: int) -> list[Wanted]:
    """At most one sentence: the cells that objects are in, so many `most`, without their numbers."""
    homes = group.homes
    if len(homes) > most or -1 in homes:
        return []
    at = listed([place(cell) for cell in sorted(homes)])
    text = pick.one(templates.SPREAD).format(noun=group.noun, places=at)
    return [Wanted(Importance.PLACES, text)]


def _somewhere(group: Group, homes: dict[int, int], pick: Pick) -> list[Wanted]:
    """At most one sentence on a group of which there may be more: the cell that has several, or where there are some."""
    fullest = max(homes, key=lambda home: (homes[home], -home))
    if homes[fullest] >= FEW:
        text = f"At least {number(homes[fullest])} of the {group.noun} are {place(fullest)}."
        return [Wanted(Importance.PLACES, text)]
    if not 2 <= len(homes) <= FEW:  # a plural would be more than one in a single cell
        return []
    at = listed([place(cell) for cell in sorted(homes)])
    text = pick.one(templates.SOMEWHERE).format(Nouns=capital(group.plural), nouns=group.plural, places=at)
    return [Wanted(Importance.PLACES, text)]


def _in_halves(group: Group, pick: Pick) -> list[Wanted]:
    """At most one sentence: how many objects are in either half, where each of them is in one."""
    for sides in (templates.HALF_SIDES[:2], templates.HALF_SIDES[2:]):
        numbers = [group.halves[side] for side in sides]
        if sum(numbers) == len(group.things):
            (first, at), (other, beyond) = [
                (number(count), pick.one(templates.WITHIN_HALF[:1]).format(side=side))
                for count, side in zip(numbers, sides, strict=True)
            ]
            verb = pick.one(("lies", "is") if first == "one" else ("lie", "are"))
            text = pick.one(templates.SHARE_OUT).format(noun=group.noun, first=f"{first} {verb} {at} and {other} {beyond}")
            return [Wanted(Importance.PLACES, text)]
    return []


def _mostly_placed(group: Group, homes: dict[int, int], pick: Pick) -> str | None:
    """The cell with most of the objects, where it has several."""
    fullest = max(homes, key=lambda home: (homes[home], -home))
    if fullest < 0 or homes[fullest] < 2 or not group.exact:
        return None
    count = capital(number(homes[fullest]))
    return pick.one(templates.MOSTLY_PLACED).format(Count=count, noun=group.noun, at=place(fullest))
