"""Choices that depend on a text alone, the same in every process."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")

_SPENT = 1 << 64


class Pick:
    """A stream of uniform choices, drawn from the digits of SHA-256 digests of a text."""

    __slots__ = ("_digits", "_round", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._round = 0
        self._digits = 0

    def branch(self, name: str) -> "Pick":
        """Another stream, for what comes and goes: drawing from it leaves this one as it is."""
        return Pick(f"{self._text}#{self._round}/{name}")

    def below(self, bound: int) -> int:
        """A whole number from 0 to bound - 1."""
        digits = self._digits
        self._digits, value = divmod(digits if digits >= _SPENT else self._more(), bound)
        return value

    def one(self, options: Sequence[Option]) -> Option:
        """One of the options."""
        digits = self._digits  # as in `below`: a call less is a third of the time
        self._digits, value = divmod(digits if digits >= _SPENT else self._more(), len(options))
        return options[value]

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred cases."""
        return self.below(100) < percent

    def _more(self) -> int:
        """The digits of the next digest."""
        digest = hashlib.sha256(f"{self._text}#{self._round}".encode()).digest()
        self._round += 1
        return int.from_bytes(digest, "big")

    def shuffled(self, items: Sequence[Option]) -> list[Option]:
        """The items in another order (Fisher and Yates)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed
