"""The splits of a set's authors, in every format and layout: kept as they are."""

import dataclasses
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sartext.errors import SourceError
from sartext.sources.base import FolderSource
from sartext.sources.captioned import CaptionedCoco
from sartext.sources.captions import Captions
from sartext.sources.coco import Coco
from sartext.sources.coco_masks import CocoMasks
from sartext.sources.dota import Dota
from sartext.sources.images import Images
from sartext.sources.llava import Llava
from sartext.sources.masks import Masks
from sartext.sources.pairs import Pairs
from sartext.sources.source import split_of
from sartext.sources.split_paths import SplitPaths
from sartext.sources.voc import Voc
from sartext.sources.yolo import Yolo
from sartext.tile import Reject, Tile

# Names of which our own rule would put some elsewhere, so that a split that is kept is told from one that is made.
SETS = {"train": ("a", "b", "c", "d"), "val": ("e", "f"), "test": ("g", "h", "i")}
KEPT = {name: split for split, names in SETS.items() for name in names}
assert any(split_of(name) != split for name, split in KEPT.items())
PATTERN = r"(?P<scene>P\d+)_(?P<col>.*)"


def picture(path: Path, value: int = 9) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((20, 30), value, dtype=np.uint8)).save(path)


def text(path: Path, words: Any) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words if isinstance(words, str) else json.dumps(words))
    return str(path)


def results(source: FolderSource) -> dict[str, Tile | Reject]:
    found = [one for shard in source.shards() for one in source.read(shard)]
    assert len({one.key for one in found}) == len(found)
    return {one.key.split("/", 1)[1].removesuffix("/0_0"): one for one in found}


def splits(source: FolderSource) -> dict[str, tuple[str | None, str | None] | str]:
    """The split of each tile and what decided it, or the reason why there is none; by the last part of its scene's name."""
    return {
        name.split(".")[-1]: (one.split, one.split_by) if isinstance(one, Tile) else one.reason
        for name, one in results(source).items()
    }


def coco(files: Mapping[str, int] | tuple[str, ...]) -> dict[str, Any]:
    """COCO JSON whose ids begin at 1 in each file, with as many boxes as the mapping says."""
    numbers = files if isinstance(files, Mapping) else dict.fromkeys(files, 1)
    images = [{"id": at, "file_name": name, "width": 30, "height": 20} for at, name in enumerate(numbers, 1)]
    annotations = [
        {"id": 100 * at + n, "image_id": at, "category_id": 1, "bbox": [1, 1, 4, 4 + n], "segmentation": [[1, 1, 5, 1, 5, 5]]}
        for at, number in enumerate(numbers.values(), 1)
        for n in range(number)
    ]
    return {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "ship"}]}


def voc(files: tuple[str, ...]) -> str:
    box = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox>"
    one = "<annotation><filename>{}.png</filename><object><name>ship</name>" + box + "</object></annotation>"
    return one.format(files[0]) if len(files) == 1 else f"<set>{''.join(one.format(name) for name in files)}</set>"


WRITERS: dict[str, Callable[[Path, tuple[str, ...]], str]] = {
    "coco": lambda at, names: text(at.with_suffix(".json"), coco(tuple(f"{name}.png" for name in names))),
    "voc_set": lambda at, names: text(at.with_suffix(".xml"), voc(names)),
    "voc": lambda at, names: [text(at / f"{name}.xml", voc((name,))) for name in names] and str(at),
    "yolo": lambda at, names: [text(at / f"{name}.txt", "0 0.5 0.5 0.2 0.2\n") for name in names] and str(at),
    "dota": lambda at, names: [text(at / f"{name}.txt", "1 1 5 1 5 5 1 5 ship 0\n") for name in names] and str(at),
    "masks": lambda at, names: [picture(at / f"{name}.png", 1) for name in names] and str(at),
    "captions": lambda at, names: text(
        at.with_suffix(".csv"), "image,caption\n" + "".join(f"{n}.png,A ship.\n" for n in names)
    ),
    "llava": lambda at, names: text(
        at.with_suffix(".json"),
        [
            {"image": f"{name}.png", "conversations": [{"from": "human", "value": "?"}, {"from": "gpt", "value": "!"}]}
            for name in names
        ],
    ),
    "images": lambda at, _names: str(at),
    "pairs": lambda at, names: [picture(at / f"{name}.png", at_) for at_, name in enumerate(names, 90)] and str(at),
}
WRITERS["coco_masks"] = WRITERS["coco"]
WRITERS["captioned"] = WRITERS["coco"]
FORMATS = tuple(WRITERS)


def source(form: str, images: str, labels: str, folder: Path, **fields: Any) -> FolderSource:
    if form in ("coco", "coco_masks"):
        return (Coco if form == "coco" else CocoMasks)(images=images, annotations=labels, **fields)
    if form == "captioned":
        table = WRITERS["captions"](folder / "all", tuple(KEPT))
        return CaptionedCoco(images=images, annotations=labels, captions=table, **fields)
    if form in ("voc", "voc_set"):
        return Voc(images=images, annotations=labels, **fields)
    if form == "yolo":
        return Yolo(images=images, labels=labels, classes=text(folder / "classes.names", "ship\n"), **fields)
    if form == "masks":
        return Masks(images=images, masks=labels, classes='{"water": 1}', **fields)
    if form == "pairs":
        return Pairs(sar=images, optical=labels, keep_alone=True, **fields)
    if form == "images":
        return Images(images=images, **fields)
    if form == "dota":
        return Dota(images=images, labels=labels, **fields)
    return (
        Captions(images=images, captions=labels, **fields)
        if form == "captions"
        else Llava(images=images, conversations=labels, **fields)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Images in one folder, and the same in a folder for each split."""
    for split, names in SETS.items():
        for at, name in enumerate(names):
            picture(tmp_path / "images" / f"{name}.png")
            Image.fromarray(np.arange(600, dtype=np.uint8).reshape(20, 30) + at).save(tmp_path / "images" / f"{name}.png")
            os.makedirs(tmp_path / "by" / split, exist_ok=True)
            (tmp_path / "by" / split / f"{name}.png").write_bytes((tmp_path / "images" / f"{name}.png").read_bytes())
    return tmp_path


def by_split(form: str, folder: Path) -> SplitPaths:
    return SplitPaths({split: WRITERS[form](folder / "labels" / split, names) for split, names in SETS.items()})


SOURCE = {name: (split, "source") for name, split in KEPT.items()}


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "images"])
def test_annotations_by_split_of_images_in_one_folder(form: str, folder: Path) -> None:
    assert splits(source(form, str(folder / "images"), by_split(form, folder), folder)) == SOURCE


@pytest.mark.parametrize("form", FORMATS)
def test_annotations_and_images_by_split(form: str, folder: Path) -> None:
    images = SplitPaths({split: str(folder / "by" / split) for split in SETS})
    made = source(form, images, by_split(form, folder), folder)
    assert splits(made) == SOURCE
    assert all(
        one.origin.uri == f"{KEPT[name.split('.')[-1]]}/{name.split('.')[-1]}.png" for name, one in results(made).items()
    )


@pytest.mark.parametrize("form", FORMATS)
def test_images_by_split_and_annotations_of_all(form: str, folder: Path) -> None:
    images = SplitPaths({split: str(folder / "by" / split) for split in SETS})
    assert splits(source(form, images, WRITERS[form](folder / "labels" / "all", tuple(KEPT)), folder)) == SOURCE


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("ending", ["", ".png", ".json"])
def test_lists_of_images(form: str, ending: str, folder: Path) -> None:
    lists = {}
    for split, names in SETS.items():
        words = coco(tuple(f"{name}.png" for name in names)) if ending == ".json" else "\n".join(f"{n}{ending}" for n in names)
        lists[split] = text(folder / "lists" / split, words)
    labels = WRITERS[form](folder / "labels" / "all", tuple(KEPT))
    assert splits(source(form, str(folder / "images"), labels, folder, splits=SplitPaths(lists))) == SOURCE


@pytest.mark.parametrize("form", FORMATS)
def test_a_whole_set_is_of_one_split(form: str, folder: Path) -> None:
    labels = WRITERS[form](folder / "labels" / "all", tuple(KEPT))
    made = source(form, str(folder / "images"), labels, folder, split="train")
    assert splits(made) == dict.fromkeys(KEPT, ("train", "source"))
    with pytest.raises(ValueError, match="split is 'all'; it is one of train, val, test"):
        dataclasses.replace(made, split="all")


@pytest.mark.parametrize("form", FORMATS)
def test_without_any_of_it_the_place_decides(form: str, folder: Path) -> None:
    labels = WRITERS[form](folder / "labels" / "all", tuple(KEPT))
    made = source(form, str(folder / "images"), labels, folder)
    assert splits(made) == {name: (split_of(name), "scene") for name in KEPT}
    assert '"split": "' not in json.dumps([made.identity(item) for shard in made.shards() for item in shard.items])


@pytest.mark.parametrize("form", ["coco", "coco_masks", "voc", "voc_set", "yolo", "dota", "masks", "captions", "llava"])
def test_an_image_in_two_is_refused_with_both_names(form: str, folder: Path) -> None:
    both = {split: WRITERS[form](folder / split, names) for split, names in (("train", ("a", "b")), ("test", ("b", "g")))}
    found = results(source(form, str(folder / "images"), SplitPaths(both), folder))
    assert (found["a"].split, found["g"].split) == ("train", "test")
    assert found["b"].reason == "two_splits"
    assert found["b"].detail == f"it is in train ({both['train']}) and in test ({both['test']})"
    assert {name for name, one in found.items() if isinstance(one, Reject) and one.reason != "missing_mask"} == {"b"}


def test_ids_are_those_of_their_own_file_and_so_are_categories(folder: Path) -> None:
    train, test = coco({"a.png": 1, "b.png": 2}), coco({"g.png": 3, "h.png": 0})
    test["categories"] = [{"id": 1, "name": "aircraft"}]
    paths = SplitPaths({"train": text(folder / "1.json", train), "test": text(folder / "2.json", test)})
    for made in (
        Coco(images=str(folder / "images"), annotations=paths),
        CocoMasks(images=str(folder / "images"), annotations=paths),
    ):
        labels = {name: [box.label for box in one.boxes] for name, one in results(made).items()}
        assert labels == {"a": ["ship"], "b": ["ship"] * 2, "g": ["aircraft"] * 3, "h": []}


def test_one_name_in_two_folders_is_two_images_of_two_places(folder: Path) -> None:
    picture(folder / "by" / "test" / "a.png")
    images = SplitPaths({split: str(folder / "by" / split) for split in ("train", "test")})
    labels = SplitPaths({split: WRITERS["coco"](folder / split, ("a",)) for split in ("train", "test")})
    found = results(Coco(images=images, annotations=labels))
    assert {name: (one.scene, one.split) for name, one in found.items()} == {
        "train.a": ("train.a", "train"),
        "test.a": ("test.a", "test"),
    }
    whole = results(Coco(images=images, annotations=WRITERS["coco"](folder / "all", ("a", "b"))))
    assert (whole["train.b"].split, whole["a"].reason) == ("train", "ambiguous_image")
    assert whole["a"].detail == "'a.png' is test/a.png or train/a.png"


def test_a_file_that_two_folders_have_is_in_two(folder: Path) -> None:
    (folder / "by" / "test" / "linked.png").symlink_to(folder / "by" / "train" / "a.png")
    found = results(Images(images=SplitPaths({split: str(folder / "by" / split) for split in ("train", "test")})))
    assert {name for name, one in found.items() if isinstance(one, Reject)} == {"train.a", "test.linked"}
    assert found["train.a"].detail == f"it is in train ({folder / 'by' / 'train'}) and in test ({folder / 'by' / 'test'})"


def test_a_place_on_both_sides_stays_there_and_keys_do_not_meet(folder: Path) -> None:
    for name in ("P1_x.png", "P1_y.png", "P1_y.jpg", "P1_z.png"):
        picture(folder / "scenes" / name)
    paths = {
        split: text(folder / split, coco(names))
        for split, names in (("train", ("P1_x.png", "P1_y.png")), ("test", ("P1_y.jpg",)))
    }
    found = results(Coco(images=str(folder / "scenes"), annotations=SplitPaths(paths), scene_pattern=PATTERN))
    assert sorted((one.scene, one.split, one.origin.uri) for one in found.values()) == [
        ("P1", "test", "P1_y.jpg"),
        ("P1", "train", "P1_x.png"),
        ("P1", "train", "P1_y.png"),
    ]


def test_an_image_that_no_list_names_goes_with_its_place_and_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("P1_x.png", "P1_y.png", "P2_x.png"):
        picture(folder / "scenes" / name)
    lists = SplitPaths({"test": text(folder / "test.txt", "P1_x\ngone\n")})
    found = results(Images(images=str(folder / "scenes"), scene_pattern=PATTERN, splits=lists))
    assert {name: (one.split, one.split_by) for name, one in found.items()} == {
        "P1/0_x": ("test", "source"),
        "P1/0_y": ("test", "source"),
        "P2/0_x": (split_of("P2"), "scene"),
    }
    said = capsys.readouterr().err
    assert "test.txt: names of no image, which are left out: 1 (gone)" in said
    assert "images that no list names, whose split is that of their place: 2 (P1_y.png, P2_x.png)" in said


def test_a_list_that_does_not_say_which_image_it_means(folder: Path) -> None:
    picture(folder / "by" / "val" / "a.png")
    lists = SplitPaths({"train": text(folder / "train.txt", "a\nb\n"), "test": text(folder / "test.txt", "b\n")})
    found = results(Images(images=str(folder / "by"), splits=lists))
    assert [found[name].reason for name in ("train.a", "val.a", "train.b")] == ["ambiguous_image"] * 2 + ["two_splits"]
    assert "train.txt: 'a' is train/a.png or val/a.png" in found["val.a"].detail


def test_captions_keep_their_column_and_may_not_contradict_their_annotations(folder: Path) -> None:
    table = text(folder / "c.csv", "image,caption,split\na.png,A ship.,test\nb.png,A ship.,train\nc.png,A ship.,\n")
    paths = SplitPaths({"train": WRITERS["coco"](folder / "train", ("a", "b", "c"))})
    found = results(CaptionedCoco(images=str(folder / "images"), annotations=paths, captions=table))
    assert (found["b"].split, found["c"].split) == ("train", "train")
    assert found["a"].detail == f"it is in train ({folder / 'train.json'}) and in test ({table})"
    alone = results(Captions(images=str(folder / "images"), captions=table))
    assert (alone["a"].split, alone["b"].split) == ("test", "train")
    assert results(Captions(images=str(folder / "images"), captions=table, split="val"))["a"].split == "val"


@pytest.mark.parametrize("form", ["voc", "yolo", "dota", "masks"])
@pytest.mark.parametrize("below", ["train", "train2017"])
def test_label_folders_by_split_beside_images_in_folders_of_the_same_names(form: str, below: str, folder: Path) -> None:
    """Names that are there in both, as when each split is numbered from 1."""
    for split in (below, "test"):
        picture(folder / "numbered" / split / "x" / "1.png")
    labels = {
        split: WRITERS[form](folder / "labels" / below if split == "train" else folder / "labels" / split, ("x/1",))
        for split in ("train", "test")
    }
    found = results(source(form, str(folder / "numbered"), SplitPaths(labels), folder))
    assert {name: one.split for name, one in found.items()} == {f"{below}.x.1": "train", "test.x.1": "test"}
    images = SplitPaths({"train": str(folder / "numbered" / below), "test": str(folder / "numbered" / "test")})
    found = results(source(form, images, str(folder / "labels"), folder))
    assert {name: one.split for name, one in found.items()} == {"train.x.1": "train", "test.x.1": "test"}


def test_a_background_image_of_no_split_is_of_its_place(folder: Path) -> None:
    labels = SplitPaths({"test": WRITERS["yolo"](folder / "labels", ("a",))})
    found = results(source("yolo", str(folder / "images"), labels, folder))
    assert (found["a"].split_by, found["b"].split_by) == ("source", "scene")


def test_what_cannot_be_is_said_in_a_line(folder: Path) -> None:
    images, train = str(folder / "images"), text(folder / "train.txt", "a\n")
    with pytest.raises(
        ValueError, match=r"splits is '.*train.txt', of which nothing says what split it lists; give it as train="
    ):
        Images(images=images, splits=train)
    with pytest.raises(
        ValueError, match=r"split is 'train', of all images, and splits is by split, train=.*; give one of them"
    ):
        Images(images=images, split="train", splits=SplitPaths({"train": train}))
    with pytest.raises(ValueError, match="images is given for train, val and labels for train; give both for the same splits"):
        Dota(images=SplitPaths({"train": "a", "val": "b"}), labels=SplitPaths({"train": "c"}))
    with pytest.raises(SourceError, match=r"nowhere: is no folder that can be read"):
        Images(images=SplitPaths({"train": images, "test": "nowhere"})).shards()
    with pytest.raises(SourceError, match=r"other.txt: of its 2 names none is an image of the set \(x, y\); give the list"):
        Images(images=images, splits=SplitPaths({"test": text(folder / "other.txt", "x\ny\n")})).shards()
    with pytest.raises(SourceError, match=r"gone.txt: cannot be read"):
        Images(images=images, splits=SplitPaths({"test": str(folder / "gone.txt")})).shards()
    with pytest.raises(SourceError, match=r"gone.json: cannot be read"):
        Coco(
            images=images, annotations=SplitPaths({"train": WRITERS["coco"](folder / "a", ("a",)), "test": "gone.json"})
        ).shards()
