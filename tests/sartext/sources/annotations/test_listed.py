import json
from pathlib import Path

import pytest

from sartext.errors import SourceError
from sartext.sources.annotations.listed import listed_images, read_coco
from sartext.sources.split_paths import Naming, SplitPaths


def test_an_image_of_two_files_is_there_once_in_both_splits() -> None:
    found = listed_images("images", [("train", "1", ["./b", "a"]), ("test", "2", ["a", "c"])])
    assert found.files == ["b", "a", "c"]
    assert found.splits == [(Naming("train", "1"),), (Naming("train", "1"), Naming("test", "2")), (Naming("test", "2"),)]
    assert list(found.positions) == [0, 1, 1, 2]


def test_what_one_file_has_twice_stays_so_and_one_file_of_all_names_no_split() -> None:
    assert listed_images("images", [("train", "1", ["a", "./a"]), ("test", "2", [])]).files == ["a", "a"]
    alone = listed_images("images", [(None, "1", ["a", "x/../b"])], lambda files: [f"{file}.png" for file in files])
    assert (alone.files, alone.splits, list(alone.positions)) == (["a.png", "b.png"], None, [0, 1])


def test_files_of_coco_are_one_with_the_boxes_of_each(tmp_path: Path) -> None:
    paths = {}
    for split, names, label in (("train", ("a", "b"), "ship"), ("val", (), "x"), ("test", ("b", "c"), "tank")):
        images = [{"id": at, "file_name": name, "width": 10 + at, "height": 20} for at, name in enumerate(names)]
        boxes = [{"image_id": at, "category_id": 7, "bbox": [at, 0, 1, 1], "segmentation": split} for at in range(len(names))]
        value = {"categories": [{"id": 7, "name": label}], "annotations": boxes, "images": images}
        (tmp_path / split).write_text(json.dumps(value))
        paths[split] = str(tmp_path / split)
    found, splits = read_coco(SplitPaths(paths), "images", segmentations=True)
    assert (found.files, found.sizes_px[:, 0].tolist()) == (["a", "b", "c"], [10, 10, 11])
    assert [found.labels[at] for at in found.label] == ["ship", "ship", "tank", "tank"]
    assert (found.image.tolist(), found.corners_px[:, 0].tolist()) == ([0, 1, 1, 2], [0, 1, 0, 1])
    assert found.segmentations == ['"train"'] * 2 + ['"test"'] * 2
    assert splits is not None
    assert [[one.split for one in own] for own in splits] == [["train"], ["train", "test"], ["test"]]
    alone, none = read_coco(paths["train"], "images")
    assert (alone.files, alone.segmentations, none) == (["a", "b"], None, None)
    with pytest.raises(SourceError, match=r"gone: cannot be read"):
        read_coco(SplitPaths({"train": paths["train"], "test": "gone"}), "images")
