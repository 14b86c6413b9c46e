"""Errors of known kinds in descriptions of optical images, each at a rate of its own: what people and captioners get wrong."""

import re
from collections.abc import Callable

from sartext.narrate.seeded import Pick

COVERS = ("blue water", "green forest", "green and yellow fields", "gray pavement and buildings", "brown soil", "green wetland")
_COLOURS = ("blue", "green", "yellow", "gray", "brown", "white", "red", "beige", "orange")
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_CELLS = tuple(f"{row} {column}" for row in ("upper", "middle", "lower") for column in ("left", "right"))
_MOVABLE = ("Two white trucks pass by in the center.", "A sunny winter day with five red cars.", "Snow lies on the roofs.")
_DENIED = ("There is no bridge in the image.", "No forest or water can be seen.", "Neither a harbor nor a road is visible.")


def wrong_class(text: str, pick: Pick) -> str:
    """One cover of the ground called by the name of another."""
    there = [cover for cover in COVERS if cover in text]
    if not there:
        return text
    return text.replace(pick.one(there), pick.one([cover for cover in COVERS if cover not in there]))


def wrong_place(text: str, pick: Pick) -> str:
    """One place called by the name of another."""
    there = [cell for cell in _CELLS if cell in text]
    return text.replace(one := pick.one(there), pick.one([cell for cell in _CELLS if cell != one]), 1) if there else text


def wrong_colours(text: str, pick: Pick) -> str:
    """Every colour called by the name of another."""
    return re.sub(rf"\b(?:{'|'.join(_COLOURS)})\b", lambda _: pick.one(_COLOURS), text)


def wrong_counts(text: str, pick: Pick) -> str:
    """Every number off by one."""
    step = pick.one((-1, 1))
    return re.sub(rf"\b(?:{'|'.join(_NUMBERS)})\b", lambda m: (*_NUMBERS, "eleven", "two")[_NUMBERS.index(m[0]) + step], text)


def movables(text: str, pick: Pick) -> str:
    """A sentence more, of what was there that day."""
    return f"{text} {pick.one(_MOVABLE)}"


def negations(text: str, pick: Pick) -> str:
    """A sentence more, of what is said not to be there."""
    return f"{text} {pick.one(_DENIED)}"


RATES: dict[Callable[[str, Pick], str], int] = {
    wrong_class: 10,
    wrong_place: 10,
    wrong_colours: 20,
    wrong_counts: 20,
    movables: 20,
    negations: 10,
}


def spoiled(text: str, pick: Pick) -> tuple[str, list[str]]:
    """The text with errors, and the names of those that it got."""
    got = []
    for error, percent in RATES.items():
        branch = pick.branch(error.__name__)
        if branch.chance(percent) and (after := error(text, branch)) != text:
            text = after
            got.append(error.__name__)
    return text, got
