"""Lists of pairs in CSV and TSV: a row names a SAR image and its optical twin, and where it says so their split and dates."""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from sartext.errors import SourceError
from sartext.formats.caption_table import SPLIT_COLUMNS
from sartext.formats.moment import Moment, parse_moment
from sartext.formats.table import Row, column, read_rows

SAR_COLUMNS = ("sar", "s1", "radar", "sar_path", "sar_file", "sentinel1", "sentinel-1")
OPTICAL_COLUMNS = ("optical", "s2", "opt", "rgb", "optical_path", "optical_file", "opt_path", "sentinel2", "sentinel-2")
SAR_TIME_COLUMNS = ("sar_time", "sar_date", "sar_acquired", "s1_time", "s1_date")
OPTICAL_TIME_COLUMNS = ("optical_time", "optical_date", "optical_acquired", "opt_time", "opt_date", "s2_time", "s2_date")

_FILE = re.compile(r".*\.[0-9A-Za-z]{2,5}\s*", re.DOTALL)  # a name with an ending


class Pair(NamedTuple):
    """Two files as the list names them; moments and split are None where it does not say."""

    sar: str
    optical: str
    sar_moment: Moment | None
    optical_moment: Moment | None
    line: int
    split: str | None = None  # as written
    fault: str | None = None  # what makes this row unusable; it spoils no other


class _Columns(NamedTuple):
    """Where in a row what stands."""

    sar: int
    optical: int
    sar_time: int | None = None
    optical_time: int | None = None
    split: int | None = None


def parse_pairs(stream: BinaryIO, file: str) -> Iterator[Pair]:
    """The pairs in the file's order.

    The columns are found by their names; without a head, the first is SAR and the second optical. A row of which a name is
    missing, or a date is not ISO 8601, has a fault. Raises `SourceError` where the file is no table, or its columns do not say
    which they are.
    """
    rows = read_rows(stream, file)
    head = next(rows, None)
    if head is None:
        raise SourceError("an empty table", file=file, remedy="give a SAR image and its optical twin in each row")
    sar, optical = column(head.cells, SAR_COLUMNS), column(head.cells, OPTICAL_COLUMNS)
    if sar is not None and optical is not None:
        others = (column(head.cells, names) for names in (SAR_TIME_COLUMNS, OPTICAL_TIME_COLUMNS, SPLIT_COLUMNS))
        columns = _Columns(sar, optical, *others)
    elif len(head.cells) == 2 and all(map(_FILE.fullmatch, head.cells)):
        columns = _Columns(0, 1)
        yield _pair(head, columns)
    else:
        names = ", ".join(repr(name[:40]) for name in head.cells[:12])
        raise SourceError(
            f"no columns of SAR and optical images among {names}",
            file=file,
            place=f"line {head.line}",
            remedy="call them 'sar' and 'optical', or give two columns of file names",
        )
    for row in rows:
        yield _pair(row, columns)


def _pair(row: Row, columns: _Columns) -> Pair:
    sar, optical, *times, split = (row.cells[at].strip() if at is not None else "" for at in columns)
    moments = [parse_moment(text) if text else None for text in times]
    fault = None if sar and optical else "a pair of which one name is missing"
    for text, moment in zip(times, moments, strict=True):
        if text and moment is None:
            fault = fault or f"{text[:40]!r} is no date; write dates as in ISO 8601, 2020-11-04"
    return Pair(sar, optical, moments[0], moments[1], row.line, split or None, fault)
