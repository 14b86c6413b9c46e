"""Exact search beside dense numpy."""

import numpy as np
import pytest
import torch

from sartext.flow.predict.search import Nearest


def dense(features: np.ndarray, keys: list[str], query: np.ndarray, top: int) -> list[str]:
    """The keys by a stable sort of all products in double precision."""
    scores = features.astype(np.float64) @ query.astype(np.float64)
    return [keys[row] for row in sorted(range(len(keys)), key=lambda row: (-scores[row], keys[row]))[:top]]


@pytest.mark.parametrize("seed", range(5))
def test_it_finds_what_dense_numpy_finds(seed: int) -> None:
    random = np.random.default_rng(seed)
    features = random.normal(size=(3000, 48)).astype(np.float32)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    keys = [f"a/b/{number}" for number in random.permutation(3000)]
    query = features[7] + random.normal(size=48).astype(np.float32) * 0.1
    query /= np.linalg.norm(query)
    rows, scores = Nearest(torch.from_numpy(features), keys)(torch.from_numpy(query), 50)
    assert [keys[row] for row in rows] == dense(features, keys, query, 50)
    np.testing.assert_allclose(scores, features[rows].astype(np.float64) @ query.astype(np.float64), atol=1e-12)


def test_equal_products_come_in_the_order_of_keys() -> None:
    random = np.random.default_rng(3)
    # Coordinates of which every product is exact, so that many rows tie; and the same rows again and again.
    features = np.repeat(random.choice([-0.5, 0.5], size=(97, 4)), 31, axis=0)[random.permutation(97 * 31)].astype(np.float32)
    keys = [f"k/k/{number:05d}" for number in random.permutation(len(features))]
    query = np.array([0.5, -0.5, 0.5, 0.5], dtype=np.float32)
    for top in (1, 10, 500, 5000):
        rows, _ = Nearest(torch.from_numpy(features), keys)(torch.from_numpy(query), top)
        assert [keys[row] for row in rows] == dense(features, keys, query, top)


def test_a_model_that_says_the_same_of_all_gives_the_first_keys() -> None:
    features = torch.nn.functional.normalize(torch.full((1000, 768), 0.1), dim=1)
    keys = [f"k/k/{number}" for number in range(1000)]
    rows, _ = Nearest(features, keys)(features[0], 7)
    assert [keys[row] for row in rows] == sorted(keys)[:7]


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="2 keys for features"):
        Nearest(torch.zeros(3, 4), ["a", "b"])
    with pytest.raises(ValueError, match="4 columns"):
        Nearest(torch.zeros(2, 4), ["a", "b"])(torch.zeros(5), 1)
