"""What a text says of the record beside its clauses: phrases with a label of their own, put before, behind or after them.

A phrase is true where the record has what it says, false where it has another value, and open where it has none: no date, no
footprint, or one that reaches into the tropics. A text is false where its clauses or its phrase are, and open where one is open
and none is false.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from sartext.tile import Tile
from tests.reading.record import season

SEASONS = ("winter", "spring", "summer", "autumn")
_MONTHS = ("January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December")
_NUMBERS = (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12)
_CHANNELS = ("VV", "VH", "HH", "HV")


@dataclass(frozen=True)
class Phrase:
    """Words for one fact, to stand behind a comma or before an image, with their label: true, false or open."""

    text: str
    label: str
    adjective: bool = False

    @property
    def denied(self) -> "Phrase":
        opposite = {"true": "false", "false": "true", "open": "open"}
        return Phrase(f"not {self.text}", opposite[self.label])


def phrase_of(tile: Tile, draw: random.Random) -> Phrase:
    """A phrase; mostly of what is known."""
    phrases = list(_phrases(tile, draw))
    known = [one for one in phrases if one.label != "open"]
    one = draw.choice(known if known and draw.random() < 0.85 else phrases)
    return one.denied if not one.adjective and draw.random() < 0.2 else one


def joined(text: str, label: str, one: Phrase, draw: random.Random, *, denied: bool) -> tuple[str, str]:
    """The text with the phrase, and the label of both; behind a denial it stands in a sentence of its own."""
    if one.adjective:
        text = f"{text} {draw.choice(('The image is', 'This is'))} {one.text}."
    elif denied or draw.random() < 0.3:
        text = f"{text} {draw.choice(('The image was acquired', 'It was taken', 'Acquired'))} {one.text}."
    elif draw.random() < 0.5 and not one.text.startswith("not"):
        text = f"{one.text[0].upper()}{one.text[1:]}, {text[0].lower()}{text[1:]}"
    else:
        text = f"{text.removesuffix('.')}, {draw.choice(('', 'seen ', 'acquired '))}{one.text}."
    if one.label == "true":
        return text, label
    if one.label == "false":
        return text, "false" if label in ("true", "false") else "untrue"
    return text, "open" if label == "true" else label


def _phrases(tile: Tile, draw: random.Random) -> Iterator[Phrase]:
    sensor = tile.sensor
    said = draw.choice(SEASONS)
    known = season(sensor.acquired, tile.geo.footprint)
    yield Phrase(f"in {draw.choice((said, known or said))}", "open") if known is None else _of(known, said, "in {}", draw)
    month = None if sensor.acquired is None else sensor.acquired.month
    at = draw.randrange(len(_MONTHS))
    if month in _NUMBERS and draw.random() < 0.5:
        at = _NUMBERS.index(month)
    yield Phrase(f"in {_MONTHS[at]}", "open" if month is None else "true" if _NUMBERS[at] == month else "false")
    way = draw.choice(("ascending", "descending"))
    orbit = "from {} pass"
    named = {"ascending": "an ascending", "descending": "a descending"}
    yield _maybe(sensor.orbit and named[sensor.orbit], named[way], orbit, draw)
    band = draw.choice(("X", "C", "L"))
    yield _maybe(sensor.band, band, "{}-band", draw, adjective=True)
    channel = draw.choice(_CHANNELS)
    shown = {one.upper() for one in tile.rendering.polarisations}
    if not shown or "" in shown:
        yield Phrase(f"in {channel}", "true" if channel in shown else "open")
    else:
        yield Phrase(f"in {channel}", "true" if channel in shown else "false")
    size = draw.choice((0.5, 1, 2, 3, 10))
    if sensor.gsd_m is None:
        yield Phrase(f"with pixels of {size:g} m", "open")
    elif draw.random() < 0.5:
        yield Phrase(f"with pixels of {sensor.gsd_m[0]:g} m", "true")
    else:
        yield Phrase(f"with {size:g} m pixels", "true" if size == sensor.gsd_m[0] else "false")


def _maybe(known: str | None, said: str, frame: str, draw: random.Random, *, adjective: bool = False) -> Phrase:
    if known is None:
        return Phrase(frame.format(said), "open", adjective)
    return _of(known, said, frame, draw, adjective=adjective)


def _of(known: str, said: str, frame: str, draw: random.Random, *, adjective: bool = False) -> Phrase:
    said = known if draw.random() < 0.55 else said
    return Phrase(frame.format(said), "true" if said == known else "false", adjective)
