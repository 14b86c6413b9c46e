"""Captions in CSV and TSV: a row names an image and one caption of it, or several in numbered columns.

Columns as they are found in the field: `filepath` and `caption` (SAR-TEXT, He et al. 2025), `filename` or `filepath` and
`title` (RemoteCLIP, Liu et al. 2024, and open_clip), `image` and `text`; `split` where there is one.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from sartext.errors import SourceError
from sartext.formats.table import Row, column, read_rows
from sartext.formats.text_record import TextRecord, parted

IMAGE_COLUMNS = ("filepath", "file_path", "image_path", "img_path", "path", "filename", "file_name", "image", "img", "file")
CAPTION_COLUMNS = ("caption", "captions", "title", "text", "sentence", "sentences", "description", "raw")
SPLIT_COLUMNS = ("split", "subset", "partition")
_WRITTEN = ("filepath", "title", "split")  # as open_clip's CSV datasets have them by default
_NUMBERED = re.compile(r"(.*?)[ _-]?\d+")


class CaptionRow(NamedTuple):
    """One caption of an image, and the split of the image, "" where it has none."""

    file: str
    caption: str
    split: str


def write_caption_table(rows: Iterable[CaptionRow]) -> str:
    """The text of a TSV file of captions with a first row of names, as open_clip reads it."""
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows([_WRITTEN, *rows])
    return out.getvalue()


def write_sar_text(rows: Iterable[CaptionRow]) -> str:
    """The text of a CSV file of captions with the columns of SAR-TEXT: `filepath` and `caption`."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("filepath", "caption"), *((row.file, row.caption) for row in rows)])
    return out.getvalue()


def parse_caption_table(
    stream: BinaryIO, file: str, *, image_column: str | None = None, caption_columns: Sequence[str] = ()
) -> Iterator[TextRecord]:
    """One a row, in the file's order; a cell with a word such as "nan", which stands where there is no caption, is one more.

    The columns are found by their names, or are those that are named here. Raises `SourceError` where the file is no table,
    or its columns do not say which they are: none is known, or the captions may be in two.
    """
    rows = read_rows(stream, file)
    head = next(rows, None)
    if head is None:
        raise SourceError("an empty table", file=file, remedy="give a first row with the columns' names")
    image = _image(head, image_column, file)
    captions = _captions(head, caption_columns, image, file)
    split = column(head.cells, SPLIT_COLUMNS)
    for line, cells in rows:
        name, place = cells[image].strip(), f"line {line}"
        if not name:
            yield TextRecord("", place=place, fault="no name of an image")
            continue
        texts = [(cells[at], place if len(captions) == 1 else f"{place}, {head.cells[at].strip()}") for at in captions]
        yield from parted(name, texts, (cells[split].strip() or None) if split is not None else None, place)


def _image(head: Row, named: str | None, file: str) -> int:
    at = column(head.cells, IMAGE_COLUMNS if named is None else (named.strip().lower(),))
    if at is None:
        raise _unknown("images", head, "image_column", file)
    return at


def _captions(head: Row, named: Sequence[str], image: int, file: str) -> list[int]:
    if named:
        found = [column(head.cells, (name.strip().lower(),)) for name in named]
        missing = [name for name, at in zip(named, found, strict=True) if at is None]
        if missing:
            raise _unknown(f"captions {missing[0]!r}", head, "caption_columns", file)
        return [at for at in found if at is not None]
    stems = [_stem(name) for name in head.cells]
    known = [stem for stem in CAPTION_COLUMNS if any(one == stem and at != image for at, one in enumerate(stems))]
    if len(known) > 1:
        raise SourceError(
            f"the columns {known[0]!r} and {known[1]!r} could both be captions",
            file=file,
            place=f"line {head.line}",
            remedy="name those to use in caption_columns",
        )
    if not known:
        raise _unknown("captions", head, "caption_columns", file)
    return [at for at, stem in enumerate(stems) if stem == known[0] and at != image]


def _stem(name: str) -> str:
    """The column's name without a number at its end: "Caption_2" -> "caption"."""
    plain_name = name.strip().lower()
    numbered = _NUMBERED.fullmatch(plain_name)
    return numbered.group(1) if numbered else plain_name


def _unknown(what: str, head: Row, option: str, file: str) -> SourceError:
    names = ", ".join(repr(name[:40]) for name in head.cells[:12])
    return SourceError(
        f"no column of {what} among {names}", file=file, place=f"line {head.line}", remedy=f"name it in {option}"
    )
