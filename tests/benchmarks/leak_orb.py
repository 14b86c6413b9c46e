"""Deduplication by OpenCV's ORB descriptors, an inverted file of faiss and RANSAC, to hold `sartext.dedup` against.

Descriptors are rotated BRIEF (Rublee et al., ICCV 2011), 256 bits, of tiles that are equalised and enlarged up to 256 px, by at
most 4, without which FAST corners of speckle seldom repeat. They are no mirror images of one another, so a tile that
is asked for is described a second time, mirrored. Near descriptors come of `IndexBinaryIVF`. On 1,500 tiles of the archive it
proposed all that were planted in 1.2 to 2.9 s, as `IndexBinaryFlat` did in 25 s, which compares all with all, and
`IndexBinaryMultiHash` in 6.3 s; `IndexBinaryHash` took 1.8 s, and lost some of what was planted in speckle, whose bits err.
Needs opencv-python-headless and faiss-cpu.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sartext.dedup.alignment import KEYPOINTS, SCALES, Picture, aligned, correlation, near_identical
from sartext.dedup.candidates import NEAREST, VOTES
from sartext.dedup.keypoints import LARGEST_PX, Floats, Gray, Keypoints, equalised, halved
from sartext.dedup.turns import turned
from sartext.flow.audit.descriptors import picture

FEATURES, LEVELS, FACTOR, PATCH_PX, FAST, ENLARGED = 256, 8, 1.2, 31, 5, 4.0
DISTANCE = 64  # most bits of 256 in which two descriptors of one place differ
PROBED = 1 / 32  # share of the inverted file's lists, of which there are the root of the descriptors, that is searched
MOST_CANDIDATES = 16  # of a view, of those that share most
# By the audit's own thresholds RANSAC, which fits what rows of like objects suggest, called 22 pairs of a million alike
# that are not. Of the thresholds that called none so on tiles of the archive of seed 8, these found most.
FEW, CORRELATION, CORRELATION_OF_FEW = 25, 0.6, 0.85
TOLERANCE = 2.0  # furthest that an inlier lies from where it should, in pixels of its level
SIGMA = 1.5  # of a keypoint for the house's alignment, in pixels of its level
_SKEW = 1.5  # largest ratio of the scales along two axes
_ROTATIONS = (0, 3, 5, 6)  # of turns.SYMMETRIES, those without a mirror
_FINE_PX, _BROAD_PX, _LEAST_PX = 0.8, 4.0, 256  # as in sartext.dedup.alignment
_NAMES = np.random.default_rng(0).integers(
    0, 1 << 63, FEATURES, dtype=np.uint64
)  # bits that differ from one another in about 32


@dataclass(frozen=True)
class View:
    """The keypoints of a tile, or of its mirror image."""

    places: Floats  # (n, 2) x, y, in pixel edges of the tile
    level_px: Floats  # (n,) the side of a pixel of the level that it was found in
    bits: NDArray[np.uint8]  # (n, 32)
    picture: Picture


class Orb:
    """ORB and faiss, verified by `partial` (RANSAC of a similarity), `affine` (RANSAC) or `aligned` (the house's alignment)."""

    def __init__(self, verified: str) -> None:
        self.name = f"ORB and faiss, {verified}"
        self._verified = verified
        self._orb = cv2.ORB_create(
            nfeatures=FEATURES,
            scaleFactor=FACTOR,
            nlevels=LEVELS,
            edgeThreshold=PATCH_PX // 2 + 1,
            patchSize=PATCH_PX,
            fastThreshold=FAST,
        )
        self._matcher = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True)
        cv2.setNumThreads(1)
        faiss.omp_set_num_threads(1)

    def describe(self, gray: Gray, *, asked: bool) -> tuple[View, ...]:
        """A tile, and where it is asked for its mirror image."""
        views = (gray, gray[:, ::-1]) if asked else (gray,)
        return tuple(self._view(np.ascontiguousarray(one)) for one in views)

    def size(self, described: tuple[View, ...]) -> int:
        """Bytes of what is kept of a tile beside its picture."""
        return sum(array.nbytes for array in (described[0].places, described[0].level_px, described[0].bits))

    def propose(self, asked: Sequence[tuple[View, ...]], known: Sequence[tuple[View, ...]]) -> NDArray[np.intp]:
        """Rows (number of the asked tile, of the known one, view) of those that share most descriptors."""
        bits, image = _pooled([views[0] for views in known])
        index = _inverted_file(bits)
        rows = [np.zeros((0, 3), np.intp)]
        for turn in range(len(asked[0])):
            queries, source = _pooled([views[turn] for views in asked])
            distances, near = index.search(queries, NEAREST)
            query, rank = np.nonzero((distances <= DISTANCE) & (near >= 0))
            shared = np.unique(np.stack([source[query], image[near[query, rank]], query], axis=1), axis=0)
            pairs, votes = np.unique(shared[:, :2], axis=0, return_counts=True)
            pairs, votes = pairs[votes >= VOTES], votes[votes >= VOTES]
            order = np.lexsort((-votes, pairs[:, 0]))
            starts = np.nonzero(np.diff(pairs[order, 0], prepend=-1))[0]
            place = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
            kept = pairs[order[place < MOST_CANDIDATES]]
            rows.append(np.column_stack([kept, np.full(len(kept), turn)]))
        return np.concatenate(rows)

    def verdict(self, asked: tuple[View, ...], known: tuple[View, ...], turn: int) -> dict[str, float] | None:
        """Where one tile lies in the other; None where they are not near-identical."""
        one, other = asked[turn], known[0]
        matches = [] if not len(one.bits) or not len(other.bits) else self._matcher.match(one.bits, other.bits)
        matches = sorted((match for match in matches if match.distance <= DISTANCE), key=lambda match: match.distance)
        first, second = (np.array([getattr(match, name) for match in matches], np.intp) for name in ("queryIdx", "trainIdx"))
        if len(matches) < KEYPOINTS:
            return None
        found = (self._aligned if self._verified == "aligned" else self._consensus)(one, other, first, second)
        if found is None:
            return None
        agree, value, offset = found
        row = {"keypoints": agree, "correlation": value, "offset_x_px": float(offset[0]), "offset_y_px": float(offset[1])}
        if self._verified == "aligned":
            return row if near_identical(agree, value) else None
        return row if value >= (CORRELATION_OF_FEW if agree < FEW else CORRELATION) else None

    def _view(self, gray: Gray) -> View:
        small = Image.open(io.BytesIO(picture(gray)))
        field, pixel_px = gray.astype(np.float32), 1.0
        while field.size > LARGEST_PX:
            field, pixel_px = halved(field), 2 * pixel_px
        field = 255 * equalised(field.round().astype(np.uint8))
        enlarged = min(ENLARGED, (LARGEST_PX / field.size) ** 0.5)
        if enlarged > 1:
            field = cv2.resize(field, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_CUBIC)
            pixel_px *= gray.shape[1] / pixel_px / field.shape[1]
        points, bits = self._orb.detectAndCompute(np.clip(field.round(), 0, 255).astype(np.uint8), None)
        places = np.array([point.pt for point in points], np.float32).reshape(-1, 2)
        level_px = np.array([point.size for point in points], np.float32) / PATCH_PX * pixel_px
        bits = np.zeros((0, 32), np.uint8) if bits is None else bits
        return View((places + 0.5) * pixel_px, level_px, bits, Picture(np.asarray(small), *gray.shape))

    def _consensus(self, one: View, other: View, first: Any, second: Any) -> tuple[int, float, Floats] | None:
        estimate = cv2.estimateAffine2D if self._verified == "affine" else cv2.estimateAffinePartial2D
        level_px = other.level_px[second]
        matrix, inliers = estimate(
            one.places[first],
            other.places[second],
            method=cv2.RANSAC,
            ransacReprojThreshold=TOLERANCE * float(np.median(level_px)),
            maxIters=2000,
            confidence=0.999,
        )
        if matrix is None or not np.isfinite(matrix).all():
            return None
        most, least = np.linalg.svd(matrix[:, :2])[1]
        if not 1 / SCALES <= least <= most <= min(SCALES, _SKEW * least):
            return None
        inside = inliers.ravel() > 0
        agree = len(np.unique(np.round(other.places[second][inside] / (TOLERANCE * level_px[inside, None])), axis=0))
        return (agree, _correlation(one.picture, other.picture, matrix), matrix[:, 2]) if agree >= KEYPOINTS else None

    def _aligned(self, one: View, other: View, first: Any, second: Any) -> tuple[int, float, Floats] | None:
        names = _NAMES[: len(first)]
        mine, theirs = (
            Keypoints(*view.places[at].T, view.level_px[at] * SIGMA, names) for view, at in ((one, first), (other, second))
        )
        height_px, width_px = one.picture.height_px, one.picture.width_px
        found = [
            alignment
            for turn in _ROTATIONS
            if (
                alignment := aligned(
                    mine,
                    Keypoints(theirs.x_px, theirs.y_px, theirs.sigma_px, turned(names, turn)),
                    turn,
                    height_px=height_px,
                    width_px=width_px,
                )
            )
        ]
        if not found:
            return None
        best = max(found, key=lambda alignment: alignment.keypoints)
        return best.keypoints, correlation(one.picture, other.picture, best)[0], np.array(best.offset_px, np.float32)


def _pooled(views: Sequence[View]) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """All descriptors, and the number of the tile of each."""
    return np.concatenate([one.bits for one in views]), np.repeat(np.arange(len(views)), [len(one.bits) for one in views])


def _inverted_file(bits: NDArray[np.uint8]) -> Any:
    lists = 1 << max(4, round(np.log2(max(len(bits), 1)) / 2))
    coarse = faiss.IndexBinaryFlat(256)
    index = faiss.IndexBinaryIVF(coarse, 256, lists)
    index.nprobe = max(8, round(lists * PROBED))
    index.cp.niter = 8
    index.train(bits[:: max(1, len(bits) // (40 * lists))])
    index.add(bits)
    return index


def _correlation(one: Picture, other: Picture, matrix: Any) -> float:
    """The correlation of fine detail where two pictures lie on one another, the finer looked up for the coarser's pixels."""
    to_array = [
        np.array([[step, 0, -0.5], [0, step, -0.5], [0, 0, 1]])
        for step in (one.gray.shape[1] / one.width_px, other.gray.shape[1] / other.width_px)
    ]
    matrix = to_array[1] @ np.vstack([matrix, [0, 0, 1]]) @ np.linalg.inv(to_array[0])
    fine, coarse = one, other
    scale = abs(np.linalg.det(matrix[:2, :2])) ** 0.5
    if scale > 1:
        fine, coarse, matrix, scale = other, one, np.linalg.inv(matrix), 1 / scale
    size = coarse.gray.shape[::-1]
    mine = cv2.warpAffine(_detail(fine.gray, 1 / scale), matrix[:2], size)
    there = cv2.warpAffine(np.ones(fine.gray.shape, np.float32), matrix[:2], size) > 0.999
    if there.sum() < _LEAST_PX:
        return 0.0
    both = np.stack([mine[there], _detail(coarse.gray, 1.0)[there]]).astype(np.float64)
    both -= both.mean(axis=1, keepdims=True)
    norm = float(np.sqrt(np.prod((both * both).sum(axis=1))))
    return float((both[0] * both[1]).sum()) / norm if norm > 0 else 0.0


def _detail(gray: Gray, coarser: float) -> Floats:
    ranks = equalised(gray)
    fine, broad = (cv2.GaussianBlur(ranks, (0, 0), sigma * coarser) for sigma in (_FINE_PX, _BROAD_PX))
    detail: Floats = fine - broad
    return detail
