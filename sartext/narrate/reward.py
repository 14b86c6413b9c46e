"""Reward of a caption, from 0 to 1, for training by reinforcement: what is true of a tile's annotations, and how much of them.

    reward = 0                                                       of a text without words, or with a contradicted claim
    reward = (FLOOR + (1 - FLOOR) quality) / (1 + COST unsupported)  of every other
    quality = (1 + coverage) / 2                                     where it states all that the shortest caption states
    quality = coverage / 2                                           where it lacks any of that

`unsupported` is how many of the claims are unverifiable; a sentence that is not understood is one. The shortest caption is
the shortest of A2C's and SA2C's concise ones that is supported; a text that says less than it lies in the lower half, so it
never scores above it.
`coverage` is the weighted mean, over the aspects of which something is known of the tile, of the share that the text states:

- classes, 3: which classes there are, those above them included;
- numbers, 3: how many of a class: of six, "at least three" is two of the steps two to six; the exact number, where it is
  known, is all of them and itself;
- places, 3: in which cells, and in which rows, columns and corners, each class lies;
- shares, 3: how much a class of a mask covers, in four steps by how narrow the band is that is stated;
- absences, 1: which classes are provably absent;
- attributes, 1: of which objects a length, an orientation, an arrangement or a relation is said; denials say none.

Facts are those of `verify.caption_facts`, with all that they imply, as sets: what is said twice, or less exactly again, gains
nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.land_cover import Covers
from sartext.narrate.facts.place import CELL, Place
from sartext.narrate.facts.shares import Share
from sartext.narrate.facts.tile_facts import Facts, Object, facts_of
from sartext.narrate.read.figures import Length
from sartext.narrate.verify import claims_of, verdict_of
from sartext.narrate.verify.caption_facts import Fact, implied, told
from sartext.narrate.verify.claims import Judged, judged_in
from sartext.narrate.verify.counting import CONTRADICTED, SUPPORTED
from sartext.narrate.verify.discourse import Values
from sartext.narrate.verify.judge import Judge
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.sa2c import SA2C
from sartext.tile import Claim, Tile

FLOOR = 0.01  # so that silence and a lie alone are 0
COST = 0.05
_WEIGHTS = {"classes": 3.0, "numbers": 3.0, "places": 3.0, "shares": 3.0, "absences": 1.0, "attributes": 1.0}
_BANDS = (1.0, 0.3, 0.1, 0.03)  # how wide a stated share may be, in each step
_GRAIN = 1e-6
_DENIED = "denied"  # the scope of "it is not true that ..."
_ATTRIBUTES = ("size", "orientation", "arrangement", "relation")  # kinds of claims
_SIDES = tuple(place for third in (1, 2, 4) for place in (Place(7, third, "side"), Place(third, 7, "side")))


class _AtLeast(NamedTuple):
    name: str
    number: int


class _Covered(NamedTuple):
    """A share of the classes together, within a band as wide as its step."""

    names: tuple[str, ...]
    step: int


class _Attribute(NamedTuple):
    kind: str
    box: int


_Unit = Fact | _AtLeast | _Covered | _Attribute


class _Stated(NamedTuple):
    claims: tuple[Claim, ...]
    units: frozenset[_Unit]


class _Known(NamedTuple):
    """What is known of a tile, by aspect, and what of it the shortest caption of the rules states."""

    aspects: dict[str, frozenset[_Unit]]
    shortest: frozenset[_Unit]


def reward(text: str, tile: Tile) -> float:
    """The reward of a text as a caption of the tile, by the formula of this module; the same for the same text and annotations.

    What is known of the latest tile is kept, so texts of one tile are best asked of one after another. Raises `TileRejected`
    where a label is no class of the taxonomy.
    """
    if not any(letter.isalnum() for letter in text):
        return 0.0
    facts = facts_of(tile)
    known, stated = _known_of(tile, facts), _stated(text, facts)
    if verdict_of(stated.claims) == CONTRADICTED:
        return 0.0
    total = sum(_WEIGHTS[name] for name in known.aspects)
    covered = sum(_WEIGHTS[name] * len(stated.units & units) / len(units) for name, units in known.aspects.items())
    coverage = covered / total if total else 0.0
    quality = (coverage + (known.shortest <= stated.units)) / 2 if known.shortest else coverage
    unsupported = sum(claim.verdict != SUPPORTED for claim in stated.claims)
    return (FLOOR + (1 - FLOOR) * quality) / (1 + COST * unsupported)


_latest: tuple[Facts, str, _Known] | None = None


def _known_of(tile: Tile, facts: Facts) -> _Known:
    global _latest
    kept = _latest
    if kept is None or kept[0] is not facts or kept[1] != tile.key:
        kept = _latest = (facts, tile.key, _known(tile, facts))
    return kept[2]


def _known(tile: Tile, facts: Facts) -> _Known:
    shortest = _shortest(tile, facts)
    aspects: dict[str, set[_Unit]] = {}
    for unit in (*_closed(_annotated(facts)), *shortest):
        aspects.setdefault(_aspect(unit), set()).add(unit)
    gate = frozenset(unit for unit in shortest if not isinstance(unit, _Attribute))
    return _Known({name: frozenset(aspects[name]) for name in _WEIGHTS if name in aspects}, gate)


def _shortest(tile: Tile, facts: Facts) -> frozenset[_Unit]:
    """What the shortest concise caption of the rules states."""
    bare = replace(tile, captions=())
    texts = [one.text for rule in (A2C(), SA2C()) for one in rule.apply(bare).captions if one.form == "concise"]
    for text in sorted(texts, key=len):
        stated = _stated(text, facts)
        if verdict_of(stated.claims) == SUPPORTED:
            return stated.units
    return frozenset()


def _aspect(unit: _Unit) -> str:
    if isinstance(unit, _AtLeast):
        return "numbers"
    if isinstance(unit, _Covered):
        return "shares"
    if isinstance(unit, _Attribute):
        return "attributes"
    if unit.number is not None:
        return "numbers" if unit.number else "absences"
    return "classes" if unit.place is None else "places"


# What a text states


def _stated(text: str, facts: Facts) -> _Stated:
    units, claims = set[_Unit](), list[Claim]()
    for sentence in judged_in(text, Judge(facts)):
        claims += sentence.claims
        said, judged = sentence.said, sentence.each()
        if any(one.statement.scope == _DENIED for one in judged):
            continue  # true where what it names is not so: it states none of that
        for one in judged:
            if one.claim.verdict == SUPPORTED:
                units.update(_numbers(one, facts))
                units.update(_share(one, said.values))
                units.update(_attributes(one, said.values))
    units |= told(text, facts).facts
    # Of an image of light, "radar" is a claim too.
    return _Stated(claims_of(text, facts) if facts.optical else tuple(claims), _closed(units))


def _numbers(one: Judged, facts: Facts) -> Iterator[_Unit]:
    """How many there are at least: never more than there are, for an entity can be what a text says that there is not."""
    for entity in one.entities:
        least = 0 if entity.quantity is None else entity.quantity.low
        if least > 1 and entity.name in taxonomy.KINDS and least <= facts.count(entity.name).low:
            yield _AtLeast(entity.name, least)


def _share(one: Judged, values: Values) -> Iterator[_Unit]:
    """The narrowest step of a share that is stated of classes, and that a class is there if it is alone."""
    if one.statement.form != "cover":
        return
    share, *nouns = one.statement.tokens
    found, names = values[share], tuple(sorted(str(values[at]) for at in nouns))
    if isinstance(found, Share) and found.low > 0:
        width = min(found.high, 1.0) - found.low
        yield _Covered(names, sum(width <= most + _GRAIN for most in _BANDS) - 1)
        if len(names) == 1:
            yield Fact(names[0])


def _attributes(one: Judged, values: Values) -> Iterator[_Unit]:
    statement, kind = one.statement, one.claim.kind
    if kind not in _ATTRIBUTES or statement.phrase is None or statement.scope == "none":
        return
    said = (*statement.phrase.narrowed, *statement.said)
    if any(each.negated for each in said) or any(not _bounded(values[at]) for each in said for at in each.tokens if at >= 0):
        return
    yield from (_Attribute(kind, box) for box in one.claim.boxes)


def _bounded(value: object) -> bool:
    """Whether it is no length that any object has: shorter than 9 km, longer than 1 m."""
    return not isinstance(value, Length) or (value.low > 0 and value.high < 2 * value.low + 1)


# What the annotations make true


def _annotated(facts: Facts) -> Iterator[_Unit]:
    names = {name for label in facts.labels for name in taxonomy.lineage(label)}
    for name in names:
        count = facts.count(name)
        yield Fact(name, number=count.low) if count.exact else _AtLeast(name, count.low)
    for thing in facts.objects:
        yield Fact(thing.label)
        yield from (Fact(thing.label, place) for place in _places(thing))
        yield from (_Attribute(kind, thing.box) for kind in _ATTRIBUTES)
    yield from (Fact(name, number=0) for name in facts.exhaustive if facts.absent(name))
    for name in dict.fromkeys(facts.covers.labels):
        yield from _region(name, facts.covers)


def _places(thing: Object) -> Iterator[Place]:
    """The cell of the object's centre, or the rows and columns that it lies in where it spans cells."""
    if thing.home >= 0:
        yield Place(1 << thing.home // 3, 1 << thing.home % 3)
        return
    for side in _SIDES:
        mask, of = (thing.rows, side.rows) if side.columns == 7 else (thing.columns, side.columns)
        if mask == of:
            yield side


def _region(name: str, covers: Covers) -> Iterator[_Unit]:
    """A class of a mask, its share where that is known, and where most of a land cover lies."""
    low, high = covers.share(name)
    if low <= 0:
        return
    yield Fact(name)
    if high - low <= _GRAIN:
        yield _Covered((name,), len(_BANDS) - 1)
    if name in taxonomy.REGIONS:
        yield from (Fact(name, place) for place in (*CELL, *_SIDES) if covers.lies(name, place, annotated=False))


def _closed(units: Iterable[_Unit]) -> frozenset[_Unit]:
    """The units and all that is true where they are."""
    units = set(units)
    found: set[_Unit] = set(implied(unit for unit in units if isinstance(unit, Fact)))
    least: dict[str, int] = {}
    for unit in units:
        if isinstance(unit, _Covered):
            found |= {_Covered(unit.names, step) for step in range(unit.step + 1)}
            continue
        if isinstance(unit, _Attribute):
            found.add(unit)
            continue
        if unit.number and unit.name in taxonomy.KINDS:
            for name in taxonomy.lineage(unit.name):
                least[name] = max(least.get(name, 0), unit.number)
        if isinstance(unit, _AtLeast):
            found |= implied([Fact(unit.name)])
    for name, number in least.items():
        found |= {_AtLeast(name, step) for step in range(2, number + 1)}
    return frozenset(found)
