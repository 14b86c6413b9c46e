import io

import pytest
from hypothesis import given, settings

from sartext.errors import SourceError
from sartext.formats.table import Row, column, read_rows
from tests.support.broken import any_file, only_source_errors

VALID = b'filepath,caption\r\na.png,"two, ""big"" ships\nin a row"\r\n\r\nb.png,\r\n'


def rows(data: bytes) -> list[Row]:
    return list(read_rows(io.BytesIO(data), "a.csv"))


def test_quotes_line_ends_and_blanks() -> None:
    expected = [
        Row(1, ("filepath", "caption")),
        Row(3, ("a.png", 'two, "big" ships\nin a row')),
        Row(5, ("b.png", "")),
    ]
    assert rows(VALID) == rows(b"\xef\xbb\xbf" + VALID) == expected


def test_a_separator_is_that_of_the_first_line_whatever_the_name() -> None:
    assert rows(b"filepath\ttitle\na.png\tone, two; three\n")[1].cells == ("a.png", "one, two; three")
    assert rows(b"sar;optical\na.png;b.png\n")[1].cells == ("a.png", "b.png")
    assert rows(b"caption\none two") == [Row(1, ("caption",)), Row(2, ("one two",))]


def test_a_row_that_ends_early_has_blank_cells() -> None:
    assert rows(b"a,b,c\n1\n")[1].cells == ("1", "", "")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a,b\n1,2,3\n", "line 2: 3 cells, where the first row has 2.*quote what has separators"),
        (b'a,b\n1,"never closed\n2,3\n', "line 3: no table"),
        (b'a,b\n1,"x" y\n', "line 2: no table"),
        (b"a,b\n1,\xff\n", "after line .*not UTF-8"),
        (b"a,b\n1," + b"x" * (2**24 + 1), "line 2: no table, a cell of more than 16,777,216 characters; shorten it"),
        (b"a" * (2**20 + 1), "line 1: no table, the first line has more"),
        (b",".join(b"x" for _ in range(1001)), "line 1: 1001 cells"),
    ],
)
def test_what_is_no_table_names_the_place(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=f"^a.csv: {message}"):
        rows(data)


def test_a_long_cell_is_a_cell() -> None:
    assert rows(b"a,b\n1," + b"x" * 200_000 + b"\n2,y\n")[1:] == [Row(2, ("1", "x" * 200_000)), Row(3, ("2", "y"))]


def test_columns_whatever_their_case() -> None:
    assert column((" FilePath", "Title"), ("path", "filepath")) == 0
    assert column(("a", "b"), ("c",)) is None


@settings(max_examples=150)
@given(any_file(VALID))
def test_any_bytes_raise_nothing_else(data: bytes) -> None:
    with only_source_errors("a.csv"):
        found = rows(data)
        assert len({len(row.cells) for row in found}) <= 1
