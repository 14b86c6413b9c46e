"""Candidates, beside a comparison of all pairs."""

from collections import Counter

import numpy as np
import pytest

from sartext.dedup.candidates import MOST_CANDIDATES, VOTES, Candidates, Descriptors, candidates
from sartext.dedup.keypoints import keypoints
from sartext.dedup.turns import SYMMETRIES
from tests.support import speckle_images


def described(grays: list[np.ndarray]) -> Descriptors:
    points = [keypoints(gray) for gray in grays]
    counts = [len(one) for one in points]
    return Descriptors(
        np.concatenate([one.bits for one in points]),
        np.concatenate([one.sigma_px for one in points]),
        np.repeat(np.arange(len(points)), counts),
    )


def random_descriptors(seed: int, images_: int, each: int) -> Descriptors:
    random = np.random.default_rng(seed)
    bits = random.integers(0, 2**64, images_ * each, dtype=np.uint64)
    return Descriptors(bits, np.ones(len(bits), np.float32), np.repeat(np.arange(images_), each))


def rows(found: Candidates) -> list[tuple[int, int, int, int]]:
    return list(zip(*(column.tolist() for column in (found.asked, found.known, found.turn, found.votes)), strict=True))


def test_shared_keypoints_are_found_and_nothing_else() -> None:
    known, asked = random_descriptors(2, 40, 50), random_descriptors(3, 20, 50)
    bits = asked.bits.copy()
    planted = {(3, 17): 10, (3, 5): 4, (11, 39): VOTES, (12, 0): VOTES - 1}
    used = Counter[int]()
    for (image, other), count in planted.items():
        start = 50 * image + used[image]
        bits[start : start + count] = known.bits[50 * other : 50 * other + count]
        used[image] += count
    found = candidates(Descriptors(bits, asked.sigma_px, asked.image), known)
    assert rows(found) == [(3, 5, 0, 4), (3, 17, 0, 10), (11, 39, 0, VOTES)]


@pytest.mark.parametrize("errors", [1, 2])
def test_most_descriptors_with_a_few_wrong_bits_are_found(errors: int) -> None:
    known = random_descriptors(4, 30, 100)
    random = np.random.default_rng(5)
    bits = known.bits.copy()
    for number in range(len(bits)):
        for bit in random.choice(64, errors, replace=False):
            bits[number] ^= np.uint64(1 << int(bit))
    found = candidates(Descriptors(bits, known.sigma_px, known.image), known)
    own = {one: votes for one, other, turn, votes in rows(found) if one == other and turn == 0}
    assert set(own) == set(range(30))
    assert np.mean(list(own.values())) > (85, 70)[errors - 1]


def test_votes_of_other_scales_do_not_count_together() -> None:
    known = random_descriptors(6, 3, 40)
    scales = np.where(np.arange(120) % 2, 1.0, 3.0).astype(np.float32)
    found = candidates(Descriptors(known.bits, scales, known.image), known)
    assert [row[:3] for row in rows(found)] == [(0, 0, 0), (1, 1, 0), (2, 2, 0)]
    assert set(found.votes.tolist()) == {20}
    far = candidates(Descriptors(known.bits, np.full(120, 8, np.float32), known.image), known)
    assert rows(far) == []


def test_what_everything_has_makes_few_candidates() -> None:
    same = Descriptors(np.full(300 * 20, 2**40 + 5, np.uint64), np.ones(6000, np.float32), np.repeat(np.arange(300), 20))
    found = candidates(same, same)
    assert Counter(found.asked.tolist()).most_common(1)[0][1] <= MOST_CANDIDATES


def test_pictures_are_found_in_their_turn() -> None:
    grays = [speckle_images.speckle(seed) for seed in range(12)]
    asked = described([speckle_images.jpeg(speckle_images.turned(grays[turn], turn), 75) for turn in range(len(SYMMETRIES))])
    found = candidates(asked, described(grays))
    back = (0, 1, 2, 3, 4, 6, 5, 7)  # what undoes a turn
    expected = [(turn, turn, back[turn]) for turn in range(8)]
    assert [row[:3] for row in rows(found) if row[3] >= 10] == expected
    assert all(row[3] < 6 for row in rows(found) if row[:3] not in expected)


def test_of_nothing_comes_nothing() -> None:
    nothing = Descriptors(np.zeros(0, np.uint64), np.zeros(0, np.float32), np.zeros(0, np.intp))
    some = random_descriptors(7, 2, 5)
    assert rows(candidates(nothing, some)) == rows(candidates(some, nothing)) == rows(candidates(nothing, nothing)) == []


def test_the_order_of_the_known_does_not_matter() -> None:
    grays = [speckle_images.speckle(seed) for seed in range(6)]
    asked = described([speckle_images.jpeg(gray, 50) for gray in grays])
    forward, backward = candidates(asked, described(grays)), candidates(asked, described(grays[::-1]))
    assert rows(forward) == sorted((one, 5 - other, turn, votes) for one, other, turn, votes in rows(backward))


def test_more_keypoints_than_are_numbered_are_refused() -> None:
    with pytest.raises(ValueError, match="keypoints"):
        candidates(random_descriptors(8, 1, 129), random_descriptors(8, 1, 5))


def test_there_may_be_more_images_than_a_number_of_24_bits_names() -> None:
    known = random_descriptors(9, 40, 50)
    far = np.intp(2**33)  # 8.6 * 10^9 images before these
    asked = Descriptors(known.bits[:500], known.sigma_px[:500], known.image[:500] + far)
    found = candidates(asked, Descriptors(known.bits, known.sigma_px, known.image + 2 * far))
    assert [row[:3] for row in rows(found)] == [(far + number, 2 * far + number, 0) for number in range(10)]


def test_more_images_than_are_asked_at_once_are_refused_and_parts_are_not() -> None:
    many = random_descriptors(10, 5000, 1)
    with pytest.raises(ValueError, match="more than 4,096 images are asked at once; ask in parts"):
        candidates(many, many)
    assert max(len(np.unique(part.image)) for part in many.parts()) <= 4096
