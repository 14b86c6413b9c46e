"""Lists of pairs in CSV and TSV: a row names a SAR image and its optical twin, and when they were acquired where it says so."""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from sartext.errors import SourceError
from sartext.sources.formats.moment import Moment, parse_moment
from sartext.sources.formats.table import Row, column, read_rows

SAR_COLUMNS = ("sar", "s1", "radar", "sar_path", "sar_file", "sentinel1", "sentinel-1")
OPTICAL_COLUMNS = ("optical", "s2", "opt", "rgb", "optical_path", "optical_file", "opt_path", "sentinel2", "sentinel-2")
SAR_TIME_COLUMNS = ("sar_time", "sar_date", "sar_acquired", "s1_time", "s1_date")
OPTICAL_TIME_COLUMNS = ("optical_time", "optical_date", "optical_acquired", "opt_time", "opt_date", "s2_time", "s2_date")

_FILE = re.compile(r".*\.[0-9A-Za-z]{2,5}\s*", re.DOTALL)  # a name with an ending


class Pair(NamedTuple):
    """Two files as the list names them; moments are None where it does not say."""

    sar: str
    optical: str
    sar_moment: Moment | None
    optical_moment: Moment | None
    line: int


def parse_pairs(stream: BinaryIO, file: str) -> Iterator[Pair]:
    """The pairs in the file's order.

    The columns are found by their names; without a head, the first is SAR and the second optical. Raises `SourceError` where
    the file is no table, its columns do not say which they are, a name is missing, or a date is not ISO 8601.
    """
    rows = read_rows(stream, file)
    head = next(rows, None)
    if head is None:
        raise SourceError("an empty table", file=file, remedy="give a SAR image and its optical twin in each row")
    sar, optical = column(head.cells, SAR_COLUMNS), column(head.cells, OPTICAL_COLUMNS)
    if sar is not None and optical is not None:
        times = column(head.cells, SAR_TIME_COLUMNS), column(head.cells, OPTICAL_TIME_COLUMNS)
    elif len(head.cells) == 2 and all(map(_FILE.fullmatch, head.cells)):
        sar, optical, times = 0, 1, (None, None)
        yield _pair(head, sar, optical, times, file)
    else:
        names = ", ".join(repr(name[:40]) for name in head.cells[:12])
        raise SourceError(
            f"no columns of SAR and optical images among {names}",
            file=file,
            place=f"line {head.line}",
            remedy="call them 'sar' and 'optical', or give two columns of file names",
        )
    for row in rows:
        yield _pair(row, sar, optical, times, file)


def _pair(row: Row, sar: int, optical: int, times: tuple[int | None, int | None], file: str) -> Pair:
    names = row.cells[sar].strip(), row.cells[optical].strip()
    if not all(names):
        raise SourceError("a pair of which one name is missing", file=file, place=f"line {row.line}")
    return Pair(*names, _moment(row, times[0], file), _moment(row, times[1], file), row.line)


def _moment(row: Row, at: int | None, file: str) -> Moment | None:
    text = row.cells[at].strip() if at is not None else ""
    if not text:
        return None
    moment = parse_moment(text)
    if moment is None:
        raise SourceError(
            f"{text[:40]!r} is no date", file=file, place=f"line {row.line}", remedy="write dates as in ISO 8601, 2020-11-04"
        )
    return moment
