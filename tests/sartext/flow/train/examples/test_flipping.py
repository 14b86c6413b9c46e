"""Flipped texts are true of flipped tiles, by the verifier; what cannot be flipped is left."""

from dataclasses import replace

import numpy as np
import pytest

from sartext.flow.train.examples.flipping import flipped_text
from sartext.imaging.run_lengths import decode, encode
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import claims_of, verdict_of
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.sa2c import SA2C
from sartext.sources.synthetic import Synthetic
from sartext.tile import Box, Region, Tile


def mirrored(tile: Tile, axis: int) -> Tile:
    """The annotations of the tile's image, flipped."""
    side = (tile.height_px, tile.width_px)[axis]

    def box(one: Box) -> Box:
        points = np.array(one.polygon_px).reshape(4, 2)
        points[:, 1 - axis] = side - points[:, 1 - axis]
        return replace(one, polygon_px=tuple(np.roll(points[::-1], -2, axis=0).ravel().tolist()))

    def region(one: Region) -> Region:
        mask = decode(one.rle, tile.height_px, tile.width_px)
        return replace(one, rle=tuple(encode(np.flip(mask, axis))))

    return replace(tile, boxes=tuple(map(box, tile.boxes)), regions=tuple(map(region, tile.regions)))


@pytest.mark.parametrize("axis", [0, 1])
def test_what_is_supported_of_a_tile_is_supported_of_the_flipped_one_when_it_is_flipped(axis: int) -> None:
    source = Synthetic(tiles=150, seed=5, twin=False, pixels=False)
    flipped = moved = wrong = 0
    for tile in (one for shard in source.shards() for one in source.read(shard)):
        assert isinstance(tile, Tile)
        facts, other = facts_of(tile), facts_of(mirrored(tile, axis))
        for caption in SA2C().apply(A2C().apply(tile)).captions:
            text = flipped_text(caption.text, axis)
            if text is None or verdict_of(claims_of(caption.text, facts)) != "supported":
                continue
            flipped += 1
            moved += text != caption.text
            assert verdict_of(claims_of(text, other)) == "supported", (caption.text, text)
            assert flipped_text(text, axis) == caption.text
            # A text that was not flipped would be wrong: that is why it is.
            wrong += verdict_of(claims_of(caption.text, other)) != "supported"
    assert flipped > 300
    assert moved > 100
    assert wrong > 50


@pytest.mark.parametrize(
    ("text", "upside_down", "left_to_right"),
    [
        ("Two ships in the upper left.", "Two ships in the lower left.", "Two ships in the upper right."),
        ("Left of the bridge, a ship.", "Left of the bridge, a ship.", "Right of the bridge, a ship."),
        ("A ship above a bridge.", "A ship below a bridge.", "A ship above a bridge."),
        ("The leftmost ship is at the TOP.", "The leftmost ship is at the BOTTOM.", "The rightmost ship is at the TOP."),
        ("A ship north of a harbor.", None, None),
        ("A ship at 45 degrees.", None, None),
        ("左边有一艘船", None, None),
        ("A harbor seen from above.", None, "A harbor seen from above."),
        ("A ship above 100 m long.", None, "A ship above 100 m long."),
        ("A ship right next to a bridge.", "A ship right next to a bridge.", None),
        ("No ships left.", "No ships left.", None),
        ("Ten cars lined up.", None, "Ten cars lined up."),
        ("Its left wing is short.", None, None),
    ],
)
def test_words_of_places_are_flipped_and_where_they_cannot_be_nothing_is(
    text: str, upside_down: str | None, left_to_right: str | None
) -> None:
    assert flipped_text(text, 0) == upside_down
    assert flipped_text(text, 1) == left_to_right
