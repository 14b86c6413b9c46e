"""Clauses and what they mean in one completion: their outcome, and the objects that the next clause can speak of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from sartext.narrate.facts import taxonomy
from tests.reading.statements.properties import Property
from tests.reading.statements.worlds import ARGUABLE, FALSE, GAP, TRUE, UNMET, Thing, World

Things = list[Thing]
NEGATIVE = frozenset(("no", "none", "not all", "at most", "fewer"))
UNIVERSAL = frozenset(("all", "each", "most", "none", "not all", "the plural"))


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
        return [thing for thing in world.things(self.name) if all([one.holds(world, thing) for one in self.properties])]


@dataclass(frozen=True)
class Target:
    """What a relation is to: a, or the only such object."""

    noun: Noun
    definite: bool


@dataclass(frozen=True)
class Amount:
    """How many: `word` is a line of the table."""

    word: str
    number: int = 0
    whole: int = 0  # "two of the three"


@dataclass(frozen=True)
class Spoken:
    """The objects that the clause before speaks of, and all that are called as they are."""

    name: str
    things: tuple[Thing, ...]
    known: bool = True  # False: it has nothing that one could speak of


Path = tuple[int, Spoken]


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
    return [thing for thing in things if all([one.holds(world, thing) for one in said])]


def quantified(world: World, amount: Amount, name: str, some: Things, so: Things) -> Iterator[Path]:
    """Whether so many of some objects are so."""
    word, n, whole = amount.word, amount.number, len(some)
    all_of = Spoken(name, tuple(so))
    nothing = Spoken(name, (), known=False)
    if word == "a":
        for thing in so:
            yield TRUE, Spoken(name, (thing,))
        if not so:
            yield FALSE, nothing
    elif word in ("number", "exactly", "not but"):
        yield (TRUE if len(so) == n else FALSE), all_of
    elif word in ("at least", "more", "plural"):
        least = n + (word == "more") if word != "plural" else 2
        if len(so) < least:
            yield (UNMET if word == "plural" and so else FALSE), nothing
        elif len(so) == least or not world.ask(("reading", "of those"), (0, 1)):
            yield TRUE, all_of
        else:
            for picked in combinations(so, least):
                yield TRUE, Spoken(name, picked)
    elif word in ("at most", "fewer"):
        yield (FALSE if len(so) > n - (word == "fewer") else TRUE if so else ARGUABLE), nothing
    elif word == "no":
        yield (FALSE if so else TRUE), nothing
    elif word == "the" and whole > 1 and so:
        for thing in so:
            yield (ARGUABLE if len(so) == whole else GAP), Spoken(name, (thing,))
    else:
        outcome = _OF_ALL[word](n, amount.whole, whole, len(so))
        yield outcome, all_of if word in ("the", "the only", "the plural", "the number", "all", "both") else nothing


def _all(n: int, of: int, whole: int, so: int) -> int:  # noqa: ARG001
    return UNMET if not whole else FALSE if so < whole else ARGUABLE if whole == 1 else TRUE


def _the(n: int, of: int, whole: int, so: int) -> int:  # noqa: ARG001
    return TRUE if so else FALSE


def _the_plural(n: int, of: int, whole: int, so: int) -> int:  # noqa: ARG001
    return FALSE if not so else UNMET if so < whole or whole < 2 else TRUE


def _the_number(n: int, of: int, whole: int, so: int) -> int:  # noqa: ARG001
    return FALSE if whole != n or not so else UNMET if so < whole else TRUE


def _none(n: int, of: int, whole: int, so: int) -> int:  # noqa: ARG001
    return UNMET if not whole else FALSE if so else ARGUABLE if whole == 1 else TRUE


def _most(n: int, of: int, whole: int, so: int) -> int:  # noqa: ARG001
    return UNMET if not whole else ARGUABLE if whole < 3 else TRUE if 2 * so > whole else FALSE


def _not_all(n: int, of: int, whole: int, so: int) -> int:  # noqa: ARG001
    return UNMET if not whole else ARGUABLE if not so or whole < 2 else TRUE if so < whole else FALSE


def _part(n: int, of: int, whole: int, so: int) -> int:
    if of:
        return TRUE if whole == of and so == n else FALSE
    return FALSE if so != n else TRUE if whole > n else ARGUABLE


_OF_ALL: dict[str, Callable[[int, int, int, int], int]] = {
    "all": _all,
    "each": lambda n, of, whole, so: UNMET if not whole else TRUE if so == whole else FALSE,  # noqa: ARG005
    "both": lambda n, of, whole, so: TRUE if so == whole == 2 else FALSE,  # noqa: ARG005
    "the": _the,
    "the only": lambda n, of, whole, so: TRUE if so == whole == 1 else FALSE,  # noqa: ARG005
    "the plural": _the_plural,
    "the number": _the_number,
    "none": _none,
    "most": _most,
    "not all": _not_all,
    "part": _part,
}


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
            so = [len(having(world, list(before.things), said)) == number for number, said in self.parts]
            yield (TRUE if all(so) else FALSE), before
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
        wanted: dict[str, int] = {}
        for at, clause in enumerate(self.clauses):
            if clause.amount.word != "no":
                so = having(world, clause.noun.found(world), self.said if wide or at == len(self.clauses) - 1 else ())
                wanted[clause.noun.name] = len(so)
                if clause.amount.word != "a" and any(
                    other.noun.name != clause.noun.name and taxonomy.is_a(other.noun.name, clause.noun.name)
                    for other in self.clauses
                ):
                    return ARGUABLE  # "three ships and a tanker": four, or three of which one is a tanker
                if clause.amount.word == "a" and len(so) < sum(
                    taxonomy.is_a(other.noun.name, clause.noun.name) for other in self.clauses
                ):
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
