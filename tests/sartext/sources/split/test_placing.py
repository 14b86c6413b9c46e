"""Where images lie, and that every source of image files keeps those that overlap in one split."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rasterio.transform import Affine

from sartext.sources.captions import Captions
from sartext.sources.coco import Coco
from sartext.sources.images import Images
from sartext.sources.llava import Llava
from sartext.sources.source import Source, split_of
from sartext.sources.split import placing
from sartext.sources.split.placing import Place, geo_at, placed
from sartext.sources.yolo import Yolo
from sartext.tile import Geo, Tile
from tests.sartext.sources.pixels.test_geotiff import UTM, write

NAMES = [f"s{number:03d}" for number in range(12)]  # a strip, each overlapping the next by most
APART = "z9.tif"  # lies elsewhere
PLAIN = "t1.png"  # lies nowhere


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8)
    for number, name in enumerate(NAMES):
        write(folder / f"{name}.tif", pixels, crs="EPSG:32631", transform=UTM @ Affine.translation(4 * number, 0))
    write(folder / APART, pixels, crs="EPSG:32631", transform=UTM @ Affine.translation(900, 0))
    Image.fromarray(pixels).save(folder / PLAIN)
    return folder


def source(kind: str, images: Path) -> Source:
    files = sorted(path.name for path in images.iterdir())
    path = images.parent / "texts"
    whole: dict[str, Any] = {"images": str(images), "shard_tiles": 5}
    if kind == "captions":
        path.write_text("image,caption\n" + "".join(f"{file},A ship.\n" for file in files))
        return Captions(captions=str(path), **whole)
    if kind == "llava":
        turns = [{"from": "human", "value": "Ship?"}, {"from": "gpt", "value": "Yes"}]
        path.write_text(json.dumps([{"image": file, "conversations": turns} for file in files]))
        return Llava(conversations=str(path), **whole)
    if kind == "coco":
        listed = [{"id": number, "file_name": file} for number, file in enumerate(files)]
        path.write_text(json.dumps({"images": listed, "annotations": [], "categories": [{"id": 1, "name": "ship"}]}))
        return Coco(annotations=str(path), **whole)
    if kind == "yolo":
        path.write_text("ship\n")
        (images.parent / "labels").mkdir()
        return Yolo(labels=str(images.parent / "labels"), classes=str(path), **whole)
    return Images(**whole)


@pytest.mark.parametrize("kind", ["captions", "llava", "coco", "yolo", "images"])
def test_overlapping_images_are_in_one_split_and_lie_on_the_map(kind: str, images: Path) -> None:
    one = source(kind, images)
    tiles = {tile.scene: tile for shard in one.shards() for tile in one.read(shard) if isinstance(tile, Tile)}
    assert len({split_of(name) for name in NAMES}) > 1
    assert {(tiles[name].split, tiles[name].split_by) for name in NAMES} == {(split_of("s000"), "footprint")}
    assert (tiles["z9"].split, tiles["z9"].split_by) == (split_of("z9"), "footprint")
    assert (tiles["t1"].split, tiles["t1"].split_by, tiles["t1"].geo) == (split_of("t1"), "scene", Geo())
    assert {(tile.geo.grid, tile.geo.crs) for scene, tile in tiles.items() if scene != "t1"} == {("map", "EPSG:32631")}
    assert all(tile.geo.footprint for scene, tile in tiles.items() if scene != "t1")
    identities = [json.dumps(one.identity(item)) for shard in one.shards() for item in shard.items]
    assert sum('"s000", "footprint"' in text for text in identities) == 12
    assert one.shards() == one.shards()


def test_heads_are_read_of_tiffs_alone(images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(placing, "geo_at", lambda _, file: (read.append(file), Geo())[1])
    assert placed(str(images), ["a.png", "b.TIFF", "c.*", "d.tif"], [f"x/{name}/0_0" for name in "abcd"]) == [None] * 4
    assert read == ["b.TIFF", "d.tif"]


def test_a_place_is_a_scene_by_footprints_or_by_what_is_together(images: Path) -> None:
    files = ["s000.tif", "s001.tif", "t1.png", "t1.png", "t1.png"]
    assert placed(str(images), files, ["x/c/0_0", "x/b/0_0", "x/c/1_0", "x/d/0_0", "x/e/0_0"], [(3, 4)]) == [
        Place("b", "footprint"),
        Place("b", "footprint"),
        Place("b", "footprint"),  # of a scene that lies there
        None,
        Place("d", "scene"),
    ]
    assert placed(str(images), [], []) == []


def test_what_leads_outside_the_folder_lies_nowhere(images: Path) -> None:
    assert geo_at(str(images), "s000.tif").grid == "map"
    for file in ("../images/s000.tif", str(images / "s000.tif"), "no.tif", PLAIN):
        assert geo_at(str(images), file) == Geo()
