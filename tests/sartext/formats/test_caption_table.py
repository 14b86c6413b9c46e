import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.errors import SourceError
from sartext.formats.caption_table import CaptionRow, parse_caption_table, write_caption_table
from sartext.formats.text_record import TextRecord
from tests.support.broken import any_file, only_source_errors

VALID = b'filename\ttitle\tsplit\n1.png\t"a ship,\n  at sea"\ttrain\n2.png\t\t\n'


def parsed(data: bytes, **columns: Any) -> list[TextRecord]:
    return list(parse_caption_table(io.BytesIO(data), "a.csv", **columns))


def test_columns_as_they_are_found() -> None:
    first, second = parsed(VALID)
    assert first == TextRecord("1.png", ("a ship, at sea",), split="train", place="line 3")
    assert second == TextRecord("2.png", ("",), place="line 4")
    (sar_text,) = parsed(b"filepath,caption\nImage/SEN12/ROIs1158_spring_s1_1_p2.png,Fields.\n")
    assert sar_text.file == "Image/SEN12/ROIs1158_spring_s1_1_p2.png"


def test_rows_are_written_as_open_clip_reads_them() -> None:
    rows = [CaptionRow("images/a.png", "a ship, at sea", "train"), CaptionRow("b.png", 'a "tab"\there', "")]
    text = write_caption_table(rows)
    assert text == 'filepath\ttitle\tsplit\nimages/a.png\ta ship, at sea\ttrain\nb.png\t"a ""tab""\there"\t\n'


_CELL = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).map(lambda text: f"a {text} b")


@given(st.lists(st.builds(CaptionRow, _CELL, _CELL, st.sampled_from(["train", "val", ""])), max_size=6))
def test_what_is_written_is_read_again(rows: list[CaptionRow]) -> None:
    found = parsed(write_caption_table(rows).encode())
    assert [(one.file, *one.texts, one.split or "") for one in found] == [
        (row.file, " ".join(row.caption.split()), row.split) for row in rows
    ]


def test_numbered_columns_are_captions_of_one_image() -> None:
    (found,) = parsed(b"image,caption_1,caption_2,note\na.png,one,two,x\n")
    assert found.texts == ("one", "two")


def test_named_columns_are_taken() -> None:
    data = b"title,caption,where\nnot this,this,a.png\n"
    (found,) = parsed(data, image_column="Where", caption_columns=("Caption",))
    assert (found.file, found.texts) == ("a.png", ("this",))


def test_a_row_without_an_image_is_a_fault() -> None:
    assert parsed(b"image,text\n ,words\n")[0].fault == "no name of an image"


@pytest.mark.parametrize(
    ("data", "columns", "message"),
    [
        (b"", {}, "an empty table"),
        (b"x,caption\n", {}, "line 1: no column of images among 'x', 'caption'; name it in image_column"),
        (b"image,x\n", {}, "no column of captions"),
        (b"image,title,caption\n", {}, "line 1: the columns 'caption' and 'title' could both be captions"),
        (b"image,title\n", {"caption_columns": ("b",)}, "no column of captions 'b'"),
        (b"image,title\n", {"image_column": "b"}, "no column of images"),
    ],
)
def test_unclear_columns_name_the_place(data: bytes, columns: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceError, match=f"^a.csv: (.*: )?{message}"):
        parsed(data, **columns)


@settings(max_examples=150)
@given(any_file(VALID))
def test_any_bytes_raise_nothing_else(data: bytes) -> None:
    with only_source_errors("a.csv"):
        found = parsed(data)
        assert all(one.place and "\n" not in "".join(one.texts) for one in found)
