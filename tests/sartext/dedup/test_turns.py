"""Turned descriptors, beside those of turned images."""

import numpy as np
import pytest

from sartext.dedup.keypoints import FREQUENCIES, keypoints
from sartext.dedup.turns import turned
from tests.support import speckle_images


@pytest.mark.parametrize("turn", range(8))
def test_turned_descriptors_are_those_of_the_turned_image(turn: int) -> None:
    gray = speckle_images.speckle(0)
    own, other = turned(keypoints(gray).bits, turn), keypoints(speckle_images.turned(gray, turn)).bits
    nearest = np.bitwise_count(own[:, None] ^ other).min(axis=1)
    assert (nearest <= 4).mean() > 0.7
    others = [turned(keypoints(gray).bits, way) for way in range(8) if way != turn]
    assert all((np.bitwise_count(one[:, None] ^ other).min(axis=1) <= 4).mean() < 0.05 for one in others)


def test_turns_of_descriptors_written_bit_by_bit() -> None:
    bits = np.random.default_rng(1).integers(0, 2**64, 20, dtype=np.uint64)
    for turn in range(8):
        for before, after in zip(bits.tolist(), turned(bits, turn).tolist(), strict=True):
            sign = {uv: before >> place & 1 for place, uv in enumerate(FREQUENCIES)}
            for place, (u, v) in enumerate(FREQUENCIES):
                value = sign[v, u] if turn & 4 else sign[u, v]
                value ^= (v if turn & 1 else 0) % 2 ^ (u if turn & 2 else 0) % 2
                assert after >> place & 1 == value
            assert after >> 63 == before >> 63
