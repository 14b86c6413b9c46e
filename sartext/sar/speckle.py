"""Speckle as it arises: a complex circular Gaussian field, focused, detected and averaged over looks."""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from sartext.sar import psf

_Floats = npt.NDArray[np.float32]
_Complexes = npt.NDArray[np.complex64]
_Indices = npt.NDArray[np.intp]


_STEPS = 1 << 9
_TURNS = 1 << 7


@lru_cache(maxsize=1)
def _steps() -> _Complexes:
    """65,536 equally likely values of a circular Gaussian of unit mean intensity: 512 amplitudes by 128 phases.

    Each amplitude is the root of the mean intensity of its step, so the mean is exact; the strongest step stands for
    all that is above 6.2 times the mean, and the variance of intensity is 0.998. Focusing sums many of them.
    """
    edges = np.arange(_STEPS + 1, dtype=np.float64) / _STEPS
    integral = edges - edges * np.log(np.maximum(edges, 1e-300))  # of -ln u
    amplitude = np.sqrt(np.diff(integral) * _STEPS)
    turn = 2.0 * np.pi * np.arange(_TURNS, dtype=np.float64) / _TURNS
    steps: _Complexes = (amplitude[:, None] * np.exp(1j * turn)).astype(np.complex64).ravel()
    return steps


def circular_gaussian(random: np.random.Generator, root: _Floats) -> _Complexes:
    """A white circular Gaussian field of unit mean intensity, times `root` (rows, columns).

    Drawn from a table by 16 random bits a value: ten times as fast as normal values, and the same on every processor.
    """
    words = random.bit_generator.random_raw(-(-root.size // 4)).astype("<u8", copy=False)
    field = _steps().take(words.view("<u2")[: root.size].astype(np.intp)).reshape(root.shape)
    # Part by part: NumPy would turn `root` into complex values first.
    field.real *= root
    field.imag *= root
    return field


def gamma_texture(normal: _Floats, inverse_order: _Floats | float) -> _Floats:
    """Gamma-distributed texture of mean 1 and order nu = 1 / `inverse_order` from standard normal values.

    The cube-root approximation of Wilson & Hilferty 1931 (PNAS 17, 684-688), good for nu of 1 and more. Multiplied
    once into the reflectivity of a field that carries its own speckle it gives K-distributed clutter (Ward, Tough &
    Watts 2006, Sea Clutter, chapter 4).
    """
    c = np.float32(1.0 / 9.0) * np.asarray(inverse_order, dtype=np.float32)
    root = np.sqrt(c) * normal
    root += np.float32(1.0) - c
    np.maximum(root, np.float32(0.0), out=root)
    texture: _Floats = root * root * root
    return texture


def drawn_multilook(
    random: np.random.Generator,
    reflectivity: _Floats,
    looks: int,
    weights: _Floats,
    at: _Indices,
    amplitudes: _Floats,
) -> _Floats:
    """The detected image (n, n): mean intensity over `looks` non-overlapping sub-apertures.

    Bands of a white field that do not overlap are independent, so each look is its own circular Gaussian field scaled
    by the square root of `reflectivity` (n, n), to which the point targets are added coherently: `amplitudes` (k,) at
    the flat pixel indices `at` (k,), each with a phase of its own in each look, since the relative phase of
    scatterers that are not at one place differs between sub-apertures. `weights` is the `psf.spectrum_2d` of one look.
    """
    size_px = reflectivity.shape[0]
    root = np.sqrt(reflectivity)
    intensity = np.zeros((size_px, size_px), dtype=np.float32)
    for _ in range(looks):
        field = circular_gaussian(random, root)
        parts = field.view(np.float32)
        if len(at):
            phase = random.random(len(at), dtype=np.float32) * np.float32(2.0 * np.pi)
            echo = np.empty(len(at), dtype=np.complex64)
            echo.real = amplitudes * np.cos(phase)
            echo.imag = amplitudes * np.sin(phase)
            np.add.at(field.reshape(-1), at, echo)
        psf.focus(field, weights)
        np.multiply(parts, parts, out=parts)
        intensity += parts[:, 0::2]
        intensity += parts[:, 1::2]
    intensity *= np.float32(1.0 / looks)
    return intensity


def expected(reflectivity: _Floats, transfer: _Complexes, at: _Indices, powers: _Floats) -> _Floats:
    """The mean of `multilook` over speckle and phases, (n, n): no speckle; `transfer` is `psf.intensity_spectrum`."""
    power = reflectivity.copy()
    np.add.at(power.reshape(-1), at, powers)
    mean: Any = np.fft.irfft2(np.fft.rfft2(power) * transfer, s=power.shape)  # numpy's stubs say float64
    single: _Floats = mean
    return single


def equivalent_looks(intensity: npt.NDArray[np.floating]) -> float:
    """The equivalent number of looks of a homogeneous area: squared mean by variance of intensity."""
    values = np.asarray(intensity, dtype=np.float64)
    return float(values.mean() ** 2 / values.var())
