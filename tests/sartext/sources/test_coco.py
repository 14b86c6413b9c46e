import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sartext.errors import SourceError
from sartext.sources.coco import Coco
from sartext.tile import Reject, Tile


def results(folder: Path, images: list[dict[str, Any]], annotations: list[dict[str, Any]]) -> list[Tile | Reject]:
    categories = [{"id": 1, "name": "Ship"}]
    (folder / "a.json").write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))
    source = Coco(images=str(folder), annotations=str(folder / "a.json"))
    return [result for shard in source.shards() for result in source.read(shard)]


def picture(folder: Path, file: str) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    Image.fromarray(np.full((20, 30), 9, dtype=np.uint8)).save(folder / file)


def test_crowd_no_boxes_and_sub_folders(tmp_path: Path) -> None:
    for file in ("b.png", "a.png", "sub/a.png"):
        picture(tmp_path, file)
    images = [{"id": place, "file_name": file} for place, file in enumerate(("sub/a.png", "./b.png", "a.png"))]
    segmentation = {"counts": "x", "size": [1, 1]}
    crowd = {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "iscrowd": 1, "segmentation": segmentation}
    found = results(tmp_path, images, [crowd])
    assert [tile.key for tile in found] == ["coco/a/0_0", "coco/b/0_0", "coco/sub.a/0_0"]
    assert [len(tile.boxes) for tile in found] == [0, 1, 0]
    assert found[1].boxes[0].crowd
    assert found[1].boxes[0].polygon_px == (1, 2, 4, 2, 4, 6, 1, 6)
    assert found[1].origin.uri == "b.png"


def test_one_bad_annotation_rejects_one_tile_and_says_where(tmp_path: Path) -> None:
    for file in ("a.png", "b.png", "c.png", "d.png"):
        picture(tmp_path, file)
    images = [{"id": file, "file_name": f"{file}.png"} for file in "abcd"]
    images[3] |= {"width": 60, "height": 40}
    annotations = [
        {"image_id": "a", "category_id": 1, "bbox": [1, 2, 3, "four"]},
        {"image_id": "b", "category_id": 8, "bbox": [1, 2, 3, 4]},
        {"image_id": "c", "category_id": 1, "bbox": [1, 2, 3, 4]},
    ]
    a, b, c, d = results(tmp_path, images, annotations)
    assert (a.reason, a.detail.split(":")[0]) == ("bad_annotation", "annotations[0]")
    assert (b.reason, "category_id 8" in b.detail) == ("unknown_category", True)
    assert isinstance(c, Tile)
    assert (d.reason, "(60, 40)" in d.detail) == ("bad_annotation", True)


def test_identity_is_strict_json_where_boxes_and_labels_are_not(tmp_path: Path) -> None:
    value = {"images": [{"id": 1, "file_name": "a.png"}], "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 2]}]}
    (tmp_path / "a.json").write_text(json.dumps({**value, "categories": [{"id": 1, "name": "\ud800"}]}))
    source = Coco(images=str(tmp_path), annotations=str(tmp_path / "a.json"))
    (shard,) = source.shards()
    identity = json.dumps(source.identity(shard.items[0]), ensure_ascii=False, allow_nan=False).encode()
    assert json.loads(identity)["boxes"] == [[r"\ud800", [None] * 4, False, False]]
    (reject,) = source.read(shard)
    assert reject.detail.encode()


@pytest.mark.parametrize("file", ["../outside.png", "/etc/hostname", "a\0.png", "\ud800.png", "."])
def test_file_names_that_lead_elsewhere_are_one_tiles_fault(tmp_path: Path, file: str) -> None:
    picture(tmp_path, "a.png")
    found = results(tmp_path, [{"id": 1, "file_name": file}, {"id": 2, "file_name": "a.png"}], [])
    assert sorted(type(result).__name__ for result in found) == ["Reject", "Tile"]
    (reject,) = (result for result in found if isinstance(result, Reject))
    assert reject.reason in ("missing_image", "unreadable")
    assert reject.detail.encode()


def test_whole_file_faults(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        Coco(images=str(tmp_path), annotations=str(tmp_path / "none.json")).shards()
    with pytest.raises(SourceError, match=r"'a.png' is there twice"):
        results(tmp_path, [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "./a.png"}], [])


def test_a_large_file_stays_small_in_memory(tmp_path: Path) -> None:
    """200,000 annotations take the planning process less than 60 MB more; see the module of the parser."""
    path = tmp_path / "a.json"
    images = [{"id": number, "file_name": f"{number:06d}.jpg", "width": 800, "height": 800} for number in range(20_000)]
    with path.open("w") as stream:
        stream.write(f'{{"images": {json.dumps(images)}, "categories": [{{"id": 1, "name": "ship"}}], "annotations": [')
        for number in range(200_000):
            outline = ", ".join(["1.5"] * 16)
            one = f'{{"image_id": {number % 20_000}, "category_id": 1, "bbox": [1, 2, 3.5, 4], "segmentation": [[{outline}]]}}'
            stream.write((", " if number else "") + one)
        stream.write("]}")
    code = (
        "import resource; from sartext.sources.coco import Coco\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"shards = Coco(images={str(tmp_path)!r}, annotations={str(path)!r}).shards()\n"
        "assert sum(len(shard.items) for shard in shards) == 20_000\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert float(done.stdout) < 60


@pytest.mark.parametrize(
    "written",
    [
        "{}.png",
        "{}",
        "images\\{}.png",
        "images/{}.png",
        "../label/{}.png",
        "..\\..\\label-studio\\media\\upload\\4\\{}.png",
        "/data/images/{}.png",
        "images/1a2b3c4d-{}.png",
        "{}_png.rf.0123456789abcdef0123456789abcdef.png",
        "{}.PNG",
    ],
)
def test_names_find_the_one_image_that_they_can_mean(tmp_path: Path, written: str) -> None:
    for file in ("a.png", "b.png"):
        picture(tmp_path, file)
    images = [{"id": at, "file_name": written.format(file), "width": 30, "height": 20} for at, file in enumerate("ab")]
    found = results(tmp_path, images, [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}])
    assert [(tile.key, tile.origin.uri, len(tile.boxes)) for tile in found] == [
        ("coco/a/0_0", "a.png", 0),
        ("coco/b/0_0", "b.png", 1),
    ]


def test_names_in_composed_and_decomposed_form_are_the_same(tmp_path: Path) -> None:
    picture(tmp_path, unicodedata.normalize("NFD", "müller.png"))
    (tile,) = results(tmp_path, [{"id": 1, "file_name": unicodedata.normalize("NFC", "müller.png")}], [])
    assert isinstance(tile, Tile)


def test_two_candidates_are_refused_with_both_names(tmp_path: Path) -> None:
    for file in ("x/a.png", "y/a.png", "b.png", "c.png"):
        picture(tmp_path, file)
    names = ("a.png", "train/b.png", "val/b.png", "c.png")
    a, c, b, b_2 = results(tmp_path, [{"id": at, "file_name": name} for at, name in enumerate(names)], [])
    assert (a.reason, a.detail) == ("ambiguous_image", "'a.png' is x/a.png or y/a.png")
    assert (b.reason, b.detail) == ("ambiguous_image", "b.png is 'train/b.png' or 'val/b.png'")
    assert (b_2.key, b_2.reason) == ("coco/val.b/0_0", "ambiguous_image")
    assert isinstance(c, Tile)


def test_a_file_that_is_not_listed_is_found_by_its_path_alone(tmp_path: Path) -> None:
    for file in (".hidden/a.png", "a.png"):
        picture(tmp_path, file)
    hidden, _ = results(tmp_path, [{"id": 1, "file_name": ".hidden/a.png"}, {"id": 2, "file_name": "b.png"}], [])
    assert hidden.origin.uri == ".hidden/a.png"
