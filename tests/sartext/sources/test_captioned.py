import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sartext.errors import SourceError
from sartext.narrate.verify import Verify
from sartext.sources.captioned import Captioned, CaptionedCoco, CaptionedDota, CaptionedMasks, CaptionedVoc, CaptionedYolo
from sartext.sources.coco import Coco
from sartext.sources.source import Source
from sartext.tile import Reject, Tile

KARPATHY = {
    "images": [
        {"filename": "a.png", "split": "test", "sentences": [{"raw": "One ship."}, {"raw": "Two ships."}]},
        {"filename": "c.png", "split": "train", "sentences": [{"raw": "No ship is visible."}]},
    ]
}
COCO_CAPTIONS = {
    "images": [{"id": 7, "file_name": "a.png"}, {"id": 9, "file_name": "c.png"}],
    "annotations": [{"image_id": 7, "caption": "One ship."}, {"image_id": 9, "caption": "No ship is visible."}],
}
LLAVA = [
    {
        "image": "a.png",
        "conversations": [
            {"from": "human", "value": "<image>\nHow many ships?"},
            {"from": "gpt", "value": "Two"},
            {"from": "human", "value": "Describe it."},
            {"from": "gpt", "value": "One ship is in the upper left."},
        ],
    }
]
TABLE = b"image,caption\ndata/a.png,One ship.\ndata/a.png,Two ships.\nb.png,\nelsewhere.png,A bridge.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    for name in "abcd":
        Image.fromarray(np.full((20, 30), 9, np.uint8)).save(tmp_path / "images" / f"{name}.png")
    images = [{"id": at, "file_name": f"{name}.png", "width": 30, "height": 20} for at, name in enumerate("abcd")]
    boxes = [
        {"id": at, "image_id": image, "category_id": 1, "bbox": [1 + at, 1, 4, 4], "area": 16, "iscrowd": 0}
        for at, image in enumerate((0, 3, 3))
    ]
    about = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "ship"}]}
    (tmp_path / "boxes.json").write_text(json.dumps(about))
    return tmp_path


def source(folder: Path, texts: Any, **fields: Any) -> CaptionedCoco:
    path = folder / "texts"
    path.write_bytes(texts if isinstance(texts, bytes) else json.dumps(texts).encode())
    about = {"images": str(folder / "images"), "annotations": str(folder / "boxes.json"), "exhaustive": ("ship",)}
    return CaptionedCoco(captions=str(path), **about, **fields)


def read(one: Source) -> list[Tile | Reject]:
    return [result for shard in one.shards() for result in one.read(shard)]


def texts_of(results: list[Tile | Reject]) -> dict[str, list[str]]:
    return {one.scene: [caption.text for caption in one.captions] for one in results if isinstance(one, Tile)}


def test_images_that_have_both_are_tiles_with_boxes_and_captions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = read(source(folder, TABLE))
    assert isinstance(a, Tile)
    assert [box.label for box in a.boxes] == ["ship"]
    assert [(one.text, one.route) for one in a.captions] == [("One ship.", "human"), ("Two ships.", "human")]
    assert [one.kept for one in Verify(policy=_refusing()).apply(a).captions] == [True, False]
    assert isinstance(b, Reject)
    assert (b.key, b.reason) == ("coco/b/0_0", "blank_captions")
    told = capsys.readouterr().err
    assert "images with captions and without annotations, which are left out: 1 (elsewhere.png)" in told
    assert "annotated images without captions, which are left out: 2 (c.png, d.png)" in told


@pytest.mark.parametrize("texts", [KARPATHY, COCO_CAPTIONS])
def test_captions_in_json(folder: Path, texts: Any) -> None:
    found = texts_of(read(source(folder, texts)))
    assert {scene: said[0] for scene, said in found.items()} == {"a": "One ship.", "c": "No ship is visible."}


def test_the_split_is_that_of_the_texts_where_they_name_one(folder: Path) -> None:
    splits = [(one.split, one.split_by) for one in read(source(folder, KARPATHY)) if isinstance(one, Tile)]
    assert splits == [("test", "source"), ("train", "source")]
    twice = {"images": [*KARPATHY["images"], {"filename": "a.png", "split": "train", "sentences": [{"raw": "A ship."}]}]}
    first, _ = read(source(folder, twice))
    assert isinstance(first, Reject)
    assert first.reason == "two_splits"


@pytest.mark.parametrize("data", [json.dumps(LLAVA).encode(), b"\xef\xbb\xbf" + json.dumps(LLAVA[0]).encode() + b"\n"])
def test_answers_that_are_sentences_are_captions(folder: Path, data: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    assert texts_of(read(source(folder, data))) == {"a": ["One ship is in the upper left."]}
    assert "answers of less than 5 words, which are left out: 1" in capsys.readouterr().err


def test_what_is_broken_is_told_and_spoils_no_other(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = [{"image": ["a.png", "b.png"], "conversations": LLAVA[0]["conversations"]}, *LLAVA]
    assert list(texts_of(read(source(folder, broken)))) == ["a"]
    assert "entries that cannot be used, which are left out: 1 ([0]: several images" in capsys.readouterr().err


def test_texts_of_other_images_are_no_dataset(folder: Path) -> None:
    with pytest.raises(SourceError, match="of its 1 images none is among the 4 that are annotated"):
        source(folder, b"image,caption\nelsewhere.png,A bridge.\n").shards()
    with pytest.raises(SourceError, match="cannot be read"):
        CaptionedCoco(images=str(folder / "images"), annotations=str(folder / "boxes.json"), captions="none.csv").shards()


def test_texts_are_part_of_the_identity(folder: Path) -> None:
    def identities(texts: bytes) -> list[Any]:
        one = source(folder, texts)
        return [one.identity(item) for shard in one.shards() for item in shard.items]

    assert identities(TABLE) == identities(TABLE)
    assert identities(TABLE) != identities(TABLE.replace(b"Two", b"Six"))


def test_boxes_are_those_of_the_image_whatever_is_left_out(folder: Path) -> None:
    """A slice of what was chosen has the annotations of its own images."""
    whole = {tile.scene: tile.boxes for tile in read(Coco(**_plain(folder))) if isinstance(tile, Tile)}
    one = source(folder, b"image,caption\nd.png,Ships.\nb.png,Nothing.\n", shard_tiles=1)
    assert len(one.shards()) == 2
    found = {tile.scene: tile.boxes for tile in read(one) if isinstance(tile, Tile)}
    assert found == {scene: whole[scene] for scene in "bd"}


def test_every_format_of_annotations(folder: Path) -> None:
    (folder / "a.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    for name, text in (("yolo", "0 0.5 0.5 0.2 0.2\n"), ("dota", "1 1 5 1 5 5 1 5 ship 0\n")):
        (folder / name).mkdir()
        (folder / name / "a.txt").write_text(text)
    (folder / "classes.txt").write_text("ship\n")
    (folder / "voc").mkdir()
    (folder / "voc" / "a.xml").write_text(
        "<annotation><size><width>30</width><height>20</height></size><object><name>ship</name><bndbox><xmin>2</xmin>"
        "<ymin>2</ymin><xmax>6</xmax><ymax>6</ymax></bndbox></object></annotation>"
    )
    (folder / "masks").mkdir()
    mask = np.zeros((20, 30), np.uint8)
    mask[2:6, 2:6] = 1
    Image.fromarray(mask).save(folder / "masks" / "a.png")
    (folder / "texts").write_bytes(TABLE)
    about: dict[str, Any] = {"images": str(folder / "images"), "captions": str(folder / "texts")}
    made: list[Captioned] = [
        CaptionedVoc(annotations=str(folder / "voc"), **about),
        CaptionedYolo(labels=str(folder / "yolo"), classes=str(folder / "classes.txt"), **about),
        CaptionedDota(labels=str(folder / "dota"), **about),
        CaptionedMasks(masks=str(folder / "masks"), classes='{"ship": 1, "background": 0}', **about),
    ]
    for one in made:
        first = read(one)[0]
        assert isinstance(first, Tile)
        assert ([box.label for box in first.boxes], len(first.captions)) == (["ship"], 2)


def _plain(folder: Path) -> dict[str, Any]:
    return {"images": str(folder / "images"), "annotations": str(folder / "boxes.json"), "exhaustive": ("ship",)}


def _refusing() -> tuple[tuple[str, str], ...]:
    return tuple((dict(Verify().policy) | {"human": "keep"}).items())
