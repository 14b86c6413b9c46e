"""What a number in a text is of: objects, metres of an object, or a share."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from sartext.narrate.facts.shares import Share, percent
from sartext.narrate.read.lexicon import INFINITE, Quantity, exactly

_ROUND = 0.2  # "about ten" is true from 8 to 12
_FAR_OFF = 0.5  # and false below 5 and above 15
YEARS = range(1900, 2100)


class Length(NamedTuple):
    """A claimed length in metres."""

    low: float
    high: float


class Token(NamedTuple):
    """A code of the lexicon, its value, and its words."""

    code: str
    value: Any
    words: str


class Figure(NamedTuple):
    """A number as it is written, with its bound, before it is known what it counts."""

    bound: str
    low: float
    high: float
    words: str


def measure(number: Figure, unit: Token, length: bool) -> Token:
    """A length of an object, or an unknown token where the metres are of something else."""
    if not length:
        return Token("u", None, f"{number.words} {unit.words}")
    low, high = number.low * unit.value, number.high * unit.value
    if number.bound in ("at least", "more than"):
        high = float(INFINITE)
    elif number.bound in ("at most", "fewer than"):
        low = 0.0
    return Token("L", Length(low, high), f"{number.words} {unit.words}")


def percent_of(number: Figure) -> Share:
    """The share of a figure in percent; how exactly it is meant is how exactly it is written."""
    written = re.findall(r"\d+(?:\.(\d+))?", number.words)
    return percent(number.low, number.high, max([len(decimals) for decimals in written], default=0), number.bound)


def count_token(number: Figure) -> Token:
    """The token of a number of objects: code n, or N for none."""
    low, high = int(number.low), int(number.high)
    if low != number.low or high != number.high:
        return Token("u", None, number.words)
    if low in YEARS and not number.bound:
        return Token("u", None, number.words)
    if low == high == 0 and number.bound in ("", "exactly"):
        return Token("N", None, number.words)
    return Token("n", quantity_of(number.bound, low, high), number.words)


@lru_cache(maxsize=4096)
def quantity_of(bound: str, low: int, high: int) -> Quantity:
    """What a number of objects claims, with its bound as the lexicon names it: in which range it is true, and false."""
    if bound == "at least":
        return Quantity(low, INFINITE, low, INFINITE)
    if bound == "more than":
        return Quantity(low + 1, INFINITE, low + 1, INFINITE)
    if bound == "at most":
        return Quantity(0, high, 0, high)
    if bound == "fewer than":
        return Quantity(0, high - 1, 0, high - 1)
    if bound in ("about", "some"):
        reach, far = int(_ROUND * low), int(_FAR_OFF * low)
        return Quantity(low - reach, low + reach, low - far, low + far)
    return exactly(low) if low == high else Quantity(low, high, low, high)
