import json
from pathlib import Path

import pytest

from sartext.errors import SourceError
from sartext.sources.annotations.listed import listed_images, read_coco
from sartext.sources.split_paths import Naming, SplitPaths


@pytest.fixture
def images(tmp_path: Path) -> str:
    for split, names in (("train", "ab"), ("test", "bc")):
        for name in names:
            (tmp_path / "images" / split).mkdir(parents=True, exist_ok=True)
            (tmp_path / "images" / split / f"{name}.png").touch()
            (tmp_path / "one" / f"{name}.png").parent.mkdir(exist_ok=True)
            (tmp_path / "one" / f"{name}.png").touch()
    return str(tmp_path / "one")


def test_an_image_of_two_files_is_there_once_in_both_splits(images: str) -> None:
    found = listed_images(images, [("train", "1", ["./b", "x\\a.png"]), ("test", "2", ["x/a.png", "c"])])
    assert (found.files, found.faults) == (["b.png", "a.png", "c.png"], [None] * 3)
    assert found.splits == [(Naming("train", "1"),), (Naming("train", "1"), Naming("test", "2")), (Naming("test", "2"),)]
    assert list(found.positions) == [0, 1, 1, 2]


def test_what_one_file_has_twice_stays_so_and_one_file_of_all_names_no_split(images: str) -> None:
    assert listed_images(images, [("train", "1", ["a", "./a"]), ("test", "2", [])]).files == ["a.png", "a.png"]
    alone = listed_images(images, [(None, "1", ["a", "x/../b"])])
    assert (alone.files, alone.splits, list(alone.positions)) == (["a.png", "b.png"], None, [0, 1])


def test_names_mean_images_of_their_own_split(images: str) -> None:
    folders = SplitPaths({split: str(Path(images).parent / "images" / split) for split in ("train", "test")})
    own = listed_images(folders, [("train", "1", ["data\\b.png", "c.png"]), ("test", "2", ["b", "../c.png", "test/gone.png"])])
    assert own.files == ["train/b.png", "train/c.png", "test/b.png", "test/c.png", "test/test/gone.png"]
    assert not any(own.faults)
    of_all = listed_images(folders, [(None, "1", ["a", "b", "test\\b.png", "gone"])])
    assert of_all.files == ["train/a.png", "b.*", "test/b.png", "gone.*"]
    assert of_all.faults == [None, ("ambiguous_image", "'b' is test/b.png or train/b.png"), None, None]


def test_a_name_of_two_images_in_files_of_two_splits_is_ambiguous(images: str) -> None:
    found = listed_images(images, [("train", "1", ["x/a.png", "b"]), ("test", "2", ["y/a.png", "y/a.png"])])
    assert found.files == ["x/a.png", "b.png", "y/a.png", "y/a.png"]
    assert [fault and fault[0] for fault in found.faults] == ["ambiguous_image", None, "ambiguous_image", "ambiguous_image"]


def test_files_of_coco_are_one_with_the_boxes_of_each(images: str, tmp_path: Path) -> None:
    paths = {}
    for split, names, label in (("train", ("a", "b"), "ship"), ("val", (), "x"), ("test", ("b", "c"), "tank")):
        entries = [{"id": at, "file_name": name, "width": 10 + at, "height": 20} for at, name in enumerate(names)]
        boxes = [{"image_id": at, "category_id": 7, "bbox": [at, 0, 1, 1], "segmentation": split} for at in range(len(names))]
        value = {"categories": [{"id": 7, "name": label}], "annotations": boxes, "images": entries}
        (tmp_path / split).write_text(json.dumps(value))
        paths[split] = str(tmp_path / split)
    found, listed = read_coco(SplitPaths(paths), images, segmentations=True)
    assert (found.files, found.sizes_px[:, 0].tolist()) == (["a.png", "b.png", "c.png"], [10, 10, 11])
    assert [found.labels[at] for at in found.label] == ["ship", "ship", "tank", "tank"]
    assert (found.image.tolist(), found.corners_px[:, 0].tolist()) == ([0, 1, 1, 2], [0, 1, 0, 1])
    assert found.segmentations == ['"train"'] * 2 + ['"test"'] * 2
    assert listed.splits is not None
    assert [[one.split for one in own] for own in listed.splits] == [["train"], ["train", "test"], ["test"]]
    alone, where = read_coco(paths["train"], images)
    assert (alone.files, alone.segmentations, where.splits) == (["a.png", "b.png"], None, None)
    with pytest.raises(SourceError, match=r"gone: cannot be read"):
        read_coco(SplitPaths({"train": paths["train"], "test": "gone"}), images)
