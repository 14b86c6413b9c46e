"""The embedded archive as an optical set."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from sartext.narrate.verify import Verify
from sartext.sources.archive.optical import COLOURS
from sartext.sources.optical_archive import OpticalArchive
from sartext.sources.source import split_of
from sartext.sources.synthetic import Synthetic
from sartext.tile import from_table, to_table

NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
NOUNS = {"ship": "ship", "airplane": "aircraft", "car": "car", "storage tank": "tank", "bridge": "bridge", "harbor": "harbor"}
COUNTED = re.compile(r"\b((?:at least )?)(\w+) (ship|airplane|car|storage tank|bridge|harbor)s?\b")


def test_a_tile_is_a_picture_in_colour_with_two_captions() -> None:
    tile = OpticalArchive(tiles=20).tile(3)
    assert tile.image.bytes is not None
    pixels = np.asarray(Image.open(io.BytesIO(tile.image.bytes)))
    assert pixels.shape == (128, 128, 3)
    assert np.abs(pixels[..., 0].astype(int) - pixels[..., 2]).mean() > 2
    assert [caption.route for caption in tile.captions] == ["human", "human"]
    assert from_table(to_table([tile])) == [tile]


def test_its_tiles_say_that_they_are_optical() -> None:
    made = [source.tile(0).sensor.modality for source in (OpticalArchive(tiles=1), Synthetic(tiles=1, twin=False))]
    assert made == ["optical", "sar"]


def test_it_shares_scenes_and_splits_with_the_radar_archive() -> None:
    optical, radar = OpticalArchive(tiles=5).tile(4), Synthetic(tiles=5).tile(4)
    assert (optical.scene, optical.split) == (radar.scene, radar.split)
    assert optical.split == split_of(optical.scene)
    assert optical.key != radar.key


# Of the rare tiles whose border cuts a ship so far that its centre lies outside.
CUT = [(0, 5), (0, 468), (1, 229), (1, 469)]


@pytest.mark.parametrize(
    ("size_px", "seed", "index"), [*((128, 0, index) for index in range(0, 200, 5)), *((64, *one) for one in CUT)]
)
def test_the_first_caption_counts_what_the_boxes_show(size_px: int, seed: int, index: int) -> None:
    tile = OpticalArchive(tiles=700, seed=seed, size_px=size_px).tile(index)
    said = {
        NOUNS[noun]: (NUMBERS.get(number, 0) or int(number), bool(least))
        for least, number, noun in COUNTED.findall(tile.captions[0].text.lower())
    }
    for label, (number, least) in said.items():
        boxes = [box for box in tile.boxes if box.label == label]
        whole = [box for box in boxes if box.visible_share == 1.0]
        assert len(whole) <= number <= len(boxes)
        assert least is (number < len(boxes))  # the border cuts another one off
    assert said.keys() >= {box.label for box in tile.boxes if box.visible_share == 1.0}
    assert (size_px == 64) is any(least for _, least in said.values())


@pytest.mark.parametrize("index", [3, 301])
def test_nothing_else_is_of_note_only_where_the_border_cuts_nothing_off(index: int) -> None:
    tile = OpticalArchive(tiles=700, seed=1, size_px=64).tile(index)
    assert tile.boxes
    assert not COUNTED.search(tile.captions[0].text)
    assert "nothing else" not in tile.captions[1].text


def test_colours_are_named_and_verification_leaves_people_their_word() -> None:
    names = {name for colours in COLOURS.values() for name, _ in colours}
    tiles = [Verify().apply(OpticalArchive(tiles=60).tile(index)) for index in range(60)]
    texts = [caption.text for tile in tiles for caption in tile.captions]
    assert sum(any(name in text for name in names) for text in texts) > len(texts) // 3
    assert all(caption.kept for tile in tiles for caption in tile.captions)
    assert len(set(texts)) > 80


def test_a_wrong_size_is_said() -> None:
    with pytest.raises(ValueError, match="from 32 to 1024"):
        OpticalArchive(tiles=1, size_px=16)
