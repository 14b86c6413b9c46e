"""The point-spread function of a focused SAR image: a band-limited, weighted spectrum, separable by axis.

The band is 1 / oversampling of the sampling frequency, so neighbouring pixels of the image are correlated just as the
point-spread function says, in speckle and in targets alike (Cumming & Wong 2005, Digital Processing of Synthetic
Aperture Radar Data, section 2.4).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from sartext.errors import require

_Floats = npt.NDArray[np.float32]
_Complexes = npt.NDArray[np.complex64]


def hamming(position: npt.NDArray[np.float64], alpha: float = 0.75) -> npt.NDArray[np.float64]:
    """Generalised Hamming weights alpha + (1 - alpha) cos(2 pi position); `position` is -0.5 to 0.5 across the band."""
    return alpha + (1.0 - alpha) * np.cos(2.0 * np.pi * position)


def taylor(position: npt.NDArray[np.float64], nbar: int = 5, sidelobe_db: float = 30.0) -> npt.NDArray[np.float64]:
    """Taylor weights whose first nbar - 1 sidelobes are `sidelobe_db` below the peak; `position` is -0.5 to 0.5.

    Carrara, Goodman & Majewski 1995, Spotlight Synthetic Aperture Radar, appendix D.
    """
    a = np.arccosh(10.0 ** (sidelobe_db / 20.0)) / np.pi
    sigma_squared = nbar**2 / (a**2 + (nbar - 0.5) ** 2)
    weights = np.ones_like(position)
    orders = np.arange(1, nbar)
    for m in range(1, nbar):
        others = orders[orders != m]
        zeros = np.prod(1.0 - m**2 / (sigma_squared * (a**2 + (orders - 0.5) ** 2)))
        poles = np.prod(1.0 - m**2 / others**2)
        weights += (-1.0) ** (m + 1) * zeros / poles * np.cos(2.0 * np.pi * m * position)
    return weights


def uniform(position: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """No weighting: the response is a sinc."""
    return np.ones_like(position)


_WINDOWS: dict[str, Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]] = {
    "uniform": uniform,
    "hamming": hamming,
    "taylor": taylor,
}
WINDOWS = tuple(_WINDOWS)


@lru_cache(maxsize=64)
def spectrum(size_px: int, oversampling: float, window: str) -> _Floats:
    """The spectrum of the point-spread function along one axis, (size_px,), in the order of `numpy.fft`.

    Its mean square is 1, so a homogeneous white field keeps its mean intensity. `oversampling` is the sampling
    frequency by the bandwidth, at least 1; `window` is one of WINDOWS.
    """
    require("oversampling", oversampling, oversampling >= 1.0, "at least 1")
    position: npt.NDArray[np.float64] = np.fft.fftfreq(size_px).astype(np.float64) * oversampling
    inside = np.abs(position) <= 0.5
    weights = np.where(inside, _WINDOWS[window](position), 0.0)
    weights /= np.sqrt(np.mean(weights**2))
    frozen = weights.astype(np.float32)
    frozen.setflags(write=False)
    return frozen


@lru_cache(maxsize=64)
def spectrum_2d(size_px: int, oversampling: float, window: str) -> _Floats:
    """The separable spectrum of both axes, (size_px, 2 size_px): each weight twice, for real and imaginary parts."""
    axis = spectrum(size_px, oversampling, window)
    both = np.repeat(axis[:, None] * axis[None, :], 2, axis=1)
    both.setflags(write=False)
    return both


def peak_gain(size_px: int, oversampling: float, window: str) -> float:
    """The intensity at the peak of a point target of unit intensity: (mean of the spectrum)^4 over both axes."""
    return float(np.mean(spectrum(size_px, oversampling, window), dtype=np.float64) ** 4)


@lru_cache(maxsize=64)
def intensity_spectrum(size_px: int, oversampling: float, window: str) -> _Complexes:
    """The transfer function of mean intensity, (size_px, size_px // 2 + 1): the spectrum of |point-spread function|^2."""
    axis = np.abs(np.fft.ifft(spectrum(size_px, oversampling, window).astype(np.float64))) ** 2
    transfer = np.fft.fft(axis)
    transfer /= transfer[0].real
    both = (transfer[:, None] * transfer[None, : size_px // 2 + 1]).astype(np.complex64)
    both.setflags(write=False)
    return both


def focus(field: _Complexes, weights: _Floats) -> None:
    """The complex scene `field` (n, n), contiguous, becomes its complex image; `weights` is its `spectrum_2d`."""
    out: Any = field  # numpy's stubs know of complex128 only
    np.fft.fft(field, axis=1, out=out)
    np.fft.fft(field, axis=0, out=out)
    parts = field.view(np.float32)
    parts *= weights
    np.fft.ifft(field, axis=0, out=out)
    np.fft.ifft(field, axis=1, out=out)
