"""Captions with the boxes on which their claims stand."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from jobs.export import Config, main
from sartext.artifact import open_artifact
from sartext.errors import UserError
from sartext.flow.export.export import export
from sartext.flow.export.grounded_captions import corners_px, ground_caption
from sartext.formats.grounding import GroundedPhrase
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.tile import Box, Caption, Claim, EncodedImage, Rendering, Tile, from_table
from tests.support.datasets import dataset

SHIP = Box(label="ship", polygon_px=(10, 4, 20, 8, 18, 14, 8, 10))
TANK = Box(label="tank", polygon_px=(-6, 20, 10, 20, 10, 70, -6, 70))  # cut by two borders
TILE = Tile(
    key="a/b/0_0",
    source="a",
    scene="b",
    split="train",
    image=EncodedImage(bytes=b""),
    height_px=64,
    width_px=128,
    rendering=Rendering(quantity="display"),
    boxes=(TANK, SHIP),
)
TEXT = "A ship and a tank at sea."


def claim(span: tuple[int, int] | None, boxes: tuple[int, ...], verdict: str = "supported") -> Claim:
    return Claim(kind="count", text="", verdict=verdict, evidence="", span=span, boxes=boxes)


def test_an_upright_box_around_the_object_inside_the_image() -> None:
    assert corners_px(SHIP, TILE) == (8, 4, 20, 14)
    assert corners_px(TANK, TILE) == (0, 20, 10, 64)
    outside = Box(label="ship", polygon_px=(200, 10, 210, 10, 210, 20, 200, 20))
    assert corners_px(outside, TILE) == (128, 10, 128, 20)


def test_phrases_stand_in_the_order_of_the_words_each_once() -> None:
    claims = (claim((11, 17), (0,)), claim((0, 6), (1,)), claim((0, 24), (1, 0)), claim((0, 6), (1,)))
    found = ground_caption(TILE, Caption(text=TEXT, route="a2c", claims=claims), "a.png")
    assert found is not None
    assert found[:4] == ("a.png", 128, 64, TEXT)
    ship, tank = (8, 4, 20, 14), (0, 20, 10, 64)
    assert found.phrases == (
        GroundedPhrase((0, 6), (ship,), ("ship",)),
        GroundedPhrase((0, 24), (ship, tank), ("ship", "tank")),
        GroundedPhrase((11, 17), (tank,), ("tank",)),
    )


def test_claims_without_words_or_boxes_or_that_are_not_supported_are_no_phrases() -> None:
    claims = (claim(None, (1,)), claim((0, 6), ()), claim((0, 6), (1,), "contradicted"), claim((0, 6), (1,), "unverifiable"))
    assert ground_caption(TILE, Caption(text=TEXT, route="a2c", claims=claims), "a.png") is None


@dataclass(frozen=True)
class Grounded:
    """Captions of which the first claim alone has a ground, the first word and the first two boxes, and a refused one so."""

    name: str = "grounded"
    revision: int = 1

    def apply(self, tile: Tile) -> Tile:
        boxes = tuple(range(min(2, len(tile.boxes))))
        captions = []
        for caption in tile.captions:
            first = replace(caption.claims[0], span=(0, caption.text.index(" ")), boxes=boxes)
            others = [replace(claim, span=None, boxes=()) for claim in caption.claims[1:]]
            captions.append(replace(caption, claims=(first, *others)))
        return replace(tile, captions=(*captions, replace(captions[0], kept=False, reason="refused")))


def test_a_dataset_is_exported_with_its_phrases(tmp_path: Path) -> None:
    uri = dataset(Synthetic(tiles=20, size_px=64, twin=False), (A2C(), Verify(), Grounded()), str(tmp_path / "tiles"))
    made = main(Config(dataset=uri, out=str(tmp_path / "out"), form="grounding"))
    lines = [json.loads(line) for line in (tmp_path / "out" / "grounding.jsonl").read_text().splitlines()]
    tiles = [tile for table in open_artifact(uri).tables() for tile in from_table(table)]
    with_boxes = [tile for tile in tiles if tile.boxes]
    kept = [caption for tile in tiles for caption in tile.captions if caption.kept]
    assert len(lines) == made.entries == sum(caption.kept for tile in with_boxes for caption in tile.captions)
    assert made.images == len(with_boxes) < len(tiles)
    assert made.skipped == sum(len(caption.claims) for caption in kept) - len(lines) > 0
    assert made.summary().endswith(
        f"; left out: {made.skipped:,} claims are not borne out by boxes, or have no place in the text"
    )
    by_path = {f"images/{tile.key}.png": tile for tile in tiles}
    for line in lines:
        assert (tmp_path / "out" / line["image"]).is_file()
        tile, (phrase,) = by_path[line["image"]], line["phrases"]
        assert phrase["text"] == line["caption"].split()[0] == line["caption"][slice(*phrase["span"])]
        assert phrase["labels"] == [box.label for box in tile.boxes[:2]]
        assert phrase["boxes"] == [list(corners_px(box, tile)) for box in tile.boxes[:2]]


def test_where_no_claim_has_boxes_there_is_nothing_to_write(tmp_path: Path) -> None:
    uri = dataset(Synthetic(tiles=3, size_px=64, twin=False), (), str(tmp_path / "tiles"))
    with pytest.raises(UserError, match="with kept captions with claims that boxes bear out"):
        export(uri, out=str(tmp_path / "out"), form="grounding")
