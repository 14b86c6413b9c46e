"""How many of some objects are so: what each amount takes to be true, and of which objects one speaks then."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from tests.reading.statements.worlds import ARGUABLE, FALSE, GAP, TRUE, UNMET, Thing, World

Things = list[Thing]
NEGATIVE = frozenset(("no", "none", "not all", "at most", "fewer"))
UNIVERSAL = frozenset(("all", "each", "most", "none", "not all", "the plural"))


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
