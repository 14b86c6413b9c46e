"""Regions and boxes from COCO's polygons and run lengths."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sartext.narrate.facts import facts_of
from sartext.narrate.sa2c import SA2C
from sartext.narrate.verify import Verify
from sartext.sources.coco_masks import CocoMasks
from sartext.tile import Reject, Tile


def write(folder: Path, annotations: list[dict[str, Any]], images: int = 1) -> dict[str, str]:
    for number in range(images):
        Image.fromarray(np.full((40, 50), 9, np.uint8)).save(folder / f"{number}.png")
    table = {
        "images": [{"id": number, "file_name": f"{number}.png", "width": 50, "height": 40} for number in range(images)],
        "categories": [{"id": 1, "name": "ship"}, {"id": 2, "name": "water"}, {"id": 3, "name": "strange"}],
        "annotations": [{"id": at, "image_id": 0, **one} for at, one in enumerate(annotations)],
    }
    if not any(one["category_id"] == 3 for one in annotations):
        table["categories"].pop()
    (folder / "a.json").write_text(json.dumps(table))
    return {"images": str(folder), "annotations": str(folder / "a.json")}


def read(source: CocoMasks) -> list[Tile | Reject]:
    return [one for shard in source.shards() for one in source.read(shard)]


SHIP = {"category_id": 1, "bbox": [10, 10, 10, 5], "segmentation": [[10, 10, 20, 10, 20, 15, 10, 15]]}
OTHER_SHIP = {"category_id": 1, "bbox": [18, 12, 10, 5], "segmentation": [[18, 12, 28, 12, 28, 17, 18, 17]]}
WATER = {"category_id": 2, "bbox": [0, 20, 50, 20], "segmentation": {"size": [40, 50], "counts": [20, 20] * 50}}


def test_things_are_boxes_and_regions_land_covers_are_regions(tmp_path: Path) -> None:
    (tile,) = read(CocoMasks(**write(tmp_path, [SHIP, OTHER_SHIP, WATER])))
    assert isinstance(tile, Tile)
    assert [box.label for box in tile.boxes] == ["ship", "ship"]
    assert not any(box.component for box in tile.boxes)
    # 50 + 50 px of ships, of which 2 x 3 are in both; 1,000 px of water; the rest may be anything.
    shares = {region.label: region.area_share for region in tile.regions}
    assert shares == {"ship": 94 / 1094, "water": 1000 / 1094}
    assert tile.unlabelled_share == pytest.approx(1 - 1094 / 2000)


def test_what_is_exhaustive_leaves_nothing_open(tmp_path: Path) -> None:
    (tile,) = read(CocoMasks(**write(tmp_path, [SHIP, WATER]), exhaustive=("ship", "water")))
    assert isinstance(tile, Tile)
    assert tile.unlabelled_share == 0
    assert {region.label: region.area_share for region in tile.regions} == {"ship": 50 / 2000, "water": 1000 / 2000}
    assert facts_of(tile).count("ship") == (1, 1, 0)


@pytest.mark.parametrize("annotation", [SHIP, {**WATER, "segmentation": [[0, 0, 10, 0, 10, 10, 0, 10]]}])
def test_captions_of_one_class_say_what_it_covers_of_the_image(annotation: dict[str, Any], tmp_path: Path) -> None:
    """What is labelled is no more than the class itself: all of it would be true of every image."""
    (tile,) = read(CocoMasks(**write(tmp_path, [annotation])))
    share = r"2\.5%" if annotation is SHIP else r"5\.0%"
    for seed in range(20):
        captions = Verify().apply(SA2C(seed=seed).apply(tile)).captions
        assert captions
        for caption in captions:
            assert caption.kept
            assert re.search(share, caption.text)
            assert "annotated" in caption.text.lower()
            assert "labelled area" not in caption.text
            assert not re.search(r"[Tt]he water", caption.text)


def test_an_image_without_annotations_has_no_regions(tmp_path: Path) -> None:
    first, second = read(CocoMasks(**write(tmp_path, [SHIP], images=2)))
    assert isinstance(first, Tile)
    assert isinstance(second, Tile)
    assert second.regions == second.boxes == ()


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"category_id": 1, "bbox": [1, 1, 2, 2], "segmentation": [[1, 2]]}, "bad_annotation"),
        ({"category_id": 3, "bbox": [1, 1, 2, 2], "segmentation": []}, "unknown_category"),
        ({"category_id": 1, "bbox": [1, 1, -2, 2], "segmentation": []}, "negative_box"),
    ],
)
def test_a_bad_annotation_rejects_its_tile(bad: dict[str, Any], reason: str, tmp_path: Path) -> None:
    first, second = read(CocoMasks(**write(tmp_path, [SHIP, bad], images=2)))
    assert isinstance(first, Reject)
    assert first.reason == reason
    assert isinstance(second, Tile)


def test_the_segmentation_is_part_of_what_a_tile_is(tmp_path: Path) -> None:
    source = CocoMasks(**write(tmp_path, [SHIP]))
    before = source.identity(source.shards()[0].items[0])
    other = CocoMasks(**write(tmp_path, [{**SHIP, "segmentation": OTHER_SHIP["segmentation"]}]))
    assert other.identity(other.shards()[0].items[0]) != before
