import numpy as np
import pytest

from sartext.sar import psf, speckle

NONE_AT = np.zeros(0, dtype=np.intp)
NONE = np.zeros(0, dtype=np.float32)


def _random(seed: int = 3) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(seed))


def test_circular_gaussian_has_the_moments_of_full_speckle() -> None:
    field = speckle.circular_gaussian(_random(), np.ones((1024, 1024), np.float32)).astype(np.complex128)
    intensity = np.abs(field) ** 2
    assert intensity.mean() == pytest.approx(1.0, rel=0.01)
    assert (intensity**2).mean() == pytest.approx(2.0, rel=0.02)
    assert (intensity**3).mean() == pytest.approx(6.0, rel=0.05)
    assert abs(field.mean()) < 0.005
    assert abs((field**2).mean()) < 0.005  # real and imaginary parts are alike and uncorrelated


@pytest.mark.parametrize("looks", [1, 2, 3, 4])
def test_equivalent_looks_of_a_homogeneous_area_are_the_nominal(looks: int) -> None:
    even = np.full((640, 640), 0.03, dtype=np.float32)
    image = speckle.drawn_multilook(_random(looks), even, looks, psf.spectrum_2d(640, 1.25, "hamming"), NONE_AT, NONE)
    assert speckle.equivalent_looks(image) == pytest.approx(looks, rel=0.03)
    assert image.mean() == pytest.approx(0.03, rel=0.01)


@pytest.mark.parametrize("nu", [1.5, 4.0, 12.0])
def test_gamma_texture_has_the_variance_of_its_order(nu: float) -> None:
    normal = _random().standard_normal(1_000_000, dtype=np.float32)
    texture = speckle.gamma_texture(normal, 1.0 / nu).astype(np.float64)
    assert texture.mean() == pytest.approx(1.0, rel=0.01)
    assert texture.var() == pytest.approx(1.0 / nu, rel=0.04)
    assert texture.min() >= 0.0


@pytest.mark.parametrize(("looks", "nu"), [(1, 2.0), (1, 8.0), (3, 4.0)])
def test_textured_clutter_is_k_distributed_with_speckle_once(looks: int, nu: float) -> None:
    random = _random(looks)
    # Texture that is even over blocks much wider than the point-spread function, so that focusing does not average it.
    blocks = random.standard_normal((160, 160), dtype=np.float32)
    texture = np.repeat(np.repeat(speckle.gamma_texture(blocks, 1.0 / nu), 8, axis=0), 8, axis=1)
    image = speckle.drawn_multilook(random, texture, looks, psf.spectrum_2d(1280, 1.25, "hamming"), NONE_AT, NONE)
    inner = image[4::8, 4::8].astype(np.float64)
    inner = np.concatenate([inner.ravel(), image[3::8, 5::8].ravel()])
    measured = (inner**2).mean() / inner.mean() ** 2
    assert measured == pytest.approx((1 + 1 / looks) * (1 + 1 / nu), rel=0.06)


def test_speckle_is_correlated_as_the_point_spread_function_says() -> None:
    n = 512
    image = speckle.drawn_multilook(
        _random(), np.ones((n, n), np.float32), 1, psf.spectrum_2d(n, 1.4, "hamming"), NONE_AT, NONE
    )
    deviation = image - image.mean()
    field = np.abs(np.fft.ifft(psf.spectrum(n, 1.4, "hamming").astype(np.float64) ** 2)) ** 2
    expected = field / field[0]
    for axis in (0, 1):
        for lag in (1, 2, 3, 4):
            measured = float((deviation * np.roll(deviation, lag, axis)).mean() / deviation.var())
            assert measured == pytest.approx(expected[lag], abs=0.02), (axis, lag)


def test_point_target_keeps_its_peak_whatever_the_looks() -> None:
    n, peak = 144, 50.0
    gain = psf.peak_gain(n, 1.25, "taylor")
    at, amplitude = np.array([60 * n + 80]), np.array([np.sqrt(peak / gain)], dtype=np.float32)
    dark = np.zeros((n, n), dtype=np.float32)
    for looks in (1, 4):
        image = speckle.drawn_multilook(_random(), dark, looks, psf.spectrum_2d(n, 1.25, "taylor"), at, amplitude)
        assert image[60, 80] == pytest.approx(peak, rel=1e-3)
        row = image[60] / peak
        assert 10 * np.log10(row[np.abs(np.arange(n) - 80) > 3].max()) < -28.0


def test_expected_is_the_mean_over_speckle() -> None:
    n, random = 96, _random()
    reflectivity = np.where(np.arange(n) < 48, 0.2, 1.0).astype(np.float32)[None, :].repeat(n, 0)
    at, powers = np.array([30 * n + 20, 30 * n + 22]), np.array([400.0, 100.0], dtype=np.float32)
    mean = np.zeros((n, n))
    for _ in range(300):
        mean += speckle.drawn_multilook(random, reflectivity, 2, psf.spectrum_2d(n, 1.25, "hamming"), at, np.sqrt(powers)) / 300
    expected = speckle.expected(reflectivity, psf.intensity_spectrum(n, 1.25, "hamming"), at, powers)
    assert mean[60:80, 60:80].mean() == pytest.approx(expected[60:80, 60:80].mean(), rel=0.02)
    assert mean[29:32, 18:25].sum() == pytest.approx(expected[29:32, 18:25].sum(), rel=0.06)
