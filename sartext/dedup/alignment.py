"""Whether two images show the same, and where: keypoints that agree on one place and size, and pictures that correlate there.

Shared descriptors make candidates only. What a pair is called by are two pieces of evidence that know nothing of one another:
the number of keypoints that agree on one shift and one scale (the geometric check of Lowe, IJCV 60, 2004, section 7, without
rotation and by all pairs of matches, so that nothing is drawn at random), and the correlation of the pixels that lie on
one another, from fine detail alone: two coasts of one shape have the same broad shades and other speckle.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sartext.dedup.candidates import DISTANCE
from sartext.dedup.keypoints import Floats, Gray, Keypoints, Reals, blurred, equalised
from sartext.dedup.turns import turned

KEYPOINTS = 6  # least that agree
CORRELATION = 0.6  # least of the pictures
FEW = 12  # keypoints; where fewer agree, which chance can bring about among millions of pairs, the pictures must tell more
CORRELATION_OF_FEW = 0.8
SCALES = 4.0  # largest ratio of scales, either way
_MATCHES = 64  # the nearest ones that hypotheses are made of
_SKEW, _SIZE = 0.15, 1.4  # tolerances of a hypothesis: direction, and scale against the keypoints' own
_ASKEW = 0.3  # least sine and cosine of two keypoints' direction that tell the scales along both axes apart
_OFF = 1.0  # furthest that a keypoint lies from where it should, in its scales
_FINE_PX, _BROAD_PX = 0.8, 4.0  # detail that is compared: between these Gaussians, in pixels of the coarser picture
_LEAST_PX = 256  # of the pictures that lie on one another


@dataclass(frozen=True)
class Picture:
    """A small gray image, and how large it is in pixels of the image that it is made from."""

    gray: Gray
    height_px: int
    width_px: int


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """Where an image lies in another: a point (x, y) of it, after `turn`, lies at `offset_px + scale * (x, y)` there."""

    turn: int  # of turns.SYMMETRIES
    offset_px: tuple[float, float]  # (x, y), of the other image
    scale: tuple[float, float]  # along x and y
    keypoints: int  # that agree, at distinct places


def turned_places(points: Keypoints, turn: int, *, height_px: int, width_px: int) -> Reals:
    """The places (n, 2) as x, y of the keypoints of an image after a turn."""
    x, y = points.x_px.astype(np.float64), points.y_px.astype(np.float64)
    if turn & 4:
        x, y, height_px, width_px = y, x, width_px, height_px
    return np.stack([width_px - x if turn & 1 else x, height_px - y if turn & 2 else y], axis=1)


def aligned(one: Keypoints, other: Keypoints, turn: int, *, height_px: int, width_px: int) -> Alignment | None:
    """Where an image of this size, with keypoints `one`, lies in another after a turn; None where too few agree."""
    first, second = _matches(turned(one.bits, turn), other.bits)
    if len(first) < KEYPOINTS:
        return None
    places = turned_places(one, turn, height_px=height_px, width_px=width_px)[first]
    there = np.stack([other.x_px, other.y_px], axis=1).astype(np.float64)[second]
    sizes = other.sigma_px[second].astype(np.float64)
    found = _hypothesis(places, there, sizes, sizes / one.sigma_px[first])
    if found is None:
        return None
    scale, offset = found
    agree = _agree(places, there, sizes, scale, offset)
    for tolerance in (2.0, 1.5, 1.0, 1.0):  # wide first: a hypothesis is of two keypoints, and far from them errs more
        scale, offset = _fitted(places[agree], there[agree], scale)
        agree = _agree(places, there, tolerance * sizes, scale, offset)
        if agree.sum() < KEYPOINTS:
            return None
    count = _distinct(there[agree], sizes[agree])
    if count < KEYPOINTS or not 1 / SCALES <= min(scale) <= max(scale) <= SCALES:
        return None
    return Alignment(
        turn=turn,
        offset_px=(float(offset[0]), float(offset[1])),
        scale=(float(scale[0]), float(scale[1])),
        keypoints=count,
    )


def near_identical(keypoints: int, value: float) -> bool:
    """Whether so many keypoints that agree and a correlation of this value there make two images near-identical."""
    return keypoints >= KEYPOINTS and value >= (CORRELATION_OF_FEW if keypoints < FEW else CORRELATION)


def correlation(one: Picture, other: Picture, found: Alignment) -> tuple[float, float]:
    """The correlation of two pictures where they lie on one another, and that area as a share of the smaller of the two.

    0 where less than 256 pixels do, or nothing varies there.
    """
    gray, height_px, width_px = one.gray, one.height_px, one.width_px
    if found.turn & 4:
        gray, height_px, width_px = gray.T, width_px, height_px
    gray = gray[:: -1 if found.turn & 2 else 1, :: -1 if found.turn & 1 else 1]
    scale, offset = np.array(found.scale), np.array(found.offset_px)
    step = np.array([width_px / gray.shape[1], height_px / gray.shape[0]]) * scale  # of a pixel, in the other image
    other_step = np.array([other.width_px / other.gray.shape[1], other.height_px / other.gray.shape[0]])
    corners = np.stack(
        [np.maximum(offset, 0), np.minimum(offset + scale * (width_px, height_px), (other.width_px, other.height_px))]
    )
    area = float(np.prod(np.maximum(corners[1] - corners[0], 0)))
    share = area / min(float(np.prod(scale)) * width_px * height_px, float(other.width_px * other.height_px))
    # The coarser picture's pixels are looked up in the finer one.
    ratio = step / other_step
    if ratio.prod() >= 1:
        coarse, fine, start, pace = gray, other.gray, offset / other_step, ratio
    else:
        coarse, fine, start, pace = other.gray, gray, -offset / step, 1 / ratio
    columns, rows = (start[k] + pace[k] * (np.arange(coarse.shape[1 - k]) + 0.5) - 0.5 for k in (0, 1))
    in_x, in_y = ((at >= 0) & (at <= fine.shape[1 - k] - 1) for k, at in enumerate((columns, rows)))
    if in_x.sum() * in_y.sum() < _LEAST_PX:
        return 0.0, share
    blur = float(np.sqrt(pace.prod()))
    mine = _detail(coarse, 1.0)[np.ix_(in_y, in_x)].astype(np.float64)
    theirs = _sampled(_detail(fine, max(1.0, blur)), rows[in_y], columns[in_x])
    mine -= mine.mean()
    theirs -= theirs.mean()
    norm = float(np.sqrt((mine * mine).sum() * (theirs * theirs).sum()))
    return (float((mine * theirs).sum()) / norm if norm > 0 else 0.0), share


def _matches(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Keypoints of two images that are each other's nearest and near, the nearest first."""
    if not len(one) or not len(other):
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    distances = np.bitwise_count(one[:, None] ^ other)
    best = distances.argmin(axis=1)
    first = np.arange(len(one))
    near = distances[first, best]
    mutual = (near <= DISTANCE) & (near == distances.min(axis=0)[best])
    order = np.argsort(near[mutual], kind="stable")
    return first[mutual][order], best[mutual][order]


def _hypothesis(places: Reals, there: Reals, sizes: Reals, ratios: Reals) -> tuple[Reals, Reals] | None:
    """The scale and the offset that most matches agree on, of those that two matches make.

    Two that lie askew to one another give a scale along each axis, others one for both.
    """
    some, others = np.triu_indices(min(len(places), _MATCHES), 1)
    mine, theirs = places[some] - places[others], there[some] - there[others]
    length, own = np.hypot(*theirs.T), np.hypot(*mine.T)
    uniform = length / np.maximum(own, 1e-9)
    expected = np.sqrt(ratios[some] * ratios[others])
    good = (length > 4 * np.maximum(sizes[some], sizes[others])) & (uniform < _SIZE * expected) & (expected < _SIZE * uniform)
    good &= np.hypot(*(theirs - uniform[:, None] * mine).T) < _SKEW * length
    if not good.any():
        return None
    some, mine, theirs, uniform = some[good], mine[good], theirs[good], uniform[good]
    askew = (np.abs(mine) > _ASKEW * own[good, None]).all(axis=1)
    by_axis = theirs / np.where(np.abs(mine) > 1e-9, mine, 1.0)
    askew &= (by_axis < _SIZE * uniform[:, None]).all(axis=1) & (uniform[:, None] < _SIZE * by_axis).all(axis=1)
    scale = np.where(askew[:, None], by_axis, uniform[:, None])
    offsets = there[some] - scale * places[some]
    off = there - (scale[:, None] * places + offsets[:, None])
    best = int((np.hypot(off[..., 0], off[..., 1]) <= _OFF * sizes).sum(axis=1).argmax())
    return scale[best], offsets[best]


def _agree(places: Reals, there: Reals, sizes: Reals, scale: Reals, offset: Reals) -> NDArray[np.bool_]:
    off = there - (scale * places + offset)
    agree: NDArray[np.bool_] = np.hypot(off[:, 0], off[:, 1]) <= _OFF * sizes
    return agree


def _fitted(places: Reals, there: Reals, scale: Reals) -> tuple[Reals, Reals]:
    """Least squares of scale and offset, along each axis by itself where there are keypoints along it."""
    mine, theirs = places - places.mean(axis=0), there - there.mean(axis=0)
    own = (mine * mine).sum(axis=0)
    together = float((mine * theirs).sum() / max(own.sum(), 1e-9))
    fitted = np.where(own > 0.1 * own.sum(), (mine * theirs).sum(axis=0) / np.maximum(own, 1e-9), together)
    if not (np.abs(np.log(np.maximum(fitted, 1e-9) / scale)) < np.log(_SIZE)).all():
        fitted = np.full(2, together)
    return fitted, there.mean(axis=0) - fitted * places.mean(axis=0)


def _distinct(there: Reals, sizes: Reals) -> int:
    """How many places there are: a blob can be a keypoint at several scales."""
    kept: list[int] = []
    for number in np.argsort(-sizes, kind="stable"):
        off = there[kept] - there[number]
        if not (np.hypot(off[:, 0], off[:, 1]) < sizes[kept]).any():
            kept.append(int(number))
    return len(kept)


def _detail(gray: Gray, coarser: float) -> Floats:
    """What a picture has between two scales, which are those of a picture with pixels `coarser` times as large."""
    ranks = equalised(gray)
    return blurred(ranks, _FINE_PX * coarser) - blurred(ranks, _BROAD_PX * coarser)


def _sampled(field: Floats, rows: Reals, columns: Reals) -> Reals:
    """The field at these rows and columns, linearly between its pixels' centres."""
    top = np.minimum(rows.astype(np.intp), max(field.shape[0] - 2, 0))
    left = np.minimum(columns.astype(np.intp), max(field.shape[1] - 2, 0))
    down, right = (rows - top)[:, None], (columns - left)[None, :]
    below, beside = np.minimum(top + 1, field.shape[0] - 1), np.minimum(left + 1, field.shape[1] - 1)
    upper = field[np.ix_(top, left)] * (1 - right) + field[np.ix_(top, beside)] * right
    lower = field[np.ix_(below, left)] * (1 - right) + field[np.ix_(below, beside)] * right
    values: Reals = upper * (1 - down) + lower * down
    return values
