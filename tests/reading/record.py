"""What a sentence says of how its image was made, and whether that is so: the reader's own words and seasons."""

import re
from dataclasses import dataclass
from datetime import datetime

import shapely

from sartext.tile import Tile

TROPIC_DEG = 23.5
_NORTH = {12: "winter", 1: "winter", 2: "winter", 3: "spring", 4: "spring", 5: "spring"}
_NORTH |= {6: "summer", 7: "summer", 8: "summer", 9: "autumn", 10: "autumn", 11: "autumn"}
_OPPOSITE = {"winter": "summer", "summer": "winter", "spring": "autumn", "autumn": "spring"}
_CHANNEL = "(?:VV|VH|HH|HV)"
_FIGURE = r"\d+(?:\.\d+)?"
_PIECES = {
    "season": re.compile(r"\bin (winter|spring|summer|autumn)\b"),
    "orbit": re.compile(r"\b(?:from|on) (an ascending|a descending) pass\b"),
    "band": re.compile(r"\b([XCLSP])-band\b"),
    "channels": re.compile(rf"\b(?:in|has) ({_CHANNEL}(?:(?:, {_CHANNEL})* and {_CHANNEL})?)(?! and)\b(?: polarization)?"),
    "pixel": re.compile(
        rf"\b(?:(?:has|with) (?:(?:pixels|a pixel size) of ({_FIGURE}) m|({_FIGURE}) m pixels)"
        rf"|pixel (?:spacing|size) is ({_FIGURE}) m)"
    ),
}
_SHELLS = re.compile(
    r"(?:Acquired|Seen|The|The ?image,?(?: (?:was acquired|is))?|This is an? image|An? image(?: acquired)?)?,?"
)
_ARTICLE = re.compile(r"\b(an?) ([XCLSP])-band", re.IGNORECASE)
_VOWELS = "XLS"  # as their names are spoken


@dataclass(frozen=True)
class Recorded:
    """One field of the record has this value, all of it."""

    field: str
    value: str


def recorded(sentence: str) -> tuple[list[Recorded], str | None] | None:
    """What a sentence that speaks of the record alone states, and what is wrong with its grammar; None for another sentence."""
    rest, found = sentence, list[Recorded]()
    for field, pattern in _PIECES.items():
        for match in pattern.finditer(rest):
            found.append(Recorded(field, next(part for part in match.groups() if part)))
        rest = pattern.sub("", rest)
    rest = re.sub(r" ?,(?: ?,)*", ",", " ".join(rest.split()))
    if not found or not _SHELLS.fullmatch(rest):
        return None
    article = _ARTICLE.search(sentence)
    wrong = article is not None and (article[1].lower() == "an") != (article[2] in _VOWELS)
    twice = len({one.field for one in found}) < len(found)
    return found, "the article does not fit" if wrong else "a fact is said twice" if twice else None


def season(acquired: datetime | None, footprint: str | None) -> str | None:
    """The season there, where it is known."""
    if acquired is None or footprint is None:
        return None
    try:
        shape = shapely.from_wkt(footprint)
    except shapely.errors.GEOSException:
        return None
    _, south, _, north = shape.bounds
    if south >= TROPIC_DEG:
        return _NORTH[acquired.month]
    return _OPPOSITE[_NORTH[acquired.month]] if north <= -TROPIC_DEG else None


def wrong(said: Recorded, tile: Tile) -> str | None:
    """What is wrong with a statement of the record."""
    sensor = tile.sensor
    if said.field == "pixel":
        sides = sensor.gsd_m
        if sides is None or tile.geo.grid == "slant_range":
            return "the size of a pixel is not known"
        digits = len(said.value.replace(".", "").strip("0"))
        good = digits <= 2 and all(abs(side - float(said.value)) <= side / 20 + 1e-9 for side in sides)
        return None if good else f"pixels of {said.value} m; they are {sides}"
    if said.field == "channels":
        shown = {one.upper() for one in tile.rendering.polarisations}
        return None if set(re.findall(_CHANNEL, said.value)) == shown else f"in {said.value}; it is {sorted(shown)}"
    known = {
        "season": season(sensor.acquired, tile.geo.footprint),
        "orbit": {"ascending": "an ascending", "descending": "a descending"}.get(sensor.orbit or ""),
        "band": sensor.band,
    }[said.field]
    return None if said.value == known else f"{said.field} {said.value}; it is {known}"
