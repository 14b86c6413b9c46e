"""From complex or fine pixels to intensity averaged over blocks with near-square ground pixels.

A mean over ly x lx pixels of intensity (incoherent multilooking) and the looks that it gives.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float32]

MAX_ASPECT = 1.2  # longer by shorter side of a ground pixel that counts as near square
_MAX_BLOCK_PX = 16


@dataclass(frozen=True, kw_only=True, eq=False)
class Multilooked:
    """Averaged intensity, NaN where no pixel of a block is valid."""

    intensity: _Floats  # (H // block_px[0], W // block_px[1])
    block_px: tuple[int, int]  # pixels that became one, along y and x
    spacing_m: tuple[float, float]  # on the ground, along y and x
    looks: float  # nominal: pixels that are independent count once


def ground_range_m(slant_range_m: float, incidence_deg: float) -> float:
    """A length in slant range as it lies on flat ground. Raises `ValueError` where the incidence is not in (0, 90) deg."""
    if not 0 < incidence_deg < 90:
        raise ValueError(f"incidence is {incidence_deg} deg; it lies between 0 and 90")
    return slant_range_m / math.sin(math.radians(incidence_deg))


def block_of(spacing_m: tuple[float, float]) -> tuple[int, int]:
    """How many pixels along y and x to average, so that ground pixels of `spacing_m` (y, x) become near square.

    The fewest pixels with sides within MAX_ASPECT of one another, of equals the squarest; at most 16 along a side, and
    where no block comes near, the squarest. Raises `ValueError` where a spacing is not above 0.
    """
    along_y, along_x = spacing_m
    if not (0 < along_y < math.inf and 0 < along_x < math.inf):
        raise ValueError(f"spacings are {along_y} and {along_x} m; they must be above 0")

    def merit(block: tuple[int, int]) -> tuple[float, int, float]:
        aspect = abs(math.log(block[0] * along_y / (block[1] * along_x)))
        near = aspect <= math.log(MAX_ASPECT)
        return (0.0 if near else aspect, block[0] * block[1], aspect)

    return min(((y, x) for y in range(1, _MAX_BLOCK_PX + 1) for x in range(1, _MAX_BLOCK_PX + 1)), key=merit)


def multilook(
    pixels: npt.NDArray[np.inexact],
    block_px: tuple[int, int],
    *,
    spacing_m: tuple[float, float],
    resolution_m: tuple[float, float] | None = None,
    looks: float = 1.0,
) -> Multilooked:
    """The mean intensity over blocks of `block_px` (y, x); rows and columns that fill no block are left out.

    `pixels` (H, W) are complex, or linear intensity of `looks` looks (float, NaN where invalid; a complex pixel is invalid
    where it is 0 or not finite). `spacing_m` and `resolution_m` are on the ground along y and x; pixels finer than the
    resolution are not independent, so a block counts as its length by resolution along each side; without the
    resolution every pixel counts. Raises `ValueError` where the image has no whole block.
    """
    down, across = block_px
    height, width = pixels.shape[0] // down, pixels.shape[1] // across
    if not height or not width:
        raise ValueError(f"{pixels.shape[1]} x {pixels.shape[0]} px hold no block of {across} x {down} px")
    cut = pixels[: height * down, : width * across]
    intensity = _detected(cut) if np.iscomplexobj(cut) else cut.astype(np.float32, copy=False)
    valid = np.isfinite(intensity)
    if valid.all():
        mean = _block_sums(intensity, down, across) * np.float32(1.0 / (down * across))
    else:
        count = _block_sums(valid.astype(np.float32), down, across)
        total = _block_sums(np.where(valid, intensity, np.float32(0.0)), down, across)
        mean = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    return Multilooked(
        intensity=mean,
        block_px=block_px,
        spacing_m=(spacing_m[0] * down, spacing_m[1] * across),
        looks=looks * math.prod(_looks(n, spacing_m[k], resolution_m and resolution_m[k]) for k, n in enumerate(block_px)),
    )


def _detected(pixels: npt.NDArray[Any]) -> _Floats:
    real, imaginary = pixels.real.astype(np.float32), pixels.imag.astype(np.float32)
    intensity: _Floats = real * real
    intensity += imaginary * imaginary
    intensity[intensity == 0] = np.nan
    return intensity


def _block_sums(values: _Floats, down: int, across: int) -> _Floats:
    rows = values.reshape(values.shape[0] // down, down, values.shape[1]).sum(axis=1, dtype=np.float32)
    sums: _Floats = rows.reshape(rows.shape[0], -1, across).sum(axis=2, dtype=np.float32)
    return sums


def _looks(count: int, spacing_m: float, resolution_m: float | None) -> float:
    return float(count) if not resolution_m else min(max(1.0, count * spacing_m / resolution_m), float(count))
