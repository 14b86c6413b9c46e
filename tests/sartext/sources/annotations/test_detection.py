"""What all four formats have in common: the same tiles from the same boxes, every bad tile rejected, nothing else."""

import dataclasses
import hashlib
import json
import pickle
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sartext.sources.annotations.detection import DetectionSource
from sartext.sources.annotations.labels import COMMON_LABELS
from sartext.sources.coco import Coco
from sartext.sources.dota import Dota
from sartext.sources.source import Source, split_of
from sartext.sources.voc import Voc
from sartext.sources.yolo import Yolo
from sartext.tile import Reject, Tile, from_table, to_row, to_table
from tests.support.stored import leaves, same_as_stored

HRSID = r"(?P<scene>P\d+)_(?P<row>\d+)_\d+_(?P<col>\d+)_\d+"
FORMATS = ("coco", "voc", "voc_set", "yolo", "dota")
STORED = {
    "coco": "tiles_of_coco.txt",
    "voc": "tiles_of_voc.txt",
    "voc_set": "tiles_of_voc.txt",
    "yolo": "tiles_of_yolo.txt",
    "dota": "tiles_of_dota.txt",
}


def source(format_: str, made: Any, **fields: Any) -> DetectionSource:
    images = str(made.images)
    if format_ == "coco":
        return Coco(images=images, annotations=str(made.coco), **fields)
    if format_ in ("voc", "voc_set"):
        return Voc(images=images, annotations=str(made.voc if format_ == "voc" else made.voc_set), **fields)
    if format_ == "yolo":
        return Yolo(images=images, labels=str(made.yolo), classes=str(made.yolo_classes), **fields)
    return Dota(images=images, labels=str(made.dota), **fields)


def read(one: Source) -> list[Tile | Reject]:
    return [result for shard in one.shards() for result in one.read(shard)]


def without_source(results: list[Tile | Reject]) -> list[Tile | Reject]:
    renamed = []
    for result in results:
        fields = {"source": "x"} if isinstance(result, Tile) else {}
        renamed.append(dataclasses.replace(result, key="x/" + result.key.split("/", 1)[1], **fields))
    return renamed


@pytest.fixture(scope="module")
def good(bad_input, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return bad_input.write_dataset(tmp_path_factory.mktemp("good"), 12, {}, seed=5)


@pytest.fixture(scope="module")
def bad(bad_input, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[int, str]]:
    kinds = {3 * place + 1: kind for place, kind in enumerate(bad_input.KINDS)}
    return bad_input.write_dataset(tmp_path_factory.mktemp("bad"), 45, kinds, seed=6), kinds


@pytest.mark.parametrize("format_", FORMATS)
def test_exactly_the_bad_tiles_are_rejected_with_their_reasons(format_: str, bad, bad_input) -> None:
    made, kinds = bad
    results = read(source(format_, made))
    assert len(results) == 45
    found = {index: result.reason for index, result in enumerate(results) if isinstance(result, Reject)}
    assert found == {index: bad_input.KINDS[kind] for index, kind in kinds.items()}
    assert [result.key.split("/")[1] for result in results] == list(made.stems)
    rejects = [result for result in results if isinstance(result, Reject)]
    assert all(reject.stage == "read" and reject.detail.isprintable() for reject in rejects)


def test_five_layouts_give_the_same_tiles(good) -> None:
    expected = without_source(read(source("coco", good)))
    assert sum(len(tile.boxes) for tile in expected) > 12
    for format_ in FORMATS[1:]:
        assert without_source(read(source(format_, good))) == expected


@pytest.mark.parametrize("format_", FORMATS)
def test_plan_key_and_identity(format_: str, good) -> None:
    one = source(format_, good, shard_tiles=5)
    shards = one.shards()
    assert [len(shard.items) for shard in shards] == [5, 5, 2]
    assert [shard.number for shard in shards] == [0, 1, 2]
    assert one.shards() == shards
    assert pickle.loads(pickle.dumps(one)) == one
    for shard in pickle.loads(pickle.dumps(shards)):
        assert [tile.key for tile in one.read(shard)] == [one.key(item) for item in shard.items]
        identities = json.dumps([one.identity(item) for item in shard.items])
        assert str(good.images.parent) not in identities


@pytest.mark.parametrize("format_", FORMATS)
def test_identity_sees_a_changed_box_and_no_changed_image(format_: str, bad_input, tmp_path: Path) -> None:
    def identities(tiles: int, bad: dict[int, str]) -> list[str]:
        one = source(format_, bad_input.write_dataset(tmp_path / str(bad), tiles, bad, seed=5))
        return [json.dumps(one.identity(item)) for shard in one.shards() for item in shard.items]

    plain = identities(4, {})
    assert identities(4, {2: "truncated_jpeg"}) == plain
    moved = identities(4, {2: "box_outside"})
    assert [a == b for a, b in zip(plain, moved, strict=True)] == [True, True, False, True]


def test_fields_go_into_the_tile(good) -> None:
    fields = {
        "name": "mine",
        "licence": "CC-BY-4.0",
        "citation": "Someone 2020",
        "may_train": True,
        "may_redistribute": False,
        "exhaustive": ("ship",),
        "gsd_m": 3.0,
        "label_map": {"car": "vehicle"},
        "scene_pattern": r"(?P<scene>tile_\d{6})(?P<col>\d)",
    }
    one = source("coco", good, **fields)
    tile = read(one)[3]
    assert (tile.key, tile.source, tile.scene) == ("mine/tile_000000/0_3", "mine", "tile_000000")
    assert tile.split == split_of("tile_000000")
    assert (tile.exhaustive, tile.sensor.gsd_m) == (("ship",), (3.0, 3.0))
    origin = tile.origin
    assert (origin.licence, origin.citation, origin.may_train, origin.may_redistribute) == (
        "CC-BY-4.0",
        "Someone 2020",
        True,
        False,
    )
    assert origin.uri == "tile_0000003.png"
    assert origin.sha256 == hashlib.sha256((good.images / origin.uri).read_bytes()).hexdigest()
    card = one.card
    assert (card.name, card.licence, card.exhaustive) == ("mine", "CC-BY-4.0", ("ship",))
    assert (card.labels["car"], card.labels["ship"]) == ("vehicle", "ship")
    assert {box.label for tile in read(one) for box in tile.boxes} <= set(COMMON_LABELS.values()) - {"car"}


def test_tiles_fit_the_schema(good) -> None:
    tiles = read(source("dota", good))
    assert from_table(to_table(tiles)) == tiles


def test_names_that_are_no_text_fit_the_schema(good, tmp_path: Path) -> None:
    name = b"caf\xe9.png".decode("utf-8", "surrogateescape")
    (tmp_path / name).write_bytes((good.images / "tile_0000001.png").read_bytes())
    (tmp_path / "labels").mkdir()
    one = Yolo(images=str(tmp_path), labels=str(tmp_path / "labels"), classes=str(good.yolo_classes))
    (tile,) = read(one)
    assert from_table(to_table([tile])) == [tile]
    assert tile.origin.uri == r"caf\udce9.png"


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "a/b"},
        {"name": ".."},
        {"name": ""},
        {"gsd_m": 0.0},
        {"gsd_m": float("nan")},
        {"shard_tiles": 0},
        {"shard_tiles": 2000},
        {"scene_pattern": "("},
        {"scene_pattern": "P.*"},
    ],
)
def test_fields_are_checked(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields))):
        Coco(images="", annotations="", **fields)


@pytest.mark.parametrize("kind", [Coco, Voc, Yolo, Dota])
def test_every_field_has_help_and_paths_are_no_identity(kind: type) -> None:
    for field in dataclasses.fields(kind):
        assert len(field.metadata["help"]) > 10
    paths = {field.name for field in dataclasses.fields(kind) if field.metadata.get("identity") is False}
    required = {field.name for field in dataclasses.fields(kind) if field.default is field.default_factory}
    assert paths == required | {"splits"}
    empty = kind(**dict.fromkeys(required, ""))
    assert empty.name == kind.__name__.lower()


def described(results: list[Tile | Reject]) -> list[str]:
    """A line for everything but what libraries may change: encoded bytes (for rendered pictures a hash of their pixels stands,
    the others are the files' bytes) and the words of rejects."""
    lines = []
    for result in results:
        row = to_row(dataclasses.replace(result, detail="") if isinstance(result, Reject) else result)
        if isinstance(result, Tile):
            row["origin"].pop("sha256")
            data = row["image"].pop("bytes")
            if result.rendering.quantity == "dn":
                row["pixels"] = hashlib.sha256(Image.open(BytesIO(data)).tobytes()).hexdigest()
        lines += leaves(row)
    return lines


@pytest.mark.parametrize("format_", FORMATS)
def test_output_changes_only_with_the_revision(format_: str, bad_input, tmp_path: Path) -> None:
    """Where this fails in one schema version, raise the source's revision with it."""
    made = bad_input.write_dataset(tmp_path, 8, {2: "box_outside", 5: "missing", 6: "unknown_category"}, seed=9)
    ramp = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64) * 7
    Image.fromarray(ramp).save(made.images / "tile_0000003.png")
    one = source(format_, made, gsd_m=2.0, exhaustive=("ship",))
    same_as_stored(STORED[format_], [f"revision {one.revision}", *described(read(one))])


def test_what_labels_mean_changes_only_with_the_revision() -> None:
    """The common labels are no field of a source, but decide its boxes: a change of one is a new revision."""
    same_as_stored("labels.txt", [f"revision {Coco(images='', annotations='').revision}", *leaves(COMMON_LABELS)])


def test_real_hrsid_boxes_are_the_same_in_all_four(real_samples: Path) -> None:
    images, boxes = str(real_samples / "seg_hrsid_mini_test" / "images"), real_samples / "det_hrsid_boxes"
    shared: dict[str, Any] = {"images": images, "scene_pattern": HRSID, "exhaustive": ("ship",)}
    sources = [
        Coco(annotations=str(boxes / "coco" / "instances.json"), **shared),
        Voc(annotations=str(boxes / "voc" / "Annotations"), **shared),
        Yolo(labels=str(boxes / "yolo" / "labels"), classes=str(boxes / "yolo" / "classes.txt"), **shared),
        Dota(labels=str(boxes / "dota" / "labelTxt"), **shared),
    ]
    results = [without_source(read(one)) for one in sources]
    assert all(result == results[0] for result in results)
    assert (len(results[0]), sum(len(tile.boxes) for tile in results[0])) == (18, 31)
    assert results[0][0].key == "x/P0001/1200_9600"
    assert results[0][0].boxes[0].polygon_px == (592, 304, 615, 304, 615, 330, 592, 330)
