"""By how much two images of the same ground are displaced, where one is of radar and the other of light.

Brightness does not compare across the two, and neither does the sign of an edge: water is dark in both, a road dark in one
and bright in the other. What they share is where edges lie and how they run. So each pixel is described by the strengths of
its gradient in six directions of half a turn, without sign, smoothed and brought to one length (the channel features of Ye et
al. 2019, IEEE TGRS 57(11), 9059-9070), and the descriptions are correlated at every shift.

The rule of decision. Nine windows of half the images' sides, three by three, are each correlated on their own with the
other image, over all shifts of up to SEARCH_PX. Their sum, normalised, has one highest peak. It is the offset if
1. it stands out: it is not at the border of the search, and is above the best value that is farther than APART_PX from it by
   at least STANDS_OUT standard deviations of all values; and
2. the windows agree: at least AGREEING of the nine have their own highest peak within AGREEMENT_PX of it.
Else there is none: the offset is undetermined. It is said to a tenth of a pixel, and is (0, 0) where it is shorter than
ACCURACY_PX, which is what the method can tell.

What it measures is the displacement of what is seen. Tall things lean toward the radar, so where a tile is of nothing but
forest or buildings, that lean is what comes out, in the direction of range; between images that lie right on the ground.
"""

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float32]

SEARCH_PX = 24  # at most a quarter of the shorter side
_APART_PX = 4
STANDS_OUT = 0.5
AGREEING = 7
AGREEMENT_PX = 0.75
ACCURACY_PX = 1.0
LEAST_SIDE_PX = 64
_WINDOW_PX = 256  # larger windows tell no more
_DIRECTIONS = 6
_RADAR_SIGMA_PX, _OPTICAL_SIGMA_PX, _POOL_SIGMA_PX = 1.5, 1.0, 1.0
_TINY = np.float32(1e-6)


def offset_px(radar: npt.NDArray[np.generic], optical: npt.NDArray[np.generic]) -> tuple[float, float] | None:
    """(x, y) in px by which `optical` is displaced against `radar`, both (rows, columns) of one size; None is undetermined.

    What lies at (column, row) of the radar image lies at (column + x, row + y) of the optical one. Raises `ValueError` where
    the shapes differ.
    """
    if radar.shape != optical.shape or radar.ndim != 2:
        raise ValueError(f"shapes are {radar.shape} and {optical.shape}; both must be (rows, columns) of one size")
    if min(radar.shape) < LEAST_SIDE_PX:
        return None
    search = min(SEARCH_PX, min(radar.shape) // 4)
    first, second = _features(radar, _RADAR_SIGMA_PX), _features(optical, _OPTICAL_SIGMA_PX)
    if not first.any() or not second.any():
        return None
    parts = [_correlation(first, second, top, left, search) for top, left in _corners(radar.shape)]
    surface = _normalised(*[np.sum(part, axis=0) for part in zip(*parts, strict=True)])
    row, column = np.unravel_index(int(surface.argmax()), surface.shape)
    if not _stands_out(surface, int(row), int(column)):
        return None
    x, y = _peak(surface, search)
    own = [_peak(_normalised(*part), search) for part in parts]
    if sum(max(abs(x - x_own), abs(y - y_own)) <= AGREEMENT_PX for x_own, y_own in own) < AGREEING:
        return None
    if float(np.hypot(x, y)) <= ACCURACY_PX:
        return 0.0, 0.0
    return round(x, 1), round(y, 1)


def _features(image: npt.NDArray[np.generic], sigma_px: float) -> _Floats:
    """The description of each pixel, (directions, rows, columns), of mean 0 in every direction."""
    smooth = _smoothed(image.astype(np.float32), sigma_px)
    down, right = np.gradient(smooth)
    angles = np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
    found = np.empty((_DIRECTIONS, *image.shape), dtype=np.float32)
    for number, angle in enumerate(angles):
        along = np.float32(np.cos(angle)) * right + np.float32(np.sin(angle)) * down
        found[number] = _smoothed(np.abs(along), _POOL_SIGMA_PX)
    length = np.sqrt(np.einsum("dyx,dyx->yx", found, found))
    # Half the mean is added, so that what is nearly even does not weigh as much as an edge.
    found /= length + np.float32(0.5) * length.mean() + _TINY
    found -= found.mean(axis=(1, 2), keepdims=True)
    return found


def _smoothed(image: _Floats, sigma_px: float) -> _Floats:
    """A Gaussian blur, cut at three sigma; the image is mirrored at its edges."""
    reach = int(np.ceil(3 * sigma_px))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma_px) ** 2).astype(np.float32)
    weights /= weights.sum()
    for axis in (0, 1):
        padded = np.pad(image, [(reach, reach) if one == axis else (0, 0) for one in (0, 1)], mode="reflect")
        size = image.shape[axis]
        blurred = np.zeros_like(image)
        for at, weight in enumerate(weights):
            blurred += weight * (padded[at : at + size] if axis == 0 else padded[:, at : at + size])
        image = blurred
    return image


def _corners(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """(top, left) of the nine windows."""
    rows, columns = ([round(at * (side - _side(side)) / 2) for at in range(3)] for side in shape)
    return [(top, left) for top in rows for left in columns]


def _side(side: int) -> int:
    return min(_WINDOW_PX, side // 2)


def _correlation(first: _Floats, second: _Floats, top: int, left: int, search: int) -> tuple[_Floats, _Floats, _Floats]:
    """Of one window of `first` against `second`, for every shift (2 search + 1, 2 search + 1): the products, and the energies
    of both where they overlap."""
    height, width = _side(first.shape[1]), _side(first.shape[2])
    window = first[:, top : top + height, left : left + width]
    around = np.zeros((len(first), height + 2 * search, width + 2 * search), dtype=np.float32)
    inside = np.zeros(around.shape[1:], dtype=np.float32)
    rows = slice(max(0, top - search), min(first.shape[1], top + height + search))
    columns = slice(max(0, left - search), min(first.shape[2], left + width + search))
    there = (
        slice(rows.start - top + search, rows.stop - top + search),
        slice(columns.start - left + search, columns.stop - left + search),
    )
    around[:, there[0], there[1]] = second[:, rows, columns]
    inside[there] = 1.0
    size = (_quick(around.shape[1]), _quick(around.shape[2]))

    def transformed(values: _Floats) -> npt.NDArray[np.complexfloating]:
        return np.fft.rfft2(values, size)

    def shifted(spectrum: npt.NDArray[np.complexfloating]) -> _Floats:
        values: _Floats = np.fft.irfft2(spectrum, size)[: 2 * search + 1, : 2 * search + 1].astype(np.float32)
        return values

    products = shifted((np.conj(transformed(window)) * transformed(around)).sum(axis=0))
    of_first = shifted(np.conj(transformed(np.einsum("dyx,dyx->yx", window, window))) * transformed(inside))
    of_second = shifted(
        np.conj(transformed(np.ones((height, width), dtype=np.float32))) * transformed(np.einsum("dyx,dyx->yx", around, around))
    )
    return products, of_first, of_second


def _normalised(products: _Floats, of_first: _Floats, of_second: _Floats) -> _Floats:
    """The correlation, from -1 to 1, 0 where there is nothing to correlate."""
    energy = np.sqrt(np.maximum(of_first, 0) * np.maximum(of_second, 0))
    correlation: _Floats = products / np.maximum(energy, _TINY)
    return correlation


def _stands_out(surface: _Floats, row: int, column: int) -> bool:
    last = surface.shape[0] - 1
    if not (0 < row < last and 0 < column < last):
        return False
    elsewhere = surface.copy()
    elsewhere[max(0, row - _APART_PX) : row + _APART_PX + 1, max(0, column - _APART_PX) : column + _APART_PX + 1] = -np.inf
    spread = float(surface.std())
    return spread > 0 and float(surface[row, column] - elsewhere.max()) >= STANDS_OUT * spread


def _peak(surface: _Floats, search: int) -> tuple[float, float]:
    """(x, y) of the highest value, to a part of a pixel by a parabola through its neighbours."""
    row, column = (int(at) for at in np.unravel_index(int(surface.argmax()), surface.shape))
    return column - search + _top(surface[row], column), row - search + _top(surface[:, column], row)


def _top(values: _Floats, at: int) -> float:
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = (float(value) for value in values[at - 1 : at + 2])
    bend = before - 2 * here + after
    return 0.5 * (before - after) / bend if bend < 0 else 0.0


def _quick(size: int) -> int:
    """The next size, from this on, that has no prime factor above 5: its transform is quick."""
    while True:
        rest = size
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return size
        size += 1
