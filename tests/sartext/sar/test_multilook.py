import math

import numpy as np
import pytest

from sartext.sar import multilook
from sartext.sar.speckle import equivalent_looks


def _complex(shape: tuple[int, int], power: float = 0.5) -> np.ndarray:
    random = np.random.default_rng(3)
    return ((random.normal(size=shape) + 1j * random.normal(size=shape)) * np.sqrt(power / 2)).astype(np.complex64)


def test_blocks_are_means_of_intensity_and_give_their_looks() -> None:
    pixels = _complex((803, 1002))
    made = multilook.multilook(pixels, (4, 5), spacing_m=(5.0, 4.0))
    assert made.intensity.shape == (200, 200)
    assert made.intensity[7, 11] == pytest.approx(np.mean(np.abs(pixels[28:32, 55:60].astype(np.complex128)) ** 2), rel=1e-5)
    assert made.block_px == (4, 5)
    assert made.spacing_m == (20.0, 20.0)
    assert made.looks == 20.0
    assert equivalent_looks(made.intensity) == pytest.approx(20.0, rel=0.03)
    assert made.intensity.mean() == pytest.approx(0.5, rel=0.01)


def test_intensity_is_averaged_as_it_is_and_multiplies_its_looks() -> None:
    intensity = np.arange(12.0, dtype=np.float32).reshape(2, 6)
    made = multilook.multilook(intensity, (2, 3), spacing_m=(1.0, 1.0), looks=4.4)
    assert made.intensity.tolist() == [[4.0, 7.0]]
    assert made.looks == pytest.approx(26.4)
    assert multilook.multilook(intensity, (1, 1), spacing_m=(1.0, 1.0)).intensity.tolist() == intensity.tolist()


def test_invalid_pixels_do_not_count() -> None:
    pixels = np.full((4, 4), 2.0 + 0.0j, dtype=np.complex64)
    pixels[:2, :2] = 0.0
    pixels[0, 2] = np.nan
    made = multilook.multilook(pixels, (2, 2), spacing_m=(1.0, 1.0))
    assert np.isnan(made.intensity[0, 0])
    assert made.intensity[0, 1] == made.intensity[1, 0] == made.intensity[1, 1] == 4.0


def test_whole_numbers_of_complex_samples_do_not_overflow() -> None:
    pixels = np.full((2, 2), 32767 - 32768j, dtype=np.complex64)
    assert multilook.multilook(pixels, (2, 2), spacing_m=(1.0, 1.0)).intensity[0, 0] == pytest.approx(32767**2 + 32768**2)


def test_pixels_finer_than_the_resolution_are_no_looks_of_their_own() -> None:
    pixels = _complex((12, 12))
    spacing_m, resolution_m = (1.0, 0.5), (1.25, 0.6)
    assert multilook.multilook(pixels, (3, 4), spacing_m=spacing_m, resolution_m=resolution_m).looks == pytest.approx(
        2.4 * 4 / 1.2
    )
    assert multilook.multilook(pixels, (1, 1), spacing_m=spacing_m, resolution_m=resolution_m).looks == 1.0
    assert multilook.multilook(pixels, (2, 2), spacing_m=(4.0, 4.0), resolution_m=(1.0, 1.0)).looks == 4.0


@pytest.mark.parametrize(
    ("spacing_m", "block"),
    [
        ((1.0, 1.0), (1, 1)),
        ((1.0, 1.15), (1, 1)),  # near square as it is
        ((2.0, 1.0), (1, 2)),
        ((1.0, 4.1), (4, 1)),
        ((1.0, 1.5), (3, 2)),
        ((13.9, 3.6), (1, 4)),  # as Sentinel-1 IW at 40 degrees
    ],
)
def test_the_block_is_the_fewest_pixels_that_are_near_square(spacing_m: tuple[float, float], block: tuple[int, int]) -> None:
    assert multilook.block_of(spacing_m) == block


def test_blocks_are_near_square_for_every_ratio_that_16_pixels_reach() -> None:
    for ratio in np.geomspace(1 / 16, 16, 301):
        down, across = multilook.block_of((ratio, 1.0))
        sides = down * ratio, across * 1.0
        assert max(sides) / min(sides) <= 1.2 + 1e-9, ratio
    assert multilook.block_of((1.0, 40.0)) == (16, 1)


def test_ground_range() -> None:
    assert multilook.ground_range_m(1.0, 30.0) == pytest.approx(2.0)
    assert multilook.ground_range_m(2.33, 38.0) == pytest.approx(2.33 / math.sin(math.radians(38.0)))


@pytest.mark.parametrize("incidence_deg", [0.0, 90.0, -3.0, math.nan])
def test_an_incidence_that_is_none_is_refused(incidence_deg: float) -> None:
    with pytest.raises(ValueError, match="incidence"):
        multilook.ground_range_m(1.0, incidence_deg)


def test_spacings_and_images_that_are_none_are_refused() -> None:
    for spacing_m in ((0.0, 1.0), (1.0, math.nan), (math.inf, 1.0)):
        with pytest.raises(ValueError, match="spacings"):
            multilook.block_of(spacing_m)
    with pytest.raises(ValueError, match="hold no block"):
        multilook.multilook(np.zeros((3, 9), np.float32), (4, 4), spacing_m=(1.0, 1.0))
