"""Near-duplicates among embeddings: all of them, wherever clusters meet."""

import numpy as np
import pytest

from sartext.dedup.near_vectors import near_pairs
from tests.support.planted_vectors import Array, brute_force, planted


def pairs(vectors: Array, cosine: float, kinds: Array | None = None) -> list[tuple[int, int]]:
    return [(int(one), int(other)) for some in near_pairs(vectors, cosine, kinds) for one, other, _ in some.tolist()]


@pytest.mark.parametrize(("cosine", "seed"), [(0.97, 0), (0.9, 1), (0.6, 2)])
def test_every_pair_that_brute_force_finds_and_no_other(cosine: float, seed: int) -> None:
    vectors = planted(3000, 32, copies=200, cosine=min(cosine + 0.002, 0.999), seed=seed)
    found = pairs(vectors, cosine)
    expected = brute_force(vectors, cosine)
    assert len(expected) >= 200
    assert set(found) == expected
    assert len(found) == len(expected)


def test_only_pairs_of_two_kinds_where_kinds_are_given() -> None:
    vectors = planted(1000, 16, copies=100, cosine=0.98, seed=3)
    kinds = np.arange(1000) % 2
    assert set(pairs(vectors, 0.95, kinds)) == {(a, b) for a, b in brute_force(vectors, 0.95) if (a - b) % 2}


def test_equal_vectors_and_few() -> None:
    one = planted(1, 8, copies=0, cosine=1, seed=4)
    assert pairs(one, 0.9) == []
    assert pairs(np.repeat(one, 3, axis=0), 0.9999) == [(0, 1), (0, 2), (1, 2)]
