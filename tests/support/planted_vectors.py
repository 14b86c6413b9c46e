"""Embeddings in which near-copies are planted where two clusters meet, as a search among clusters may lose them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def planted(count: int, dimensions: int, copies: int, cosine: float, seed: int) -> Array:
    """`count` vectors of length 1 around some centres; the last `copies` have a cosine of about `cosine` to others before them.

    Each copied vector lies between two centres, as far from both.
    """
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(64, dimensions))
    vectors = centres[rng.integers(64, size=count)] + 0.7 * rng.normal(size=(count, dimensions))
    some = rng.permutation(count - copies)[:copies]
    pairs = np.array([rng.choice(64, 2, replace=False) for _ in range(copies)], np.intp).reshape(-1, 2)
    vectors[some] = centres[pairs[:, 0]] + centres[pairs[:, 1]] + 0.2 * rng.normal(size=(copies, dimensions))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    aside = rng.normal(size=(copies, dimensions))
    aside -= (aside * vectors[some]).sum(axis=1, keepdims=True) * vectors[some]
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    vectors[count - copies :] = cosine * vectors[some] + (1 - cosine**2) ** 0.5 * aside
    return vectors.astype(np.float32)


def brute_force(vectors: Array, cosine: float) -> set[tuple[int, int]]:
    """All pairs with such a cosine, by comparing all with all."""
    found: set[tuple[int, int]] = set()
    for start in range(0, len(vectors), 4096):
        left, right = np.nonzero(vectors[start : start + 4096] @ vectors.T >= cosine - 1e-4)
        left += start
        ahead = left < right
        left, right = left[ahead], right[ahead]
        products = (vectors[left].astype(np.float64) * vectors[right].astype(np.float64)).sum(axis=1)
        found |= set(zip(left[products >= cosine].tolist(), right[products >= cosine].tolist(), strict=True))
    return found
