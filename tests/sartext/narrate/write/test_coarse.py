"""Coarse captions: one a tile, short, never refused, shared by few tiles, and the same wherever they are written."""

import pickle
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from sartext.errors import TileRejected
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.coarse import Coarse
from sartext.sources.synthetic import Synthetic
from sartext.tile import COARSE, Box, Region, Tile
from tests.benchmarks.narrate_rate import ships
from tests.benchmarks.narrate_tiles import random_tile
from tests.reading.mosaics import mosaic
from tests.reading.reader import read_tile
from tests.reading.tiles import random_tile as any_tile
from tests.support.narration import MakeBox, MakeTile
from tests.support.stored import same_as_stored

NAMES = ("SAR", "Airbus", "Boeing", "ARJ", "A2", "A3")  # words with a capital wherever they stand
TILES, STORED_KEYS, SAME_TILES, SHARE = 300, 8, 300, 0.1
KINDS: dict[str, Callable[[int], Tile]] = {
    "archive": Synthetic(tiles=TILES, pixels=False, twin=False).tile,
    "random": random_tile,
    "any": any_tile,
    "ships": lambda number: ships(number, 0),
    "mosaics": lambda number: mosaic(0, number),
}


def text_of(tile: Tile, seed: int = 0) -> str | None:
    """The coarse caption of a tile."""
    captions = Coarse(seed=seed).apply(replace(tile, captions=())).captions
    return captions[0].text if captions else None


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_refused_and_the_independent_reader_agrees(kind: str) -> None:
    told = 0
    for number in range(TILES):
        tile = Verify().apply(Coarse().apply(KINDS[kind](number)))
        assert all(caption.kept for caption in tile.captions), tile.captions
        told += len(tile.captions)
        if kind != "mosaics":  # of which not all is labelled
            assert all(not reading.faults and not reading.unread for _, reading in read_tile(tile)), read_tile(tile)
    assert told > 0.8 * TILES


@pytest.mark.parametrize("kind", KINDS)
def test_texts_are_short_fragments(kind: str) -> None:
    found = [text for number in range(TILES) if (text := text_of(KINDS[kind](number)))]
    assert not [text for text in found if text.endswith(".") or len(text.split()) > 12]
    assert not [text for text in found if text[0].isupper() and not text.startswith(NAMES)]
    assert not [word for text in found for word in text.split() if word[0].isupper() and not word.startswith(NAMES)]
    assert not [text for text in found if re.search(r"\b(?:no|without|not|free of|empty)\b", text)]
    assert sum("SAR image" in text or "radar image" in text for text in found) <= len(found) / 6


def test_one_caption_goes_behind_those_that_are_there(make_tile: MakeTile, make_box: MakeBox) -> None:
    tile = A2C().apply(make_tile(make_box("ship", 20, 20, 60, 40)))
    told = Coarse().apply(tile)
    assert told.captions[:-1] == tile.captions
    assert (told.captions[-1].form, told.captions[-1].route, told.captions[-1].kept) == (COARSE, "a2c", True)
    assert all(getattr(told, one.name) is getattr(tile, one.name) for one in fields(Tile) if one.name != "captions")
    assert Coarse().apply(mosaic(0, 3)).captions[-1].route == "sa2c"  # which has no boxes


def test_a_tile_of_which_nothing_may_be_said_gets_none(make_tile: MakeTile, make_box: MakeBox) -> None:
    crowd = replace(make_box("ship", 20, 20, 60, 40), crowd=True)
    for tile in (make_tile(), make_tile(exhaustive=()), make_tile(crowd)):
        assert Coarse().apply(tile) is tile
    with pytest.raises(TileRejected, match="unknown_class"):
        Coarse().apply(make_tile(make_box("kraken", 20, 20, 60, 40)))


def test_texts_change_only_with_the_revision(hand_tiles: dict[str, Tile]) -> None:
    """Where this fails, the texts have changed: raise Coarse.revision with them."""
    lines = [f"revision {Coarse().revision}"]
    for name, tile in hand_tiles.items():
        lines += [f"{name}: {text_of(replace(tile, key=f'hand/s{number}/0_0'))}" for number in range(STORED_KEYS)]
    same_as_stored("captions_coarse.txt", lines)


def test_the_rule_is_plain_data_and_another_seed_gives_other_words() -> None:
    assert Coarse() == pickle.loads(pickle.dumps(Coarse()))
    assert all(one.metadata["help"] for one in fields(Coarse))
    tiles = [ships(number, 5) for number in range(20)]
    assert [text_of(tile) for tile in tiles] == [
        text_of(replace(tile, source="other", key=f"o{tile.key[5:]}")) for tile in tiles
    ]
    assert [text_of(tile) for tile in tiles] != [text_of(tile, seed=1) for tile in tiles]


def _as_one_label(tile: Tile, label: str, exhaustive: tuple[str, ...] = ("ship", "aircraft")) -> Tile:
    return replace(tile, boxes=tuple(replace(box, label=label) for box in tile.boxes), exhaustive=exhaustive)


def _covered(tile: Tile, label: str, boxes: tuple[Box, ...]) -> Tile:
    whole = Region(label=label, area_share=1.0, rle=(0, tile.width_px * tile.height_px))
    return replace(tile, regions=(whole,), unlabelled_share=0.0, boxes=boxes)


MONOTONOUS: dict[str, Callable[[int], Tile]] = {
    "a ship each": lambda number: ships(number, 1),
    "an annotated ship each": lambda number: replace(ships(number, 1), exhaustive=()),
    "two ships each": lambda number: ships(number, 2),
    "seven ships each": lambda number: ships(number, 7),
    "fifteen aircraft each": lambda number: _as_one_label(ships(number, 15), "aircraft"),
    "some parts of masks each": lambda number: replace(
        ships(number, 4), boxes=tuple(replace(box, component=True) for box in ships(number, 4).boxes)
    ),
    "a ship at sea each": lambda number: _covered(ships(number, 1), "sea", ships(number, 1).boxes),
    "water alone": lambda number: _covered(ships(number, 1), "water", ()),
}


@pytest.mark.parametrize("kind", MONOTONOUS)
def test_no_text_is_on_more_than_a_tenth_of_the_tiles_though_they_are_all_alike(kind: str) -> None:
    told = [Verify().apply(Coarse().apply(MONOTONOUS[kind](number))).captions for number in range(SAME_TILES)]
    assert all(len(captions) == 1 and captions[0].kept for captions in told)
    (text, number), *_ = Counter(captions[0].text for captions in told).most_common(1)
    assert number <= SHARE * SAME_TILES, text


def test_an_image_of_light_is_not_called_one_of_radar() -> None:
    for number in range(200):
        tile = ships(number, 3)
        light = replace(tile, sensor=replace(tile.sensor, modality="optical"))
        (caption,) = Verify().apply(Coarse().apply(light)).captions
        assert caption.kept
        assert not re.search(r"\b(?:sar|radar)\b", caption.text)
