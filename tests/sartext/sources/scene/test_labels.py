"""Boxes and masks of whole scenes, cut along with their windows."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasterio.transform import Affine

from sartext.errors import SourceError
from sartext.imaging.run_lengths import decode
from sartext.sources.scenes import Scenes
from sartext.tile import Reject, Tile
from tests.support.products import UTM, speckle, tiff


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


def apart(folder: Path, *names: str, shape: tuple[int, int] = (64, 64)) -> str:
    """Scenes that lie beside one another."""
    for at, name in enumerate(names):
        transform = Affine(10.0, 0.0, 500000.0 + 10000 * at, 0.0, -10.0, 4800000.0)
        tiff(folder / "scenes" / name, speckle(shape, seed=at), crs=UTM["crs"], transform=transform)
    return str(folder / "scenes")


def listing(folder: Path, images: dict[str, list[tuple[str, list[float]]]], **size: int) -> str:
    """A COCO JSON: of each file the labels and boxes, all of the size."""
    size = {"width": 64, "height": 64} | size
    names = sorted({label for boxes in images.values() for label, _ in boxes} | {"ship"})
    marks = [(at, label, box) for at, boxes in enumerate(images.values()) for label, box in boxes]
    table = {
        "images": [{"id": at, "file_name": name, **size} for at, name in enumerate(images)],
        "categories": [{"id": at, "name": name} for at, name in enumerate(names)],
        "annotations": [
            {"id": number, "image_id": at, "category_id": names.index(label), "bbox": box}
            for number, (at, label, box) in enumerate(marks)
        ],
    }
    (folder / "boxes.json").write_text(json.dumps(table))
    return str(folder / "boxes.json")


def masked(folder: Path, *names: str, values: np.ndarray | int = 1) -> dict[str, str]:
    """Masks of water, cropland (2) and ships (3)."""
    for name in names:
        tiff(folder / "masks" / name, np.full((64, 64), 1, np.uint8) * np.uint8(values))
    return {"masks": str(folder / "masks"), "classes": '{"water": 1, "cropland": 2, "ship": 3}'}


def sorted_out(source: Scenes) -> tuple[dict[str, Tile], dict[str, Reject]]:
    """Tiles by their scene, and rejects by their key without the source."""
    found = [one for shard in source.shards() for one in source.read(shard)]
    assert len({one.key for one in found}) == len(found)
    tiles_ = {one.key.split("/")[1]: one for one in found if isinstance(one, Tile)}
    return tiles_, {one.key.split("/", 1)[1]: one for one in found if isinstance(one, Reject)}


SHIP = ("ship", [10, 10, 20, 20])


def test_a_scene_that_is_not_listed_is_not_annotated(tmp_path: Path) -> None:
    options = {"scenes": apart(tmp_path, "a_VV.tif", "b_VV.tif"), "quantity": "sigma0", "exhaustive": ("ship",)}
    found, rejects = sorted_out(Scenes(annotations=listing(tmp_path, {"a_VV.tif": [SHIP], "gone.tif": [SHIP]}), **options))
    assert {name: (len(tile.boxes), tile.exhaustive) for name, tile in found.items()} == {"a": (1, ("ship",)), "b": (0, ())}
    assert {key: (one.reason, one.detail) for key, one in rejects.items()} == {
        "gone.tif/annotations": ("missing_scene", "gone.tif: annotations of no scene that is here")
    }
    with pytest.raises(SourceError, match=r"boxes.json: lists none of the scenes, but such as 'gone.tif'"):
        Scenes(annotations=listing(tmp_path, {"gone.tif": [SHIP]}), **options).shards()


def test_masks_of_no_scene_are_said(tmp_path: Path) -> None:
    options = {"scenes": apart(tmp_path, "a_VV.tif", "b_VV.tif"), "quantity": "sigma0"}
    found, rejects = sorted_out(Scenes(**options, **masked(tmp_path, "a_VV.tif", "gone.tif")))
    assert {name: len(tile.regions) for name, tile in found.items()} == {"a": 1, "b": 0}
    assert {key: one.reason for key, one in rejects.items()} == {"gone.tif/mask": "missing_scene"}
    (tmp_path / "masks" / "a_VV.tif").rename(tmp_path / "masks" / "a_VV.png")  # a picture of a mask is none
    with pytest.raises(SourceError, match=r"masks: has no mask of any scene, but such as 'gone.tif'"):
        Scenes(**options, **masked(tmp_path)).shards()


def test_classes_are_exhaustive_where_what_names_them_is_there(tmp_path: Path) -> None:
    scenes = apart(tmp_path, "both_VV.tif", "boxes_VV.tif", "mask_VV.tif", "none_VV.tif")
    marks = listing(tmp_path, {"both_VV.tif": [SHIP], "boxes_VV.tif": []})
    options = {"scenes": scenes, "quantity": "sigma0", "annotations": marks}
    covers = masked(tmp_path, "both_VV.tif", "mask_VV.tif") | {"classes": '{"water": 1, "cropland": 2}'}
    found, _ = sorted_out(Scenes(exhaustive=("ship", "water", "tanker"), **options, **covers))
    assert {name: tile.exhaustive for name, tile in found.items()} == {
        "both": ("ship", "water", "tanker"),
        "boxes": ("ship", "tanker"),
        "mask": ("water",),
        "none": (),
    }
    with pytest.raises(SourceError, match=r"has no class that is, or is a kind of, water, which --source.exhaustive names"):
        Scenes(exhaustive=("water",), **options).shards()


def test_exhaustive_is_part_of_what_a_tile_is(tmp_path: Path) -> None:
    options = {"scenes": apart(tmp_path, "a_VV.tif"), "quantity": "sigma0", "exhaustive": ("ship",)}
    one = Scenes(annotations=listing(tmp_path, {"a_VV.tif": []}), **options)
    other = Scenes(annotations=listing(tmp_path, {"a_VV.tif": [], "b.tif": [("tank", [1, 1, 2, 2])]}), **options)
    assert one.identity(one.shards()[0].items[0]) == other.identity(other.shards()[0].items[0])
    assert one.identity(one.shards()[0].items[0])["exhaustive"] == ("ship",)


def test_a_bare_name_is_of_one_scene_or_of_none(tmp_path: Path) -> None:
    scenes = apart(tmp_path, "x/a_VV.tif", "y/a_VV.tif", "y/b_VV.tif")
    options = {"scenes": scenes, "quantity": "sigma0"}
    found, rejects = sorted_out(Scenes(annotations=listing(tmp_path, {"a_VV.tif": [SHIP], "b_VV.tif": [SHIP]}), **options))
    assert {name: len(tile.boxes) for name, tile in found.items()} == {"y.b": 1}
    assert {key: one.reason for key, one in rejects.items()} == dict.fromkeys(("x.a/scene", "y.a/scene"), "bad_annotation")
    assert "several scenes have a file of this name; list it with its folder" in rejects["x.a/scene"].detail
    found, _ = sorted_out(Scenes(annotations=listing(tmp_path, {"x/a_VV.tif": [SHIP], "z/b_VV.tif": [SHIP]}), **options))
    assert {name: len(tile.boxes) for name, tile in found.items()} == {"x.a": 1, "y.a": 0, "y.b": 0}
    found, rejects = sorted_out(Scenes(**options, **masked(tmp_path, "a_VV.tif", "b_VV.tif")))
    assert {name: len(tile.regions) for name, tile in found.items()} == {"y.b": 1}
    assert {key: one.reason for key, one in rejects.items()} == dict.fromkeys(("x.a/scene", "y.a/scene"), "bad_mask")
    found, _ = sorted_out(Scenes(**options, **masked(tmp_path, "x/a_VV.tif")))
    assert {name: len(tile.regions) for name, tile in found.items()} == {"x.a": 1, "y.a": 0, "y.b": 1}


def test_annotations_of_another_size_are_of_another_image(tmp_path: Path) -> None:
    marks = listing(tmp_path, {"a_VV.tif": [SHIP]}, width=640, height=640)
    with pytest.raises(SourceError, match=r"a_VV.tif: annotated as \(640, 640\), but the scene has \(64, 64\)"):
        Scenes(scenes=apart(tmp_path, "a_VV.tif"), quantity="sigma0", annotations=marks).shards()


def test_any_file_of_a_scene_can_be_the_one_that_is_listed(tmp_path: Path) -> None:
    options = {"scenes": apart(tmp_path, "a_VV.tif"), "quantity": "sigma0"}
    tiff(tmp_path / "scenes" / "a_VH.tif", speckle((64, 64), -17), **UTM)
    tank = ("tank", [40, 40, 4, 4])
    for images in ({"a_VH.tif": [], "a_VV.tif": [SHIP]}, {"a_VH.tif": [SHIP], "a_VV.tif": [SHIP]}):
        found, _ = sorted_out(Scenes(annotations=listing(tmp_path, images), **options))
        assert [len(tile.boxes) for tile in found.values()] == [1]
    with pytest.raises(SourceError, match=r"has other boxes than a_VH.tif of the same scene; list a scene once"):
        Scenes(annotations=listing(tmp_path, {"a_VH.tif": [SHIP], "a_VV.tif": [tank]}), **options).shards()
    path = listing(tmp_path, {"a_VV.tif": [SHIP], "./a_VV.tif": [tank]})
    with pytest.raises(SourceError, match=r"'a_VV.tif' is there twice"):
        Scenes(annotations=path, **options).shards()


def test_a_ship_in_the_boxes_and_in_the_mask_is_one(tmp_path: Path) -> None:
    values = np.ones((64, 64), np.uint8)
    values[10:30, 10:30] = values[50:54, 50:54] = 3
    options = {"scenes": apart(tmp_path, "a_VV.tif"), "quantity": "sigma0", **masked(tmp_path, "a_VV.tif", values=values)}

    def told(*boxes: tuple[str, list[float]]) -> tuple[list[tuple[str, bool]], tuple[str, ...]]:
        found, _ = sorted_out(Scenes(annotations=listing(tmp_path, {"a_VV.tif": list(boxes)}), exhaustive=("ship",), **options))
        assert [region.label for region in found["a"].regions] == ["ship", "water"]
        return [(box.label, box.component) for box in found["a"].boxes], found["a"].exhaustive

    assert told(("ship", [11, 9, 20, 20])) == ([("ship", False)], ("ship",))
    # One calls it a tanker: the other of the two is a ship, and whether these are all is not known.
    assert told(("tanker", [11, 9, 20, 20])) == ([("tanker", False), ("ship", True)], ())
    assert told(("tank", [0, 0, 3, 3])) == ([("tank", False), ("ship", True), ("ship", True)], ("ship",))
    assert told() == ([("ship", True), ("ship", True)], ("ship",))


def test_one_broken_mask_or_box_loses_no_other_scene(tmp_path: Path) -> None:
    names = [f"{name}_VV.tif" for name in "abcdef"]
    scenes = apart(tmp_path, *names)
    covers = masked(tmp_path, *names)
    tiff(tmp_path / "masks" / "b_VV.tif", np.ones((60, 64), np.uint8))
    (tmp_path / "masks" / "c_VV.tif").write_bytes(b"junk")
    tiff(tmp_path / "masks" / "d.tif", np.zeros((64, 64), np.uint8))
    marks = {"e_VV.tif": [("ship", [60, 10, 20, 20])], "f_VV.tif": [("dragon", [1, 1, 2, 2])], "a_VV.tif": [SHIP]}
    source = Scenes(scenes=scenes, quantity="sigma0", annotations=listing(tmp_path, marks), **covers)
    found, rejects = sorted_out(source)
    assert list(found) == ["a"]
    assert {key: one.reason for key, one in rejects.items()} == {
        **dict.fromkeys(("b/scene", "c/scene", "d/scene"), "bad_mask"),
        "e/scene": "box_outside_image",
        "f/scene": "unknown_category",
    }
    assert "is another mask than" in rejects["d/scene"].detail
    items = [item for shard in source.shards() for item in shard.items]
    assert str(tmp_path) not in json.dumps([source.identity(item) for item in items])
