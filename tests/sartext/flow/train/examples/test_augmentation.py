"""Examples that are changed at random: by the seed alone, words with pixels, and each change what it says."""

import io

import numpy as np
import pytest
from PIL import Image

from sartext.errors import UserError
from sartext.flow.train.examples.augmentation import Augmentation, grayed, speckled
from sartext.imaging.encode import png
from sartext.models.image import Preprocess
from sartext.models.objective import Example

PREPROCESS = Preprocess(size_px=16)


def example(text: str = "A ship in the upper left.") -> Example:
    pixels = np.zeros((16, 16, 3), dtype=np.uint8)
    pixels[:4, :4] = (200, 100, 50)
    pixels[8:] += 20
    return Example(image=png(pixels), text=text)


def changed(of: Augmentation, seed: int = 0, text: str = "A ship in the upper left.") -> tuple[np.ndarray, str]:
    one = of.changed(example(text), PREPROCESS, np.random.default_rng(seed))
    return np.asarray(Image.open(io.BytesIO(one.image))), one.text


def test_the_same_seed_gives_the_same_change_and_another_another() -> None:
    all_of_it = Augmentation(flips=0.5, gray=0.5, tone=0.5, speckle=0.5)
    found = [changed(all_of_it, seed) for seed in (1, 1, *range(2, 20))]
    assert np.array_equal(found[0][0], found[1][0])
    assert found[0][1] == found[1][1]
    assert len({pixels.tobytes() for pixels, _ in found}) > 15


def test_words_are_flipped_with_the_pixels() -> None:
    corners = {"upper left": (0, 0), "upper right": (0, -1), "lower left": (-1, 0), "lower right": (-1, -1)}
    seen = set()
    for seed in range(40):
        pixels, text = changed(Augmentation(flips=0.5), seed)
        corner = text.removeprefix("A ship in the ").removesuffix(".")
        assert pixels[corners[corner]].max() >= 200
        seen.add(corner)
    assert seen == set(corners)
    for seed in range(5):
        pixels, text = changed(Augmentation(flips=1.0), seed, "A ship in the northwest.")
        assert pixels[0, 0].max() == 200


def test_gray_is_that_of_pillow_and_tone_and_speckle_keep_what_is_brighter() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    wanted = np.asarray(Image.fromarray(pixels).convert("L")).astype(int)
    assert np.abs(grayed(pixels).astype(int) - wanted).max() <= 1
    toned, _ = changed(Augmentation(gray=1.0, tone=1.0))
    plain, _ = changed(Augmentation(gray=1.0))
    order = np.argsort(plain.ravel(), kind="stable")
    assert (np.diff(toned.ravel()[order].astype(int)) >= 0).all()
    assert not np.array_equal(toned, plain)


@pytest.mark.parametrize("looks", [1.0, 4.0])
def test_speckle_has_the_mean_and_the_looks_that_it_should(looks: float) -> None:
    pixels = np.full((256, 256, 3), 60, dtype=np.uint8)
    colours = speckled(pixels, looks, np.random.default_rng(0))
    power = speckled(pixels[:, :, 0], looks, np.random.default_rng(0)).astype(float) ** 2
    assert all(np.array_equal(colours[:, :, at].astype(float) ** 2, power) for at in range(3))  # the same in all channels
    assert power.mean() == pytest.approx(60**2, rel=0.03)
    assert power.mean() ** 2 / power.var() == pytest.approx(looks, rel=0.1)


def test_nothing_is_changed_where_nothing_is_asked() -> None:
    assert not Augmentation().changes
    assert Augmentation(speckle=0.1).changes
    pixels, text = changed(Augmentation())
    assert np.array_equal(pixels, np.asarray(Image.open(io.BytesIO(example().image))))
    assert text == example().text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("flips", 1.5, "flips is 1.5; it must be from 0 to 1"),
        ("speckle_looks", 0.0, "speckle_looks is 0.0; it must be from 0"),
    ],
)
def test_wrong_shares_are_said(name: str, value: float, said: str) -> None:
    with pytest.raises(UserError, match=said):
        Augmentation(**{name: value})
