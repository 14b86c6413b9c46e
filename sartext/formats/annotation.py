"""One annotated object as a file states it, before it is checked against its image; the same for every format."""

import re
from typing import Any, NamedTuple

from sartext.formats.encoding import decoded

NAN = float("nan")
NO_CORNERS = (NAN, NAN, NAN, NAN)  # what stands where the file gave no usable numbers: rejects that one tile later
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Annotation(NamedTuple):
    """Corners are pixel edges, (0, 0) the top left of the image: (left, top, right, bottom) of an upright box, or the
    four (x, y) of an oriented one in the file's order. `place` is where in its file it stands."""

    label: str
    corners_px: tuple[float, ...]
    difficult: bool = False
    crowd: bool = False
    place: str = ""
    component: bool = False  # around a connected part of a mask


def number(value: Any) -> float:
    """The number, also where a file holds it as text; NaN where it is none, so that one bad value spoils one tile only."""
    if isinstance(value, str):
        value = value.strip()
        return float(value) if len(value) <= 64 and _NUMBER.fullmatch(value) else NAN
    if isinstance(value, bool) or not isinstance(value, int | float):
        return NAN
    try:
        return float(value)
    except OverflowError:
        return NAN


def whole(value: Any) -> int | None:
    """The whole number that `value` states ("3", 3, 3.0 and "3.0e0" all do), or None."""
    if type(value) is int and abs(value) < 2**53:  # nearly every id, of which a large file has two a box
        return value
    stated = number(value)
    return int(stated) if abs(stated) < 2**53 and stated == int(stated) else None


def lines(data: bytes, file: str) -> list[tuple[int, str]]:
    """The lines of a text file that are not blank, with their numbers from 1. Raises `SourceError` where it is no text."""
    return [(count, line.strip()) for count, line in enumerate(decoded(data, file).splitlines(), 1) if line.strip()]
