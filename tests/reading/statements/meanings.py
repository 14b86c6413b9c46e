"""Statements with a label by brute force: an independent generator and judge of what a text says of a tile.

A text is one to three clauses. Its meaning is evaluated in every completion of what the labels leave open (`worlds`): further
objects of a class that is not exhaustive or is in a crowd, cut objects that count or do not, a coarse label that is of a
finer class, predicates in their dead band. Where a wording has several readings, each reading is a completion too. In each of
them there must be one assignment of objects to the entities of the text, and one cell for each object near an edge, under
which all clauses hold.

Outcomes of a clause: TRUE, FALSE, UNMET (not true, though one may not call it false: what it takes for granted does not hold),
GAP (neither true nor false: a verdict is wrong), ARGUABLE (any verdict will do).

Let S be the objects of the class with all that stands in the noun phrase, T those of S with what the verb says.

- "a ship is P": T is not empty; what follows speaks of one of T ("it", "the ship").
- "two ships", "exactly", "only", "just two ships": T has two; what follows speaks of T ("they", "of them").
- "at least", "more than", "at most", "fewer than": literally; of none, "at most" and "fewer" are arguable.
- "ships are P": T has two or more; one is unmet.
- "no ship": T is empty. "None of the ships": S is not empty and T is; "all", "every", "each": S is not empty, and T is S.
  Without S they are unmet, of a single one "all the ships" and "none of the ships" are arguable.
- "both ships": S has two, T is S. "Most": T is more than half of S, of three or more. "Not all": T is neither S nor empty.
- "the ship": S is one, and T is S; where S is several, false where T is empty, arguable where it is S, else a gap. "The only
  ship": S is one. So with "left of the bridge"; without a bridge it is unmet.
- "the ships": S is two or more, T is S; unmet where some have P and some have not. "The two ships": S has two besides.
- "two of the three ships": S has three, T two. "Two of the ships": S has more than two, T two.
- "It", "they", "the ship", "the two ships" of those spoken of: all of them. "Two of them": exactly two of them.
- "another", "two others", "no other ship", "the other(s)": of the objects of the class that were not spoken of; "the other" is
  unmet where these are several.
- "one is P, the other is Q": of two, one and the other; a reading is that exactly one is P.
- "three ships: two in A and one in B": exactly three, exactly two of them in A, exactly one in B, each object in one cell.
- "left of a bridge": of some bridge; of a number of ships, each of its own or all of the same. "The bridge": as above.
- "is not P" denies P of each object; "a ship is not P" is arguable where another is P. "In A, not in B": both of one.
- "not two but three ships": exactly three. "Only ships are P": two or more ships are, and nothing else is.
- "more ships than bridges", "as many": of the numbers; where one class is above the other, a reading leaves out the finer.
- lists: each member holds; classes of one line are of different objects in one reading. A place after the last member is of
  all or of the last alone.
- "it is not the case that ...": the clause is false.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from sartext.narrate.facts import taxonomy
from tests.reading.statements.amounts import NEGATIVE, UNIVERSAL, Amount, Path, Spoken, Things, quantified
from tests.reading.statements.properties import Property
from tests.reading.statements.worlds import ARGUABLE, FALSE, GAP, TRUE, UNMET, World


@dataclass(frozen=True)
class Noun:
    """A class with what narrows it down: adjectives before the noun, phrases behind it, a relative clause."""

    name: str
    before: tuple[Property, ...] = ()
    after: tuple[Property, ...] = ()
    relative: tuple[Property, ...] = ()

    @property
    def properties(self) -> tuple[Property, ...]:
        return (*self.before, *self.after, *self.relative)

    def found(self, world: World) -> Things:
        """The objects that are so."""
        return [thing for thing in world.things(self.name) if all(one.holds(world, thing) for one in self.properties)]


@dataclass(frozen=True)
class Target:
    """What a relation is to: a, or the only such object."""

    noun: Noun
    definite: bool


@dataclass(frozen=True)
class Clause:
    """So many objects of a noun have properties; without any, there are so many."""

    amount: Amount
    noun: Noun
    said: tuple[Property, ...] = ()

    def paths(self, world: World, before: Spoken | None) -> Iterator[Path]:  # noqa: ARG002 - all clauses are run alike
        """Outcomes with what is spoken of then, one an assignment."""
        negative = self.amount.word in NEGATIVE
        world.negative += negative or self.amount.word in UNIVERSAL
        some = self.noun.found(world)
        world.negative -= not negative and self.amount.word in UNIVERSAL
        so = having(world, some, self.said)
        world.negative -= negative
        denies = self.amount.word == "a" and len(self.said) == 1 and self.said[0].negated
        if denies and 0 < len(so) < len(some):
            world.flags.add(ARGUABLE)
        yield from quantified(world, self.amount, self.noun.name, some, so)


def having(world: World, things: Things, said: tuple[Property, ...]) -> Things:
    """Those of the objects that have all of the properties."""
    return [thing for thing in things if all(one.holds(world, thing) for one in said)]


@dataclass(frozen=True)
class Again:
    """Of what the clause before spoke of: "it", "they", "two of them"."""

    amount: Amount  # all; or of them: number, none, both, most, not all
    said: tuple[Property, ...]
    noun: str = ""  # the class that is named again; "" for a pronoun

    def paths(self, world: World, before: Spoken | None) -> Iterator[Path]:
        assert before is not None
        if not before.known:
            yield ARGUABLE, before
            return
        some = list(before.things)
        negative = self.amount.word in NEGATIVE
        world.negative += negative
        so = having(world, some, self.said)
        world.negative -= negative
        if self.amount.word == "it":
            yield (TRUE if len(so) == len(some) else FALSE if not so else UNMET), before
        else:
            yield from quantified(world, self.amount, before.name, some, so)


@dataclass(frozen=True)
class Rest:
    """Of the objects of the class that were not spoken of: "another", "two others", "no other", "the other(s)"."""

    amount: Amount
    said: tuple[Property, ...]
    noun: str = ""

    def paths(self, world: World, before: Spoken | None) -> Iterator[Path]:
        assert before is not None
        if not before.known:
            yield ARGUABLE, before
            return
        negative = self.amount.word in NEGATIVE
        world.negative += negative
        some = [thing for thing in world.things(before.name) if thing not in before.things]
        so = having(world, some, self.said)
        world.negative -= negative
        if self.amount.word == "the" and len(some) > 1:
            yield (UNMET if so else FALSE), before
        else:
            yield from quantified(world, self.amount, before.name, some, so)


@dataclass(frozen=True)
class Shared:
    """Parts of what the clause before spoke of: "one is P, the other is Q", "two in the center and one in the lower left"."""

    parts: tuple[tuple[int, tuple[Property, ...]], ...]
    rest: bool = False  # the last part is "the other(s)"

    def paths(self, world: World, before: Spoken | None) -> Iterator[Path]:
        assert before is not None
        if not before.known:
            yield ARGUABLE, before
            return
        if not self.rest:
            right = [len(having(world, list(before.things), said)) == number for number, said in self.parts]
            yield (TRUE if all(right) else FALSE), before
            return
        (number, said), (_, other) = self.parts
        first = having(world, list(before.things), said)
        if len(before.things) <= number:
            yield FALSE, before
            return
        exact = world.ask(("reading", "part"), (0, 1)) and len(first) != number
        for picked in combinations(first, number) if not exact else ():
            left = [thing for thing in before.things if thing not in picked]
            so = having(world, left, other)
            yield (TRUE if len(so) == len(left) else FALSE if not so else UNMET), before
        yield FALSE, before


@dataclass(frozen=True)
class Members:
    """A list of clauses without a verb; what is said last is of all of them or of the last alone."""

    clauses: tuple[Clause, ...]
    said: tuple[Property, ...] = ()
    front: bool = False  # what is said stands first, and is of all

    def paths(self, world: World, before: Spoken | None) -> Iterator[Path]:
        last = len(self.clauses) - 1
        wide = self.front or not self.said or world.ask(("reading", "list"), (0, 1))
        outcomes, spoken = [], []
        for at, clause in enumerate(self.clauses):
            said = self.said if wide or at == last else ()
            picked = max(Clause(clause.amount, clause.noun, said).paths(world, before), key=lambda path: path[0])
            outcomes.append(picked[0])
            spoken.append(picked[1])
        result = least(outcomes)
        names = [one.noun.name for one in self.clauses if one.amount.word != "no"]
        if result == TRUE and any(taxonomy.akin(a, b) for a, b in combinations(names, 2)):
            result = self._apart(world, wide)
        yield result, Spoken(self.clauses[-1].noun.name, (), known=False)

    def _apart(self, world: World, wide: bool) -> int:
        """Whether members of one line of classes can be different objects; where they cannot, a reading may say so."""
        if not world.ask(("reading", "apart"), (0, 1)):
            return TRUE
        for at, clause in enumerate(self.clauses):
            below = [one.amount for one in self.clauses if one is not clause and taxonomy.is_a(one.noun.name, clause.noun.name)]
            if below and clause.amount.word != "a":
                return ARGUABLE  # "three ships and a tanker": four, or three of which one is a tanker
            so = having(world, clause.noun.found(world), self.said if wide or at == len(self.clauses) - 1 else ())
            if len(so) < 1 + sum(max(amount.number, 1) if amount.word != "a" else 1 for amount in below):
                return FALSE
        return TRUE


@dataclass(frozen=True)
class Only:
    """Nothing but objects of the class has the properties."""

    name: str
    said: tuple[Property, ...]

    def paths(self, world: World, before: Spoken | None) -> Iterator[Path]:  # noqa: ARG002
        own = having(world, world.things(self.name), self.said)
        others = having(world, [thing for thing in world.things(None) if not world.called(thing, self.name)], self.said)
        yield (FALSE if others or not own else UNMET if len(own) == 1 else TRUE), Spoken(self.name, (), known=False)


@dataclass(frozen=True)
class Compared:
    """More, fewer or as many of one noun than of another."""

    one: str
    other: str
    word: str  # more, fewer, as many

    def paths(self, world: World, before: Spoken | None) -> Iterator[Path]:  # noqa: ARG002
        a, b = world.things(self.one), world.things(self.other)
        if taxonomy.akin(self.one, self.other) and world.ask(("reading", "more"), (0, 1)):
            a, b = [thing for thing in a if thing not in b], [thing for thing in b if thing not in a]
        if self.word == "as many":
            outcome = FALSE if len(a) != len(b) else TRUE if a else ARGUABLE
        else:
            outcome = TRUE if (len(a) > len(b) if self.word == "more" else len(a) < len(b)) else FALSE
        yield outcome, Spoken(self.one, (), known=False)


@dataclass(frozen=True)
class Denied:
    """It is not so."""

    clause: Clause

    def paths(self, world: World, before: Spoken | None) -> Iterator[Path]:
        world.negative += 1
        outcome = max(path[0] for path in self.clause.paths(world, before))
        world.negative -= 1
        if world.flags:
            outcome = ARGUABLE
        nothing = Spoken(self.clause.noun.name, (), known=False)
        yield {TRUE: FALSE, FALSE: TRUE, UNMET: ARGUABLE, GAP: ARGUABLE}.get(outcome, outcome), nothing


AnyClause = Clause | Again | Rest | Shared | Members | Only | Compared | Denied


def least(outcomes: list[int]) -> int:
    """The outcome of several clauses together."""
    for one in (FALSE, ARGUABLE, GAP, UNMET):
        if one in outcomes:
            return one
    return TRUE


def outcome_of(clauses: tuple[AnyClause, ...], world: World) -> int:
    """The highest outcome of the clauses together over the assignments of objects to their entities."""

    def rest(at: int, before: Spoken | None) -> int:
        if at == len(clauses):
            return TRUE
        best = FALSE
        for outcome, spoken in clauses[at].paths(world, before):
            together = FALSE if outcome == FALSE else least([outcome, rest(at + 1, spoken)])
            best = max(best, together)
            if best == TRUE:
                break
        return best

    return rest(0, None)
