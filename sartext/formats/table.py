"""Tables of text: CSV (RFC 4180) and TSV, told apart by their first line, whatever the file is called.

Cells may be quoted, and a quoted cell may have line ends and separators in it. UTF-8, with or without a byte order mark, or
UTF-16 with one, as spreadsheets write it.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from sartext.errors import SourceError
from sartext.formats.encoding import encoding_of, no_text

SEPARATORS = ("\t", ",", ";")
MAX_LINE_BYTES = 2**20  # of the first line
MAX_COLUMNS = 1000
MAX_CELL_CHARACTERS = 2**24


class Row(NamedTuple):
    """The cells of one row, as many as the first row has, and the line on which it ends, from 1."""

    line: int
    cells: tuple[str, ...]


def read_rows(stream: BinaryIO, file: str) -> Iterator[Row]:
    """The rows that are not blank, the first included.

    The separator is the first of tab, comma and semicolon that stands in the first line; without one there is one column. A row
    that ends early has blank cells. Raises `SourceError` where the file is no text, a quote does not close, a row has more
    cells than the first one, or a cell has more than 16,777,216 characters.
    """
    encoding = encoding_of(stream.read(4), file)
    stream.seek(0)
    separator = _separator(stream, encoding, file)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL_CHARACTERS))  # it is of the whole process
    reader = csv.reader(text, delimiter=separator, strict=True)
    width = 0
    try:
        for cells in reader:
            if not any(cells):
                continue
            width = width or len(cells)
            if len(cells) > max(width, 1) or width > MAX_COLUMNS:
                raise SourceError(
                    f"{len(cells)} cells, where the first row has {width}, and {MAX_COLUMNS} at most",
                    file=file,
                    place=f"line {reader.line_num}",
                    remedy="quote what has separators in it",
                )
            yield Row(reader.line_num, (*cells, *[""] * (width - len(cells))))
    except csv.Error as error:
        if str(error).startswith("field larger"):
            raise SourceError(
                f"no table, a cell of more than {MAX_CELL_CHARACTERS:,} characters",
                file=file,
                place=f"line {reader.line_num}",
                remedy="shorten it; where a quote before it is not closed, close it",
            ) from error
        raise SourceError(
            f"no table, {error}",
            file=file,
            place=f"line {reader.line_num}",
            remedy="a cell that begins with a quote ends with one, and those within it are doubled",
        ) from error
    except UnicodeDecodeError as error:
        raise no_text(file, f"after line {reader.line_num}") from error
    finally:
        if not stream.closed:
            text.detach()  # or it would close the caller's stream with it


def column(head: Sequence[str], names: Sequence[str]) -> int | None:
    """The place of the first of `names` that is a column, whatever its case; None where none is."""
    spelled = [name.strip().lower() for name in head]
    return next((spelled.index(name) for name in names if name in spelled), None)


def _separator(stream: BinaryIO, encoding: str, file: str) -> str:
    first = stream.readline(MAX_LINE_BYTES + 1)
    if len(first) > MAX_LINE_BYTES:
        raise SourceError(f"no table, the first line has more than {MAX_LINE_BYTES} bytes", file=file, place="line 1")
    stream.seek(0)
    text = first.decode(encoding, "replace")
    return next((one for one in SEPARATORS if one in text), ",")
