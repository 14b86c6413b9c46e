import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.errors import SourceError
from sartext.formats.annotation import Annotation
from sartext.formats.yolo import parse_classes, parse_yolo
from tests.support.broken import any_file, only_source_errors

CLASSES = ("ship", "storage tank")


def parsed(text: str) -> list[Annotation]:
    return parse_yolo(text.encode(), CLASSES, 800, 400, "a.txt")


def test_upright_and_oriented() -> None:
    upright, oriented = parsed("0 0.5 0.5 0.25 0.5\n\n1 0.1 0.2 0.3 0.2 0.3 0.4 0.1 0.4\n")
    assert (upright.label, upright.corners_px, upright.place) == ("ship", (300, 100, 500, 300), "line 1")
    assert (oriented.label, oriented.place) == ("storage tank", "line 3")
    assert oriented.corners_px == pytest.approx((80, 80, 240, 80, 240, 160, 80, 160))


def test_empty_and_unknown_class() -> None:
    assert parsed("") == parsed(" \n\n") == []
    assert parsed("7 0.5 0.5 0.1 0.1")[0].label == "class 7"
    assert parsed("1.000e+00 0.5 0.5 0.1 0.1")[0].label == "storage tank"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.1 0.1 0.97", "line 2: 6 values.*a confidence makes it a detection"),
        ("0 0.5 0.5 0.1", "line 1: 4 values"),
        ("0 " + "0.5 " * 12, "line 1: 13 values"),
        ("ship 0.5 0.5 0.1 0.1", "class 'ship' is not a number"),
        ("-1 0.5 0.5 0.1 0.1", "class '-1'"),
        ("0 0.5 0.5 nan 0.1", "not a finite number"),
        ("0 0.5,0.5 0.1 0.1 0", "not a finite number"),
    ],
)
def test_broken_lines_name_the_place(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=f"^a.txt: .*{message}"):
        parsed(text)


def test_classes() -> None:
    assert parse_classes(b"ship\nstorage tank\n\n", "c.txt") == CLASSES
    with pytest.raises(SourceError, match=r"c\.txt: line 2: a blank line"):
        parse_classes(b"ship\n\ntank\n", "c.txt")
    with pytest.raises(SourceError, match="no class names"):
        parse_classes(b"\n", "c.txt")


@given(
    any_file(b"0 0.5 0.5 0.25 0.5\n1 0.1 0.2 0.3 0.2 0.3 0.4 0.1 0.4\n")
    | st.text(alphabet="0123456789.-e \n\tnaif", max_size=80).map(str.encode)
)
def test_any_bytes_raise_nothing_else(data: bytes) -> None:
    with only_source_errors("a.txt"):
        found = parse_yolo(data, CLASSES, 800, 400, "a.txt")
        assert all(len(annotation.corners_px) in (4, 8) for annotation in found)


@given(any_file(b"ship\nstorage tank\n"))
def test_any_bytes_as_class_names_raise_nothing_else(data: bytes) -> None:
    with only_source_errors("c.txt"):
        assert all(parse_classes(data, "c.txt"))


def test_an_outline_is_no_box_and_the_line_says_what_takes_it() -> None:
    with pytest.raises(SourceError, match=r"11 values.*an outline of 5 points is no box.*coco_masks"):
        parse_yolo(b"0 0.2 0.3 0.4 0.3 0.4 0.5 0.3 0.52 0.2 0.5", ("ship",), 200, 200, "a.txt")
