from dataclasses import replace

import numpy as np
import pytest

from sartext.sar.offset import offset_px
from sartext.sources.archive import optical, radar
from sartext.sources.archive.ground import ground
from sartext.sources.archive.plan import Scene, plan
from tests.benchmarks.pair_offset import level, shifted

SIZE_PX, MARGIN_PX, SEED = 160, 16, 21


@pytest.fixture(scope="module")
def pairs() -> list[tuple[np.ndarray, np.ndarray]]:
    """Twenty scenes on level ground by radar and by light, in gray."""
    scenes: list[Scene] = [level(plan(SEED, index, SIZE_PX + 2 * MARGIN_PX)) for index in range(20)]
    clear = [replace(scene, twin=replace(scene.twin, cloudy=False)) for scene in scenes]
    drawn = [(scene, ground(scene)) for scene in clear]
    return [(radar.render(*one)[0], optical.render(*one)[0].mean(axis=2)) for one in drawn]


def test_planted_shifts_are_found_within_a_pixel(pairs) -> None:
    random, found = np.random.default_rng(0), 0
    for first, second in pairs:
        x, y = (int(value) for value in random.integers(-16, 17, 2))
        offset = offset_px(*shifted(first, second, x, y, MARGIN_PX))
        if offset is not None:
            found += 1
            assert offset == pytest.approx((x, y), abs=1.0)
    assert found >= 9


def test_contrast_does_not_matter(pairs) -> None:
    first, second = shifted(*pairs[0], 7, -4, MARGIN_PX)
    expected = offset_px(first, second)
    assert expected is not None
    assert offset_px(first, 255 - second) == pytest.approx(expected, abs=0.2)
    assert offset_px(first, 100 + second / 4) == pytest.approx(expected, abs=0.2)


def test_images_of_different_ground_have_none(pairs) -> None:
    firsts, seconds = zip(*[shifted(*pair, 0, 0, MARGIN_PX) for pair in pairs], strict=True)
    assert [offset_px(one, other) for one, other in zip(firsts, seconds[1:] + seconds[:1], strict=True)] == [None] * 20


def test_an_image_with_itself_lies_right(pairs) -> None:
    gray = pairs[0][1]
    assert offset_px(gray, gray) == (0.0, 0.0)
    assert offset_px(*shifted(gray, gray, 3, -5, MARGIN_PX)) == pytest.approx((3, -5), abs=0.3)


@pytest.mark.parametrize("size", [(64, 64), (64, 200), (333, 65)])
def test_noise_and_nothing_have_none(size: tuple[int, int]) -> None:
    random = np.random.default_rng(1)
    noise, other = random.integers(0, 256, size, dtype=np.uint8), random.integers(0, 256, size, dtype=np.uint8)
    assert offset_px(noise, other) is None
    assert offset_px(noise, np.zeros(size, dtype=np.uint8)) is None
    assert offset_px(np.full(size, 200, dtype=np.uint8), np.full(size, 3, dtype=np.uint8)) is None
    assert offset_px(noise[:63], other[:63]) is None


def test_shapes_must_be_one() -> None:
    with pytest.raises(ValueError, match=r"shapes are \(64, 64\) and \(64, 65\)"):
        offset_px(np.zeros((64, 64)), np.zeros((64, 65)))
