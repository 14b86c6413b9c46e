"""Random meanings, most of them about what is in a tile, with what they name and the lines of the table that they are in."""

import random
from dataclasses import dataclass

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import Facts
from tests.reading.statements.amounts import NEGATIVE, Amount
from tests.reading.statements.filling import Filling
from tests.reading.statements.meanings import (
    Again,
    AnyClause,
    Clause,
    Compared,
    Denied,
    Members,
    Noun,
    Only,
    Rest,
    Shared,
    having,
    outcome_of,
)
from tests.reading.statements.properties import Property
from tests.reading.statements.worlds import Mentioned, World

_EXIST = ("a", "a", "number", "number", "exactly", "at least", "at most", "more", "fewer", "plural", "no", "no", "not but")
_SAID = (
    *_EXIST,
    *("all", "each", "both", "most", "none", "not all", "the", "the", "the only", "the plural", "the number"),
    *("part",) * 3,
)
_SPEAK = frozenset(("a", "number", "exactly", "the", "the only", "all", "both", "the number", "the plural"))


@dataclass(frozen=True)
class Drawn:
    """A meaning, and the lines of the table that it is in."""

    clauses: tuple[AnyClause, ...]
    mentioned: Mentioned
    kinds: tuple[str, ...]
    shares: bool

    def __call__(self, world: World) -> int:
        return outcome_of(self.clauses, world)


class Grammar:
    """Draws meanings about one tile."""

    def __init__(self, draw: random.Random, facts: Facts) -> None:
        self.draw = draw
        self.facts = facts
        self.fill = Filling(draw, facts)

    def meaning(self) -> Drawn:
        """One meaning of one to three clauses."""
        self.fill.start()
        rules = (self._one, self._two, self._list, self._compare, self._only, self._deny, self._share, self._part)
        rule = self.draw.choices(rules, (38, 28, 7, 5, 3, 4, 6, 6))[0]
        clauses = rule()
        kinds = self.fill.kinds | {kind for clause in clauses for kind in self._kinds(clause)}
        return Drawn(clauses, self.fill.mentioned(clauses), tuple(sorted(kinds)), isinstance(clauses[-1], Shared | Members))

    def _kinds(self, clause: AnyClause) -> tuple[str, ...]:
        match clause:
            case Clause():
                return (clause.amount.word, *self._contrast(clause.said))
            case Members():
                return ("list", *(one.amount.word for one in clause.clauses))
            case Again():
                pronoun = clause.amount.word == "it"
                named = ("they" if clause.amount.number != 1 else "it") if not clause.noun else "the, again"
                return (named if pronoun else "of them", *self._contrast(clause.said))
            case Rest():
                return ("another" if clause.amount.word in ("a", "number", "no") else "the other", *self._contrast(clause.said))
            case Shared():
                return ("one, the other" if clause.rest else "shared out",)
            case Only():
                return ("only",)
            case Compared():
                return (clause.word if clause.word == "as many" else "more than another",)
            case Denied():
                return ("denied", clause.clause.amount.word)

    def _contrast(self, said: tuple[Property, ...]) -> tuple[str, ...]:
        if len(said) == 2:
            return ("contrast",) if said[0].negated != said[1].negated else ("and",)
        return ("not",) if said and said[0].negated else ()

    # Texts

    def _one(self) -> tuple[AnyClause, ...]:
        return (self._clause(self.draw.random() < 0.3),)

    def _clause(self, exists: bool, amounts: tuple[str, ...] = ()) -> Clause:
        thing = self.fill.thing()
        noun = self.fill.noun(thing, 0.8 if exists else 0.35)
        word = self.draw.choice(amounts or (_EXIST if exists else _SAID))
        said = () if exists else self.fill.said(thing, noun, word not in NEGATIVE)
        return self._amount(noun, said, word)

    def _amount(self, noun: Noun, said: tuple[Property, ...], word: str) -> Clause:
        """The clause with a number near to the one there is."""
        world = self._world(noun, said)
        some = noun.found(world)
        whole, so = len(some), len(having(world, some, said))
        n = self._near(so)
        if word == "part":
            of = self.draw.choice((0, self._near(whole, 2)))
            n = min(n, of - 1) if of else n
            return Clause(Amount(word, max(n, 1), of), noun, said)
        if word == "not but":
            return Clause(Amount(word, n, n + 1 if n == 1 or self.draw.random() < 0.5 else n - 1), noun, said)
        if word == "the number":
            return Clause(Amount(word, self._near(whole, 2)), noun, said)
        if word in ("more", "fewer"):
            shift = -1 if word == "more" else 1
            n = max(n + shift, 1 if word == "more" else 2)
        return Clause(Amount(word, min(n, 9)), noun, said)

    def _world(self, noun: Noun, said: tuple[Property, ...]) -> World:
        world = World(self.facts, self.fill.mentioned((Clause(Amount("a"), noun, said),)))
        world.default = True
        return world

    def _near(self, number: int, least: int = 1) -> int:
        shift = self.draw.choices((0, 1, -1, 2), (65, 15, 15, 5))[0]
        return min(max(number + shift, least), 9)

    def _two(self) -> tuple[AnyClause, ...]:
        """A clause, and one or two of what it speaks of or of the rest."""
        first = self._clause(
            self.draw.random() < 0.5, ("a", "a", "number", "number", "exactly") if self.draw.random() < 0.8 else ()
        )
        if first.amount.word not in _SPEAK or (first.amount.word in ("all", "the plural") and first.noun.properties):
            return (first,)
        if any(taxonomy.akin(first.noun.name, name) for name in self.fill.targets):
            return (first,)  # "it" could be either
        clauses: list[AnyClause] = [first]
        for _ in range(self.draw.choices((1, 2), (80, 20))[0]):
            if (more := self._follow(first, clauses[-1])) is not None:
                clauses.append(more)
        return tuple(clauses)

    def _follow(self, first: Clause, latest: AnyClause) -> AnyClause | None:
        draw, word, name = self.draw, first.amount.word, first.noun.name
        n = 1 if word in ("a", "the", "the only") else 2 if word == "both" else first.amount.number
        n = 0 if word in ("all", "the plural") else n
        if isinstance(latest, Rest):
            return None
        bare = not first.said and not first.noun.properties  # speaks of all of the class
        rests = word in ("a", "number", "exactly", "the", "the number") and (word == "a" or not bare)
        thing = self.fill.thing(name)
        if rests and draw.random() < 0.5:
            amount = draw.choice(("a", "a", "number", "no", "the", "the plural"))
            named = name if amount == "no" or draw.random() < 0.6 else ""
            said = self.fill.said(thing, Noun(name), amount not in NEGATIVE)
            return Rest(Amount(amount, draw.choice((1, 2, 2, 3)) if amount == "number" else 0), said, named)
        if n != 1 and draw.random() < 0.5:
            amount = draw.choice(("part", "part", "none", "most", "not all"))
            said = self.fill.said(thing, Noun(name), amount not in NEGATIVE)
            return Again(Amount(amount, draw.randint(1, max(n - 1, 1)) if amount == "part" else 0), said)
        distinct = word in ("a", "number", "exactly", "the", "both", "the number") and n
        return Again(Amount("it", n), self.fill.said(thing, Noun(name)), name if distinct and draw.random() < 0.3 else "")

    def _list(self) -> tuple[AnyClause, ...]:
        members, names = [], list[str]()
        for _ in range(self.draw.choice((2, 2, 3))):
            thing = self.fill.thing()
            noun = Noun(self.fill.name(thing))
            if noun.name not in names:
                names.append(noun.name)
                members.append(self._amount(noun, (), self.draw.choice(("a", "number", "number", "exactly", "at least"))))
        if len(members) < 2:
            return self._one()
        places = tuple(one for one in [self.fill.place(self.fill.thing())] if self.draw.random() < 0.4)
        return (Members(tuple(members), places, bool(places) and self.draw.random() < 0.5),)

    def _compare(self) -> tuple[AnyClause, ...]:
        one, other = self.fill.name(self.fill.thing()), self.fill.name(self.fill.thing())
        if one == other:
            return self._one()
        return (Compared(one, other, self.draw.choice(("more", "more", "fewer", "as many"))),)

    def _only(self) -> tuple[AnyClause, ...]:
        thing = self.fill.thing()
        name = self.fill.name(thing)
        return (Only(name, (self.fill.place(thing) if self.draw.random() < 0.7 else self.fill.property(thing),)),)

    def _deny(self) -> tuple[AnyClause, ...]:
        exists = self.draw.random() < 0.4
        amounts = ("a", "number", "at least") if exists else ("a", "number", "at least", "the", "all")
        return (Denied(self._clause(exists, amounts)),)

    def _share(self) -> tuple[AnyClause, ...]:
        """All of a class, shared out over cells."""
        name = self.fill.name(self.fill.thing())
        world = self._world(Noun(name), ())
        things = [thing for thing in world.things(name) if isinstance(thing, int)]
        cells: dict[Property, int] = {}
        for thing in things:
            cell = self.fill.cell(thing)
            cells[cell] = cells.get(cell, 0) + 1
        parts = list(cells.items())[:3]
        if len(parts) < 2:
            return self._one()
        if self.draw.random() < 0.5:  # one element changed
            at = self.draw.randrange(len(parts))
            cell, number = parts[at]
            other = self.fill.cell(None)
            parts[at] = (cell, number + 1) if self.draw.random() < 0.5 or other in cells else (other, number)
        whole = self._amount(Noun(name), (), "number")
        return whole, Shared(tuple((number, (cell,)) for cell, number in parts))

    def _part(self) -> tuple[AnyClause, ...]:
        """ "Three ships are visible; one is in the center, the others are on the left"."""
        first = self._clause(True, ("number",))
        name, n = first.noun.name, first.amount.number
        if n < 2 or self.fill.targets:
            return (first,)
        things = [self.fill.thing(name), self.fill.thing(name)]
        number = self.draw.randint(1, n - 1)
        said, other = (self.fill.said(thing, Noun(name)) for thing in things)
        return first, Shared(((number, said[:1]), (n - number, other[:1])), rest=True)
