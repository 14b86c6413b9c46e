"""Decibels, and the way from intensity to 8 bits."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

FLOOR_DB = -60.0


def from_db(level_db: float) -> float:
    """Decibels of power as a linear factor."""
    return float(10.0 ** (level_db / 10.0))


def to_db(intensity: Floats) -> Floats:
    """Intensity in dB, float32, with FLOOR_DB as the lowest value, which zero and negative intensities get too."""
    floor = np.float32(from_db(FLOOR_DB))
    level: Floats = np.float32(10.0) * np.log10(np.maximum(intensity, floor))
    return level


def to_8bit(values: Floats, low: float, high: float) -> tuple[Bytes, float, float]:
    """Values from `low` (0) to `high` (255), linear and rounded; and the shares that were clipped below and above.

    Raises `ValueError` where `high` is not above `low`.
    """
    if not high > low:
        raise ValueError(f"limits are {low} to {high}; the upper must be above the lower")
    step = np.float32(255.0 / (high - low))
    scaled = (values - np.float32(low)) * step
    below = float(np.count_nonzero(scaled < 0.0)) / values.size
    above = float(np.count_nonzero(scaled > 255.0)) / values.size
    np.clip(scaled, 0.0, 255.0, out=scaled)
    scaled += np.float32(0.5)
    return scaled.astype(np.uint8), below, above
