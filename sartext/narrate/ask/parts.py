"""Halves and quarters of the image, which of them an object lies in, and pairs of them that are mirror images of one another.

A question that contrasts two parts which are mirror images of one another, asked of either in turn, has the answers yes and no
equally often wherever a picture is as likely as its mirror image, whatever its words and the classes in it.

An object lies in a half where three quarters of its extent do, it ends before 0.55 of the side, and it does not lie wholly
beyond 0.45: then "in the left half" is true of it and "in the right half" is not (see `facts`). All others lie astride.
"""

from typing import NamedTuple

from sartext.narrate.facts.tile_facts import Facts, Object

AXES = ("x", "y")
BOTH_AXES = "xy"
DIAGONAL_AXIS = "d"  # of what has a sign along x times one along y, as a diagonal has
_SIDES = {"x": ("left", "right"), "y": ("upper", "lower")}
_HALVES = {axis: tuple(f"{side} half" for side in sides) for axis, sides in _SIDES.items()}
QUARTERS = (("upper left", "lower left"), ("upper right", "lower right"))  # by column, then by row
_INSIDE = 0.75
_LOW, _MIDDLE, _HIGH = 0.45, 0.5, 0.55

Side = int | None  # 0 is left or upper, 1 is right or lower, None is astride


class ImagePart(NamedTuple):
    """A half (one of its sides is None) or a quarter, as a text names it."""

    across: Side
    down: Side
    words: str


class MirrorPair(NamedTuple):
    """Two parts that are mirror images of one another; `axes` are those along which its words say where something is."""

    axes: str
    parts: tuple[ImagePart, ImagePart]


def _half(axis: str, side: int) -> ImagePart:
    return ImagePart(side if axis == "x" else None, side if axis == "y" else None, _HALVES[axis][side])


def _quarter(across: int, down: int) -> ImagePart:
    return ImagePart(across, down, f"{QUARTERS[across][down]} quarter")


HALF_PAIRS = {axis: MirrorPair(axis, (_half(axis, 0), _half(axis, 1))) for axis in AXES}
QUARTER_PAIRS = (
    *(MirrorPair(BOTH_AXES, (_quarter(0, down), _quarter(1, down))) for down in (0, 1)),
    *(MirrorPair(BOTH_AXES, (_quarter(across, 0), _quarter(across, 1))) for across in (0, 1)),
)
PAIRS = (*HALF_PAIRS.values(), *QUARTER_PAIRS)


def halves_of(thing: Object, facts: Facts) -> tuple[Side, Side]:
    """The halves that an object lies in, along x and along y."""
    width, height = facts.width_px, facts.height_px
    return half_of(thing.left / width, thing.right / width), half_of(thing.top / height, thing.bottom / height)


def half_of(low: float, high: float) -> Side:
    """The half that an extent lies in, in shares of the side of the image."""
    if high < _LOW or low > _HIGH:  # most boxes are small
        return 0 if high < _LOW else 1
    if low < _LOW and high <= _HIGH and min(high, _MIDDLE) - low >= _INSIDE * (high - low):
        return 0
    if low >= _LOW and high > _HIGH and high - max(low, _MIDDLE) >= _INSIDE * (high - low):
        return 1
    return None


def is_in(place: tuple[Side, Side], part: ImagePart) -> bool | None:
    """Whether what lies in these halves is in the part; None where it may be said to be and not to be."""
    unsure = False
    for mine, wanted in zip(place, part[:2], strict=True):
        if wanted is not None and mine != wanted:
            if mine is not None:
                return False
            unsure = True
    return None if unsure else True
