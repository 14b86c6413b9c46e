"""Speckle filters on linear intensity: boxcar, Lee and refined Lee, which know invalid pixels.

All take intensity (H, W) float32 with NaN where nothing was measured, which adds nothing to its neighbours and stays NaN. A
window at an edge or beside invalid pixels is as large as what is left of it. `scale` says what the values are: a filter on
decibels would average logarithms, 2.5 dB too low at one look, so "db" is refused.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

NAMES = ("boxcar", "lee", "refined_lee")
_STRIP_PIXELS = 2**17


def apply(name: str, intensity: Floats, *, scale: str, size_px: int, looks: float) -> Floats:
    """The filter of that name. Raises `ValueError` as the filters do, and for a name that is none of NAMES."""
    if name == "boxcar":
        return boxcar(intensity, scale=scale, size_px=size_px)
    if name == "lee":
        return lee(intensity, scale=scale, size_px=size_px, looks=looks)
    if name == "refined_lee":
        return refined_lee(intensity, scale=scale, size_px=size_px, looks=looks)
    raise ValueError(f"filter {name!r} is none of {', '.join(NAMES)}")


def boxcar(intensity: Floats, *, scale: str, size_px: int = 7) -> Floats:
    """The mean over a window of `size_px` x `size_px`: on independent speckle the looks grow by its number of pixels.

    Raises `ValueError` where `scale` is not "linear" or the size is not odd and at least 3.
    """
    _check(scale, size_px)
    return _by_strips(intensity, size_px, lambda z, valid: _statistics(z, valid, size_px)[0])


def lee(intensity: Floats, *, scale: str, looks: float, size_px: int = 7) -> Floats:
    """The filter of local statistics: m + k (z - m) with the local mean m and the gain k of `_gain`.

    Lee 1980 (IEEE Trans. PAMI 2, 165-168), section on multiplicative noise. `looks` is the equivalent number of looks of
    the input. Raises `ValueError` as `boxcar`, and where the looks are not above 0.
    """
    _check(scale, size_px, looks)

    def filtered(z: Doubles, valid: Doubles) -> Doubles:
        mean, variance = _statistics(z, valid, size_px)
        half = size_px // 2
        middle = z[half:-half, half:-half]
        result: Doubles = mean + _gain(mean, variance, looks) * (middle - mean)
        return result

    return _by_strips(intensity, size_px, filtered)


def refined_lee(intensity: Floats, *, scale: str, looks: float, size_px: int = 7) -> Floats:
    """The filter of local statistics over the half of the window on the pixel's side of an edge.

    Lee 1981 (Computer Graphics and Image Processing 17, 24-32): the edge's direction is that of the strongest of four
    gradients between means of sub-windows, the side the one whose mean is nearer to that at the centre. Raises
    `ValueError` as `lee`; the size is at least 5.
    """
    _check(scale, size_px, looks)
    if size_px < 5:
        raise ValueError(f"the refined filter's window is {size_px} px; it must be at least 5")
    return _by_strips(intensity, size_px, lambda z, valid: _refined(z, valid, size_px, looks))


def _refined(z: Doubles, valid: Doubles, size_px: int, looks: float) -> Doubles:
    half = size_px // 2
    middle = z[half:-half, half:-half]
    sub_px = (size_px // 2) | 1
    reach = (size_px - sub_px) // 2
    sub, _ = _statistics(z, valid, sub_px)  # NaN where a sub-window is empty
    height, width = middle.shape

    def at(down: int, right: int) -> Doubles:
        start = half - sub_px // 2
        top, left = start + down * reach, start + right * reach
        return sub[top : top + height, left : left + width]

    rows, columns = {k: [at(k, x) for x in (-1, 0, 1)] for k in (-1, 0, 1)}, {}
    for x in (-1, 0, 1):
        columns[x] = [rows[k][x + 1] for k in (-1, 0, 1)]
    gradients = np.stack(
        [
            sum(columns[1]) - sum(columns[-1]),
            sum(rows[1]) - sum(rows[-1]),
            at(0, 1) + at(1, 1) + at(1, 0) - at(0, -1) - at(-1, -1) - at(-1, 0),
            at(0, 1) + at(-1, 1) + at(-1, 0) - at(0, -1) - at(1, -1) - at(1, 0),
        ]
    )
    direction = np.argmax(np.nan_to_num(np.abs(gradients), nan=0.0), axis=0)
    ahead = np.choose(direction, [at(0, 1), at(1, 0), at(1, 1), at(-1, 1)])
    behind = np.choose(direction, [at(0, -1), at(-1, 0), at(-1, -1), at(1, -1)])
    centre = at(0, 0)
    forward = ~(np.abs(ahead - centre) > np.abs(behind - centre))
    chosen = direction * 2 + forward
    mean, variance = np.empty_like(middle), np.empty_like(middle)
    for place, shape in enumerate(_halves(size_px)):
        here = chosen == place
        if here.any():
            one, spread = _shaped_statistics(z, valid, shape)
            np.copyto(mean, one, where=here)
            np.copyto(variance, spread, where=here)
    result: Doubles = mean + _gain(mean, variance, looks) * (middle - mean)
    return result


def _halves(size_px: int) -> list[npt.NDArray[np.bool_]]:
    """The eight half windows in the order 2 * direction + forward, each with its edge's line of pixels."""
    down, right = np.mgrid[:size_px, :size_px] - size_px // 2
    return [side <= 0 if not forward else side >= 0 for side in (right, down, down + right, right - down) for forward in (0, 1)]


def _shaped_statistics(z: Doubles, valid: Doubles, shape: npt.NDArray[np.bool_]) -> tuple[Doubles, Doubles]:
    """Mean and variance of the valid pixels under a shape, whose rows are runs, by sums along each run."""
    size_px = len(shape)
    sums = [_runs(values, shape) for values in (valid, z * valid, z * z * valid)]
    del size_px
    return _moments(*sums)


def _runs(values: Doubles, shape: npt.NDArray[np.bool_]) -> Doubles:
    size_px = len(shape)
    height, width = values.shape[0] - size_px + 1, values.shape[1] - size_px + 1
    total = np.zeros((height, width))
    along = {int(n): _run(values, int(n), 1) for n in np.unique(shape.sum(axis=1)) if n}
    for down, row in enumerate(shape):
        count = int(row.sum())
        if count:
            left = int(row.argmax())
            total += along[count][down : down + height, left : left + width]
    return total


def _gain(mean: Doubles, variance: Doubles, looks: float) -> Doubles:
    """k = q / (q + m^2 / L) with the variance q of the field without speckle, (v - m^2 / L) / (1 + 1 / L), not below 0."""
    noise = mean * mean / looks
    signal = np.maximum(variance - noise, 0.0) / (1.0 + 1.0 / looks)
    total = signal + noise
    gain: Doubles = np.divide(signal, total, out=np.zeros_like(total), where=total > 0)
    return gain


def _statistics(z: Doubles, valid: Doubles, size_px: int) -> tuple[Doubles, Doubles]:
    """Mean and variance of the valid pixels in every window that fits, (H - size + 1, W - size + 1)."""
    sums = (_run(_run(values, size_px, 1), size_px, 0) for values in (valid, z * valid, z * z * valid))
    return _moments(*sums)


def _moments(count: Doubles, total: Doubles, squares: Doubles) -> tuple[Doubles, Doubles]:
    share = np.divide(1.0, count, out=np.full_like(count, np.nan), where=count > 0.5)
    mean = total * share
    return mean, np.maximum(squares * share - mean * mean, 0.0)


def _run(values: Doubles, count: int, axis: int) -> Doubles:
    """Sums of `count` neighbours along an axis, by doubling: a running total would carry a bright point into its whole line."""
    length = values.shape[axis] - count + 1
    part: Any = [slice(None), slice(None)]
    total: Doubles | None = None
    start, width, doubled = 0, 1, values
    while count:
        if count & 1:
            part[axis] = slice(start, start + length)
            total = doubled[tuple(part)].copy() if total is None else total + doubled[tuple(part)]
            start += width
        count >>= 1
        if count:
            part[axis] = slice(None, doubled.shape[axis] - width)
            first = doubled[tuple(part)]
            part[axis] = slice(width, None)
            doubled = first + doubled[tuple(part)]
            width *= 2
    assert total is not None
    return total


def _by_strips(intensity: Floats, size_px: int, filtered: Callable[[Doubles, Doubles], Doubles]) -> Floats:
    """The filter strip by strip, each with the rows around it, so that memory does not grow with the image."""
    result: Floats = np.empty(intensity.shape, dtype=np.float32)
    half = size_px // 2
    for top, bottom in _strips(*intensity.shape):
        rows = slice(max(top - half, 0), min(bottom + half, intensity.shape[0]))
        part = intensity[rows]
        inside = ((rows.start - (top - half), (bottom + half) - rows.stop), (half, half))
        valid = np.isfinite(part)
        z = np.pad(np.where(valid, part, np.float32(0.0)).astype(np.float64), inside)
        result[top:bottom] = filtered(z, np.pad(valid.astype(np.float64), inside))
    result[~np.isfinite(intensity)] = np.nan
    return result


def _strips(height: int, width: int) -> Iterator[tuple[int, int]]:
    rows = max(1, _STRIP_PIXELS // max(width, 1))
    for top in range(0, height, rows):
        yield top, min(top + rows, height)


def _check(scale: str, size_px: int, looks: float = 1.0) -> None:
    if scale != "linear":
        raise ValueError(f"the values are in scale {scale!r}; speckle filters work on linear intensity, before the logarithm")
    if size_px < 3 or size_px % 2 == 0:
        raise ValueError(f"the filter's window is {size_px} px; it must be odd and at least 3")
    if not 0 < looks < float("inf"):
        raise ValueError(f"looks is {looks}; it must be above 0")
