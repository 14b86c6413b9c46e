"""Where one image lies in another: planted crops, sizes and turns, and images that have nothing in common."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.dedup.alignment import (
    CORRELATION,
    KEYPOINTS,
    Alignment,
    Picture,
    aligned,
    correlation,
    near_identical,
    turned_places,
)
from sartext.dedup.keypoints import Gray, keypoints
from tests.support import speckle_images

SCENE = speckle_images.speckle(0, 160, 200)


def found(one: Gray, other: Gray, turn: int = 0) -> Alignment | None:
    return aligned(keypoints(one), keypoints(other), turn, height_px=one.shape[0], width_px=one.shape[1])


def alike(one: Gray, other: Gray, place: Alignment) -> tuple[float, float]:
    return correlation(Picture(one, *one.shape), Picture(other, *other.shape), place)


@pytest.mark.parametrize("turn", range(8))
def test_a_crop_is_found_where_it_was_cut_whatever_its_turn(turn: int) -> None:
    part = speckle_images.jpeg(
        speckle_images.turned(SCENE[21:131, 43:173], (0, 1, 2, 3, 4, 6, 5, 7)[turn]), 75
    )  # turned back by `turn`
    place = found(part, SCENE, turn)
    assert place is not None
    assert place.offset_px == pytest.approx((43, 21), abs=0.7)
    assert place.scale == pytest.approx((1, 1), abs=0.01)
    value, share = alike(part, SCENE, place)
    assert value > 0.9
    assert share == pytest.approx(1.0, abs=0.02)
    assert found(part, SCENE, (turn + 1) % 8) is None


@pytest.mark.parametrize(("width", "height"), [(100, 80), (150, 120), (300, 240), (200, 128), (240, 160)])
def test_another_size_is_found_with_its_scales(width: int, height: int) -> None:
    place = found(SCENE, speckle_images.resized(SCENE, width, height))
    assert place is not None
    assert place.scale == pytest.approx((width / 200, height / 160), rel=0.01)
    assert place.offset_px == pytest.approx((0, 0), abs=0.8)
    value, share = alike(SCENE, speckle_images.resized(SCENE, width, height), place)
    assert value > 0.85
    assert share > 0.97


def test_images_that_overlap_in_part() -> None:
    one, other = SCENE[:, :130], SCENE[:, 70:]
    place = found(one, other)
    assert place is not None
    assert place.offset_px == pytest.approx((-70, 0), abs=0.3)
    assert alike(one, other, place) == pytest.approx((1.0, 60 / 130), abs=0.03)


@pytest.mark.parametrize(
    ("keypoints", "value", "expected"),
    [
        (5, 1.0, False),
        (6, 0.79, False),
        (6, 0.8, True),
        (11, 0.79, False),
        (12, 0.59, False),
        (12, 0.6, True),
        (90, 0.59, False),
    ],
)
def test_the_fewer_keypoints_agree_the_more_the_pictures_must(keypoints: int, value: float, expected: bool) -> None:
    assert near_identical(keypoints, value) is expected


def test_other_speckle_is_not_the_same() -> None:
    grays = [speckle_images.speckle(seed) for seed in range(10, 18)]
    assert not any(found(one, other) for one in grays for other in grays if one is not other)
    here = Alignment(turn=0, offset_px=(0.0, 0.0), scale=(1.0, 1.0), keypoints=KEYPOINTS)
    values = [alike(one, other, here)[0] for one in grays for other in grays if one is not other]
    assert max(np.abs(values)) < CORRELATION / 3


def test_the_same_broad_shades_with_other_speckle_do_not_correlate() -> None:
    shades = np.where(np.add.outer(np.arange(128), np.arange(128)) > 128, 3.0, 1.0)
    one, other = (np.clip(speckle_images.speckle(seed, mean=40) * shades, 0, 255).astype(np.uint8) for seed in (1, 2))
    here = Alignment(turn=0, offset_px=(0.0, 0.0), scale=(1.0, 1.0), keypoints=KEYPOINTS)
    assert abs(alike(one, other, here)[0]) < CORRELATION / 2
    assert alike(one, speckle_images.jpeg(one, 50), here)[0] > CORRELATION


def test_correlation_is_that_of_what_lies_on_one_another() -> None:
    """At whole pixels it is numpy's own, of the same detail."""
    one, other = SCENE[:128, :128], SCENE[10:138, 30:158]
    place = Alignment(turn=0, offset_px=(-30.0, -10.0), scale=(1.0, 1.0), keypoints=9)
    from sartext.dedup.alignment import _detail

    expected = np.corrcoef(_detail(one, 1.0)[10:, 30:].ravel(), _detail(other, 1.0)[:118, :98].ravel())[0, 1]
    assert alike(one, other, place)[0] == pytest.approx(expected, abs=1e-6)


def test_too_little_in_common_is_nothing() -> None:
    far = Alignment(turn=0, offset_px=(120.0, 120.0), scale=(1.0, 1.0), keypoints=9)
    assert alike(SCENE[:128, :128], SCENE[:128, :128], far)[0] == 0.0
    blank = np.zeros((128, 128), np.uint8)
    here = Alignment(turn=0, offset_px=(0.0, 0.0), scale=(1.0, 1.0), keypoints=9)
    assert alike(blank, blank, here) == (0.0, 1.0)
    assert found(blank, SCENE) is None


@pytest.mark.parametrize("turn", range(8))
def test_places_turn_as_pixels_do(turn: int) -> None:
    gray = np.zeros((5, 9), np.uint8)
    gray[1, 2] = 255
    nothing = np.zeros(1, np.uint64)
    points = keypoints(SCENE, 1).__class__(np.float32([2.5]), np.float32([1.5]), np.float32([1]), nothing)
    row, column = np.argwhere(speckle_images.turned(gray, turn) == 255)[0]
    np.testing.assert_allclose(turned_places(points, turn, height_px=5, width_px=9), [[column + 0.5, row + 0.5]])


@settings(max_examples=30, deadline=None)
@given(
    st.tuples(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.integers(1, 60)),
    st.integers(0, 7),
    st.tuples(st.floats(-90, 90), st.floats(-90, 90)),
    st.tuples(st.floats(0.25, 4), st.floats(0.25, 4)),
)
def test_any_two_pictures_can_be_compared(
    sizes: tuple[int, int, int, int], turn: int, offset: tuple[float, float], scale: tuple[float, float]
) -> None:
    one, other = speckle_images.speckle(1, *sizes[:2]), speckle_images.speckle(2, *sizes[2:])
    place = Alignment(turn=turn, offset_px=offset, scale=scale, keypoints=9)
    value, share = correlation(Picture(one, sizes[0] * 3, sizes[1] * 2), Picture(other, *other.shape), place)
    assert -1 <= value <= 1
    assert 0 <= share <= 1 + 1e-9
