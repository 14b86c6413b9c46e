"""From facts to sentences: a concise caption of one sentence and a detailed one of several.

What a sentence can say, and how (the contract for readers; the frames are in `phrases`):
- A number stands right before its noun: "a ship", "one ship", "a single ship", "three ships", "17 ships" (words up to ten,
  figures above). Concise text says "many ships" above ten, and may say "dozens of ships" from 24 up. Numbers without "at
  least" or "no fewer than" are exact. "At least three annotated (labeled) ships" is said of classes that are not exhaustive;
  "at least three ships" where the border cuts another off and, in concise text, where further ships are unresolvable; "tiny
  ships" where all of them are.
- "No ships, aircraft or bridges", "without ...", "free of ...", "... are absent": classes that are exhaustive and have no box.
- A place is "in (at) the upper left", "in the upper left part (area)", of the image, scene, frame, tile or view; "near the
  center" is the center cell. It belongs to the noun phrase right before it or, at the start, right after it, and is the place
  of all objects that the phrase counts. In a list, each item has its own place or none ("two ships at the center, a bridge").
- "Two in the upper left and one in the center" shares out the objects of the class just named, each once; where some object
  spans, the parts are not all ("among", "some", "include"). "Five ships, three of them in the center" names the fullest cell.
  "At least one in the upper left" is said where the number is not exact. "All", "both", "they", "it" and "the ship" are
  the counted objects of the class named before, and "the annotated (labeled) ships" those of a class that is not exhaustive.
- "The ships include at least two tankers": so many of them have the finer label.
- Lengths, orientations, arrangements, relations and largest objects are said as defined in `shapes`, `arrangement` and
  `relations`, of all objects of the noun they name.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from sartext.narrate.facts import arrangement, relations, shapes, taxonomy
from sartext.narrate.facts.tile_facts import CELLS, MANY, Facts, Object, absent
from sartext.narrate.seeded import Pick
from sartext.narrate.write import templates
from sartext.narrate.write.nouns import Group, amount, coarse_groups, groups_of, place, shared_cell
from sartext.narrate.write.numbers import capital, listed, number

SHARED_OUT_MOST = 4  # groups of which a detailed text says the places
ABSENT_PERCENT = 30
EXTRA_PERCENT = 45
CONCISE_MORE_PERCENT = 60

Extra = Callable[[Group, Facts, Pick], str | None]


def concise(facts: Facts, pick: Pick) -> str | None:
    """One sentence, or None where nothing may be said."""
    if not facts.objects:
        return _absence(facts, pick, whole=False)
    mark = pick.one(templates.MARKS)
    groups = groups_of(facts, mark)
    if len(groups) > 1 and (len(groups) > 3 or pick.chance(40)):
        groups = coarse_groups(facts, groups, mark)
    groups = [group for group in groups if _any_resolvable(group)] or groups
    if len(groups) == 1:
        return _opening(groups[0], facts, pick, concise=True)
    groups = pick.shuffled(groups)
    placed = len(groups) <= 3 and pick.chance(50)
    if placed:  # the places first, so that none can be read as that of the groups before it
        groups.sort(key=lambda group: shared_cell(group, concise=True) < 0)
    items = [_item(group, pick, placed=placed) for group in groups]
    return _frame(pick.one(templates.PLAIN), pick, listed(items), groups[0], plural=True)


def _any_resolvable(group: Group) -> bool:
    for thing in group.things:  # noqa: SIM110 - mostly the first one is, and a generator would take longer than that
        if thing.resolvable:
            return True
    return False


def detailed(facts: Facts, pick: Pick) -> str | None:
    """Some sentences with all numbers and places, or None where nothing may be said."""
    if not facts.objects:
        return _absence(facts, pick, whole=True)
    groups = groups_of(facts, pick.one(templates.MARKS))
    sentences = []
    if len(groups) == 1:
        sentences += _one_group(groups[0], facts, pick)
    else:
        items = [amount(group, pick, concise=False) for group in groups]
        sentences.append(_frame(pick.one(templates.PLAIN), pick, listed(items), groups[0], plural=True))
        for group in groups[:SHARED_OUT_MOST]:
            sentences += _places(group, pick, alone=False)
            sentences += _finer(group, pick)
        sentences += _relation(groups, pick, facts)
    for group in groups[:2]:
        sentences += _extras(group, facts, pick, alone=len(groups) == 1)
    if pick.chance(ABSENT_PERCENT) and (missing := _absent(facts)):
        sentences.append(_without(pick.one(templates.ABSENT_TOO), missing, pick))
    return " ".join(sentences)


def _opening(group: Group, facts: Facts, pick: Pick, concise: bool) -> str:
    """One sentence on one group, with its place if all of it is in one cell."""
    np = amount(group, pick, concise)
    cell = shared_cell(group, concise)
    if cell >= 0:
        return _frame(pick.one(templates.PLACED), pick, np, group, cell=cell)
    if len(group.things) == 1:
        np = _spanning(np, group.things[0], facts, pick)
    elif concise and group.exact and all(thing.resolvable for thing in group.things) and pick.chance(CONCISE_MORE_PERCENT):
        more = _in_short(group, facts, pick)
        if more:
            return _frame(pick.one(templates.PLAIN_END), pick, np + more, group)
    return _frame(pick.one(templates.PLAIN), pick, np, group)


def _in_short(group: Group, facts: Facts, pick: Pick) -> str:
    """How several objects lie, in few words to follow their number, or nothing."""
    homes, total = _homes(group), len(group.things)
    if total <= 3 and -1 not in homes and len(homes) == 2 and pick.chance(60):
        return f", {listed([f'{count} {at}' for count, at in _parts(homes, pick, '')])}"
    fullest = max(homes, key=lambda home: (homes[home], -home))
    if fullest >= 0 and 2 <= homes[fullest] < total < MANY and pick.chance(60):
        return f", {number(homes[fullest])} of them {place(fullest, pick)}"
    word = arrangement.word_of(group.things, facts)
    return f" {pick.one(templates.ARRANGED[word])}" if word else ""


def _one_group(group: Group, facts: Facts, pick: Pick) -> list[str]:
    """The sentences on number and place of the only group."""
    cell = shared_cell(group, concise=False)
    if cell >= 0 and (not group.exact or pick.chance(40)):
        return [_opening(group, facts, pick, concise=False), *_finer(group, pick)]
    np = amount(group, pick, concise=False)
    if cell < 0 and len(group.things) == 1:
        np = _spanning(np, group.things[0], facts, pick)
    first = _frame(pick.one(templates.PLAIN), pick, np, group)
    return [first, *_places(group, pick, alone=True), *_finer(group, pick)]


def _item(group: Group, pick: Pick, placed: bool) -> str:
    """A group in a list: its number, and its place where all of it is in one cell."""
    np = amount(group, pick, concise=True)
    cell = shared_cell(group, concise=True) if placed else -1
    return f"{np} {place(cell, pick)}" if cell >= 0 else np


def _frame(template: str, pick: Pick, np: str, group: Group, cell: int = -1, plural: bool = False) -> str:
    """The template filled in; the verb agrees with the group, or is plural for a list that starts with the group."""
    one = _singular(np, group)
    many = plural or not one
    at = place(cell, pick) if cell >= 0 else ""
    return template.format(
        np=np,
        Np=capital(np),
        at=at,
        At=capital(at) if at else "",
        cell=CELLS[cell],
        img=pick.one(templates.IMAGES),
        is_="are" if many else "is",
        lies="lie" if many else "lies",
        appears="appear" if many else "appears",
        sits="sit" if many else "sits",
        there="is" if one else "are",
    )


def _singular(np: str, group: Group) -> bool:
    """Whether the noun phrase that starts with the group takes a singular verb."""
    return np.startswith(("a ", "an ", "one ", "at least one ", "no fewer than one ")) and len(group.things) >= 1


def _spanning(np: str, thing: Object, facts: Facts, pick: Pick) -> str:
    """The noun phrase with how the object spans the image, where it does."""
    across, down = (shapes.spans(thing, word, facts) for word in ("across", "down"))
    wide, high = (thing.right - thing.left) / facts.width_px, (thing.bottom - thing.top) / facts.height_px
    if across and (wide >= high or not down):
        return f"{np} {pick.one(templates.SPANS['left to right'])}"
    return f"{np} {pick.one(templates.SPANS['top to bottom'])}" if down else np


def _homes(group: Group) -> dict[int, int]:
    """How many of the group lie in each cell; those that span are at -1."""
    homes: dict[int, int] = {}
    for thing in group.things:
        homes[thing.home] = homes.get(thing.home, 0) + 1
    return homes


def _parts(homes: dict[int, int], pick: Pick, least: str) -> list[tuple[str, str]]:
    """("two", "in the upper left"), ("one", "in the center") ..., in reading order of the cells."""
    return [(least + number(homes[cell]), place(cell, pick)) for cell in sorted(homes) if cell >= 0]


def _places(group: Group, pick: Pick, alone: bool) -> list[str]:
    """At most one sentence: where the objects of a group are."""
    cell = shared_cell(group, concise=False)
    total = len(group.things)
    if group.crowded and (cell >= 0 or total == 1):
        return []  # "all" and "the" would be said of the crowd too
    if total == 1:
        if cell < 0:
            return []
        it = "it" if alone and group.exact else _definite(group)
        at = place(cell, pick)
        text = pick.one(templates.LOCATE)
        return [
            text.format(it=it, It=capital(it), it_object=_definite(group), at=at, At=capital(at), at_the=f"the {CELLS[cell]}")
        ]
    if cell >= 0:
        return [_all_placed(group, place(cell, pick), pick, alone)]
    return _shared_out(group, pick)


def _all_placed(group: Group, at: str, pick: Pick, alone: bool) -> str:
    """The place of several objects that are all in one cell."""
    text = pick.one(templates.ALL_PLACED if alone and group.exact else _ALL_PLACED_NAMED)
    both = len(group.things) == 2
    return text.format(noun=group.noun, All="Both" if both else "All", all="both" if both else "all", at=at, At=capital(at))


_ALL_PLACED_NAMED = tuple(text for text in templates.ALL_PLACED if "{noun}" in text)


def _shared_out(group: Group, pick: Pick) -> list[str]:
    """At most one sentence: how many objects are in which cell."""
    homes = _homes(group)
    parts = _parts(homes, pick, "" if group.exact else "at least ")
    if not parts:
        return []
    (count, at), *others = parts
    verb = pick.one(("lies", "is", "appears") if count.endswith("one") else ("lie", "are", "appear"))
    text = pick.one(templates.SHARE_SOME if -1 in homes else templates.SHARE_OUT)
    rest = [f"{many} {where}" for many, where in others]
    if "{first}" in text:
        return [text.format(noun=group.noun, first=listed([f"{count} {verb} {at}", *rest]))]
    return [text.format(noun=group.noun, parts=listed([f"{count} {at}", *rest]))]


def _definite(group: Group) -> str:
    return f"the {group.noun}"


def _finer(group: Group, pick: Pick) -> list[str]:
    """At most one sentence: the finer classes among a group's objects."""
    if not group.parts:
        return []
    kinds = [(taxonomy.KINDS[label], count) for label, count in group.parts]
    finer = listed([f"at least {number(count)} {kind.singular if count == 1 else kind.plural}" for kind, count in kinds])
    return [pick.one(templates.FINER).format(noun=group.noun, finer=finer, is_="is" if group.parts[0][1] == 1 else "are")]


def _extras(group: Group, facts: Facts, pick: Pick, alone: bool) -> list[str]:
    """Sentences on length, orientation, arrangement and the largest object, as far as the labels tell."""
    sentences: list[str] = []
    if group.crowded:
        return sentences
    most = 2 if alone else 1
    for extra in _ONE if len(group.things) == 1 else pick.shuffled(_SEVERAL):
        if pick.chance(EXTRA_PERCENT) and (text := extra(group, facts, pick)):
            sentences.append(text)
            if len(sentences) == most:
                break
    return sentences


def _length_one(group: Group, facts: Facts, pick: Pick) -> str | None:
    length = shapes.length_m(group.things[0], facts)
    if length is None or length < 10:
        return None
    it = _definite(group)
    return pick.one(templates.LENGTH_ONE).format(
        it=it, It=capital(it), its=f"{it}'s", Its=f"{capital(it)}'s", m=_metres(length)
    )


def _oriented_one(group: Group, facts: Facts, pick: Pick) -> str | None:  # noqa: ARG001 - all extras are asked alike
    word = shapes.orientation(group.things[0])
    if word is None:
        return None
    it = _definite(group)
    text = pick.one(templates.ORIENTED_ONE)
    return text.format(It=capital(it), Its=f"{capital(it)}'s", adverb=f"{word}ly", adjective=word)


def _lengths(group: Group, facts: Facts, pick: Pick) -> str | None:
    if not group.exact:
        return None
    lengths = []
    for thing in group.things:
        length = shapes.length_m(thing, facts)
        if length is None or length < 10:
            return None
        lengths.append(length)
    low, high = shapes.said_length_m(min(lengths)), shapes.said_length_m(max(lengths))
    noun, one = group.plural, group.singular
    if low == high:
        return pick.one(templates.LENGTH_SAME).format(noun=noun, m=_metres(low))
    if pick.chance(50):
        return pick.one(templates.LENGTH_RANGE).format(noun=noun, low=_metres(low), high=_metres(high))
    longest = group.things[lengths.index(max(lengths))]
    frames = [text for text in templates.LENGTH_LONGEST if longest.home >= 0 or "{at}" not in text]
    if max(lengths) < relations.LARGER * sorted(lengths)[-2]:  # which one is the longest is not clear enough to be placed
        frames = [text for text in frames if "{at}" not in text]
    at = place(longest.home, pick) if longest.home >= 0 else ""
    return pick.one(frames).format(noun=noun, one=one, m=_metres(high), at=at)


def _oriented_all(group: Group, facts: Facts, pick: Pick) -> str | None:  # noqa: ARG001 - all extras are asked alike
    word = shapes.orientation(group.things[0]) if group.exact else None
    if word is None:
        return None
    for thing in group.things:
        if shapes.orientation(thing) != word:
            return None
    return pick.one(templates.ORIENTED_ALL).format(noun=group.plural, adverb=f"{word}ly", adjective=word)


def _arranged(group: Group, facts: Facts, pick: Pick) -> str | None:
    word = arrangement.word_of(group.things, facts) if group.exact else None
    return pick.one(templates.ARRANGEMENTS[word]).format(noun=group.plural) if word else None


def _largest(group: Group, facts: Facts, pick: Pick) -> str | None:
    if not group.exact or len(group.things) > arrangement.MOST:
        return None
    for thing in group.things:
        if not shapes.whole(thing, facts):
            return None
    *others, largest = sorted(group.things, key=shapes.area_px)
    if largest.home < 0:
        return None
    for other in reversed(others):  # the next largest first, because it forbids the sentence most often
        if not relations.larger(largest, other, facts):
            return None
    at = place(largest.home, pick)
    return pick.one(templates.LARGEST).format(one=group.singular, noun=group.plural, at=at, At=capital(at))


_ONE: tuple[Extra, ...] = (_length_one, _oriented_one)
_SEVERAL: tuple[Extra, ...] = (_lengths, _oriented_all, _arranged, _largest)


def _relation(groups: list[Group], pick: Pick, facts: Facts) -> list[str]:
    """At most one sentence: how the objects of one group lie to the single object of another."""
    singles = [group for group in groups if len(group.things) == 1 and group.exact]
    for b in singles:
        for a in groups:
            if a is not b and a.exact:
                word = _common(a, b.things[0], facts)
                if word and pick.chance(EXTRA_PERCENT):
                    return [_related(a, b, pick.one(templates.RELATIONS[word]), pick)]
    return []


def _common(group: Group, b: Object, facts: Facts) -> str | None:
    """The first relation that all the objects of a group have to B."""
    if b.label == "harbor" and all(relations.at(a, b, facts) for a in group.things):
        return "at"
    word = relations.toward(group.things[0], b)
    if relations.direction(group.things[0], b, word, facts) and all(
        relations.direction(a, b, word, facts) for a in group.things[1:]
    ):
        return word
    widest = 0.0
    for a in group.things:
        gap = relations.gap_share(a, b, facts)
        if gap > relations.NEAR:
            return None
        if gap > widest:
            widest = gap
    return "adjacent" if widest <= relations.ADJACENT else "near"


def _related(a: Group, b: Group, relation: str, pick: Pick) -> str:
    total = len(a.things)
    who = f"The {a.singular}" if total == 1 else f"Both {a.plural}" if total == 2 else f"All of the {a.plural}"
    is_, lies, appears = ("is", "lies", "appears") if total == 1 else ("are", "lie", "appear")
    return pick.one(templates.RELATED).format(A=who, is_=is_, lies=lies, appears=appears, rel=relation, b=f"the {b.singular}")


def _metres(length: float) -> str:
    return f"{shapes.said_length_m(length):.0f}"


def _absent(facts: Facts) -> tuple[str, ...]:
    """The plurals of the classes that are provably not in the tile."""
    return _plurals_absent((*facts.labels, *facts.crowds, *facts.cuts), facts.exhaustive)


@lru_cache(maxsize=4096)
def _plurals_absent(labels: tuple[str, ...], exhaustive: tuple[str, ...]) -> tuple[str, ...]:
    names = [name for name in exhaustive if absent(name, labels, exhaustive)]
    return tuple([taxonomy.KINDS[name].plural for name in names if not taxonomy.KINDS[name].region])


def _absence(facts: Facts, pick: Pick, whole: bool) -> str | None:
    """What a tile without counted boxes provably lacks: some classes, or all that are exhaustive."""
    missing = pick.shuffled(_absent(facts))
    if not missing:
        return None
    if not whole:
        return _without(pick.one(templates.ABSENT), missing[: 1 + pick.below(min(len(missing), 3))], pick)
    cut = 1 + pick.below(len(missing)) if len(missing) > 2 else len(missing)
    first = _without(pick.one(templates.ABSENT), missing[:cut], pick)
    return " ".join([first, _without(pick.one(templates.ABSENT_TOO), missing[cut:], pick)] if cut < len(missing) else [first])


def _without(template: str, missing: Sequence[str], pick: Pick) -> str:
    and_ = listed(missing)
    return template.format(or_=listed(missing, "or"), and_=and_, And_=capital(and_), img=pick.one(templates.IMAGES))
