"""HRSID as it comes, built: its test set is kept, and its places on both sides are said wherever the dataset is spoken of."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from jobs.build import main
from jobs.recipes.build import BUILD
from sartext.artifact import open_artifact
from sartext.flow import commandline


def hrsid(folder: Path) -> list[str]:
    """HRSID in its own layout, of two scenes, one of which lies on both sides; with the options that name it."""
    (folder / "JPEGImages").mkdir(parents=True)
    (folder / "annotations").mkdir()
    chips = {"train2017": ["P0001_0_800_0_800", "P0002_0_800_0_800"], "test2017": ["P0001_0_800_600_1400"]}
    for split, names in chips.items():
        images = [{"id": at, "file_name": f"{name}.jpg", "width": 32, "height": 32} for at, name in enumerate(names)]
        box = {"bbox": [4, 4, 8, 5], "category_id": 1, "iscrowd": 0, "area": 40, "segmentation": [[4, 4, 12, 4, 12, 9]]}
        boxes = [{**box, "id": at, "image_id": at} for at in range(len(names))]
        value = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "ship"}], "type": "instances"}
        (folder / "annotations" / f"{split}.json").write_text(json.dumps(value))
        for at, name in enumerate(names):
            pixels = np.random.default_rng(at).integers(0, 60, (32, 32), np.uint8)
            Image.fromarray(pixels).convert("RGB").save(folder / "JPEGImages" / f"{name}.jpg")
            mask = np.zeros((32, 32, 3), np.uint8)
            mask[4:9, 4:12] = 0, 255, 0
            (folder / "masks").mkdir(exist_ok=True)
            Image.fromarray(mask).save(folder / "masks" / f"{name}.png")
    return [f"train={folder / 'annotations' / 'train2017.json'}", f"test={folder / 'annotations' / 'test2017.json'}"]


@pytest.mark.parametrize("recipe", ["hrsid", "hrsid_masks"])
def test_hrsid_keeps_its_test_set(recipe: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    splits, out = hrsid(tmp_path), str(tmp_path / "out")
    images = ["--source.images", str(tmp_path / "JPEGImages")]
    own: dict[str, list[str]] = {
        "hrsid": ["--source.annotations", *splits],
        "hrsid_masks": ["--source.masks", str(tmp_path / "masks"), "--source.splits", *splits],
    }
    status = commandline.run(main, BUILD, [recipe, *images, *own[recipe], "--out", out], prog="jobs.build")
    said, err = capsys.readouterr()
    assert status == 0, err
    words = "its authors' splits are kept as they are, with places on both sides: 1 in train and test"
    assert words in said.splitlines()[-1]
    artifact = open_artifact(out)
    assert artifact.counts["places_in_several_splits"] == {"train and test": 1}
    assert artifact.counts["splits"] == {"test": {"source": 1}, "train": {"source": 2}}
    rows: list[dict[str, Any]] = [row for table in artifact.tables() for row in table.select(["scene", "split"]).to_pylist()]
    assert sorted((row["scene"], row["split"]) for row in rows) == [("P0001", "test"), ("P0001", "train"), ("P0002", "train")]
    for page in ("report.html", "README.md"):
        assert words[1:] in Path(out, page).read_text().replace("&#39;", "'").replace("\\", "")
