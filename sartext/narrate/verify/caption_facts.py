"""The facts that a text states of a tile, in one form whatever its words, so that two texts can be compared.

A fact is that there is an object of a class, that there are exactly so many (none: 0), or that one lies in a place. "Two
ships in the upper left" states all of its class and its place; the number is stated where it is that of all objects of the
class. Synonyms are one class, "top left" and "upper left" one place. What is said of lengths, orientations, arrangements and
relations is judged (`verify`) and is no fact here. Only supported claims state anything.

`implied` is what else is true where a fact is: a tanker is a ship, and the upper left is on the left and at the top. So a text
that says more exactly what a reference says covers it, and one that says it less exactly does not.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.place import Place
from sartext.narrate.facts.tile_facts import Facts
from sartext.narrate.read.ast import Statement
from sartext.narrate.read.claims import said_in
from sartext.narrate.verify.coreference import Binder, Bound, Property, Unclear, Values
from sartext.narrate.verify.counting import SUPPORTED
from sartext.narrate.verify.judge import Judge
from sartext.tile import Claim

ANY = "object"  # the class of all objects, which is none of the taxonomy
_EVERY = 7  # rows or columns


class Fact(NamedTuple):
    """There is a `name` (in the place, where there is one), or exactly `number` of them."""

    name: str
    place: Place | None = None
    number: int | None = None


class Told(NamedTuple):
    """What a text claims, judged, and the facts that its supported claims state."""

    claims: tuple[Claim, ...]
    facts: frozenset[Fact]


def told(text: str, facts: Facts) -> Told:
    """The claims of a text, the same as `verify.claims_of`, and the facts it states."""
    binder = Binder()
    judge = Judge(facts, binder=binder)
    claims: list[Claim] = []
    found: set[Fact] = set()
    for reading, values, kinds, texts in said_in(text):
        for statement, kind, words in zip(reading.statements, kinds, texts, strict=True):
            judged = judge.verdict(statement, values)
            if judged is None:
                continue
            claims.append(Claim(kind=kind, text=words, verdict=judged[0], evidence=judged[1]))
            if judged[0] == SUPPORTED:
                found |= _stated(statement, binder, values)
        judge.end_sentence(reading, values)
    return Told(tuple(claims), frozenset(found))


def implied(facts: Iterable[Fact]) -> frozenset[Fact]:
    """The facts, and all that is true where they are."""
    return frozenset(one for fact in facts for one in _implied(fact))


@lru_cache(maxsize=4096)
def _implied(fact: Fact) -> frozenset[Fact]:
    if fact.number == 0:
        below = [name for name in taxonomy.KINDS if name not in taxonomy.REGIONS and fact.name in _above(name)]
        return frozenset({fact, *[Fact(name, number=0) for name in below]})
    places = _around(fact.place) if fact.place is not None else ()
    return frozenset({fact, *[Fact(name, place) for name in _above(fact.name) for place in (None, *places)]})


def _above(name: str) -> tuple[str, ...]:
    """The class and all above it; every object is one, land covers are none."""
    if name == ANY:
        return (ANY,)
    return taxonomy.lineage(name) if name in taxonomy.REGIONS else (*taxonomy.lineage(name), ANY)


def _around(place: Place) -> tuple[Place, ...]:
    """The place, and the wider ones that hold it whole."""
    rows, columns, extent, _ = place
    if extent != "cell":
        return (place,)
    sides = [Place(rows, _EVERY, "side"), Place(_EVERY, columns, "side")]
    corner = [Place(_EVERY, _EVERY, "corner")] if rows in (1, 4) and columns in (1, 4) else []
    return (place, *sides, *corner)


def _stated(statement: Statement, binder: Binder, values: Values) -> set[Fact]:
    """The facts of one supported statement."""
    if statement.mention is None or statement.form not in ("count", "share", "extreme"):
        return set()
    try:
        mention = binder.bind(statement.mention, values)
        predicate = binder.property(statement.predicate, values) if statement.predicate is not None else None
    except Unclear:  # nothing is stated of what refers to nothing
        return set()
    if statement.form == "count":
        return _counted(mention)
    if statement.scope == "none" or predicate is None:
        return set()
    # "Most ships are in the center and the upper left" does not say that each of the two has one.
    alone = predicate[0].form == "p" or statement.scope == "all"
    return _there(mention.name, (predicate,) if alone else ())


def _counted(mention: Bound) -> set[Fact]:
    """What a supported count states: how many there are, that there are some, and where."""
    name, quantity, amount, filters, _ = mention
    if amount == "not number":
        return set()
    if quantity is None:
        return set() if filters else {Fact(name, number=0)}
    if quantity.low < 1:
        return set()
    exact = quantity.low == quantity.high and not filters and name not in taxonomy.REGIONS
    number = {Fact(name, number=quantity.low)} if exact else set()
    return number | _there(name, filters)


def _there(name: str, properties: Iterable[Property]) -> set[Fact]:
    """That there is one, and in each of the places among its properties."""
    places = [
        place
        for filter_, values in properties
        if filter_.form in ("p", "any") and not filter_.negated
        for place in values
        if isinstance(place, Place) and not place.compass
    ]
    return {Fact(name), *[Fact(name, place) for place in places]}
