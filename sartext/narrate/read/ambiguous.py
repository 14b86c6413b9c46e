"""Shapes (see `lexicon`) of sentences that say more, or other, than the nouns, numbers and places in them."""

import re
from typing import Any

from sartext.narrate.facts.taxonomy import REGIONS
from sartext.narrate.read.lexicon import COVERING

_NOUN = "[kKbG]"
_REST = "[^,;:&I]*"  # of a clause that speaks of no image
_BEGINS = "(?:^|[,;:&])"
_FORMS = (
    rf"[kKbGh]{_REST}[vV]D[sE]*{_NOUN}",  # the bridge is the harbor
    rf"nn{_NOUN}",  # a group of twelve ships
    rf"{_BEGINS}D?I[Vv][dn]?{_NOUN}",  # the image is a harbor
    rf"{_NOUN}[Vv]D?I",  # a harbor is across the whole image
    rf"{_NOUN}[X1]d?fD?I",  # water covers a part of the image
    "tA",  # not all ships are vertical
    rf"[kKb]{_REST}WN",  # the harbor has no ships
    "NE",  # no second bridge
    f"Nu{_NOUN}",  # no further ships
    "[Vv]tu",  # the ships are not moving
    "[kKb]u[vV]",  # a car carrier is visible
    # The harbor includes three ships, the bridge runs to the harbor; but: the ships include two tankers.
    rf"{_BEGINS}[DdnmoAB]*[kG](?:qDp)?[X1]_?[dDnmoA]*{_NOUN}",
)
_UNCLEAR = re.compile("|".join(f"(?:{form})" for form in _FORMS))
_COVERS = re.compile(rf"({_NOUN})[^,;:&q]*([X1])D?I")
_BOTH = re.compile(rf"B(?={_NOUN}&D?{_NOUN})")  # both ships and bridges: of each kind some, not two


def is_ambiguous(shape: str) -> bool:
    """Whether a sentence of this shape says what cannot be read from its parts."""
    return _UNCLEAR.search(shape) is not None


def covers_image(shape: str, values: tuple[Any, ...]) -> bool:
    """Whether a thing is said to cover the image, of which only a region's share is known."""
    if "I" not in shape or not ("X" in shape or "1" in shape):
        return False
    found = _COVERS.search(shape)
    return found is not None and values[found.start(2)] == COVERING and values[found.start(1)] not in REGIONS


def both_kinds(shape: str) -> str:
    """The shape without a "both" that joins two kinds."""
    return _BOTH.sub("D", shape)
