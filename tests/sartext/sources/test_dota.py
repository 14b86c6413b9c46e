from pathlib import Path

import numpy as np
from PIL import Image

from sartext.sources.dota import Dota
from sartext.tile import Reject, Tile


def results(folder: Path, **fields: float) -> list[Tile | Reject]:
    source = Dota(images=str(folder / "images"), labels=str(folder / "labelTxt"), **fields)
    return [result for shard in source.shards() for result in source.read(shard)]


def test_label_files_decide_what_is_a_tile(tmp_path: Path) -> None:
    texts = {
        "a": "gsd:0.5\n20 10 40 20 35 30 15 20 large-vehicle 1\n",
        "b": "",
        "c": "1 2 3",
        "gone": "",
    }
    for name in ("images", "labelTxt"):
        (tmp_path / name).mkdir()
    for file in ("a", "b", "c", "not_labelled"):
        Image.fromarray(np.full((60, 50), 9, dtype=np.uint8)).save(tmp_path / "images" / f"{file}.png")
    for file, text in texts.items():
        (tmp_path / "labelTxt" / f"{file}.txt").write_text(text)
    a, b, c, gone = results(tmp_path)
    (box,) = a.boxes
    assert (box.label, box.polygon_px, box.difficult) == ("vehicle", (20, 10, 40, 20, 35, 30, 15, 20), True)
    assert a.sensor.gsd_m == (0.5, 0.5)
    assert (b.boxes, b.sensor.gsd_m) == ((), None)
    assert (c.reason, c.detail) == ("bad_annotation", "c.txt: line 1: no eight coordinates at its start")
    assert gone.reason == "missing_image"
    assert results(tmp_path, gsd_m=2.0)[0].sensor.gsd_m == (2.0, 2.0)


def test_a_box_over_the_edge_is_cut_where_that_is_asked_for(tmp_path: Path) -> None:
    for name in ("images", "labelTxt"):
        (tmp_path / name).mkdir()
    for file, corners in {
        "a": "40 10 60 10 60 30 40 30",
        "b": "-15 10 5 10 5 30 -15 30",
        "c": "60 10 70 10 70 30 60 30",
    }.items():
        Image.fromarray(np.full((60, 50), 9, dtype=np.uint8)).save(tmp_path / "images" / f"{file}.png")
        (tmp_path / "labelTxt" / f"{file}.txt").write_text(f"{corners} ship 0")
    a, b, c = results(tmp_path)
    assert [one.reason for one in (a, b, c)] == ["box_outside_image", "negative_box", "box_outside_image"]
    assert all("--source.cut-boxes cuts boxes at the edge" in one.detail for one in (a, b, c))
    a, b, c = results(tmp_path, cut_boxes=True)
    assert [(box.polygon_px, box.visible_share) for box in (*a.boxes, *b.boxes)] == [
        ((40, 10, 50, 10, 50, 30, 40, 30), 0.5),
        ((0, 10, 5, 10, 5, 30, 0, 30), 0.25),
    ]
    assert (c.reason, c.detail) == ("box_outside_image", "line 1: nothing of it is inside 50 x 60 px")
