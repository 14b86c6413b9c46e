from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sartext.errors import SourceError
from sartext.sources.yolo import Yolo
from sartext.tile import Reject, Tile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    for file in "abcd":
        Image.fromarray(np.full((200, 300), 9, dtype=np.uint8)).save(tmp_path / "images" / f"{file}.png")
    (tmp_path / "classes.txt").write_text("ship\nspaceship\n")
    return tmp_path


def results(folder: Path, classes: str = "classes.txt") -> list[Tile | Reject]:
    source = Yolo(images=str(folder / "images"), labels=str(folder / "labels"), classes=str(folder / classes))
    return [result for shard in source.shards() for result in source.read(shard)]


def test_no_label_file_and_an_empty_one_are_background(folder: Path) -> None:
    (folder / "labels" / "b.txt").touch()
    (folder / "labels" / "c.txt").write_text("0 0.5 0.5 0.1 0.1\n0 0.2 0.1 0.4 0.2 0.3 0.4 0.1 0.3\n")
    found = results(folder)
    assert [len(tile.boxes) for tile in found] == [0, 0, 2, 0]
    upright, oriented = found[2].boxes
    assert upright.polygon_px == (135, 90, 165, 90, 165, 110, 135, 110)
    assert oriented.polygon_px == (60, 20, 120, 40, 90, 80, 30, 60)


def test_one_bad_file_rejects_one_tile(folder: Path) -> None:
    for file, text in {"a": "0 0.5 0.5 0.1 0.1 0.9", "b": "7 0.5 0.5 0.1 0.1", "c": "1 0.5 0.5 0.1 0.1", "gone": ""}.items():
        (folder / "labels" / f"{file}.txt").write_text(text)
    a, b, c, d, gone = results(folder)
    assert (a.reason, a.detail.startswith("a.txt: line 1: 6 values")) == ("bad_annotation", True)
    assert (b.reason, "'class 7'" in b.detail) == ("unknown_category", True)
    assert (c.reason, "'spaceship'" in c.detail) == ("unknown_category", True)
    assert isinstance(d, Tile)
    assert gone.reason == "missing_image"


def test_classes_are_part_of_the_identity(folder: Path) -> None:
    (folder / "other.txt").write_text("tank\n")
    one, other = (
        Yolo(images=str(folder / "images"), labels=str(folder / "labels"), classes=str(folder / name))
        for name in ("classes.txt", "other.txt")
    )
    assert one.identity(one.shards()[0].items[0]) != other.identity(other.shards()[0].items[0])


@pytest.mark.parametrize(("classes", "message"), [("none.txt", "cannot be read"), ("data.yaml", "not a list of class names")])
def test_whole_file_faults(folder: Path, classes: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        results(folder, classes)


@pytest.mark.parametrize("classes", ["labels/classes.txt", "classes.txt"])
def test_a_list_of_class_names_beside_the_labels_is_no_label_file(
    folder: Path, classes: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "labels" / "classes.txt").write_text("ship\n")
    (folder / "labels" / "a.txt").write_text("0 0.5 0.5 0.1 0.1")
    assert [len(tile.boxes) for tile in results(folder, classes)] == [1, 0, 0, 0]
    told = "lists of class names, which are no label files: classes.txt" in capsys.readouterr().err
    assert told == (classes == "classes.txt")


def test_an_image_may_be_called_classes(folder: Path) -> None:
    (folder / "images" / "a.png").rename(folder / "images" / "classes.png")
    (folder / "labels" / "classes.txt").write_text("0 0.5 0.5 0.1 0.1")
    assert {tile.key: len(tile.boxes) for tile in results(folder)}["yolo/classes/0_0"] == 1
