import warnings

import numpy as np
import pytest

from sartext.sar import filters
from sartext.sar.speckle import equivalent_looks

SIZE = 448


def _speckle(looks: float, seed: int = 4, mean: float = 0.03) -> np.ndarray:
    return np.random.default_rng(seed).gamma(looks, mean / looks, size=(SIZE, SIZE)).astype(np.float32)


@pytest.mark.parametrize("size_px", [3, 5, 7, 9])
@pytest.mark.parametrize("looks", [1, 4])
def test_boxcar_gives_the_looks_times_the_pixels_of_its_window(looks: int, size_px: int) -> None:
    # Averages overlap: the estimate has about (448 / N)^2 independent ones, several images make it sure.
    found = [
        equivalent_looks(filters.boxcar(_speckle(looks, seed), scale="linear", size_px=size_px)[9:-9, 9:-9])
        for seed in range(4)
    ]
    assert np.mean(found) == pytest.approx(looks * size_px**2, rel=0.03)


@pytest.mark.parametrize("name", ["lee", "refined_lee"])
@pytest.mark.parametrize("looks", [1, 3])
@pytest.mark.parametrize("size_px", [5, 7])
def test_lee_lies_between_the_image_and_its_mean_and_keeps_the_mean(name: str, looks: int, size_px: int) -> None:
    image = _speckle(looks)
    filtered = filters.apply(name, image, scale="linear", size_px=size_px, looks=looks)
    assert 1.2 * looks < equivalent_looks(filtered) < looks * size_px**2
    assert filtered.mean(dtype=np.float64) == pytest.approx(image.mean(dtype=np.float64), rel=0.01)


@pytest.mark.parametrize("name", ["lee", "refined_lee"])
@pytest.mark.parametrize("looks", [1, 4])
def test_lee_keeps_bright_points(name: str, looks: int) -> None:
    image = _speckle(looks)
    points = image[20:-20:31, 20:-20:31]
    points[:] = 100.0
    filtered = filters.apply(name, image, scale="linear", size_px=7, looks=looks)
    loss_db = 10 * np.log10(filtered[20:-20:31, 20:-20:31] / points)
    assert np.abs(loss_db).max() < 1.0


def _rms_beside(truth: np.ndarray, px: np.ndarray, name: str) -> dict[int, float]:
    """How far the dark side of an edge is from its truth, by the distance to it in pixels."""
    image = (truth * _speckle(4, mean=1.0)).astype(np.float32)
    filtered = filters.apply(name, image, scale="linear", size_px=7, looks=4)
    inner = np.zeros(truth.shape, bool)
    inner[20:-20, 20:-20] = True
    return {k: float(np.sqrt(np.mean((filtered[inner & (px == k)] - 0.01) ** 2))) for k in (2, 3)}


@pytest.mark.parametrize("edge", ["vertical", "horizontal", "falling", "rising"])
@pytest.mark.parametrize("side", [1, -1])
def test_the_refined_filter_keeps_edges_of_every_direction(edge: str, side: int) -> None:
    down, right = np.mgrid[:SIZE, :SIZE]
    middle = SIZE // 2
    px = (
        side
        * {"vertical": middle - right, "horizontal": middle - down, "falling": right - down, "rising": SIZE - down - right}[
            edge
        ]
    )
    truth = np.where(px > 0, 0.01, 0.2)
    boxcar, lee, refined = (_rms_beside(truth, px, name) for name in ("boxcar", "lee", "refined_lee"))
    for k in (2, 3):  # bright neighbours leak in, unless the window ends at the edge
        assert refined[k] < 0.5 * lee[k] < lee[k] < boxcar[k]


@pytest.mark.parametrize("name", filters.NAMES)
def test_decibels_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="speckle filters work on linear intensity"):
        filters.apply(name, np.zeros((9, 9), np.float32), scale="db", size_px=7, looks=1.0)


@pytest.mark.parametrize(("size_px", "looks"), [(6, 1.0), (1, 1.0), (-7, 1.0), (103, 1.0), (7, 0.0), (7, np.nan), (7, np.inf)])
def test_windows_and_looks_that_are_none_are_refused(size_px: int, looks: float) -> None:
    with pytest.raises(ValueError, match=r"window|looks"):
        filters.lee(np.zeros((9, 9), np.float32), scale="linear", size_px=size_px, looks=looks)


def test_a_filter_nobody_knows_and_a_refined_window_too_small_are_refused() -> None:
    with pytest.raises(ValueError, match="median"):
        filters.apply("median", np.zeros((9, 9), np.float32), scale="linear", size_px=7, looks=1.0)
    with pytest.raises(ValueError, match="at least 5"):
        filters.refined_lee(np.zeros((9, 9), np.float32), scale="linear", size_px=3, looks=1.0)


def _windowed(image: np.ndarray, size_px: int, row: int, column: int) -> np.ndarray:
    half = size_px // 2
    window = image[max(row - half, 0) : row + half + 1, max(column - half, 0) : column + half + 1].astype(np.float64)
    return window[np.isfinite(window)]


@pytest.mark.parametrize("size_px", [3, 5, 7, 9, 15])
def test_boxcar_and_lee_are_what_they_are_pixel_by_pixel(size_px: int) -> None:
    random = np.random.default_rng(size_px)
    image = random.exponential(0.1, size=(40, 33)).astype(np.float32)
    image[random.random(image.shape) < 0.2] = np.nan
    image[:12, :12] = np.nan
    looks = 2.5
    boxcar = filters.boxcar(image, scale="linear", size_px=size_px)
    lee = filters.lee(image, scale="linear", size_px=size_px, looks=looks)
    assert np.array_equal(np.isnan(boxcar), np.isnan(image))
    assert np.array_equal(np.isnan(lee), np.isnan(image))
    for row, column in np.argwhere(np.isfinite(image)):
        window = _windowed(image, size_px, row, column)
        mean, variance = window.mean(), window.var()
        assert boxcar[row, column] == pytest.approx(mean, rel=1e-5)
        signal = max((variance - mean**2 / looks) / (1 + 1 / looks), 0.0)
        gain = signal / (signal + mean**2 / looks)
        assert lee[row, column] == pytest.approx(mean + gain * (image[row, column] - mean), rel=1e-4)


@pytest.mark.parametrize("name", filters.NAMES)
def test_invalid_pixels_do_not_leak_and_nothing_warns(name: str) -> None:
    image = np.full((60, 60), 0.5, dtype=np.float32)
    image[20:30, 20:30] = np.nan
    image[:, 50:] = np.inf  # not finite is not measured
    image[0, 0] = -np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filtered = filters.apply(name, image, scale="linear", size_px=9, looks=1.0)
        nothing = filters.apply(name, np.full((12, 9), np.nan, np.float32), scale="linear", size_px=9, looks=1.0)
    assert filtered[np.isfinite(image)] == pytest.approx(0.5, rel=1e-6)
    assert np.isnan(filtered[~np.isfinite(image)]).all()
    assert np.isnan(nothing).all()


@pytest.mark.parametrize("name", filters.NAMES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (3, 2), (300, 700)])
def test_strips_and_small_images_make_no_difference(name: str, shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    image = np.random.default_rng(8).exponential(1.0, size=shape).astype(np.float32)
    whole = filters.apply(name, image, scale="linear", size_px=7, looks=1.0)
    monkeypatch.setattr(filters, "_STRIP_PIXELS", 11 * shape[1])
    assert np.array_equal(filters.apply(name, image, scale="linear", size_px=7, looks=1.0), whole)
    assert whole.shape == shape


def test_a_bright_point_leaves_the_rest_of_its_line_alone() -> None:
    image = _speckle(1)
    plain = filters.lee(image, scale="linear", size_px=7, looks=1.0)
    image[300, 300] = 1e9
    bright = filters.lee(image, scale="linear", size_px=7, looks=1.0)
    apart = np.ones(image.shape, bool)
    apart[297:304, 297:304] = False
    assert np.array_equal(bright[apart], plain[apart])
