"""Boxes and masks of whole scenes, cut along with their windows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sartext.errors import SourceError
from sartext.sar.rle import decode
from sartext.sources.scenes import Scenes
from sartext.tile import Tile
from tests.sartext.sources.readers.made import UTM, speckle, tiff


def scene(folder: Path, boxes: list[list[float]], listed: str = "a_VV.tif") -> dict[str, Any]:
    tiff(folder / "scenes" / "a_VV.tif", speckle((128, 200)), **UTM)
    table = {
        "images": [{"id": 1, "file_name": listed, "width": 200, "height": 128}],
        "categories": [{"id": 1, "name": "ship"}],
        "annotations": [{"id": at, "image_id": 1, "category_id": 1, "bbox": box} for at, box in enumerate(boxes)],
    }
    (folder / "boxes.json").write_text(json.dumps(table))
    return {
        "scenes": str(folder / "scenes"),
        "annotations": str(folder / "boxes.json"),
        "quantity": "sigma0",
        "exhaustive": ("ship",),
    }


def tiles(source: Scenes) -> dict[str, Tile]:
    found = [one for shard in source.shards() for one in source.read(shard)]
    assert all(isinstance(one, Tile) for one in found), found
    return {one.key.rsplit("/", 1)[1]: one for one in found}


def test_boxes_are_cut_along(tmp_path: Path) -> None:
    options = scene(tmp_path, [[10, 10, 20, 10], [90, 20, 20, 10], [150, 100, 10, 5]])
    found = tiles(Scenes(tile_px=100, edge="drop", **options))
    left, right = found["0_0"], found["0_1"]
    assert [(box.polygon_px[:2], box.polygon_px[4:6], box.visible_share) for box in left.boxes] == [
        ((10, 10), (30, 20), 1.0),
        ((90, 20), (100, 30), 0.5),
    ]
    assert [(box.polygon_px[:2], box.visible_share) for box in right.boxes] == [((0, 20), 0.5)]
    assert left.exhaustive == ("ship",)
    (coarse,) = tiles(Scenes(spacing_m=20, **options)).values()
    assert coarse.boxes[0].polygon_px == (5, 5, 15, 5, 15, 10, 5, 10)


def test_a_scene_that_is_not_listed_is_not_annotated(tmp_path: Path) -> None:
    (tile,) = tiles(Scenes(**scene(tmp_path, [], listed="other.tif"))).values()
    assert (tile.boxes, tile.exhaustive) == ((), ())


def test_a_box_outside_its_scene_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"boxes.json: a_VV.tif: box_outside_image"):
        Scenes(**scene(tmp_path, [[190, 10, 40, 10]])).shards()


def test_masks_are_cut_along(tmp_path: Path) -> None:
    tiff(tmp_path / "scenes" / "a_VV.tif", speckle((128, 200)), **UTM)
    mask = np.zeros((128, 200), np.uint8)
    mask[:, 120:], mask[5:9, 5:9], mask[:, 100:104] = 1, 2, 3
    tiff(tmp_path / "masks" / "a_VV.tif", mask)
    table = '{"background": 0, "water": 1, "ship": 2, "unlabelled": 3}'
    options = {"scenes": str(tmp_path / "scenes"), "masks": str(tmp_path / "masks"), "classes": table, "quantity": "sigma0"}
    found = tiles(Scenes(tile_px=100, edge="drop", **options))
    left, right = found["0_0"], found["0_1"]
    assert [(region.label, region.area_share) for region in left.regions] == [("ship", 16 / 10000)]
    assert [(box.label, box.polygon_px[:2], box.component) for box in left.boxes] == [("ship", (5, 5), True)]
    assert [(region.label, region.area_share) for region in right.regions] == [("water", 80 / 96)]
    assert right.unlabelled_share == 0.04
    assert (decode(right.regions[0].rle, 100, 100) == (mask[:100, 100:] == 1)).all()
    source = Scenes(tile_px=100, **options)
    before = source.identity(source.shards()[0].items[0])
    mask[0, 0] = 1
    tiff(tmp_path / "masks" / "a_VV.tif", mask)
    assert source.identity(source.shards()[0].items[0]) != before
    tiff(tmp_path / "masks" / "a_VV.tif", mask[:100])
    with pytest.raises(SourceError, match=r"has \(100, 200\), its scene \(128, 200\) px"):
        Scenes(**options).shards()


def test_fields_belong_together() -> None:
    with pytest.raises(ValueError, match="masks and classes belong together"):
        Scenes(scenes="", masks="m")
    with pytest.raises(ValueError, match="exhaustive is said of annotations"):
        Scenes(scenes="", exhaustive=("ship",))
