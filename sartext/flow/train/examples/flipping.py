"""A text about an image that was flipped: its words of places flipped too, or nothing where they cannot be."""

import re

# By the axis that is flipped: 0 upside down, 1 left to right.
_PAIRS = (
    ("upper lower", "top bottom", "topmost bottommost", "uppermost lowermost", "above below"),
    ("left right", "leftmost rightmost", "lefthand righthand"),
)
_SWAPS = [{one: other for pair in pairs for one, other in (pair.split(), pair.split()[::-1])} for pairs in _PAIRS]
# What no flip keeps true, or what is said of something else than the image's frame.
_NEVER = re.compile(
    r"\b(north|south|east|west)|clockwise|\bo'clock|\bdegrees?\b|°|\bazimuth\b|\b(near|far)[ -]range\b"
    r"|\blook(ing)? direction\b|\bmirror|\b(his|her|its|their) (left|right)\b|[^\W\d_a-z]"
)
_OF_PLACE = r"\b(?! (of|side|hand|edge|part|half|corner))"
_ONE_WAY = (
    re.compile(
        r"\bon top\b|\bfrom (above|below)\b|\b(above|below) (?=\d|all|average)"
        r"|\b(up|down|under|underneath|beneath|upwards?|downwards?|upside|overhead)\b"
    ),
    re.compile(
        r"\bright (next|beside|by|near|at|on|above|below|in front|behind|angles?|away|across|or wrong)\b"
        rf"|\b(is|it|that's|all) right{_OF_PLACE}"
        rf"|\b(is|are|was|were|be|been|has|have|had|nothing|none|ships?|vessels?|aircraft|planes?) left{_OF_PLACE}"
    ),
)
_WORD = re.compile(r"[A-Za-z]+")


def flipped_text(text: str, axis: int) -> str | None:
    """The text as it is of the flipped image; `axis` 0 is upside down, 1 left to right. None where that cannot be said."""
    plain = text.lower()
    if _NEVER.search(plain) or _ONE_WAY[axis].search(plain):
        return None
    return _WORD.sub(lambda found: _swapped(found[0], axis), text)


def _swapped(word: str, axis: int) -> str:
    other = _SWAPS[axis].get(word.lower())
    if other is None:
        return word
    if word.isupper():
        return other.upper()
    return other.capitalize() if word[0].isupper() else other
