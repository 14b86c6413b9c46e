"""COCO's segmentations beside pycocotools, and broken ones."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco

from sartext.errors import TileRejected
from sartext.formats.segmentation import mask_of


def random_masks(count: int) -> list[np.ndarray]:
    random = np.random.default_rng(3)
    return [random.random(tuple(random.integers(1, 60, 2))) < random.choice((0.0, 0.02, 0.5, 1.0)) for _ in range(count)]


@pytest.mark.parametrize("packed", [False, True])
def test_run_lengths(packed: bool) -> None:
    for mask in random_masks(60):
        height, width = mask.shape
        text = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
        counts: object = text["counts"].decode()
        if not packed:
            flat = mask.T.ravel().astype(int)
            edges = np.flatnonzero(np.diff(np.concatenate(([0], flat)))).tolist()
            counts = np.diff([0, *edges, flat.size]).tolist()
        stated = json.dumps({"size": [height, width], "counts": counts})
        assert (mask_of(stated, height, width, "here") == mask).all()


def test_polygons_are_drawn_as_coco_draws_them() -> None:
    random = np.random.default_rng(5)
    for _ in range(40):
        rings = [random.uniform(0, 50, 2 * int(random.integers(3, 9))).round(2).tolist() for _ in range(random.integers(1, 4))]
        ours = coco.encode(np.asfortranarray(mask_of(json.dumps(rings), 50, 50, "here").astype(np.uint8)))
        both = [ours, coco.merge(coco.frPyObjects(rings, 50, 50))]
        assert coco.area(coco.merge(both)) == coco.area(coco.merge(both, intersect=True)) == coco.area(ours)
    triangle = [2.0, 2.0, 20.0, 2.0, 2.0, 20.0]
    assert (mask_of(json.dumps(triangle), 30, 30, "") == mask_of(json.dumps([triangle]), 30, 30, "")).all()


def test_polygons_are_drawn_without_a_warning() -> None:
    """A set of many thousand polygons would print as many lines."""
    assert mask_of("[[0, 0, 4, 0, 4, 2, 0, 2]]", 5, 6, "here").sum() == 8


@pytest.mark.parametrize("nothing", ["null", "[]"])
def test_without_a_segmentation_there_is_no_mask(nothing: str) -> None:
    assert not mask_of(nothing, 4, 5, "here").any()


@pytest.mark.parametrize(
    ("stated", "fact"),
    [
        ("{", "no JSON"),
        ("7", "neither polygons nor run lengths"),
        ('{"size": [4, 4], "counts": [20]}', "run lengths of \\[4, 4\\]"),
        ('{"size": [4, 5], "counts": [19]}', "runs of 19 pixels"),
        ('{"size": [4, 5], "counts": [-1, 21]}', "no whole numbers"),
        ('{"size": [4, 5], "counts": [1e99]}', "no whole numbers"),
        ('{"size": [4, 5], "counts": "zz"}', "broken"),
        ('{"size": [4, 5], "counts": "' + "o" * 40 + '"}', "broken"),
        ('{"size": [4, 5], "counts": null}', "no whole numbers"),
        ("[[1, 2, 3, 4]]", "a polygon of 4 numbers"),
        ('[["a", 2, 3, 4, 5, 6]]', "finite numbers"),
        ("[[1, 2, 3, 4, 5, 1e9]]", "beyond the image"),
        ("[3]", "a polygon of 1 numbers"),
        ("[[1, 2, 3, 4, 5, 6], 7]", "a polygon of 0 numbers"),
    ],
)
def test_broken_ones_are_refused_by_their_place(stated: str, fact: str) -> None:
    with pytest.raises(TileRejected, match=f"annotations\\[3\\]: .*{fact}") as caught:
        mask_of(stated, 4, 5, "annotations[3]")
    assert caught.value.reason == "bad_annotation"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.sampled_from(("size", "counts", "x")), inner, max_size=3),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(JSON | st.fixed_dictionaries({"size": st.just([6, 7]), "counts": st.text(max_size=30) | st.lists(st.integers(-5, 50))}))
def test_whatever_it_is_only_that_tile_is_refused(stated: object) -> None:
    try:
        assert mask_of(json.dumps(stated), 6, 7, "here").shape == (6, 7)
    except TileRejected as error:
        assert error.reason == "bad_annotation"  # noqa: PT017 - both ends are right
