import numpy as np
import pytest

from sartext.sar import psf

ALPHA = 0.75
FINE = 32  # points by pixel at which a response is looked at


def _response_db(window: str, oversampling: float) -> tuple[np.ndarray, np.ndarray]:
    """The response along one axis, interpolated: positions in px and intensity in dB."""
    n = 256
    weights = psf.spectrum(n, oversampling, window).astype(np.float64)
    padded = np.zeros(n * FINE)
    padded[: n // 2], padded[-n // 2 :] = weights[: n // 2], weights[-n // 2 :]
    response = np.abs(np.fft.fftshift(np.fft.ifft(padded))) ** 2
    return (np.arange(n * FINE) - n * FINE // 2) / FINE, 10 * np.log10(np.maximum(response / response.max(), 1e-12))


def _width_px(x: np.ndarray, level_db: np.ndarray) -> float:
    inside = x[level_db >= -3.0103]
    return float(inside.max() - inside.min()) + 1 / FINE


def _peak_sidelobe_db(level_db: np.ndarray) -> float:
    right = level_db[len(level_db) // 2 :]
    first_null = int(np.argmax(np.diff(right) > 0))
    return float(right[first_null:].max())


@pytest.mark.parametrize("oversampling", [1.15, 1.25, 1.4])
@pytest.mark.parametrize("window", psf.WINDOWS)
def test_spectrum_keeps_the_mean_intensity_and_its_band(window: str, oversampling: float) -> None:
    weights = psf.spectrum(144, oversampling, window)
    assert np.mean(weights.astype(np.float64) ** 2) == pytest.approx(1.0, rel=1e-5)
    assert np.count_nonzero(weights) / 144 == pytest.approx(1 / oversampling, abs=0.02)
    assert not weights.flags.writeable


def test_uniform_spectrum_is_a_sinc() -> None:
    x, level = _response_db("uniform", 1.25)
    assert _width_px(x, level) == pytest.approx(0.886 * 1.25, rel=0.04)
    assert _peak_sidelobe_db(level) == pytest.approx(-13.26, abs=0.3)


def test_hamming_spectrum_has_the_width_and_sidelobes_of_its_closed_form() -> None:
    x, level = _response_db("hamming", 1.25)
    fine = np.linspace(-20, 20, 40001)
    closed = ALPHA * np.sinc(fine) + (1 - ALPHA) / 2 * (np.sinc(fine - 1) + np.sinc(fine + 1))
    closed_db = 20 * np.log10(np.maximum(np.abs(closed) / closed.max(), 1e-9))
    width = np.ptp(fine[closed_db >= -3.0103]) * 1.25
    assert _width_px(x, level) == pytest.approx(width, rel=0.04)
    assert _peak_sidelobe_db(level) == pytest.approx(_peak_sidelobe_db(closed_db), abs=0.5)


def test_taylor_spectrum_holds_its_sidelobes_at_30_db() -> None:
    _, level = _response_db("taylor", 1.25)
    assert _peak_sidelobe_db(level) == pytest.approx(-30.0, abs=1.0)


def test_focus_of_a_point_has_the_peak_gain_and_the_shape_of_the_response() -> None:
    n = 144
    field = np.zeros((n, n), dtype=np.complex64)
    field[40, 70] = 1.0
    psf.focus(field, psf.spectrum_2d(n, 1.25, "hamming"))
    intensity = np.abs(field) ** 2
    assert np.unravel_index(int(intensity.argmax()), intensity.shape) == (40, 70)
    assert intensity.max() == pytest.approx(psf.peak_gain(n, 1.25, "hamming"), rel=1e-3)
    axis = np.abs(np.fft.ifft(psf.spectrum(n, 1.25, "hamming"))) ** 2
    assert intensity[40, 70:90] == pytest.approx(axis[:20] * axis[0], rel=1e-2, abs=1e-6)


def test_oversampling_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"oversampling is 0\.9"):
        psf.spectrum(64, 0.9, "hamming")
