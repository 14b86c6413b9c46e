import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.errors import SourceError
from sartext.formats.dota import parse_dota
from tests.support.broken import any_file, only_source_errors

LINE = "592.0 304.0 615.0 304.0 615.0 330.0 592.0 330.0"


def test_head_and_objects() -> None:
    found, gsd_m = parse_dota(f"imagesource:GoogleEarth\ngsd:0.146\n{LINE} ship 0\n{LINE} large-vehicle 1\n".encode(), "a.txt")
    assert gsd_m == 0.146
    assert [(a.label, a.difficult, a.place) for a in found] == [("ship", False, "line 3"), ("large-vehicle", True, "line 4")]
    assert found[0].corners_px == (592, 304, 615, 304, 615, 330, 592, 330)


@pytest.mark.parametrize("head", ["", "gsd:null\n", "gsd:\n", "gsd:-1\n", "gsd:0\n", "imagesource:x\n"])
def test_unknown_sample_distance(head: str) -> None:
    assert parse_dota(f"{head}{LINE} ship 0".encode(), "a.txt")[1] is None


def test_labels_of_two_words_and_no_last_column() -> None:
    found, _ = parse_dota(f"{LINE} storage tank 2\n{LINE} storage tank\n{LINE} ship".encode(), "a.txt")
    assert [(a.label, a.difficult) for a in found] == [("storage tank", True), ("storage tank", False), ("ship", False)]


def test_empty() -> None:
    assert parse_dota(b"", "a.txt") == ([], None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 2 3 4 5 6 7 ship 0", "line 1: no eight coordinates"),
        ("1 2 3 4 5 6 7 nan ship 0", "line 1: no eight coordinates"),
        (LINE, "line 1: no class"),
        (f"{LINE} ship 0\ngsd:1", "line 2: no eight coordinates"),
    ],
)
def test_broken_lines_name_the_place(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=f"^a.txt: {message}"):
        parse_dota(text.encode(), "a.txt")


@given(
    any_file(f"imagesource:a\ngsd:0.5\n{LINE} ship 0\n".encode())
    | st.text(alphabet="0123456789.-e \n\tship:gsd", max_size=120).map(str.encode)
)
def test_any_bytes_raise_nothing_else(data: bytes) -> None:
    with only_source_errors("a.txt"):
        found, gsd_m = parse_dota(data, "a.txt")
        assert gsd_m is None or gsd_m > 0
        assert all(len(annotation.corners_px) == 8 for annotation in found)


@pytest.mark.parametrize(
    ("end", "label", "difficult"),
    [
        ("Boeing 737", "Boeing 737", False),
        ("Boeing 737 1", "Boeing 737", True),
        ("A 320 0", "A 320", False),
        ("ship 2", "ship", True),
    ],
)
def test_a_number_of_more_than_one_digit_is_of_the_class(end: str, label: str, difficult: bool) -> None:
    ((found, *_), _) = parse_dota(f"{LINE} {end}".encode(), "a.txt")
    assert (found.label, found.difficult) == (label, difficult)
