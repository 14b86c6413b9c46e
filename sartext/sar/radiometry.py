"""Quantities, decibels, and the way from intensity to 8 bits and back."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sartext.tile import Limits

_Floats = npt.NDArray[np.float32]
_Bytes = npt.NDArray[np.uint8]

# What is not positive becomes this before the logarithm: it comes from subtracting thermal noise where the measurement was at
# or below it. It lies below what radars can measure (Sentinel-1's noise is specified as -22 dB or less, the most sensitive
# airborne ones reach -50 dB), so no measurement is cut, and far below the lower limit of every quantity, so that such a
# pixel is black and counted as clipped.
FLOOR_DB = -60.0
_DB_PER_E_FOLD = np.float32(10.0 / math.log(10.0))  # of power

POWERS = ("intensity", "beta0", "sigma0", "gamma0", "gamma0_rtc")
CO_POLARISED = ("HH", "VV")
CROSS_POLARISED = ("HV", "VH")

# Black and white in dB of (co-polarised, cross-polarised) backscatter. Sigma nought: what land and sea cover at C band and
# 20 to 46 degrees of incidence, the darkest being the sensor's noise. Gamma nought is sigma nought / cos(incidence): 0.6 to
# 1.6 dB more at the 30 to 46 degrees of Sentinel-1 IW. Beta nought is sigma nought / sin(incidence): 1.4 to 3.0 dB more.
LIMITS_DB: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "sigma0": ((-25.0, 0.0), (-32.0, -5.0)),
    "gamma0": ((-24.0, 1.0), (-31.0, -4.0)),
    "gamma0_rtc": ((-24.0, 1.0), (-31.0, -4.0)),
    "beta0": ((-23.0, 2.0), (-30.0, -3.0)),
}

_LOW_PERCENT, _HIGH_PERCENT = 2.0, 98.0  # the cumulative cut with which desktop GIS show rasters by default


@dataclass(frozen=True, kw_only=True, eq=False)
class Gray:
    """Pixels as grey levels; nodata is black, and told from dark measurements by its share."""

    image: _Bytes
    empty: npt.NDArray[np.bool_]  # (H, W): pixels without a measurement
    clipped_low_share: float  # of the valid pixels
    clipped_high_share: float  # of the valid pixels
    nodata_share: float  # of all pixels


def from_db(level_db: float) -> float:
    """Decibels of power as a linear factor."""
    return float(10.0 ** (level_db / 10.0))


def to_db(intensity: _Floats, floor: float | None = None) -> _Floats:
    """Intensity in dB, float32. `floor` (linear; FLOOR_DB where None) is the lowest value, which zero and negative
    intensities get too; NaN stays NaN."""
    lowest = np.float32(from_db(FLOOR_DB) if floor is None else floor)
    level: _Floats = np.maximum(intensity, lowest)
    np.log(level, out=level)  # NumPy takes this one of many floats at once, the one to base 10 each alone
    level *= _DB_PER_E_FOLD
    return level


def to_intensity(values: _Floats, quantity: str, scale: str) -> _Floats:
    """Values of a quantity (`tile.QUANTITIES`) in a scale ("linear" or "db") as linear power of the same field.

    Amplitude is squared; decibels are of power in every quantity, 20 log10 of amplitude included. Raises `ValueError` for
    `dn` and `display`, of which nobody knows what they measure, and for a scale that is neither.
    """
    _check(quantity, scale)
    if scale == "db":
        power: _Floats = np.power(np.float32(10.0), values * np.float32(0.1), dtype=np.float32)
        return power
    return values * values if quantity == "amplitude" else values


def from_intensity(intensity: _Floats, quantity: str, scale: str, floor: float | None = None) -> _Floats:
    """The inverse of `to_intensity`; `floor` as in `to_db`. A negative power has amplitude 0."""
    _check(quantity, scale)
    if scale == "db":
        return to_db(intensity, floor)
    return np.sqrt(np.maximum(intensity, np.float32(0.0))) if quantity == "amplitude" else intensity


def limits_db(quantity: str, polarisation: str | None) -> Limits | None:
    """Black and white of a calibrated quantity in dB; None where the quantity has no absolute level or the polarisation is
    unknown: then the limits come from the scene, see `percentile_limits`.

    The figures are for C band; X and L band keep them, so that the same grey is the same backscatter in every scene.
    """
    if quantity not in LIMITS_DB or polarisation not in CO_POLARISED + CROSS_POLARISED:
        return None
    low, high = LIMITS_DB[quantity][polarisation in CROSS_POLARISED]
    return Limits(polarisation=polarisation, low=low, high=high)


def percentile_limits(
    values: npt.NDArray[Any],
    polarisation: str | None,
    *,
    scale: str = "linear",
    low_percent: float = _LOW_PERCENT,
    high_percent: float = _HIGH_PERCENT,
) -> Limits:
    """Black and white from a scene's own linear values, or a sample of them, NaN where invalid.

    The smallest values up to which at least `low_percent` and `high_percent` of the finite ones lie. With `scale` "db" they are
    linear power of which only what is positive counts, and the limits are in dB. Raises `ValueError` where no value
    counts, or where the two limits are one, since then there is nothing to show.
    """
    finite = values[np.isfinite(values) & (values > 0)] if scale == "db" else values[np.isfinite(values)]
    if not finite.size:
        raise ValueError("no pixel has a value")
    low, high = (float(v) for v in np.percentile(finite, (low_percent, high_percent), method="inverted_cdf"))
    if scale == "db":
        low, high = 10.0 * math.log10(low), 10.0 * math.log10(high)
    if not high > low:
        raise ValueError(f"{low_percent:g}% and {high_percent:g}% of the pixels lie at {low:g}")
    return Limits(polarisation=polarisation, low=low, high=high)


def floor_below(low_db: float) -> float:
    """The floor (linear power) for a lower limit in dB: FLOOR_DB, or that limit where it is lower, as for uncalibrated data."""
    return from_db(min(FLOOR_DB, low_db))


def floor_of(quantity: str, floor: float) -> float:
    """A floor of linear power in the linear quantity, as a record has it: its root for amplitude."""
    return math.sqrt(floor) if quantity == "amplitude" else floor


def to_8bit(values: _Floats, low: float, high: float) -> tuple[_Bytes, float, float]:
    """Values from `low` (0) to `high` (255), linear and rounded; and the shares that were clipped below and above.

    Raises `ValueError` where `high` is not above `low`.
    """
    if not high > low:
        raise ValueError(f"limits are {low} to {high}; the upper must be above the lower")
    step = np.float32(255.0 / (high - low))
    scaled = values - np.float32(low)
    scaled *= step
    below = float(np.count_nonzero(scaled < 0.0)) / values.size
    above = float(np.count_nonzero(scaled > 255.0)) / values.size
    np.clip(scaled, 0.0, 255.0, out=scaled)
    scaled += np.float32(0.5)
    return scaled.astype(np.uint8), below, above


def to_gray(values: _Floats, limits: Limits) -> Gray:
    """Values as grey levels: `limits.low` and less is 0, `limits.high` and more, infinity too, is 255. NaN is nodata, also 0.

    Raises `ValueError` as `to_8bit`.
    """
    empty = np.isnan(values)
    measured = values.size - int(np.count_nonzero(empty))
    filled = values if measured == values.size else np.where(empty, np.float32(limits.low), values)
    image, below, above = to_8bit(filled, limits.low, limits.high)
    scale = values.size / measured if measured else 0.0
    return Gray(
        image=image,
        empty=empty,
        clipped_low_share=below * scale,
        clipped_high_share=above * scale,
        nodata_share=1.0 - measured / values.size,
    )


def from_8bit(levels: _Bytes, low: float, high: float) -> _Floats:
    """The value in the middle of each grey level, float32: within half a level, (high - low) / 510, of an unclipped pixel."""
    values: _Floats = levels * np.float32((high - low) / 255.0) + np.float32(low)
    return values


def _check(quantity: str, scale: str) -> None:
    if scale not in ("linear", "db"):
        raise ValueError(f"scale is {scale!r}; it is 'linear' or 'db'")
    if quantity != "amplitude" and quantity not in POWERS:
        raise ValueError(f"{quantity} has no known relation to power; declare amplitude, intensity or a backscatter")
