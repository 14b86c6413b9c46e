import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from sartext.evaluate import retrieval as module
from sartext.evaluate.retrieval import DEPTHS, retrieval

Reals = NDArray[np.float64]


def dense_recall(similarity: Reals, right: Sequence[set[int]], depth: int) -> float:
    """Expected recall by the definition: each order of the items that tie with the best right one, where they decide."""
    total = 0.0
    for row, items in zip(similarity, right, strict=True):
        best = max(row[item] for item in items)
        ahead = [item for item in range(len(row)) if row[item] > best]
        tied = [item for item in range(len(row)) if row[item] == best]
        left = depth - len(ahead)
        if left <= 0:
            continue
        if left >= len(tied):
            total += 1
            continue
        drawn = list(itertools.combinations(tied, left))
        total += sum(bool(items & set(some)) for some in drawn) / len(drawn)
    return total / len(right)


def tied_data(seed: int) -> tuple[Reals, Reals, list[int], list[str]]:
    """Features of few values, so that many similarities are exactly equal, and texts that repeat."""
    draw = np.random.default_rng(seed)
    images, texts = int(draw.integers(2, 14)), int(draw.integers(2, 16))
    corners = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], [0.6, 0.8, 0], [0, 0.6, 0.8]])
    owner = [int(one) for one in draw.integers(0, images, texts)]
    words = [f"text {one}" for one in draw.integers(0, max(1, texts // 2), texts)]
    return corners[draw.integers(0, 5, images)], corners[draw.integers(0, 5, texts)], owner, words


@pytest.mark.parametrize("block_bytes", [1, 200, module.BLOCK_BYTES])
@pytest.mark.parametrize("seed", range(40))
def test_both_protocols_equal_dense_code_on_ties(seed: int, block_bytes: int) -> None:
    images, texts, owner, words = tied_data(seed)
    found = retrieval(images, texts, owner, words, block_bytes=block_bytes)
    similarity = np.array([[sum(a * b for a, b in zip(one, other, strict=True)) for other in texts] for one in images])
    asked = sorted(set(owner))
    own = [{t for t, image in enumerate(owner) if image == query} for query in asked]
    alike = [{t for t, word in enumerate(words) if word in {words[one] for one in mine}} for mine in own]
    owners = [{image} for image in owner]
    owners_alike = [{image for image, other in zip(owner, words, strict=True) if other == word} for word in words]
    for protocol, to_text, to_image in ((found.exact_pair, own, owners), (found.identical_text, alike, owners_alike)):
        for at, depth in enumerate(DEPTHS):
            assert protocol.image_to_text[at] == pytest.approx(dense_recall(similarity[asked], to_text, depth), abs=1e-12)
            assert protocol.text_to_image[at] == pytest.approx(dense_recall(similarity.T, to_image, depth), abs=1e-12)
        assert protocol.mean == pytest.approx(np.mean([protocol.image_to_text, protocol.text_to_image]))
    assert (found.images, found.texts, found.distinct_texts) == (len(images), len(texts), len(set(words)))
    assert found.image_queries == len(asked)


def test_recall_is_within_1_5_and_10() -> None:
    assert DEPTHS == (1, 5, 10)


def unit(rows: int, columns: int, seed: int) -> Reals:
    drawn = np.random.default_rng(seed).normal(size=(rows, columns))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def test_without_ties_it_is_the_share_of_ranks_within_k() -> None:
    images = unit(300, 16, 1)
    texts = images + 0.9 * unit(300, 16, 2)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    found = retrieval(images, texts, range(300), [str(n) for n in range(300)], block_bytes=50_000)
    similarity = images @ texts.T
    ranks = (similarity > np.diag(similarity)[:, None]).sum(axis=1)
    assert found.exact_pair.image_to_text == pytest.approx([float(np.mean(ranks < k)) for k in DEPTHS])
    assert found.exact_pair == found.identical_text
    assert 0.2 < found.exact_pair.image_to_text[0] < 0.95


def test_a_collapsed_model_scores_chance_however_the_gallery_is_sorted() -> None:
    same = np.tile(unit(1, 7, 3), (40, 1)).astype(np.float32)
    for owner in (range(40), range(39, -1, -1)):
        found = retrieval(same, same, owner, [str(n) for n in range(40)])
        assert found.exact_pair.image_to_text == pytest.approx([k / 40 for k in DEPTHS])
        assert found.exact_pair.text_to_image == pytest.approx([k / 40 for k in DEPTHS])


def test_the_order_of_the_gallery_does_not_matter() -> None:
    images, texts, owner, words = tied_data(5)
    order = np.random.default_rng(0).permutation(len(texts))
    moved = retrieval(images, texts[order], [owner[at] for at in order], [words[at] for at in order])
    straight = retrieval(images, texts, owner, words)
    assert moved.exact_pair.image_to_text == pytest.approx(straight.exact_pair.image_to_text)
    assert moved.identical_text.text_to_image == pytest.approx(straight.identical_text.text_to_image)


def test_equal_rows_tie_exactly_at_any_place_in_a_block() -> None:
    texts = np.repeat(unit(7, 33, 4), 19, axis=0).astype(np.float32)
    images = unit(133, 33, 5).astype(np.float32)
    found = retrieval(images, texts, range(133), [str(n) for n in range(133)], block_bytes=9_000)
    similarity = images.astype(np.float64) @ texts[::19].astype(np.float64).T
    ahead = (similarity > similarity[np.arange(133), np.arange(133) // 19, None]).sum(axis=1)
    assert found.exact_pair.image_to_text[0] == pytest.approx(float(np.mean(ahead == 0)) / 19, abs=1e-12)


def test_duplicate_captions_count_only_under_identical_text() -> None:
    images = np.eye(4)
    found = retrieval(images, images[[1, 0, 2, 3]], range(4), ["a ship", "a ship", "a car", "a bus"])
    assert found.exact_pair.image_to_text[0] == 0.5
    assert found.identical_text.image_to_text[0] == found.identical_text.text_to_image[0] == 1.0
    assert found.distinct_texts == 3


def test_an_image_without_texts_is_in_the_gallery_only() -> None:
    found = retrieval(np.eye(3), np.eye(3)[:1], [1], ["a ship"])
    assert (found.images, found.image_queries) == (3, 1)
    assert set(found.exact_pair.image_to_text) == {1.0}
    assert found.exact_pair.text_to_image == tuple(float(k > 1) for k in DEPTHS)


@pytest.mark.parametrize(
    ("images", "texts", "owner", "words", "fact"),
    [
        (np.eye(3), np.eye(4)[:3], [0, 1, 2], "abc", "3 columns and text features 4"),
        (np.eye(3), np.eye(3), [0, 1], "abc", "they must agree"),
        (np.eye(3), np.eye(3), [0, 1, 3], "abc", "there are 3 images"),
        (np.eye(3), np.eye(3), [0, 1, -1], "abc", "from -1 to 1"),
        (2 * np.eye(3), np.eye(3), [0, 1, 2], "abc", "row 0 of the image features has the length 2"),
        (np.eye(3), np.full((3, 3), math.nan), [0, 1, 2], "abc", "length nan"),
        (np.eye(3), np.empty((0, 3)), [], "", r"shape \(0, 3\)"),
    ],
)
def test_what_does_not_fit_is_said(images: Reals, texts: Reals, owner: list[int], words: str, fact: str) -> None:
    with pytest.raises(ValueError, match=fact):
        retrieval(images, texts, owner, list(words))
