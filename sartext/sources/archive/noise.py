"""Smooth random fields, of unit variance, made in the frequency domain."""

from functools import lru_cache
from typing import Any

import numpy as np

from sartext.sar.speckle import circular_gaussian
from sartext.sources.archive.shapes import Floats


def smooth(random: np.random.Generator, size_px: int, length_px: float) -> Floats:
    """A periodic Gaussian field (n, n) of mean 0 and variance 1, whose correlation falls to 1/e at `length_px`."""
    reach, shape = _shape(size_px, length_px)
    white = circular_gaussian(random, shape)
    columns = np.zeros((size_px, reach + 1), dtype=np.complex64)
    columns[: reach + 1] = white[: reach + 1]
    columns[-reach:] = white[reach + 1 :]
    rows = np.zeros((size_px, size_px // 2 + 1), dtype=np.complex64)
    rows[:, : reach + 1] = np.fft.ifft(columns, axis=0)
    field: Any = np.fft.irfft(rows, size_px, axis=1)  # numpy's stubs say float64
    single: Floats = field
    return single


@lru_cache(maxsize=32)
def _shape(size_px: int, length_px: float) -> tuple[int, Floats]:
    """How many frequencies count, and their weights (2 reach + 1, reach + 1): a Gaussian without its mean.

    Its transform is exp(-(r / length)^2), so the spectrum of amplitude is exp(-(k / (2 sigma))^2).
    """
    sigma = size_px / (np.pi * length_px) / np.sqrt(2.0)
    reach = int(min(np.ceil(3.2 * sigma), (size_px - 1) // 2))
    k = np.concatenate([np.arange(reach + 1), np.arange(-reach, 0)]).astype(np.float64)
    weights = np.exp(-(k[:, None] ** 2 + k[None, : reach + 1] ** 2) / (4.0 * sigma**2))
    weights[0, 0] = 0.0
    # The inverse real transform keeps the real part of column 0 and counts every other column twice.
    power = np.sum(weights[:, 0] ** 2) / 2.0 + 2.0 * np.sum(weights[:, 1:] ** 2)
    frozen = (weights * size_px**2 / np.sqrt(power)).astype(np.float32)
    frozen.setflags(write=False)
    return reach, frozen
