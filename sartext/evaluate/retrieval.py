"""Retrieval between images and texts: recall at the depths k (1, 5 and 10) in both directions, and their mean.

Recall at k is the share of queries that have a right item among the first k of the gallery, by the inner product of the
features. Mean recall is the mean of all (Karpathy and Fei-Fei, CVPR 2015, report the six at 1, 5 and 10). Two protocols:

- Exact pair. From an image, any of its own texts is right; from a text, only its own image.
- Identical text. An item also counts where its text is the very same string: from an image, every text that reads like
  one of its own; from a text, every image that has a text which reads the same. Where captions repeat, the exact pair asks
  for what no model can know.

Ties are averaged: recall is the expected one if items of equal similarity stood in random order. With g items ahead of the
best right item, e items as similar as it and r of those right, the first k miss with probability C(e - r, k - g) /
C(e, k - g). So the result does not depend on the order of the gallery, and a model that has collapsed to one point scores
chance. To order ties by index instead would reward or punish a gallery for how it is sorted.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

DEPTHS = (1, 5, 10)  # of recall; reports have a column of each
BLOCK_BYTES = 1 << 27  # of similarities held at once; 10^5 items take 168 queries at a time
NORM_TOLERANCE = 0.01  # wide enough for features normalised in half precision

_Indices = NDArray[np.intp]
_Reals = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Recall:
    """Shares of queries, 0 to 1, one a depth of `DEPTHS`."""

    image_to_text: tuple[float, ...]
    text_to_image: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean recall: over the depths, in both directions."""
        return sum(self.image_to_text + self.text_to_image) / (2 * len(DEPTHS))


@dataclass(frozen=True, kw_only=True)
class Retrieval:
    """Recall in both protocols, and how large the galleries are."""

    exact_pair: Recall
    identical_text: Recall
    images: int  # the gallery of a text
    texts: int  # the gallery of an image
    distinct_texts: int
    image_queries: int  # images that have a text; the others are in the gallery only


def retrieval(
    image_features: ArrayLike,
    text_features: ArrayLike,
    image_of_text: Sequence[int],
    texts: Sequence[str],
    *,
    block_bytes: int = BLOCK_BYTES,
) -> Retrieval:
    """Recall of images (N, D) and texts (M, D), rows normalised; `image_of_text` (M) is the row of each text's image.

    Memory is that of the features in double precision and a few times `block_bytes`, or a few rows of the gallery at least.
    Raises `ValueError` where shapes do not fit, an index is out of range, or rows are not finite and of length 1.
    """
    image_rows, text_rows = _features(image_features, "image"), _features(text_features, "text")
    owner = np.asarray(image_of_text, dtype=np.intp)
    if image_rows.shape[1] != text_rows.shape[1]:
        raise ValueError(f"image features have {image_rows.shape[1]} columns and text features {text_rows.shape[1]}")
    if owner.shape != (len(text_rows),) or len(texts) != len(text_rows):
        raise ValueError(f"{len(text_rows)} text features, {len(texts)} texts and {owner.size} image indices; they must agree")
    if owner.min() < 0 or owner.max() >= len(image_rows):
        raise ValueError(f"image indices are from {owner.min()} to {owner.max()}; there are {len(image_rows)} images")
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    string = np.fromiter((numbers[text] for text in texts), dtype=np.intp, count=len(texts))
    texts_of_image = _groups(owner, len(image_rows))
    texts_of_string = _groups(string, len(numbers))
    images_of_string = [np.unique(owner[members]) for members in texts_of_string]
    queries = np.unique(owner)

    def reading_alike(image: int) -> _Indices:
        return np.concatenate([texts_of_string[one] for one in np.unique(string[texts_of_image[image]])])

    to_text = _recall(image_rows, text_rows, queries, (texts_of_image.__getitem__, reading_alike), block_bytes)
    to_image = _recall(
        text_rows,
        image_rows,
        np.arange(len(text_rows)),
        (lambda text: owner[text : text + 1], lambda text: images_of_string[string[text]]),
        block_bytes,
    )
    exact, alike = (Recall(image_to_text=one, text_to_image=other) for one, other in zip(to_text, to_image, strict=True))
    return Retrieval(
        exact_pair=exact,
        identical_text=alike,
        images=len(image_rows),
        texts=len(text_rows),
        distinct_texts=len(numbers),
        image_queries=len(queries),
    )


def _features(given: ArrayLike, name: str) -> _Reals:
    """The rows in double precision, so that features decide what is nearer and not the order in which a product is summed."""
    rows = np.asarray(given, dtype=np.float64)
    if rows.ndim != 2 or not rows.size:
        raise ValueError(f"{name} features have the shape {rows.shape}; they must be (rows, columns) and not empty")
    norms = np.sqrt(np.einsum("nd,nd->n", rows, rows))
    if not np.all(np.abs(norms - 1) <= NORM_TOLERANCE):
        worst = int(np.argmax(np.where(np.isfinite(norms), np.abs(norms - 1), np.inf)))
        raise ValueError(f"row {worst} of the {name} features has the length {norms[worst]:.4g}; normalise the rows to 1")
    return rows


def _groups(keys: _Indices, count: int) -> list[_Indices]:
    """Of each key from 0 to count - 1, the positions that carry it."""
    order = np.argsort(keys, kind="stable")
    return np.split(order, np.cumsum(np.bincount(keys, minlength=count))[:-1])


def distinct_rows(rows: _Reals) -> tuple[_Reals, _Indices]:
    """The distinct rows, and of each row the place of its like among them.

    A product of matrices may round equal columns differently at the edge of a block; equal rows must tie exactly.
    """
    places: dict[bytes, int] = {}
    firsts: list[int] = []
    inverse = np.empty(len(rows), dtype=np.intp)
    for at, row in enumerate(rows):
        digest = hashlib.blake2b((row + 0.0).tobytes(), digest_size=16).digest()  # + 0.0 makes -0.0 equal 0.0
        if digest not in places:
            places[digest] = len(firsts)
            firsts.append(at)
        inverse[at] = places[digest]
    return (rows if len(firsts) == len(rows) else rows[firsts]), inverse


def _recall(
    rows: _Reals, gallery: _Reals, queries: _Indices, protocols: tuple[Callable[[int], _Indices], ...], block_bytes: int
) -> list[tuple[float, ...]]:
    """Of each protocol, which gives a query's right items, the recall at the depths."""
    distinct, inverse = distinct_rows(gallery)
    step = max(1, block_bytes // (8 * len(gallery)))
    found = np.zeros((len(protocols), len(DEPTHS)))
    for start in range(0, len(queries), step):
        some = queries[start : start + step]
        similarity = rows[some] @ distinct.T
        if len(distinct) < len(gallery):
            similarity = similarity[:, inverse]
        for at, right_items in enumerate(protocols):
            found[at] += _hits(similarity, [right_items(int(query)) for query in some])
    return [tuple(shares) for shares in (found / len(queries)).tolist()]


def _hits(similarity: _Reals, right_items: list[_Indices]) -> _Reals:
    """The expected number of queries with a right item among the first k, of each depth k; a row of (queries, gallery) each."""
    sizes = np.array([len(items) for items in right_items])
    starts = np.cumsum(sizes) - sizes
    right = similarity[np.repeat(np.arange(len(sizes)), sizes), np.concatenate(right_items)]
    best = np.maximum.reduceat(right, starts)
    ahead = np.count_nonzero(similarity > best[:, None], axis=1)
    tied = np.count_nonzero(similarity == best[:, None], axis=1)
    good = np.add.reduceat((right == np.repeat(best, sizes)).astype(np.intp), starts)
    return np.array([np.sum(1 - _missed(depth - ahead, tied, good)) for depth in DEPTHS])


def _missed(places: _Indices, tied: _Indices, good: _Indices) -> _Reals:
    """The probability that none of `good` among `tied` items in random order comes in the first `places`."""
    missed = np.ones(len(tied))
    for drawn in range(max(DEPTHS)):
        wrong = np.maximum(tied - good - drawn, 0) / np.maximum(tied - drawn, 1)
        missed = np.where(drawn < places, missed * wrong, missed)
    return missed
