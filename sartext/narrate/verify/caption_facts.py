"""The facts that a text states of a tile, in one form whatever its words, so that two texts can be compared.

A fact is that there is an object of a class, that there are exactly so many (none: 0), or that one lies in a place. "Two
ships in the upper left" states all of its class and its place; the number is stated where it is that of all objects of the
class. Synonyms are one class, "top left" and "upper left" one place. What is said of lengths, orientations, arrangements and
relations is judged (`verify`) and is no fact here. Only supported claims state anything.

`implied` is what else is true where a fact is: a tanker is a ship, and the upper left is on the left and at the top. So a text
that says more exactly what a reference says covers it, and one that says it less exactly does not.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.place import Place
from sartext.narrate.facts.tile_facts import Facts
from sartext.narrate.read.meaning import UNREAD, Phrase, Property, Statement
from sartext.narrate.verify.claims import judged_in
from sartext.narrate.verify.counting import SUPPORTED
from sartext.narrate.verify.discourse import BoundProperty, Entity, Values
from sartext.narrate.verify.judge import Judge
from sartext.tile import Claim

ANY = "object"  # the class of all objects, which is none of the taxonomy
_EVERY = 7  # rows or columns
_NONE = {"none", "not number"}  # amounts that say of no object that it is there


class Fact(NamedTuple):
    """There is a `name` (in the place, where there is one), or exactly `number` of them."""

    name: str
    place: Place | None = None
    number: int | None = None


class Told(NamedTuple):
    """What a text claims, judged, the facts that its supported claims state, and the classes of objects that it names."""

    claims: tuple[Claim, ...]
    facts: frozenset[Fact]
    named: frozenset[str]

    def names_all(self, facts: Facts) -> bool | None:
        """Whether each annotated class of objects, or one above it, is named, and no other; None where nothing is annotated.

        What is there as a crowd, or cut off by the border, may be named or not. A text that is not all understood is wrong.
        """
        if not facts.objects and not facts.exhaustive:
            return None
        if any(claim.kind == UNREAD for claim in self.claims):
            return False
        lines = [set(taxonomy.lineage(label)) for label in facts.labels]
        loose = [set(taxonomy.lineage(label)) for label in (*facts.crowds, *facts.cuts)]
        return all(line & self.named for line in lines) and self.named <= set().union(*lines, *loose)


def told(text: str, facts: Facts) -> Told:
    """The claims of a text, the same as `verify.claims_of`, and the facts it states."""
    claims: list[Claim] = []
    found: set[Fact] = set()
    named: set[str] = set()
    for sentence in judged_in(text, Judge(facts)):
        for statement, claim, entities in sentence.each():
            claims.append(claim)
            if statement.scope != "denied":
                named.update(_named((statement.phrase, *statement.pair), sentence.said.values))
                named.update(_aimed((*statement.said, *statement.near), sentence.said.values))
            if claim.verdict == SUPPORTED and statement.scope != "denied":  # true where what it names is not so
                found |= _absent(statement, sentence.said.values)
                for entity in entities:
                    found |= _of(entity)
    return Told(tuple(claims), frozenset(found), frozenset(named))


def _named(phrases: Iterable[Phrase | None], values: Values) -> Iterator[str]:
    """The classes of objects of which the phrases say that there are some."""
    for phrase in phrases:
        if phrase is not None and phrase.amount not in _NONE:
            name = str(values[phrase.noun]) if phrase.noun >= 0 else ANY
            if name != ANY and name not in taxonomy.REGIONS:
                yield name
            yield from _aimed(phrase.narrowed, values)


def _aimed(properties: Iterable[Property], values: Values) -> Iterator[str]:
    """Those that relations are to."""
    return _named((one.target for one in properties if not one.negated), values)


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


def _absent(statement: Statement, values: Values) -> set[Fact]:
    """What a supported absence states: that there is none anywhere."""
    phrase = statement.phrase
    if phrase is None or phrase.amount != "none" or phrase.noun < 0 or phrase.narrowed or statement.said or phrase.refers:
        return set()
    return {Fact(str(values[phrase.noun]), number=0)}


def _of(entity: Entity) -> set[Fact]:
    """What it states that there is an entity: how many there are, that there are some, and where."""
    quantity = entity.quantity
    if quantity is None or quantity.low < 1:
        return set()
    exact = quantity.low == quantity.high and not entity.filters and entity.name not in taxonomy.REGIONS
    number = {Fact(entity.name, number=quantity.low)} if exact and not entity.excluded else set()
    return number | _there(entity.name, entity.filters)


def _there(name: str, properties: Iterable[BoundProperty]) -> set[Fact]:
    """That there is one, and in each of the places among its properties."""
    places = [
        place
        for filter_, values in properties
        if filter_.form in ("p", "any") and not filter_.negated
        for place in values
        if isinstance(place, Place) and not place.compass
    ]
    return {Fact(name), *[Fact(name, place) for place in places]}
