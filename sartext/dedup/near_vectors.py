"""Near-duplicates among embeddings: every pair of vectors that are at least so similar, found without comparing all pairs.

Vectors lie in clusters, each at its nearest centre. On the sphere angles obey the triangle inequality: where y is within an
angle t of x, and its centre is the nearest to it, that centre is within 2 t of x's own distance from its nearest centre, and
within t plus the widest angle of its cluster. Only such clusters are compared, so that no pair is lost, at any border:
the recall is 1.0 by construction, and what is spared depends on how the vectors lie.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.floating]  # (N, D)
_SLACK = 1e-3  # of angles, in radians: far more than float32 loses
_LOOSE = 1e-4  # of products, which are computed again before they are compared
_SAMPLE, _ROUNDS, _CHUNK = 20_000, 4, 8_192
_MOST_CLUSTERS = 4_096


def near_pairs(vectors: Vectors, similarity: float, kinds: NDArray[np.integer] | None = None) -> Iterator[NDArray[np.void]]:
    """All pairs with a cosine of at least `similarity`, in parts: rows of `one` < `other` (numbers of vectors) and `cosine`.

    Vectors have length 1. Where `kinds` are given, only pairs of two kinds count. Each pair comes once.
    """
    count = len(vectors)
    if count < 2:
        return
    centres = _centres(vectors)
    nearest, angle = _assigned(vectors, centres)
    order = np.argsort(nearest, kind="stable")
    starts = np.searchsorted(nearest[order], np.arange(len(centres) + 1))
    members = [order[start:stop] for start, stop in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)]
    widest = np.array([angle[own].max() if len(own) else -np.pi for own in members], np.float32)
    within = float(np.arccos(min(similarity, 1.0))) + _SLACK
    for number, own in enumerate(members):
        for start in range(0, len(own), _CHUNK):
            yield from _of_cluster(vectors, own[start : start + _CHUNK], number, centres, members, widest, angle, within,
                                   similarity, kinds)  # fmt: skip


def _of_cluster(
    vectors: Vectors,
    own: NDArray[np.intp],
    number: int,
    centres: Vectors,
    members: list[NDArray[np.intp]],
    widest: NDArray[np.float32],
    angle: NDArray[np.float32],
    within: float,
    similarity: float,
    kinds: NDArray[np.integer] | None,
) -> Iterator[NDArray[np.void]]:
    """The pairs of some members of a cluster with those of it and of later ones."""
    rows = np.asarray(vectors[own], np.float32)
    away = np.arccos(np.clip(rows @ centres.T, -1, 1))
    reach = np.minimum(angle[own][:, None] + 2 * within, widest[None, :] + within)
    asked = away <= reach
    for other in np.flatnonzero(asked[:, number:].any(axis=0)) + number:
        mine = np.flatnonzero(asked[:, other])
        theirs = members[other]
        for start in range(0, len(theirs), _CHUNK):
            found = _compared(vectors, own[mine], rows[mine], theirs[start : start + _CHUNK], similarity, kinds)
            if other == number:  # a pair within a cluster comes from both of its sides
                found = found[found["first"]]
            if len(found):
                yield found[["one", "other", "cosine"]]


_PAIRS = np.dtype([("one", np.int64), ("other", np.int64), ("cosine", np.float32), ("first", np.bool_)])


def _compared(
    vectors: Vectors,
    own: NDArray[np.intp],
    rows: Vectors,
    theirs: NDArray[np.intp],
    similarity: float,
    kinds: NDArray[np.integer] | None,
) -> NDArray[np.void]:
    left, right = np.nonzero(rows @ np.asarray(vectors[theirs], np.float32).T >= similarity - _LOOSE)
    one, other = own[left], theirs[right]
    keep = one != other
    if kinds is not None:
        keep &= kinds[one] != kinds[other]
    one, other = one[keep], other[keep]
    # Row by row and in double: the same cosine whatever stands beside it in a product of matrices.
    cosine = np.array(
        [np.dot(vectors[a].astype(np.float64), vectors[b].astype(np.float64)) for a, b in zip(one, other, strict=True)]
    )
    found = np.empty(len(one), _PAIRS)
    found["one"], found["other"], found["cosine"] = np.minimum(one, other), np.maximum(one, other), cosine
    found["first"] = one < other
    return found[cosine >= similarity] if len(one) else found


def _centres(vectors: Vectors) -> Vectors:
    """About as many centres as the square root of the vectors, by k-means on a sample of them."""
    rng = np.random.default_rng(0)
    count = min(max(int(len(vectors) ** 0.5), 1), _MOST_CLUSTERS)
    sample = np.asarray(vectors[np.sort(rng.choice(len(vectors), min(len(vectors), _SAMPLE), replace=False))], np.float32)
    centres = sample[rng.choice(len(sample), min(count, len(sample)), replace=False)]
    for _ in range(_ROUNDS):
        own = np.concatenate([(sample[at : at + _CHUNK] @ centres.T).argmax(axis=1) for at in range(0, len(sample), _CHUNK)])
        sums = np.zeros_like(centres)
        np.add.at(sums, own, sample)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-12), centres)
    return centres


def _assigned(vectors: Vectors, centres: Vectors) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Of each vector its nearest centre, and the angle to it."""
    nearest, angle = np.empty(len(vectors), np.intp), np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), _CHUNK):
        products = np.asarray(vectors[start : start + _CHUNK], np.float32) @ centres.T
        own = products.argmax(axis=1)
        nearest[start : start + _CHUNK] = own
        angle[start : start + _CHUNK] = np.arccos(np.clip(products[np.arange(len(own)), own], -1, 1))
    return nearest, angle
