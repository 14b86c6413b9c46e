"""Search by meaning: whether what is found first, or among the first ten, is what was asked for, whoever's text it is.

A text may be true of many images, so a search is right where it finds one that it is true of, and not only its own. Two
measures, beside what guessing and what knowing everything give:

- First hit: the share of texts that are true of the image that is found first.
- Precision at 10: the mean share, among the first ten found, of images that a query is true of.

Ties are averaged, as in `retrieval`: a model that has collapsed to one point scores chance.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sartext.evaluate.retrieval import distinct_rows

_Item = TypeVar("_Item")

DEPTH = 10  # images that a person looks at
_MOST_TIED = 64  # images that are as similar as the first one and are looked at


@dataclass(frozen=True, kw_only=True)
class SearchScores:
    """Shares, 0 to 1, None where nothing true can be found; `texts` and `queries` is how many were asked with."""

    first_hit: float | None
    precision: float | None
    texts: int
    queries: int


def first_hit(texts: ArrayLike, images: ArrayLike, holds: Callable[[int, int], bool]) -> float:
    """The share of texts (M, D) of which the image (N, D) found first is one they are true of: `holds(text, image)`."""
    found, rows = 0.0, np.asarray(texts, dtype=np.float64)
    for number, similarity in enumerate(_similarities(rows, images)):
        first = np.flatnonzero(similarity == similarity.max())
        some = first[np.linspace(0, len(first) - 1, min(len(first), _MOST_TIED)).astype(int)]
        found += sum(holds(number, int(image)) for image in some) / len(some)
    return found / len(rows) if len(rows) else 0.0


def _similarities(rows: NDArray[np.float64], images: ArrayLike) -> Iterator[NDArray[np.float64]]:
    """Of each row (D) its similarity with each image (N); images that are equal are equally similar, to the last bit."""
    gallery, inverse = distinct_rows(np.asarray(images, dtype=np.float64))
    return ((gallery @ row)[inverse] for row in rows)


def precision_at(queries: ArrayLike, images: ArrayLike, right: NDArray[np.bool_], depth: int = DEPTH) -> float:
    """The mean over queries (Q, D) of the share of right ones among the first `depth` images (N, D); `right` is (Q, N)."""
    rows = np.asarray(queries, dtype=np.float64)
    if not len(rows):
        return 0.0
    depth = min(depth, right.shape[1])
    shares = []
    for similarity, of in zip(_similarities(rows, images), right, strict=True):
        last = np.partition(similarity, -depth)[-depth]
        ahead, tied = similarity > last, similarity == last
        shares.append((of[ahead].sum() + (depth - ahead.sum()) * of[tied].mean()) / depth)
    return float(np.mean(shares))


def chance_and_oracle(right: NDArray[np.bool_], depth: int) -> tuple[float, float]:
    """The mean share of right ones among the first `depth` images for a guess, and for who knows all; `right` is (Q, N)."""
    if not len(right):
        return 0.0, 0.0
    depth = min(depth, right.shape[1])
    return float(right.mean()), float(np.minimum(right.sum(axis=1), depth).mean() / depth)


def spread(items: Sequence[_Item], count: int) -> list[_Item]:
    """At most so many of the items, evenly spaced, so that nobody picks them."""
    count = min(count, len(items))
    return [items[(2 * at + 1) * len(items) // (2 * count)] for at in range(count)]
