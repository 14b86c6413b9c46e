import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sartext.errors import SourceError
from sartext.narrate.verify import Verify
from sartext.sources.captions import Captions
from sartext.sources.source import Source, split_of
from sartext.tile import Reject, Tile, from_table, to_table


def read(one: Source) -> list[Tile | Reject]:
    return [result for shard in one.shards() for result in one.read(shard)]


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    (folder / "SEN12").mkdir(parents=True)
    for file in ("SEN12/ROIs1158_spring_s1_1_p2.png", "a.png", "b.tif", "c.jpg"):
        Image.fromarray(np.full((20, 30), 9, dtype=np.uint8)).save(folder / file)
    return folder


def source(images: Path, data: Any, file: str = "captions.csv", **fields: Any) -> Captions:
    path = images.parent / file
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return Captions(images=str(images), captions=str(path), **fields)


TABLE = (
    b"\xef\xbb\xbffilepath\tcaption\n"
    b"Image/SEN12/ROIs1158_spring_s1_1_p2.png\tFields and a road.\n"
    b"a.png\tOne ship.\na.png\t  \na.png\tOne\x0cship.\na.png\tTwo ships, at sea.\n"
    b"b.tif\t\nmissing.png\tNobody sees it.\n"
)


def test_several_captions_are_one_tile_and_blank_ones_are_left_out(images: Path) -> None:
    results = read(source(images, TABLE))
    assert [result.key for result in results] == [
        "captions/SEN12.ROIs1158_spring_s1_1_p2/0_0",
        "captions/a/0_0",
        "captions/b/0_0",
        "captions/missing/0_0",
    ]
    sen12, a, b, missing = results
    assert isinstance(sen12, Tile)
    assert isinstance(a, Tile)
    assert [(one.text, one.route, one.kept) for one in a.captions] == [
        ("One ship.", "human", True),
        ("Two ships, at sea.", "human", True),
    ]
    assert (a.rendering.quantity, a.split_by, a.split) == ("display", "scene", split_of("a"))
    assert isinstance(b, Reject)
    assert isinstance(missing, Reject)
    assert (b.reason, missing.reason) == ("blank_captions", "missing_image")
    assert from_table(to_table([sen12, a])) == [sen12, a]


def test_captions_of_people_are_judged_and_kept(images: Path) -> None:
    tile = read(source(images, TABLE))[1]
    assert isinstance(tile, Tile)
    judged = Verify().apply(tile)
    assert all(one.kept and one.claims for one in judged.captions)
    assert {claim.verdict for one in judged.captions for claim in one.claims} == {"unverifiable"}


def test_the_file_says_the_split_and_else_the_scene(images: Path) -> None:
    karpathy = {
        "images": [
            {"filename": file, "split": split, "sentences": [{"raw": "Text."}]}
            for file, split in (("a.png", "restval"), ("b.tif", "TEST"), ("c.jpg", "unheard of"), ("a", "train"))
        ]
    }
    a, b, c = read(source(images, karpathy, "dataset.json"))
    assert isinstance(a, Tile)
    assert isinstance(b, Tile)
    assert isinstance(c, Reject)
    assert [(tile.split, tile.split_by) for tile in (a, b)] == [("train", "source"), ("test", "source")]
    assert (c.reason, c.detail) == ("unknown_split", "'unheard of'; name the split of all images with the field split")
    assert {tile.split for tile in read(source(images, karpathy, "dataset.json", split="val"))} == {"val"}


def test_an_image_in_two_splits_is_in_none(images: Path) -> None:
    (result,) = read(source(images, b"image,text,split\na.png,one,train\na.png,two,test\n"))
    assert isinstance(result, Reject)
    assert (result.reason, result.detail) == ("two_splits", "it is in train and in test")


def test_an_image_without_a_split_goes_with_its_scene(images: Path) -> None:
    for scene in "pqr":
        for place in range(3):
            Image.fromarray(np.full((20, 30), 9, dtype=np.uint8)).save(images / f"{scene}_0_{place}.png")
    rows = b"image,text,split\np_0_0.png,x,test\np_0_1.png,x,\nq_0_0.png,x,test\nq_0_1.png,x,\nq_0_2.png,x,val\nr_0_0.png,x,\n"
    one = source(images, rows, scene_pattern=r"(?P<scene>.)_(?P<row>\d)_(?P<col>\d)")
    found = {result.key.split("/", 1)[1]: result for result in read(one)}
    split = {key: (tile.split, tile.split_by) for key, tile in found.items() if isinstance(tile, Tile)}
    assert split == {
        "p/0_0": ("test", "source"),
        "p/0_1": ("test", "source"),
        "q/0_0": ("test", "source"),
        "q/0_2": ("val", "source"),
        "r/0_0": (split_of("r"), "scene"),
    }
    torn = found["q/0_1"]
    assert isinstance(torn, Reject)
    assert (torn.reason, torn.detail) == ("two_splits", "others of its place are in val and in test; name its own")
    whole = source(images, rows, scene_pattern=r"(?P<scene>.)_(?P<row>\d)_(?P<col>\d)", split="val")
    assert {tile.split for tile in read(whole) if isinstance(tile, Tile)} == {"val"}
    assert len(read(whole)) == 6


def test_two_images_are_never_one_file(images: Path) -> None:
    """The folder may be that of one of them: the file's own path says which, and else neither is."""
    rows = b"image,caption\ntrain/a.png,a ship at sea\nval/a.png,a forest\n"
    assert [one.reason for one in read(source(images, rows)) if isinstance(one, Reject)] == ["ambiguous_image"] * 2
    exact, other = read(source(images, rows.replace(b"train/", b"./")))
    assert isinstance(exact, Tile)
    assert [one.text for one in exact.captions] == ["a ship at sea"]
    assert isinstance(other, Reject)
    assert (other.key, other.reason) == ("captions/val.a/0_0", "missing_image")


def test_columns_are_refused_for_json(images: Path) -> None:
    for fields in ({"image_column": "x"}, {"caption_columns": ("y",)}):
        with pytest.raises(SourceError, match=r"captions.json: JSON, which has no columns; leave out image_column and"):
            source(images, {"images": []}, "captions.json", **fields).shards()


def test_an_entry_without_a_name_needs_no_pattern(images: Path) -> None:
    rows = b"image,text\na.png,x\n,y\n"
    tile, entry = read(source(images, rows, scene_pattern="(?P<scene>[abc])"))
    assert isinstance(tile, Tile)
    assert isinstance(entry, Reject)
    assert (entry.key, entry.reason) == ("captions/entry_1/0_0", "bad_annotation")


def test_tiles_say_what_the_images_are(images: Path) -> None:
    for fields in ({}, {"modality": "optical"}):
        (tile,) = read(source(images, b"image,text\na.png,x\n", **fields))
        assert isinstance(tile, Tile)
        assert tile.sensor.modality == fields.get("modality", "sar")
    with pytest.raises(ValueError, match="modality is 'radar'; it is sar or optical"):
        source(images, b"", modality="radar")


def test_coco_captions(images: Path) -> None:
    coco = {
        "images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.tif"}],
        "annotations": [{"image_id": 1, "caption": "A ship."}, {"image_id": "1", "caption": "A \ud800 ship."}],
    }
    a, b = read(source(images, coco, "captions_train.json"))
    assert isinstance(a, Tile)
    assert isinstance(b, Reject)
    assert [one.text for one in a.captions] == ["A ship.", r"A \ud800 ship."]
    assert (b.reason, b.detail) == ("blank_captions", "it has no caption")
    assert from_table(to_table([a])) == [a]


def test_what_spoils_one_image_only(images: Path) -> None:
    (images / "sub").mkdir()
    Image.fromarray(np.zeros((9, 9), dtype=np.uint8)).save(images / "SEN12" / "x.png")
    Image.fromarray(np.zeros((9, 9), dtype=np.uint8)).save(images / "sub" / "x.png")
    long = b"y" * 140_000
    results = read(source(images, b"image,text\nx.png,which?\n,nobody\na.png," + long + b"\nc.jpg,fine\n"))
    found = {result.key.split("/")[1]: result.reason if isinstance(result, Reject) else "" for result in results}
    assert found == {"x": "ambiguous_image", "entry_1": "bad_annotation", "a": "long_text", "c": ""}


def test_identity_sees_a_changed_caption_and_no_changed_image(images: Path) -> None:
    def identities(data: bytes) -> list[str]:
        one = source(images, data)
        return [json.dumps(one.identity(item)) for shard in one.shards() for item in shard.items]

    plain = identities(TABLE)
    (images / "a.png").write_bytes(b"")
    assert identities(TABLE) == plain
    assert [one == other for one, other in zip(plain, identities(TABLE.replace(b"Two ships", b"Six ships")), strict=True)] == [
        True,
        False,
        True,
        True,
    ]
    assert str(images) not in "".join(plain)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{}", "no images with captions"),
        (b"  [1]", "not a JSON object"),
        (b"a\n", "no column of images"),
        (b"", "an empty table"),
    ],
)
def test_what_is_no_file_of_captions(images: Path, data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=f"captions.csv: .*{message}"):
        source(images, data).shards()


def test_files_that_are_not_there(images: Path) -> None:
    with pytest.raises(SourceError, match=r"no\.csv: cannot be read, No such file"):
        Captions(images=str(images), captions=str(images / "no.csv")).shards()
    with pytest.raises(SourceError, match="is no folder"):
        Captions(images=str(images / "no"), captions="").shards()


def test_fields_are_checked() -> None:
    with pytest.raises(ValueError, match="split is 'all'"):
        Captions(images="", captions="", split="all")
