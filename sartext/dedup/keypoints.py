"""Keypoints of a gray image: where it has blobs, how large they are, and 64 bits of what lies around each.

What survives re-encoding, cropping, resizing and any monotone change of gray levels, in SAR images down to plain speckle:

- Gray levels become their ranks in the image (histogram equalisation), so a monotone change of them, as another dB limit or a
  gamma makes, changes nothing but by rounding and clipping.
- Keypoints are extrema over place and scale of differences of Gaussians (Lowe, IJCV 60, 2004, sections 3 and 4), refined to a
  fraction of a pixel and of a scale by a quadratic. Speckle has as many of them as a city: about 200 in 128 x 128 px.
- A descriptor is the signs of the 63 lowest cosine coefficients of the patch around a keypoint, sampled in steps of its
  scale, and whether the blob is bright (the signs are the idea of perceptual hashes: Zauner, Hagenberg 2010). Unlike
  descriptors of gradients its bits are even and nearly independent on speckle: two unrelated ones differ in 32 of 64. Mirroring
  a patch flips the signs of odd coefficients, transposing it swaps them: see `turns.turned`.

No orientation is assigned: images that are turned by an angle other than a multiple of 90 degrees are not the same to it.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Floats = NDArray[np.float32]
Reals = NDArray[np.float64]
Indices = NDArray[np.intp]
Bits = NDArray[np.uint64]

MOST = 128  # keypoints of an image
LARGEST_PX, SMALLEST_PX = 1 << 16, 7000  # of the area that is searched: larger images are halved, smaller ones doubled once
_LEAST_SIDE_PX = 24  # of an octave
_STRIP = 4  # an area that is as many times the largest, for it is too narrow to be halved, has no keypoints
_STEPS = 5  # scales of an octave
_SIGMA, _SIGMA_DOUBLED = 1.0, 1.2  # of the first scale, in pixels of the area that is searched; doubled ones are smooth already
_BLUR = 0.25  # variance that an image is taken to have of itself, px^2 (Lowe's sigma 0.5)
_CONTRAST = 0.003  # least response, of ranks from 0 to 1: rounding errors of constant areas are below
_EDGE = 11.0**2 / 10.0  # largest ratio of squared trace to determinant: a ratio of curvatures of 10 (Lowe, section 4.1)
_OFF_LATTICE = 0.8  # furthest that a refined extremum may lie from the pixel and scale where it was found
_GRID, _SPACING = 12, 0.8  # samples of a patch along a side, and their distance in scales
_WINDOW = 0.35  # standard deviation of the patch's window, of its side

# Coefficients (rows' frequency, columns' frequency) in the order of their bits: low ones, which err less, first.
FREQUENCIES = sorted(((u, v) for u in range(8) for v in range(8) if u or v), key=lambda uv: (uv[0] + uv[1], max(uv), uv))


@dataclass(frozen=True)
class Keypoints:
    """Some keypoints, the most distinct first; n may be 0."""

    x_px: Floats  # (n,) in pixel edges of the image, as boxes are
    y_px: Floats
    sigma_px: Floats  # (n,) the scale
    bits: Bits  # (n,) the descriptors: bit i is the sign of the coefficient FREQUENCIES[i], bit 63 whether it is bright

    def __len__(self) -> int:
        return len(self.bits)


@dataclass(frozen=True)
class _Found:
    """Keypoints of one octave, in its pixels."""

    smooth: Floats  # (scales, height, width)
    level: Indices
    y: Reals
    x: Reals
    sigma: Reals
    response: Reals
    pixel_px: float  # side of a pixel of the octave in pixels of the image
    start_px: float  # where the centre of its first pixel lies in the image

    def picked(self, keep: NDArray[np.bool_]) -> "_Found":
        """Those that are to be kept."""
        return _Found(
            self.smooth,
            self.level[keep],
            self.y[keep],
            self.x[keep],
            self.sigma[keep],
            self.response[keep],
            self.pixel_px,
            self.start_px,
        )

    @property
    def distinctness(self) -> Reals:
        """Response times area: coarse blobs, which survive most, come before as many fine ones as there are."""
        weight: Reals = np.abs(self.response) * (self.sigma * self.pixel_px) ** 2
        return weight


def keypoints(gray: Gray, most: int = MOST) -> Keypoints:
    """At most `most` keypoints of an image (height, width); none of one that is constant or smaller than a patch."""
    octaves = _octaves(gray)
    weights = np.concatenate([one.distinctness for one in octaves]) if octaves else np.zeros(0)
    kept = np.zeros(len(weights), dtype=np.bool_)
    order = np.argsort(-weights, kind="stable")[:most]
    kept[order] = True
    parts, start = [], 0
    for one in octaves:
        parts.append(_described(one.picked(kept[start : start + len(one.level)])))
        start += len(one.level)
    if not order.size:
        nothing = np.zeros(0, np.float32)
        return Keypoints(nothing, nothing, nothing, np.zeros(0, np.uint64))
    place = np.cumsum(kept)[order] - 1  # where the most distinct first ones lie among those that are kept
    x_px, y_px, sigma_px, bits = (np.concatenate(column)[place] for column in zip(*parts, strict=True))
    return Keypoints(x_px, y_px, sigma_px, bits)


def equalised(gray: Gray) -> Floats:
    """The rank of every pixel among all, 0 to 1: equal pixels get the middle of theirs."""
    counts = np.bincount(gray.ravel(), minlength=256)
    ranks = (np.cumsum(counts) - counts / 2) / gray.size
    levels: Floats = ranks.astype(np.float32)[gray]
    return levels


def halved(field: Floats) -> Floats:
    """The means of 2 x 2 pixels; an odd last row or column is left out."""
    height, width = field.shape[0] // 2 * 2, field.shape[1] // 2 * 2
    even, odd = field[0:height:2], field[1:height:2]
    means: Floats = (even[:, 0:width:2] + odd[:, 0:width:2] + even[:, 1:width:2] + odd[:, 1:width:2]) * np.float32(0.25)
    return means


def doubled(field: Floats) -> Floats:
    """Twice as many rows and columns, by the cubic of Keys 1981 at quarters of a pixel, which adds no blur."""
    far, near, next_, beyond = (np.float32(one) for one in (-0.0703125, 0.8671875, 0.2265625, -0.0234375))
    for _ in range(2):
        rows = len(field)
        padded = np.pad(field, ((2, 2), (0, 0)), mode="edge")
        before, after = padded[1 : rows + 1], padded[3 : rows + 3]
        larger = np.empty((2 * rows, field.shape[1]), dtype=np.float32)
        larger[0::2] = far * after + near * field + next_ * before + beyond * padded[:rows]
        larger[1::2] = far * before + near * field + next_ * after + beyond * padded[4:]
        field = np.ascontiguousarray(larger.T)
    return field


def blurred(field: Floats, sigma_px: float) -> Floats:
    """The field under a Gaussian, mirrored at its borders; sums are in a fixed order, on however many threads."""
    weights = _gaussian(round(sigma_px, 6))
    reach = len(weights) - 1
    for _ in range(2):
        rows = len(field)
        padded = np.pad(field, ((reach, reach), (0, 0)), mode="symmetric")
        total = padded[reach : reach + rows] * weights[0]
        for step in range(1, reach + 1):
            total += (padded[reach - step : reach - step + rows] + padded[reach + step : reach + step + rows]) * weights[step]
        field = np.ascontiguousarray(total.T)
    return field


@lru_cache(maxsize=64)
def _gaussian(sigma_px: float) -> Floats:
    """Half of a kernel: the weight of the middle, then those of one side."""
    steps = np.arange(max(1, int(np.ceil(3.5 * sigma_px))) + 1)
    weights = np.exp(-0.5 * (steps / sigma_px) ** 2)
    weights /= weights[0] + 2 * weights[1:].sum()
    single: Floats = weights.astype(np.float32)
    return single


def _octaves(gray: Gray) -> list[_Found]:
    """The keypoints of every octave of the image, finest first."""
    field, pixel_px, variance, sigma = equalised(gray), 1.0, _BLUR, _SIGMA
    if field.size < SMALLEST_PX:
        field, pixel_px, variance, sigma = doubled(field), 0.5, 4 * _BLUR, _SIGMA_DOUBLED
    while field.size > LARGEST_PX and min(field.shape) >= 2 * _LEAST_SIDE_PX:
        field, pixel_px, variance = halved(field), 2 * pixel_px, variance / 4 + 1 / 16  # 1/16: of two points half a pixel apart
    if min(field.shape) < _LEAST_SIDE_PX or field.size > _STRIP * LARGEST_PX:
        return []
    base = blurred(field, (sigma**2 - variance) ** 0.5)
    found, start_px = [], pixel_px / 2  # every second pixel makes the next octave, the first one included
    while min(base.shape) >= _LEAST_SIDE_PX:
        smooth = _scales(base, sigma)
        found.append(_extrema(smooth, sigma, pixel_px, start_px))
        base, pixel_px = np.ascontiguousarray(smooth[_STEPS, ::2, ::2]), 2 * pixel_px
    return found


def _scales(base: Floats, sigma: float) -> Floats:
    """An octave: the base and what is smoother, (steps + 3, height, width)."""
    smooth = np.empty((_STEPS + 3, *base.shape), dtype=np.float32)
    smooth[0] = base
    step = 2.0 ** (1 / _STEPS)
    for level in range(1, _STEPS + 3):
        smooth[level] = blurred(smooth[level - 1], sigma * step ** (level - 1) * (step**2 - 1) ** 0.5)
    return smooth


def _extrema(smooth: Floats, sigma: float, pixel_px: float, start_px: float) -> _Found:
    """The extrema of an octave that are no edges and whose patch lies inside."""
    difference = smooth[1:] - smooth[:-1]
    level, y, x = np.nonzero(_is_extreme(difference))
    level, y, x = level + 1, y + 1, x + 1

    def at(up: int, down: int, right: int) -> Reals:
        values: Reals = difference[level + up, y + down, x + right].astype(np.float64)
        return values

    here = at(0, 0, 0)
    slope = np.stack([at(1, 0, 0) - at(-1, 0, 0), at(0, 1, 0) - at(0, -1, 0), at(0, 0, 1) - at(0, 0, -1)], axis=1) / 2
    ss, yy, xx = (at(*one) + at(*(-k for k in one)) - 2 * here for one in ((1, 0, 0), (0, 1, 0), (0, 0, 1)))
    sy = (at(1, 1, 0) - at(1, -1, 0) - at(-1, 1, 0) + at(-1, -1, 0)) / 4
    sx = (at(1, 0, 1) - at(1, 0, -1) - at(-1, 0, 1) + at(-1, 0, -1)) / 4
    yx = (at(0, 1, 1) - at(0, 1, -1) - at(0, -1, 1) + at(0, -1, -1)) / 4
    curvature = np.stack([ss, sy, sx, sy, yy, yx, sx, yx, xx], axis=1).reshape(-1, 3, 3)
    flat = yy * xx - yx * yx
    good = (flat > 0) & ((yy + xx) ** 2 < _EDGE * flat) & (np.abs(np.linalg.det(curvature)) > 1e-12)
    curvature[~good] = np.eye(3)
    off = -np.linalg.solve(curvature, slope[..., None])[..., 0]
    good &= np.abs(off).max(axis=1, initial=0.0) < _OFF_LATTICE
    scale = sigma * 2.0 ** ((level + np.clip(off[:, 0], -1, 1)) / _STEPS)
    fine_y, fine_x, reach = y + off[:, 1], x + off[:, 2], _SPACING * scale * (_GRID - 1) / 2
    height, width = smooth.shape[1:]
    good &= (fine_y >= reach) & (fine_x >= reach) & (fine_y + reach <= height - 1) & (fine_x + reach <= width - 1)
    return _Found(smooth, level, fine_y, fine_x, scale, here, pixel_px, start_px).picked(good)


def _is_extreme(difference: Floats) -> NDArray[np.bool_]:
    """Where the inner values of (scales, height, width) are extrema among their 26 neighbours, and no rounding error."""
    inner = difference[1:-1, 1:-1, 1:-1]
    highest: NDArray[np.bool_] = (inner > _CONTRAST) & (inner >= _over_neighbours(np.maximum, difference))
    return highest | ((inner < -_CONTRAST) & (inner <= _over_neighbours(np.minimum, difference)))


def _over_neighbours(choose: np.ufunc, field: Floats) -> Floats:
    for _ in range(3):  # along one axis after the other
        field = choose(choose(field[:-2], field[1:-1]), field[2:]).transpose(1, 2, 0)
    return field


def _described(found: _Found) -> tuple[Floats, Floats, Floats, Bits]:
    """Places in the image, scales and descriptors of the keypoints of an octave."""
    steps = (np.arange(_GRID) - (_GRID - 1) / 2) * _SPACING
    y, x = found.y[:, None] + found.sigma[:, None] * steps, found.x[:, None] + found.sigma[:, None] * steps
    height, width = found.smooth.shape[1:]
    top, left = np.minimum(y.astype(np.intp), height - 2), np.minimum(x.astype(np.intp), width - 2)
    down, right = (y - top).astype(np.float32)[:, :, None], (x - left).astype(np.float32)[:, None, :]
    at = (found.level[:, None, None] * height + top[:, :, None]) * width + left[:, None, :]
    flat = found.smooth.reshape(-1)
    upper = flat[at] * (1 - right) + flat[at + 1] * right
    lower = flat[at + width] * (1 - right) + flat[at + width + 1] * right
    patches = (upper * (1 - down) + lower * down).astype(np.float64)
    window, cosines = _window(), _cosines()
    patches = (patches - (patches * window).sum(axis=(1, 2), keepdims=True)) * window
    # Sums in a fixed order, unlike matrix products of a library: a sign must not depend on the number of threads.
    coefficients = np.einsum("nuj,vj->nuv", np.einsum("ui,nij->nuj", cosines, patches), cosines)
    bits = (found.response > 0).astype(np.uint64) << np.uint64(63)
    for place, (u, v) in enumerate(FREQUENCIES):
        bits |= (coefficients[:, u, v] > 0).astype(np.uint64) << np.uint64(place)
    places = ((found.x * found.pixel_px + found.start_px), (found.y * found.pixel_px + found.start_px))
    x_px, y_px, sigma_px = (one.astype(np.float32) for one in (*places, found.sigma * found.pixel_px))
    return x_px, y_px, sigma_px, bits


@lru_cache(maxsize=1)
def _window() -> Reals:
    """The weights of a patch's samples, of sum 1."""
    side = np.exp(-0.5 * ((np.arange(_GRID) + 0.5) / _GRID - 0.5) ** 2 / _WINDOW**2)
    window: Reals = np.outer(side, side) / side.sum() ** 2
    return window


@lru_cache(maxsize=1)
def _cosines() -> Reals:
    """The cosines of the 8 lowest frequencies, (8, grid)."""
    cosines: Reals = np.cos(np.pi * np.outer(np.arange(8), np.arange(_GRID) + 0.5) / _GRID)
    return cosines
