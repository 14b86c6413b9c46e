"""What rules of a grammar find in a shape: once for each place, as far as it is asked for, and never without end."""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

Reads = Iterator[tuple[Any, int]]  # (meaning, where it ends)
_BEYOND = 16  # how far rules look past the end of a shape
MOST_STEPS = 4000  # ten times what the longest caption of the rules takes


class TooManyReadings(Exception):
    """A shape can be read in more ways than anybody means."""


class Ruled:
    """A grammar of one shape, with what its rules have found."""

    def __init__(self, shape: str) -> None:
        self.shape = shape
        # The code at a place; a space, which is none, beyond the end.
        self.code: Callable[[int], str] = f"{shape:<{len(shape) + _BEYOND}}".__getitem__
        self.memo: dict[tuple[str, int], Readings] = {}
        self.steps = 0  # readings that were gone through


class Readings:
    """What a rule finds at a place.

    Going through raises `TooManyReadings` from the `MOST_STEPS`th step of a grammar on: what stands behind many things can be
    said of each of them, and the readings of a chain of such things multiply.
    """

    __slots__ = ("_busy", "_found", "_grammar", "_rest")

    def __init__(self, rest: Reads, grammar: Ruled) -> None:
        self._found: list[tuple[Any, int]] = []
        self._rest: Reads | None = rest
        self._grammar = grammar
        self._busy = False

    def __iter__(self) -> Reads:
        at, found, grammar = 0, self._found, self._grammar
        while True:
            grammar.steps += 1
            if grammar.steps > MOST_STEPS:
                raise TooManyReadings
            if at < len(found):
                yield found[at]
                at += 1
                continue
            if self._rest is None or self._busy:  # a rule that asks for itself at the same place finds nothing more there
                return
            self._busy = True
            one = next(self._rest, None)
            self._busy = False
            if one is None:
                self._rest = None
                return
            found.append(one)


def rule(first: str = "") -> Callable[[Callable[[Any, int], Reads]], Callable[[Any, int], Iterable[tuple[Any, int]]]]:
    """Keeps what a rule finds at a place; `first` are the codes with which what it takes can begin, where it says them."""

    def decorate(method: Callable[[Any, int], Reads]) -> Callable[[Any, int], Iterable[tuple[Any, int]]]:
        """The rule, kept."""
        name = method.__name__

        @wraps(method)
        def kept(self: Ruled, at: int) -> Iterable[tuple[Any, int]]:
            if first and self.code(at) not in first:
                return ()
            found = self.memo.get((name, at))
            if found is None:
                found = self.memo[name, at] = Readings(method(self, at), self)
            return found

        return kept

    return decorate
