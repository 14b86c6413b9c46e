"""Speckle filters on linear intensity: boxcar, Lee and refined Lee, which know invalid pixels.

All take intensity (H, W) float32 with NaN where nothing was measured, which adds nothing to its neighbours and stays NaN. A
window at an edge or beside invalid pixels is as large as what is left of it: who filters a part of a scene gives size_px // 2
pixels more on each side and cuts them off again. `scale` says what the values are: a filter on
decibels would average logarithms, 2.5 dB too low at one look, so "db" is refused.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from sartext.errors import require

_Floats = npt.NDArray[np.float32]
_Doubles = npt.NDArray[np.float64]
_Counts = npt.NDArray[np.int16]

NAMES = ("boxcar", "lee", "refined_lee")
MAX_SIZE_PX = 101
_STRIP_PIXELS = 2**15


def apply(name: str, intensity: _Floats, *, scale: str, size_px: int, looks: float) -> _Floats:
    """The filter of that name. Raises `ValueError` as the filters do, and for a name that is none of NAMES."""
    if name == "boxcar":
        return boxcar(intensity, scale=scale, size_px=size_px)
    if name == "lee":
        return lee(intensity, scale=scale, size_px=size_px, looks=looks)
    if name == "refined_lee":
        return refined_lee(intensity, scale=scale, size_px=size_px, looks=looks)
    raise ValueError(f"filter {name!r} is none of {', '.join(NAMES)}")


def boxcar(intensity: _Floats, *, scale: str, size_px: int = 7) -> _Floats:
    """The mean over a window of `size_px` x `size_px`: on independent speckle the looks grow by its number of pixels.

    Raises `ValueError` where `scale` is not "linear" or the size is not odd and at least 3.
    """
    _check(scale, size_px)
    return _by_strips(intensity, size_px, lambda z, valid: _box(z, size_px) * _inverse(_box(valid, size_px)))


def lee(intensity: _Floats, *, scale: str, looks: float, size_px: int = 7) -> _Floats:
    """The filter of local statistics: m + k (z - m) with the local mean m and the gain k of `_filtered`.

    Lee 1980 (IEEE Trans. PAMI 2, 165-168), for multiplicative noise. `looks` is the equivalent number of looks of the
    input. Raises `ValueError` as `boxcar`, and where the looks are not above 0.
    """
    _check(scale, size_px, looks)

    def filtered(z: _Doubles, valid: _Counts) -> _Doubles:
        mean, variance = _statistics(z, valid, size_px)
        return _filtered(_middle(z, size_px), mean, variance, looks)

    return _by_strips(intensity, size_px, filtered)


def refined_lee(intensity: _Floats, *, scale: str, looks: float, size_px: int = 7) -> _Floats:
    """The filter of local statistics over the half of the window on the pixel's side of an edge.

    Lee 1981 (Computer Graphics and Image Processing 17, 24-32). Where the window varies no more than speckle does, it is
    taken whole. Elsewhere the edge's direction is that of the strongest of four gradients between means of sub-windows, and
    the side the one whose mean is nearer to that at the centre. Raises `ValueError` as `lee`; the size is at least 5.
    """
    _check(scale, size_px, looks)
    require("the refined filter's window", f"{size_px} px", size_px >= 5, "at least 5")
    return _by_strips(intensity, size_px, lambda z, valid: _refined(z, valid, size_px, looks))


def _refined(z: _Doubles, valid: _Counts, size_px: int, looks: float) -> _Doubles:
    mean, variance = _statistics(z, valid, size_px)
    # The squared coefficient of variation of n samples of gamma speckle has mean 1 / L and a standard deviation of
    # sqrt(2 (1 + 1 / L) / n) / L (delta method); two of them above the mean count as an edge.
    spread = 1.0 + 2.0 * math.sqrt(2.0 * (1.0 + 1.0 / looks)) / size_px
    edge = variance * looks > spread * mean * mean
    chosen = np.where(edge, _side(z, valid, size_px), -1)
    runs = [_runs(values, size_px) for values in (valid, z, z * z)]
    for place, shape in enumerate(_halves(size_px)):
        here = chosen == place
        if here.any():
            one, other = _moments(*(_shaped(run, shape) for run in runs))
            np.copyto(mean, one, where=here)
            np.copyto(variance, other, where=here)
    return _filtered(_middle(z, size_px), mean, variance, looks)


def _side(z: _Doubles, valid: _Counts, size_px: int) -> npt.NDArray[np.intp]:
    """Which of `_halves` lies on each pixel's side of the edge, from the means of nine sub-windows about half as wide."""
    sub_px = (size_px // 2) | 1
    reach = (size_px - sub_px) // 2
    means = _box(z, sub_px) * _inverse(_box(valid, sub_px))  # NaN where a sub-window is empty
    height, width = z.shape[0] - size_px + 1, z.shape[1] - size_px + 1
    m = {
        (down, right): means[(1 + down) * reach :, (1 + right) * reach :][:height, :width]
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    }
    gradients = (
        m[-1, 1] + m[0, 1] + m[1, 1] - m[-1, -1] - m[0, -1] - m[1, -1],
        m[1, -1] + m[1, 0] + m[1, 1] - m[-1, -1] - m[-1, 0] - m[-1, 1],
        m[0, 1] + m[1, 1] + m[1, 0] - m[0, -1] - m[-1, -1] - m[-1, 0],
        m[0, 1] + m[-1, 1] + m[-1, 0] - m[0, -1] - m[1, -1] - m[1, 0],
    )
    direction = np.argmax([np.nan_to_num(np.abs(gradient), copy=False) for gradient in gradients], axis=0)
    ahead = np.choose(direction, [m[0, 1], m[1, 0], m[1, 1], m[-1, 1]])
    behind = np.choose(direction, [m[0, -1], m[-1, 0], m[-1, -1], m[1, -1]])
    # A side that is empty (NaN) is not taken, unless both are.
    forward = np.abs(ahead - m[0, 0]) <= np.abs(behind - m[0, 0])
    forward |= np.isnan(behind)
    side: npt.NDArray[np.intp] = 2 * direction + forward
    return side


def _halves(size_px: int) -> list[npt.NDArray[np.bool_]]:
    """The eight half windows in the order 2 * direction + forward, each with the line of pixels along its edge."""
    down, right = np.mgrid[:size_px, :size_px] - size_px // 2
    return [half for across in (right, down, down + right, right - down) for half in (across <= 0, across >= 0)]


def _runs(values: Any, size_px: int) -> list[Any]:
    """The sums of 1 to `size_px` neighbours along x."""
    runs = [values]
    for count in range(1, size_px):
        runs.append(runs[-1][:, :-1] + values[:, count:])
    return runs


def _shaped(runs: list[Any], shape: npt.NDArray[np.bool_]) -> Any:
    """The sums under a shape each of whose rows is one run."""
    size_px = len(shape)
    height, width = runs[0].shape[0] - size_px + 1, runs[0].shape[1] - size_px + 1
    total = None
    for down, row in enumerate(shape):
        count = int(np.count_nonzero(row))
        if count:
            left = int(row.argmax())
            part = runs[count - 1][down : down + height, left : left + width]
            total = part.copy() if total is None else np.add(total, part, out=total)
    return total


def _filtered(z: _Doubles, mean: _Doubles, variance: _Doubles, looks: float) -> _Doubles:
    """m + k (z - m), with k = q / (q + m^2 / L) and q the variance without speckle: (v - m^2 / L) / (1 + 1 / L), at least 0.

    Lee's first-order gain: the exact one of least squares, q / v, takes half of a lone bright point at one look.
    """
    noise = mean * mean / looks
    signal = np.maximum(variance - noise, 0.0) / (1.0 + 1.0 / looks)
    noise += signal
    gain = np.divide(signal, noise, out=np.zeros_like(signal), where=noise > 0)
    gain *= z - mean
    gain += mean
    return gain


def _statistics(z: _Doubles, valid: _Counts, size_px: int) -> tuple[_Doubles, _Doubles]:
    """Mean and variance of the valid pixels in every window that fits, (H - size + 1, W - size + 1)."""
    return _moments(_box(valid, size_px), _box(z, size_px), _box(z * z, size_px))


def _moments(count: _Counts, total: _Doubles, squares: _Doubles) -> tuple[_Doubles, _Doubles]:
    share = _inverse(count)
    mean = total * share
    return mean, np.maximum(squares * share - mean * mean, 0.0)


def _inverse(count: _Counts) -> _Doubles:
    """1 / count, NaN for none."""
    inverse: _Doubles = np.divide(1.0, count, out=np.full(count.shape, np.nan), where=count > 0)
    return inverse


def _middle(z: _Doubles, size_px: int) -> _Doubles:
    half = size_px // 2
    return z[half : z.shape[0] - half, half : z.shape[1] - half]


def _box(values: Any, size_px: int) -> Any:
    """The sums over every window that fits."""
    return _run(_run(values, size_px, 1), size_px, 0)


def _run(values: Any, count: int, axis: int) -> Any:
    """The sums of `count` neighbours along an axis, by doubling: a running total would carry the rounding of a bright point
    into its whole line."""
    length, total, start, width = values.shape[axis] - count + 1, None, 0, 1
    while True:
        if count & width:
            part = _part(values, start, start + length, axis)
            total = part if total is None else total + part
            start += width
        if 2 * width > count:
            return total
        values = _part(values, 0, values.shape[axis] - width, axis) + _part(values, width, values.shape[axis], axis)
        width *= 2


def _part(values: Any, start: int, stop: int, axis: int) -> Any:
    return values[start:stop] if axis == 0 else values[:, start:stop]


def _by_strips(intensity: _Floats, size_px: int, filtered: Callable[[_Doubles, _Counts], _Doubles]) -> _Floats:
    """The filter strip by strip, each with the rows around it: it stays in the processor's cache, and memory does not grow with
    the image."""
    result: _Floats = np.empty(intensity.shape, dtype=np.float32)
    height, half = intensity.shape[0], size_px // 2
    rows = max(2 * size_px, _STRIP_PIXELS // max(intensity.shape[1], 1))
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        part = intensity[max(top - half, 0) : bottom + half]
        valid = np.isfinite(part)
        around = ((max(half - top, 0), max(bottom + half - height, 0)), (half, half))
        z = np.pad(np.where(valid, part, np.float32(0.0)).astype(np.float64), around)
        result[top:bottom] = filtered(z, np.pad(valid.astype(np.int16), around))
    result[~np.isfinite(intensity)] = np.nan
    return result


def _check(scale: str, size_px: int, looks: float = 1.0) -> None:
    if scale != "linear":
        raise ValueError(f"the values are in scale {scale!r}; speckle filters work on linear intensity, before the logarithm")
    odd = 3 <= size_px <= MAX_SIZE_PX and size_px % 2 == 1
    require("the filter's window", f"{size_px} px", odd, f"odd, from 3 to {MAX_SIZE_PX}")
    require("looks", looks, 0 < looks < math.inf, "above 0")
