"""Keypoints: what survives a change of the image, and what an image may be."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.dedup.keypoints import FREQUENCIES, MOST, Keypoints, blurred, doubled, equalised, halved, keypoints
from tests.support.speckle_images import jpeg, resized, speckle


def again(one: Keypoints, other: Keypoints, scale: float = 1.0, left: float = 0.0, top: float = 0.0) -> float:
    """The share of the first's keypoints that the other has at the place where they must be, with nearly the same bits."""
    x, y = (one.x_px - left) * scale, (one.y_px - top) * scale
    off = np.hypot(x[:, None] - other.x_px, y[:, None] - other.y_px) / (scale * one.sigma_px[:, None])
    differ = np.bitwise_count(one.bits[:, None] ^ other.bits)
    return float(((off < 0.5) & (differ <= 12)).any(axis=1).mean())


def test_plain_speckle_has_as_many_as_are_asked_for() -> None:
    found = keypoints(speckle(0))
    assert len(found) == MOST
    assert len(keypoints(speckle(0), 20)) == 20
    np.testing.assert_array_equal(keypoints(speckle(0), 20).bits, found.bits[:20])
    weights = np.bincount(np.unpackbits(found.bits.view(np.uint8)).astype(np.intp))
    assert 0.4 < weights[1] / weights.sum() < 0.6


def test_unrelated_descriptors_differ_in_half_of_their_bits() -> None:
    differ = np.bitwise_count(keypoints(speckle(1)).bits[:, None] ^ keypoints(speckle(2)).bits)
    assert differ.mean() == pytest.approx(32, abs=0.7)
    assert (differ <= 12).mean() < 1e-3


def test_a_monotone_change_of_gray_levels_changes_nothing() -> None:
    gray = speckle(3) // 2  # to leave room for levels that stay apart
    one, other = keypoints(gray), keypoints((255 * (gray / 127.0) ** 0.5).round().astype(np.uint8))
    for name in ("x_px", "y_px", "sigma_px", "bits"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize(("quality", "share"), [(75, 0.5), (50, 0.3)])
def test_many_survive_jpeg(quality: int, share: float) -> None:
    assert again(keypoints(speckle(4)), keypoints(jpeg(speckle(4), quality))) > share


def test_many_survive_a_crop_and_lie_where_they_lay() -> None:
    gray = speckle(5)
    part = keypoints(gray[19:109, 31:121])
    assert again(part, keypoints(gray), left=-31, top=-19) > 0.25


@pytest.mark.parametrize("scale", [0.5, 0.75, 1.5, 2.0])
def test_many_survive_another_size_and_lie_where_they_lay(scale: float) -> None:
    gray = speckle(6)
    other = keypoints(resized(gray, round(128 * scale), round(128 * scale)))
    assert again(keypoints(gray), other, scale) > 0.08


def test_large_images_are_halved() -> None:
    gray = speckle(7, 600, 500)
    found = keypoints(gray)
    assert len(found) == MOST
    assert found.x_px.max() <= 500
    assert found.y_px.max() <= 600
    assert again(found, keypoints(jpeg(gray, 75))) > 0.6


@pytest.mark.parametrize(
    "gray",
    [
        np.zeros((128, 128), np.uint8),
        np.full((64, 300), 255, np.uint8),
        np.zeros((1, 1), np.uint8),
        speckle(8, 3, 900),
        np.repeat(np.arange(128, dtype=np.uint8)[:, None], 128, axis=1),  # a ramp
        np.repeat((np.arange(128) % 2 * 255).astype(np.uint8)[:, None], 128, axis=1),  # lines, which are edges
    ],
)
def test_what_has_no_blobs_has_no_keypoints(gray: np.ndarray) -> None:
    assert len(keypoints(gray)) == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 5), st.integers(0, 2**32 - 1))
def test_any_image_will_do(height: int, width: int, levels: int, seed: int) -> None:
    gray = np.random.default_rng(seed).integers(0, 2**levels, (height, width), dtype=np.uint8)
    found = keypoints(gray)
    assert len(found.x_px) == len(found.y_px) == len(found.sigma_px) == len(found.bits) <= MOST
    assert ((found.x_px >= 0) & (found.x_px <= width) & (found.y_px >= 0) & (found.y_px <= height)).all()
    assert len(set(zip(found.x_px, found.y_px, found.sigma_px, strict=True))) == len(found)


def test_blurring_is_a_sum_over_a_mirrored_field() -> None:
    field = np.random.default_rng(9).random((17, 11)).astype(np.float32)
    steps = np.arange(-5, 6)
    kernel = np.exp(-0.5 * (steps / 1.3) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(field.astype(np.float64), 5, mode="symmetric")
    expected = np.zeros_like(field, dtype=np.float64)
    for down, weight in enumerate(kernel):
        for right, other in enumerate(kernel):
            expected += weight * other * padded[down : down + 17, right : right + 11]
    np.testing.assert_allclose(blurred(field, 1.3), expected, atol=1e-6)


def test_sizes_and_ranks() -> None:
    field = np.arange(35, dtype=np.float32).reshape(5, 7)
    np.testing.assert_allclose(halved(field), [[4, 6, 8], [18, 20, 22]])
    larger = doubled(field)[4:-4, 4:-4]  # planes stay planes: quarters of a pixel to either side
    expected = np.add.outer(7 * (np.arange(2) / 2 + 1.75), np.arange(6) / 2 + 1.75)
    np.testing.assert_allclose(larger, expected, atol=1e-5)
    np.testing.assert_allclose(equalised(np.array([[7, 7, 9, 200]], np.uint8)), [[0.25, 0.25, 0.625, 0.875]])


def test_bits_are_signs_of_all_low_frequencies_but_the_mean() -> None:
    assert len(set(FREQUENCIES)) == 63
    assert (0, 0) not in FREQUENCIES
    assert all(sum(one) <= sum(other) for one, other in pairwise(FREQUENCIES))
