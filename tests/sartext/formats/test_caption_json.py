import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.errors import SourceError
from sartext.formats.caption_json import parse_caption_json
from sartext.formats.text_record import TextRecord
from tests.support.broken import any_file, only_source_errors

COCO = {
    "info": {"year": 2014},
    "annotations": [
        {"id": 1, "image_id": 7, "caption": "A ship.\n"},
        {"id": 2, "image_id": "7", "caption": "A ship at sea."},
        {"id": 3, "image_id": 8, "caption": "  "},
    ],
    "images": [{"id": "7", "file_name": "a.jpg"}, {"id": 8, "file_name": "b.jpg"}, {"id": 9, "file_name": "c.jpg"}],
}
KARPATHY = {
    "images": [
        {
            "filename": "airport_1.jpg",
            "imgid": 0,
            "sentences": [{"raw": "Many planes .", "tokens": ["many"]}],
            "split": "train",
        },
        {"filename": "1.tif", "sentences": [{"tokens": ["a", "field"]}, {"raw": ""}], "split": "restval"},
        {"filepath": "val2014", "filename": "2.jpg", "sentences": []},
    ],
    "dataset": "rsicd",
}
NWPU = {"airplane": [{"filename": "airplane_001.jpg", "split": "test", "raw": "One.", "raw_1": "Two.", "imgid": 3}]}


def parsed(value: Any) -> list[TextRecord]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(parse_caption_json(io.BytesIO(data), "a.json"))


def test_coco_captions() -> None:
    assert parsed(COCO) == [
        TextRecord("a.jpg", ("A ship.", "A ship at sea."), place="annotations[0]"),
        TextRecord("b.jpg", ("",), place="annotations[2]"),
        TextRecord("c.jpg", place="image 9"),
    ]


def test_a_caption_of_no_listed_image_spoils_no_other() -> None:
    more = [{"image_id": 5, "caption": "x"}, {"caption": "y"}, {"image_id": 5, "caption": "z"}]
    found = parsed({**COCO, "annotations": [*COCO["annotations"], *more]})
    bad = [one for one in found if one.fault is not None]
    assert [one for one in found if one.fault is None] == parsed(COCO)
    assert [(one.file, one.place, one.fault) for one in bad] == [
        ("", "annotations[4]", "'image_id' is missing, or neither a number nor text"),
        ("", "annotations[3]", "image '5' has captions (2) and is not listed"),
    ]


def test_images_of_coco_captions_may_name_their_split() -> None:
    images = [{"id": 1, "file_name": "a.jpg", "split": "test"}, {"id": 2, "file_name": "b.jpg", "split": 3}]
    a, b = parsed({"images": images, "annotations": []})
    assert (a.split, a.fault, b.fault) == ("test", None, "a split that is no text")


def test_karpathy() -> None:
    assert parsed(KARPATHY) == [
        TextRecord("airport_1.jpg", ("Many planes .",), split="train", place="images[0]"),
        TextRecord("1.tif", ("a field", ""), split="restval", place="images[1]"),
        TextRecord("val2014/2.jpg", place="images[2]"),
    ]


def test_nwpu() -> None:
    assert parsed(NWPU) == [TextRecord("airplane/airplane_001.jpg", ("One.", "Two."), split="test", place="airplane[0]")]


@pytest.mark.parametrize(
    ("element", "fault"),
    [
        ({"filename": "a.jpg", "sentences": [{"raw": 3}]}, "a caption that is no text: 3"),
        ({"filename": "a.jpg", "sentences": [3]}, "a caption that is no text: 3"),
        ({"filename": "a.jpg", "sentences": [{}]}, "a caption that is no text: {}"),
        ({"filename": 3, "sentences": []}, "no name of an image"),
        ({"sentences": [{"raw": "x"}]}, "no name of an image"),
        ({"filename": "a.jpg", "sentences": [{"raw": "x"}], "split": 1}, "a split that is no text"),
    ],
)
def test_a_broken_image_spoils_no_other(element: dict[str, Any], fault: str) -> None:
    bad, good = parsed({"images": [element, KARPATHY["images"][0]]})
    assert (bad.fault, good.fault) == (fault, None)


def test_blank_sentences_are_blank_captions() -> None:
    assert parsed({"images": [{"filename": "a.jpg", "sentences": None}]})[0].texts == ("",)
    assert parsed({"images": [{"filename": "a.jpg", "sentences": [None, {"raw": None}]}]})[0].texts == ("", "")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "no images with captions"),
        ({"images": 3}, "images: not a list of objects"),
        ({"images": [3]}, r"images\[0\]: not a list of objects"),
        ({"images": [{"id": 1}]}, r"images\[0\]: an image without"),
        ({"images": [{"id": 1, "file_name": "a"}] * 2}, r"images\[1\]: image id '1' is there twice"),
        ({"annotations": [{"caption": "x"}]}, "no images with captions"),
        (b"[]", "start: not a JSON object"),
    ],
)
def test_a_file_that_does_not_hold_together(value: Any, message: str) -> None:
    with pytest.raises(SourceError, match=f"^a.json: {message}"):
        parsed(value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "raw", "sentences", "filename", "split", "image_id", "caption"]), inner, max_size=4
        )
    ),
    max_leaves=6,
)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(["images", "annotations", "x"]), ANYTHING | st.lists(ANYTHING, max_size=3)))
def test_any_values_raise_nothing_else(value: Any) -> None:
    with only_source_errors("a.json"):
        found = parsed(value)
        assert all(isinstance(text, str) for one in found for text in (*one.texts, one.file))


@settings(max_examples=120)
@given(st.sampled_from([COCO, KARPATHY, NWPU]).flatmap(lambda valid: any_file(json.dumps(valid).encode())))
def test_any_bytes_raise_nothing_else(data: bytes) -> None:
    with only_source_errors("a.json"):
        parsed(data)
