"""Shares of an image as people say them: words and figures, each true in one band and false outside another.

A figure in percent is true within its rounding, and false where it is off by more than two points and a tenth of itself.
"About" makes it true within 2.5 points (a quarter of itself below ten), and false where it is off by 7.5 points (by itself
below that) and half of itself.
"""

from typing import NamedTuple

_MORE = 1e-8  # than a share, where a judge allows a tenth of it for rounding: half of an image is not "most of it"


class Share(NamedTuple):
    """A claimed share: true from `low` to `high`, false outside `least` to `most`, undecided between.

    `dominant` claims that no other class has as much.
    """

    low: float
    high: float
    least: float
    most: float
    dominant: bool = False


def around(share: float, true: float, open_: float) -> Share:
    """True within `true` of the share, false beyond `open_`."""
    return Share(share - true, share + true, share - open_, share + open_)


def percent(low: float, high: float, decimals: int, bound: str) -> Share:
    """The share of a figure in percent, written with so many decimals, or of a range; `bound` as the lexicon names it."""
    half = 0.5 * 10**-decimals
    low, high = low / 100, high / 100
    half /= 100
    if bound == "at least":
        return Share(low - half, 1.0, low - half, 1.0)
    if bound == "more than":
        return Share(low + _MORE, 1.0, low, 1.0)
    if bound == "at most":
        return Share(0.0, high + half, 0.0, high + half)
    if bound == "fewer than":
        return Share(0.0, high - _MORE, 0.0, high)
    if bound in ("about", "some"):
        true, open_ = max(half, 0.025 if low >= 0.1 else 0.25 * low), max(2 * half, min(0.075, low), 0.5 * low)
        return Share(low - true, high + true, low - open_, high + open_)
    open_ = max(2 * half, min(0.02, low), 0.1 * low)
    return Share(low - half, high + half, low - open_, high + open_)


def bounded(share: Share, bound: str) -> Share | None:
    """The share of "at least a third of", "less than half of"; None where the bound makes no share of it."""
    middle = (share.low + share.high) / 2
    if share.dominant or share.high == 1.0:
        return None
    if bound in ("at least", "more than"):
        return Share(middle + _MORE * (bound == "more than"), 1.0, middle, 1.0)
    return Share(0.0, middle - _MORE * (bound == "fewer than"), 0.0, middle) if bound in ("at most", "fewer than") else None


HALF, THIRD, QUARTER = around(0.5, 0.05, 0.12), around(1 / 3, 0.04, 0.1), around(0.25, 0.04, 0.1)
TWO_THIRDS, THREE_QUARTERS = around(2 / 3, 0.05, 0.12), around(0.75, 0.05, 0.12)
FIFTH, TENTH = around(0.2, 0.03, 0.08), around(0.1, 0.02, 0.05)
MAJORITY, MINORITY = Share(0.5 + _MORE, 1.0, 0.45, 1.0), Share(0.0, 0.5 - _MORE, 0.0, 0.55)
NEARLY_ALL, ALL = Share(0.9, 1.0, 0.8, 1.0), Share(0.995, 1.0, 0.97, 1.0)
LARGE, SMALL = Share(0.4, 1.0, 0.2, 1.0), Share(0.0, 0.2, 0.0, 0.35)
DOMINANT = Share(0.4, 1.0, 0.25, 1.0, dominant=True)
COVERED = Share(0.95, 1.0, 0.75, 1.0)  # "water covers the image"

_IMAGES = tuple(
    f"{kind}{image}"
    for kind in ("", "sar ", "radar ", "synthetic aperture radar ", "remote sensing ")
    for image in ("image", "scene", "picture", "view", "frame", "tile", "chip", "patch")
)
_OF = {
    HALF: ("half of", "one half of", "a half of", "half"),
    THIRD: ("a third of", "one third of", "one third", "one third of"),
    QUARTER: ("a quarter of", "one quarter of", "one quarter", "a quarter"),
    TWO_THIRDS: ("two thirds of", "two thirds"),
    THREE_QUARTERS: ("three quarters of", "three quarters"),
    FIFTH: ("a fifth of", "one fifth of", "one fifth"),
    TENTH: ("a tenth of", "one tenth of", "one tenth"),
    MAJORITY: (
        "more than half of",
        "more than half",
        "over half of",
        "mostly",
        "mainly",
        "predominantly",
        "largely",
        "chiefly",
        "primarily",
    ),
    MINORITY: ("less than half of", "under half of"),
    NEARLY_ALL: ("almost entirely", "nearly entirely", "almost completely", "almost exclusively"),
    ALL: ("entirely", "completely", "wholly", "exclusively"),
    LARGE: ("a large part of", "a large portion of", "large parts of", "much of", "a good part of"),
    SMALL: (
        "hardly any",
        "scarcely any",
        "a small part",
        "a small part of",
        "a small portion of",
        "a small fraction of",
        "small parts of",
    ),
    DOMINANT: (
        *("the dominant land cover", "the main land cover", "the predominant land cover", "the largest land cover"),
        *("the most extensive land cover", "the largest land cover class", "the dominant land cover class"),
        "dominated by",
        "dominates",
        "dominate",
        "dominating",
    ),
}
_OF_THE_IMAGE = {
    HALF: ("half",),
    MAJORITY: ("most of", "the majority of", "more than half", "over half"),
    NEARLY_ALL: ("nearly all of", "almost all of", "nearly all", "almost all", "nearly the whole", "almost the whole"),
    ALL: ("all of",),
}


def words() -> dict[str, Share]:
    """What is said for a share: phrase -> share. Some are said of an image only: "most of the ships" is no share of it."""
    table = {phrase: share for share, phrases in _OF.items() for phrase in phrases}
    for share, phrases in _OF_THE_IMAGE.items():
        for phrase in phrases:
            for image in _IMAGES:
                whole = phrase.endswith("whole")
                table |= {f"{phrase} {the}{image}": share for the in (("",) if whole else ("the ", "this "))}
    return table
