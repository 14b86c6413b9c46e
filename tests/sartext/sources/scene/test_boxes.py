"""Boxes of whole scenes, cut along with their windows."""

import json
from pathlib import Path
from typing import Any

import pytest

from sartext.errors import SourceError
from sartext.sar.tiling import Window
from sartext.sources.annotations.labels import COMMON_LABELS
from sartext.sources.scene.boxes import cut_along, read_boxes
from sartext.sources.scene.checks import SceneRefused
from sartext.tile import Box

SCENES = (("a_VV.tif", "a_VH.tif"), ("b/c.tif",))


def put(folder: Path, *files: str, **box: Any) -> str:
    images = [{"id": at, "file_name": file, "width": 100, "height": 80} for at, file in enumerate(files)]
    boxes = [{"id": 0, "image_id": 0, "category_id": 1, "bbox": [10, 20, 30, 10], "area": 300, "iscrowd": 0, **box}]
    text = json.dumps({"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "ship"}]})
    (folder / "boxes.json").write_text(text)
    return str(folder / "boxes.json")


def test_any_file_of_a_scene_names_it(tmp_path: Path) -> None:
    found = read_boxes(put(tmp_path, "a_VH.tif"), COMMON_LABELS, SCENES)
    (box,) = found.of(0, 80, 100) or ()
    assert (box.label, box.polygon_px) == ("ship", (10, 20, 40, 20, 40, 30, 10, 30))
    assert found.of(1, 80, 100) is None
    assert found.classes == {"ship"}


def test_a_scene_whose_boxes_do_not_fit_is_refused(tmp_path: Path) -> None:
    found = read_boxes(put(tmp_path, "a_VV.tif"), COMMON_LABELS, SCENES)
    with pytest.raises(SceneRefused, match=r"annotated as \(80, 100\), but the scene has \(90, 100\) rows and columns"):
        found.of(0, 90, 100)
    with pytest.raises(SceneRefused):
        read_boxes(put(tmp_path, "a_VV.tif", bbox=[90, 20, 30, 10]), COMMON_LABELS, SCENES).of(0, 80, 100)


def test_a_file_that_lists_no_scene_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="lists none of the scenes"):
        read_boxes(put(tmp_path, "x.tif"), COMMON_LABELS, SCENES)
    with pytest.raises(SourceError, match=r"'a_VV.tif' is there twice"):
        read_boxes(put(tmp_path, "a_VV.tif", "./a_VV.tif"), COMMON_LABELS, SCENES)


def test_boxes_are_cut_in_pixels_of_the_averaged_grid() -> None:
    box = Box(label="ship", polygon_px=(10.0, 20.0, 40.0, 20.0, 40.0, 30.0, 10.0, 30.0))
    window = Window(row=5, column=2, height=20, width=20, down=0, right=0)
    (cut,) = cut_along([box], window, (2, 4))
    assert cut.polygon_px == (0.5, 5.0, 8.0, 5.0, 8.0, 10.0, 0.5, 10.0)
    assert cut_along([box], Window(row=40, column=0, height=5, width=5, down=0, right=0), (1, 1)) == ()
