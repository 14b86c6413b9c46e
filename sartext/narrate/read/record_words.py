"""The words for what a record says of an image beside boxes and regions, as entries of the lexicon."""

from typing import NamedTuple

from sartext.narrate.facts.record import PLATFORMS, POLARISATIONS, SEASONS

SAID, MADE = "M", "5"  # codes: what the record can bear out, and how an image came to be


class RecordValue(NamedTuple):
    """What a text says of one field of the record."""

    field: str  # band, polarisation, channels, orbit, look_side, season, date, pixel, resolution, platform
    value: object


class Date(NamedTuple):
    """A date as far as it is said."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


class Sampled(NamedTuple):
    """A size in metres, and whether it is said to be about so."""

    metres: float
    about: bool


MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
MAY = "May"  # as the reader writes the month, for "may" leaves all open
_BANDS = ("x", "c", "l", "s", "p", "ku", "ka")
_CHANNELS = {"single": 1, "dual": 2, "quad": 4}
_MADE = """
acquired | taken | recorded | collected | obtained | during | using | the polarisation | the polarization | the season |
the pass | the orbit | the platform | the satellite | the sensor | polarised | polarized
"""


def entries() -> dict[str, tuple[str, object]]:
    """Phrase -> (code, value)."""
    found: dict[str, tuple[str, object]] = {}
    for phrase, said in _phrases():
        found[phrase] = (SAID, said)
    found |= {words.strip(): (MADE, None) for words in _MADE.replace("\n", " ").split(" | ")}
    return found


def _phrases() -> list[tuple[str, RecordValue]]:
    said: list[tuple[str, RecordValue]] = []
    for band in _BANDS:
        said += [(phrase, RecordValue("band", band.upper())) for phrase in (f"{band} band", f"band {band}")]
    for polarised in ("polarised", "polarized", "polarisation", "polarization", "pol", "channel", "channels"):
        said += [(f"{one.lower()} {polarised}", RecordValue("polarisation", one)) for one in POLARISATIONS]
        said += [(f"{word} {polarised}", RecordValue("channels", number)) for word, number in _CHANNELS.items()]
        said.append((f"a single {polarised}", RecordValue("channels", 1)))
    said += [(one.lower(), RecordValue("polarisation", one)) for one in POLARISATIONS]
    for word in ("ascending", "descending"):
        said.append((word, RecordValue("orbit", word)))
        said += [(f"{word} {noun}", RecordValue("orbit", word)) for noun in ("pass", "orbit", "track", "node")]
    for side in ("left", "right"):
        said += [(f"{side} looking", RecordValue("look_side", side)), (f"looking {side}", RecordValue("look_side", side))]
    said += [(season, RecordValue("season", season)) for season in SEASONS]
    said += [("fall", RecordValue("season", "autumn")), ("wintertime", RecordValue("season", "winter"))]
    said += [("summertime", RecordValue("season", "summer"))]
    for month, word in enumerate(MONTHS, 1):
        said.append((MAY if word == "may" else word, RecordValue("date", Date(month=month))))
    for family, aliases in PLATFORMS.items():
        units = ("a", "b") if family.startswith("sentinel") else ()  # "Sentinel-1 C-band" begins like a third
        for name in dict.fromkeys((family, *aliases)):
            for unit in ("", *units):
                words = f"{name} {unit}".strip() if " " in name else f"{name}{unit}"
                said += [(one, RecordValue("platform", (family, unit))) for one in (words, f"{words} satellite")]
    return said
