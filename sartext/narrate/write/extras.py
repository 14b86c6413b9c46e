"""What a detailed text says beyond numbers and places: length, orientation, arrangement, the largest, and relations."""

from collections.abc import Callable
from typing import NamedTuple

from sartext.narrate.facts import arrangement, relations, shapes, taxonomy
from sartext.narrate.facts.tile_facts import Facts, Object
from sartext.narrate.seeded import Pick
from sartext.narrate.write import templates
from sartext.narrate.write.nouns import Group, definite, place
from sartext.narrate.write.numbers import capital

EXTRA_PERCENT = 45
CLEAR_PX = 2
STRAIGHT = 0.4
COUNTED_MOST = 6  # objects that are counted by cells: of more nobody would
LINE_LEAST = 4  # objects of a line: three are hardly ever one

Extra = Callable[[Group, Facts, Pick, str], str | None]


def extras_of(group: Group, facts: Facts, pick: Pick, alone: bool, it: str = "") -> list[str]:
    """Sentences on length, orientation, arrangement and the largest object, as far as the labels tell; one object is `it`."""
    sentences: list[str] = []
    if not group.exact:
        return sentences  # "the ships" would be said of the others too
    most = 2 if alone and len(group.things) > 1 else 1
    told = arrangement_said(group, facts) == "line" or len(group.things) > COUNTED_MOST  # with their places
    several = (_lengths, _largest) if told else _SEVERAL  # a line has a direction of its own
    for extra in _ONE if len(group.things) == 1 else pick.shuffled(several):
        if extra is _largest and any("longest" in one for one in sentences):
            continue  # it would be told twice
        if pick.chance(EXTRA_PERCENT) and (text := extra(group, facts, pick, it or definite(group))):
            sentences.append(text)
            if len(sentences) == most:
                break
    return sentences


def _length_one(group: Group, facts: Facts, pick: Pick, it: str) -> str | None:
    length = shapes.length_m(group.things[0], facts)
    if length is None or length < 10:
        return None
    its = "its" if it == "it" else f"{it}'s"
    return pick.one(templates.LENGTH_ONE).format(It=capital(it), Its=capital(its), m=_metres(length))


def _oriented_one(group: Group, facts: Facts, pick: Pick, it: str) -> str | None:  # noqa: ARG001 - all extras are asked alike
    word = shapes.orientation(group.things[0])
    if word is None:
        return None
    return pick.one(templates.ORIENTED_ONE).format(It=capital(it), adverb=f"{word}ly")


def _lengths(group: Group, facts: Facts, pick: Pick, it: str) -> str | None:  # noqa: ARG001 - all extras are asked alike
    lengths = []
    for thing in group.things:
        length = shapes.length_m(thing, facts)
        if length is None or length < 10:
            return None
        lengths.append(length)
    if len(lengths) < 3:
        return None  # a range, or the longest, of two is no way to speak of them
    low, high = shapes.said_length_m(min(lengths)), shapes.said_length_m(max(lengths))
    noun, one = group.plural, group.singular
    if low == high:
        return pick.one(templates.LENGTH_SAME).format(noun=noun, m=_metres(low))
    if pick.chance(50):
        return pick.one(templates.LENGTH_RANGE).format(noun=noun, low=_metres(low), high=_metres(high))
    return pick.one(templates.LENGTH_LONGEST).format(noun=noun, one=one, m=_metres(high))


def _oriented_all(group: Group, facts: Facts, pick: Pick, it: str) -> str | None:  # noqa: ARG001 - all extras are asked alike
    word = shapes.orientation(group.things[0]) if len(group.things) > 2 else None  # "all" is not said of two
    if word is None:
        return None
    for thing in group.things:
        if shapes.orientation(thing) != word:
            return None
    return pick.one(templates.ORIENTED_ALL).format(noun=group.plural, adverb=f"{word}ly")


def arrangement_said(group: Group, facts: Facts) -> str | None:
    """ "line", "cluster" or "scattered", where people would say so of the group."""
    word = group.word
    partly = len(facts.covers.labels) > 1 or len(group.things) > COUNTED_MOST
    if word == "scattered" and partly and not arrangement.all_over(group.things):
        return None  # over a part of the image: ships over its water
    return None if word == "line" and len(group.things) < LINE_LEAST else word


def _arranged(group: Group, facts: Facts, pick: Pick, it: str) -> str | None:  # noqa: ARG001 - all extras are asked alike
    word = arrangement_said(group, facts)
    return pick.one(templates.ARRANGEMENTS[word]).format(noun=group.plural) if word else None


def _largest(group: Group, facts: Facts, pick: Pick, it: str) -> str | None:  # noqa: ARG001 - all extras are asked alike
    if not 3 <= len(group.things) <= arrangement.MOST or not _may_differ(group):
        return None
    for thing in group.things:
        if not shapes.whole(thing, facts) or not _clear_of_border(thing, facts):
            return None
    *others, largest = sorted(group.things, key=shapes.area_px)
    if largest.home < 0 or any(thing.home == largest.home for thing in others):
        return None  # a place with two would single out neither
    for other in reversed(others):  # the next largest first, because it forbids the sentence most often
        if not relations.larger(largest, other, facts):
            return None
    at = place(largest.home)
    return pick.one(templates.LARGEST).format(one=group.singular, noun=group.plural, at=at, At=capital(at))


def _may_differ(group: Group) -> bool:
    """Whether the objects are of a class whose objects differ in size: all A220s are alike."""
    return taxonomy.KINDS[group.name].parent is None and (group.name != "aircraft" or len(group.parts) > 1)


def _clear_of_border(thing: Object, facts: Facts) -> bool:
    """Whether the box ends so far from the border that nothing of the object can lie beyond; formats differ by a pixel."""
    return min(thing.left, thing.top, facts.width_px - thing.right, facts.height_px - thing.bottom) >= CLEAR_PX


_ONE: tuple[Extra, ...] = (_length_one, _oriented_one)
_SEVERAL: tuple[Extra, ...] = (_lengths, _oriented_all, _arranged, _largest)


class Relation(NamedTuple):
    """How the objects of one group lie to the single object of another; of one object also as people go on, with "it"."""

    who: Group
    word: str
    text: str
    of_it: str

    def places(self, group: Group) -> bool:
        """Whether it says where the group is: at the other."""
        return self.word == "at" and group is self.who


def relation_of(groups: list[Group], pick: Pick, facts: Facts) -> Relation | None:
    """At most one relation; always where objects are at a harbor, and sometimes another."""
    singles = [group for group in groups if len(group.things) == 1 and group.exact]
    for b in singles:
        for a in groups:
            if a is not b and a.exact:
                word = _common(a, b.things[0], facts)
                if word and (word == "at" or pick.chance(EXTRA_PERCENT)):
                    relation, frame = pick.one(templates.RELATIONS[word]), pick.one(templates.RELATED)
                    return Relation(a, word, _related(a, b, relation, frame), _related(a, b, relation, frame, it="it"))
    return None


def _common(group: Group, b: Object, facts: Facts) -> str | None:
    """The first relation that all the objects of a group have to B."""
    if b.label == "harbor" and all(relations.at(a, b, facts) for a in group.things):
        return "at"
    word = relations.toward(group.things[0], b)
    beside = word in templates.RELATIONS and all(
        relations.direction(a, b, word, facts) and _straight(a, b) for a in group.things
    )
    if beside:
        return word
    widest = 0.0
    for a in group.things:
        gap = relations.gap_share(a, b, facts)
        if gap > relations.NEAR:
            return None
        if gap > widest:
            widest = gap
    return "adjacent" if widest <= relations.ADJACENT else "near"


def _straight(a: Object, b: Object) -> bool:
    """Whether A is so clearly on one side of B that nobody would name a second one: "above", not "above and to the left"."""
    dx, dy = a.left + a.right - b.left - b.right, a.top + a.bottom - b.top - b.bottom
    return min(abs(dx), abs(dy)) <= STRAIGHT * max(abs(dx), abs(dy))


def _related(a: Group, b: Group, relation: str, frame: str, it: str = "") -> str:
    total = len(a.things)
    who = capital(it or definite(a)) if total == 1 else f"Both {a.plural}" if total == 2 else f"All of the {a.plural}"
    is_, lies = ("is", "lies") if total == 1 else ("are", "lie")
    return frame.format(A=who, is_=is_, lies=lies, rel=relation, b=f"the {b.singular}")


def _metres(length: float) -> str:
    return f"{shapes.said_length_m(length):.0f}"
