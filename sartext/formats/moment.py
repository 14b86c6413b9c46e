"""When an image was acquired, as lists, tags and file names state it; to the second or to the day, and never guessed."""

import re
from datetime import UTC, date, datetime
from typing import NamedTuple

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}")
_FIRST_YEAR, _LAST_YEAR = 1972, 2100  # the first Landsat, and what no file name means by eight digits
# The first stamp of an ESA product name is the start of sensing; the others are its end, or when it was made.
_PRODUCT = re.compile(r"S(?:1[A-D]_(?:IW|EW|WV|S\d)|2[A-D]_MSIL)\w*?_(\d{8}T\d{6})_.*", re.ASCII)
_STAMP = re.compile(r"(?<![0-9A-Za-z])\d{8}T\d{6}(?![0-9A-Za-z])", re.ASCII)
_DIGITS = re.compile(r"(?<!\d)\d{8}(?!\d)", re.ASCII)


class Moment(NamedTuple):
    """A day, and the time in UTC where it is known."""

    day: date
    time: datetime | None = None


def parse_moment(text: str) -> Moment | None:
    """What an ISO 8601 date, or date and time, says; None where it is neither. A time without a zone is in UTC.

    "2020-11-04", "20201104", "2020-11-04T18:35:41Z", "20201104T183541". Other orders of day and month are ambiguous.
    """
    text = text.strip()[:64]
    try:
        if _DAY.fullmatch(text):
            return _within(Moment(date.fromisoformat(text)))
        time = datetime.fromisoformat(text)
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return _within(Moment(time.date(), time))


def moment_of_name(name: str) -> Moment | None:
    """What a file's name says: the start in the name of a Sentinel-1 or Sentinel-2 product, or the only stamp of date and
    time ("20201104T183541"), or without one the only eight digits that are a date; None where there are two, or none."""
    product = _PRODUCT.fullmatch(name)
    if product:
        return parse_moment(product.group(1))
    for pattern in (_STAMP, _DIGITS):
        found = [moment for text in pattern.findall(name) if (moment := parse_moment(text)) is not None]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def gap_s(first: Moment | None, second: Moment | None) -> float | None:
    """Seconds from the first to the second: whole days where one is known to the day only, None where one is not known."""
    if first is None or second is None:
        return None
    if first.time is None or second.time is None:
        return (second.day - first.day).days * 86400.0
    return (second.time - first.time).total_seconds()


def _within(moment: Moment) -> Moment | None:
    return moment if _FIRST_YEAR <= moment.day.year <= _LAST_YEAR else None
