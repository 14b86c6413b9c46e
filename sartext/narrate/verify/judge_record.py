"""Verdicts on what a text says of the record: season, date, pass, look side, band, polarisation, pixel size and platform."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sartext.narrate.facts.record import FAR_OFF, POLARISATIONS, ROUNDED, RecordFacts
from sartext.narrate.read.record import EQUALS, NOT_SO, ONLY
from sartext.narrate.read.record_words import Date, RecordValue, Sampled
from sartext.narrate.verify.counting import CONTRADICTED, SUPPORTED, UNVERIFIABLE, Verdict

_OPPOSITE = {SUPPORTED: CONTRADICTED, CONTRADICTED: SUPPORTED, UNVERIFIABLE: UNVERIFIABLE}
_FACTOR = 2  # between a pixel and what is called its resolution
_GRAIN = 1e-9


def record_stated(said: Sequence[RecordValue], scope: str, record: RecordFacts) -> Verdict:
    """Verdict and evidence of what a text says of the record; of one field, or of the channels that they are all."""
    if scope == ONLY or (scope == EQUALS and said[0].field == "polarisation"):
        return _only([str(one.value) for one in said], record)
    field, value = said[0]
    verdict, known = _JUDGES[field](value, record)
    evidence = f"the record has no {_CALLED[field]}" if known is None else f"{_CALLED[field]}: {known}"
    return (_OPPOSITE[verdict], f"{evidence}; denied") if scope == NOT_SO else (verdict, evidence)


def _is(value: object, known: object) -> Verdict:
    return (SUPPORTED if value == known else CONTRADICTED), str(known)


_Judged = tuple[str, str | None]  # a verdict and what is known


def _same(name: str) -> Callable[[Any, RecordFacts], _Judged]:
    """The judge of a field that is one word."""

    def judge(value: Any, record: RecordFacts) -> _Judged:
        known = getattr(record, name)
        return (UNVERIFIABLE, None) if known is None else _is(value, known)

    return judge


def _polarisation(value: str, record: RecordFacts) -> _Judged:
    channels = record.polarisations
    if not channels:
        return UNVERIFIABLE, None
    named = POLARISATIONS.issuperset(channels)  # of a channel with another name nobody can tell which it is
    return (SUPPORTED if value in channels else CONTRADICTED if named else UNVERIFIABLE), ", ".join(channels)


def _only(values: Sequence[str], record: RecordFacts) -> Verdict:
    channels = record.polarisations
    if not channels:
        return UNVERIFIABLE, f"the record has no {_CALLED['polarisation']}"
    evidence = f"{_CALLED['polarisation']}: {', '.join(channels)}"
    if set(values) == set(channels):
        return SUPPORTED, evidence
    return (CONTRADICTED if POLARISATIONS.issuperset(channels) else UNVERIFIABLE), evidence


def _channels(value: int, record: RecordFacts) -> _Judged:
    """A channel that is not shown may have been recorded: more than are shown is not false, fewer are."""
    shown = len(set(record.polarisations))
    if not shown or not POLARISATIONS.issuperset(record.polarisations):
        return UNVERIFIABLE, None
    known = ", ".join(record.polarisations)
    if value == shown > 1:
        return SUPPORTED, known
    return (CONTRADICTED if value < shown else UNVERIFIABLE), known


def _season(value: str | tuple[str, int], record: RecordFacts) -> _Judged:
    """A season, or that of a year: one that begins in a December is called by either of its years."""
    known, acquired = record.season, record.acquired
    if known is None or acquired is None:
        return UNVERIFIABLE, None
    season, year = (value, acquired.year) if isinstance(value, str) else value
    evidence = f"{known} {acquired.year}" if year != acquired.year else known
    if season != known:
        return CONTRADICTED, evidence
    if year == acquired.year:
        return SUPPORTED, evidence
    other = acquired.year + (1 if acquired.month == 12 else -1 if acquired.month < 3 else 0)
    return (UNVERIFIABLE if year == other else CONTRADICTED), evidence


def _date(value: Date, record: RecordFacts) -> _Judged:
    acquired = record.acquired
    if not isinstance(acquired, datetime):
        return UNVERIFIABLE, None
    known = Date(acquired.year, acquired.month, acquired.day)
    same = all(one is None or one == other for one, other in zip(value, known, strict=True))
    return (SUPPORTED if same else CONTRADICTED), f"{acquired:%Y-%m-%d}"


def _platform(value: tuple[str, str], record: RecordFacts) -> _Judged:
    known = record.platform
    if known is None:
        return UNVERIFIABLE, record.platform_name
    family, unit = value
    if family != known[0]:
        return CONTRADICTED, record.platform_name
    if not unit or unit == known[1]:
        return SUPPORTED, record.platform_name
    return (CONTRADICTED if known[1] else UNVERIFIABLE), record.platform_name


def _pixel(value: Sampled, record: RecordFacts) -> _Judged:
    """A size of pixels: within rounding it is so, off by more than a fifth it is not."""
    return _size(value, record, lambda side: abs(side - value.metres) > FAR_OFF * side)


def _resolution(value: Sampled, record: RecordFacts) -> _Judged:
    """What people call resolution may be that of the pixels or what the sensor resolves, up to twice as coarse."""
    return _size(value, record, lambda side: value.metres > _FACTOR * side + _GRAIN or value.metres < side / _FACTOR - _GRAIN)


def _size(value: Sampled, record: RecordFacts, is_far: Callable[[float], bool]) -> _Judged:
    if record.gsd_m is None:
        return UNVERIFIABLE, None
    known = " by ".join([f"{side:g}" for side in sorted(set(record.gsd_m))]) + " m"
    rounded = FAR_OFF if value.about else ROUNDED
    if all(abs(side - value.metres) <= rounded * side + _GRAIN for side in record.gsd_m):
        return SUPPORTED, known
    return (CONTRADICTED if all(is_far(side) for side in record.gsd_m) else UNVERIFIABLE), known


_JUDGES: dict[str, Callable[[Any, RecordFacts], _Judged]] = {
    "band": _same("band"),
    "polarisation": _polarisation,
    "channels": _channels,
    "orbit": _same("orbit"),
    "look_side": _same("look_side"),
    "season": _season,
    "date": _date,
    "pixel": _pixel,
    "resolution": _resolution,
    "platform": _platform,
}
_CALLED = {
    "band": "band",
    "polarisation": "polarisations",
    "channels": "polarisations",
    "orbit": "pass",
    "look_side": "look side",
    "season": "season",
    "date": "date",
    "pixel": "pixel size",
    "resolution": "pixel size",
    "platform": "known platform",
}
