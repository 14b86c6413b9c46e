"""Draws that are the same on every machine and in every version of Python."""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


def seed_of(*parts: object) -> int:
    """A 128-bit seed of the parts, which must have a stable text (integers, strings)."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:16], "big")


class Draws:
    """A stream of draws, made from `random()` of the Mersenne Twister alone, whose sequence Python keeps for ever."""

    def __init__(self, *parts: object) -> None:
        self._next = random.Random(seed_of(*parts)).random

    def uniform(self, low: float, high: float) -> float:
        """A value from `low` to `high`."""
        return low + (high - low) * self._next()

    def integer(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        return low + int((high - low + 1) * self._next())

    def chance(self, share: float) -> bool:
        """True in `share` of the draws."""
        return self._next() < share

    def choose(self, options: Sequence[_T]) -> _T:
        """One of the options, each as likely."""
        return options[int(len(options) * self._next())]

    def weighted(self, options: Sequence[tuple[_T, float]]) -> _T:
        """One of the options, each as likely as its weight says."""
        left = self._next() * sum(weight for _, weight in options)
        for option, weight in options:
            left -= weight
            if left < 0.0:
                return option
        return options[-1][0]
