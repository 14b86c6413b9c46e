import io
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.errors import SourceError
from sartext.formats.coco import CocoFile, parse_coco
from tests.support.broken import any_file, only_source_errors

VALID: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": "48"}, {"id": "2", "file_name": "b.jpg"}],
    "annotations": [
        {"image_id": "2", "category_id": 7, "bbox": ["1", 2.5, "3", 4], "iscrowd": 0, "segmentation": [[1, 2, 3, 4, 5, 6]]},
        {"image_id": 1, "category_id": "7", "bbox": [0, 0, 5, 5], "iscrowd": 1, "segmentation": {"counts": [1]}},
        {"id": 3, "image_id": 2.0, "category_id": 9, "bbox": [0, 0, 5, 5]},
    ],
    "categories": [{"id": 7, "name": "ship"}],
}  # fmt: skip


def parsed(value: Any) -> CocoFile:
    return parse_coco(io.BytesIO(json.dumps(value).encode()), "a.json")


def changed(path: str, value: Any) -> dict[str, Any]:
    copy = json.loads(json.dumps(VALID))
    *inner, last = path.split(".")
    target = copy
    for step in inner:
        target = target[int(step) if step.isdigit() else step]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return copy


@pytest.mark.parametrize("order", [("images", "annotations", "categories"), ("categories", "annotations", "images")])
def test_ids_as_numbers_and_text_in_any_order_of_lists(order: tuple[str, ...]) -> None:
    found = parsed({"info": {"year": 2020}, **{name: VALID[name] for name in order}})
    assert found.files == ["a.jpg", "b.jpg"]
    assert found.sizes_px.tolist() == [[64, 48], [0, 0]]
    assert found.image.tolist() == [1, 0, 1]
    assert [found.labels[label] for label in found.label] == ["ship", "ship", "category_id 9"]
    assert found.corners_px.tolist() == [[1, 2.5, 4, 6.5], [0, 0, 5, 5], [0, 0, 5, 5]]
    assert found.crowd.tolist() == [False, True, False]


@pytest.mark.parametrize(
    "box", [None, [1, 2, 3], [1, 2, 3, "x"], "1234", {"x": 1}, [1, 2, 3, None], [1, 2, 3, 4, 5], [1, 2, True, 4]]
)
def test_a_broken_box_spoils_its_image_only(box: Any) -> None:
    found = parsed(changed("annotations.0.bbox", box))
    assert math.isnan(found.corners_px[0].sum())
    assert not np.isnan(found.corners_px[1:]).any()


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("images", ..., "has no 'images'"),
        ("annotations", ..., "has no 'annotations'"),
        ("categories", ..., "has no 'categories'"),
        ("images", {}, "images: not a list"),
        ("annotations", None, "annotations: not a list"),
        ("annotations", [5], r"annotations\[0\]: not an object"),
        ("images.0.id", ..., r"images\[0\]: 'id' is missing"),
        ("images.0.id", 1.5, r"images\[0\]: 'id'"),
        ("images.1.id", 1, r"images\[1\]: image id 1 is there twice"),
        ("images.0.file_name", ..., r"images\[0\]: an image without 'file_name'"),
        ("images.0.file_name", "", r"images\[0\]"),
        ("categories.0.name", 5, r"categories\[0\]: a category without 'name'"),
        ("annotations.1.image_id", 99, r"annotations\[1\]: an annotation of image '99', which is not listed"),
        ("annotations.1.image_id", ..., r"annotations\[1\]: 'image_id' is missing"),
    ],
)
def test_a_file_that_does_not_hold_together(path: str, value: Any, message: str) -> None:
    with pytest.raises(SourceError, match=f"^a.json: .*{message}|^a.json: {message}"):
        parsed(changed(path, value))


def test_empty_lists() -> None:
    found = parsed({"images": [], "annotations": [], "categories": []})
    assert (found.files, found.corners_px.shape, found.sizes_px.shape) == ([], (0, 4), (0, 2))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "bbox", "x"]), inner, max_size=4),
    max_leaves=6,
)
PATHS = st.sampled_from(
    ["images", "annotations", "categories"]
    + [f"{name}.{at}.{key}" for name, at, keys in (
        ("images", 0, "id file_name width height"), ("annotations", 1, "image_id category_id bbox iscrowd segmentation"),
        ("annotations", 2, "image_id bbox"), ("categories", 0, "id name")) for key in keys.split()]
)  # fmt: skip


@given(PATHS, ANYTHING)
def test_any_value_anywhere_raises_nothing_else(path: str, value: Any) -> None:
    try:
        found = parsed(changed(path, value))
    except SourceError:
        return
    assert len(found.image) == len(found.label) == len(found.corners_px) == len(found.crowd)


@settings(max_examples=150)
@given(any_file(json.dumps(VALID).encode()))
def test_any_bytes_raise_nothing_else(data: bytes) -> None:
    with only_source_errors("a.json"):
        parse_coco(io.BytesIO(data), "a.json")


def test_ids_of_64_bits() -> None:
    value = json.loads(json.dumps(VALID))
    large = 2**63 - 1
    value["images"][0]["id"] = value["annotations"][1]["image_id"] = large
    value["images"][1]["id"] = value["annotations"][0]["image_id"] = value["annotations"][2]["image_id"] = str(large - 1)
    assert parsed(value).image.tolist() == [1, 0, 1]


def test_annotations_of_no_image_are_said_with_their_ids_and_numbers() -> None:
    value = json.loads(json.dumps(VALID))
    value["annotations"] += [{"image_id": image, "category_id": 7, "bbox": [1, 2, 3, 4]} for image in (17, "x", 17)]
    message = r"annotations\[3\]: an annotation of image '17', which is not listed; there are 3 such annotations, of 2 images"
    with pytest.raises(SourceError, match=message):
        parsed(value)
