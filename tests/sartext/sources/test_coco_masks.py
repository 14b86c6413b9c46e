"""Regions and boxes from COCO's polygons and run lengths."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sartext.narrate.ask.questions import Questions
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import Verify, claims_of, verdict_of
from sartext.narrate.write.sa2c import SA2C
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
    table["categories"] += [{"id": 4, "name": "tanker"}, {"id": 5, "name": "forest"}] if extended(annotations) else []
    (folder / "a.json").write_text(json.dumps(table))
    return {"images": str(folder), "annotations": str(folder / "a.json")}


def extended(annotations: list[dict[str, Any]]) -> bool:
    return any(one["category_id"] > 3 for one in annotations)


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


def test_captions_of_one_class_say_what_it_covers_of_the_image(tmp_path: Path) -> None:
    """What is labelled is no more than the class itself: all of it would be true of every image."""
    (tile,) = read(CocoMasks(**write(tmp_path, [{**WATER, "segmentation": [[0, 0, 10, 0, 10, 10, 0, 10]]}])))
    for seed in range(20):
        captions = Verify().apply(SA2C(seed=seed).apply(tile)).captions
        assert captions
        for caption in captions:
            assert caption.kept
            assert re.search(r"\b5%", caption.text)
            assert "annotated" in caption.text.lower()
            assert "labelled area" not in caption.text
            assert not re.search(r"[Tt]he water", caption.text)


NO_OUTLINE = {"category_id": 1, "bbox": [30, 30, 15, 8]}
TANKER = {**OTHER_SHIP, "category_id": 4}
FOREST = {"category_id": 5, "bbox": [0, 0, 5, 5], "segmentation": [[0, 0, 5, 0, 5, 5, 0, 5]]}


def texts(tile: Tile) -> list[str]:
    """What is said and asked of the areas of a tile."""
    found = []
    for seed in range(20):
        told = Questions(seed=seed).apply(Verify().apply(SA2C(seed=seed).apply(tile)))
        found += [one.text for one in told.captions] + [one.question for one in told.questions if one.kind == "area"]
    return found


def verdict(text: str, tile: Tile) -> str:
    return verdict_of(claims_of(text, facts_of(tile)))


@pytest.mark.parametrize("segmentation", [None, [], {"size": [40, 50], "counts": [2000]}])
@pytest.mark.parametrize("exhaustive", [(), ("ship",), ("ship", "water")])
def test_no_share_of_a_class_of_which_an_object_has_no_outline(
    exhaustive: tuple[str, ...], segmentation: object, tmp_path: Path
) -> None:
    """The outlines that there are would be taken for all of it. Its objects are counted as ever."""
    mixed = [SHIP, {**NO_OUTLINE, "segmentation": segmentation}, WATER]
    (tile,) = read(CocoMasks(**write(tmp_path, mixed), exhaustive=exhaustive))
    assert isinstance(tile, Tile)
    assert [region.label for region in tile.regions] == ["water"]
    assert [box.label for box in tile.boxes] == ["ship", "ship"]
    everything = len(exhaustive) == 2
    assert facts_of(tile).count("ship") == (2, 2 if everything else None, 0)
    assert tile.unlabelled_share == (0.0 if everything else 0.5)
    assert texts(tile)
    assert not [
        text
        for text in texts(tile)
        if re.search(r"[Ss]hips? (?:cover|take|domin|\()|(?:%|half|fifth) (?:of ships|ships)", text)
    ]
    for share in ("2.5%", "less than 5%", "more than half"):
        for noun in ("Ships", "Annotated ships"):
            assert verdict(f"{noun} cover {share} of the image.", tile) == "unverifiable"
    # With all outlines there they are said.
    (whole,) = read(CocoMasks(**write(tmp_path, [SHIP, WATER]), exhaustive=exhaustive))
    assert isinstance(whole, Tile)
    assert [region.label for region in whole.regions] == ["ship", "water"]


@pytest.mark.parametrize("exhaustive", [(), ("ship",)])
@pytest.mark.parametrize(("outlined", "bare"), [(SHIP, 4), (TANKER, 1)])
def test_no_share_of_a_class_above_or_below_it_either(
    outlined: dict[str, Any], bare: int, exhaustive: tuple[str, ...], tmp_path: Path
) -> None:
    annotations = [outlined, {**NO_OUTLINE, "category_id": bare}]
    (tile,) = read(CocoMasks(**write(tmp_path, annotations), exhaustive=exhaustive))
    assert isinstance(tile, Tile)
    assert texts(tile) == []
    for noun in ("Ships", "Tankers", "Annotated ships"):
        assert verdict(f"{noun} cover 2.5% of the image.", tile) == "unverifiable"
    assert facts_of(tile).count("ship").low == 2
    (whole,) = read(CocoMasks(**write(tmp_path, [outlined]), exhaustive=exhaustive))
    assert isinstance(whole, Tile)
    share = whole.regions[0].area_share * (1 - (whole.unlabelled_share or 0))
    assert verdict(f"Annotated {whole.regions[0].label}s cover {100 * share:.1f}% of the image.", whole) == "supported"


def test_what_has_no_outline_may_be_the_largest(tmp_path: Path) -> None:
    large = {**NO_OUTLINE, "bbox": [0, 0, 50, 30]}
    image = write(tmp_path, [WATER, large])
    (tile,) = read(CocoMasks(**image, exhaustive=("ship", "water")))
    assert isinstance(tile, Tile)
    assert verdict("The image is dominated by water.", tile) == "unverifiable"
    assert not [text for text in texts(tile) if "dominat" in text]
    (tile,) = read(CocoMasks(**write(tmp_path, [WATER, NO_OUTLINE]), exhaustive=("ship", "water")))
    assert isinstance(tile, Tile)
    assert verdict("The image is dominated by water.", tile) == "supported"


def test_a_land_cover_without_an_outline_leaves_all_of_them_open(tmp_path: Path) -> None:
    """No box says that there is more of it, nor how much of the rest it may be."""
    bare = {**WATER, "segmentation": []}
    (tile,) = read(CocoMasks(**write(tmp_path, [SHIP, bare, FOREST]), exhaustive=("ship", "water", "forest", "tanker")))
    assert isinstance(tile, Tile)
    assert [region.label for region in tile.regions] == ["ship"]
    assert tile.unlabelled_share == pytest.approx(1 - 50 / 2000)
    for text in ("There is no water.", "No forest is visible.", "Forest covers 1.3% of the image."):
        assert verdict(text, tile) == "unverifiable"


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
