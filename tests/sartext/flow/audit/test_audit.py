"""The audit of datasets with planted leaks, without Ray: what is found, what is not, and what a rerun does."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import shapely

from jobs.audit import Config, main
from sartext.errors import UserError
from sartext.flow import commandline
from sartext.flow.audit import compare, findings
from sartext.flow.audit.audit import Audited, audit
from sartext.flow.audit.compare import ComparisonWorker
from sartext.flow.audit.descriptors import DescriptorWorker
from tests.support.leaky import audited, begun, tile, written
from tests.support.speckle_images import jpeg, resized, speckle, turned

SIZE_PX = 112


def sea(number: int) -> np.ndarray:
    return speckle(1000 + number, SIZE_PX, SIZE_PX)


TILES = [
    *(tile(sea(number), number, "train") for number in range(24)),
    tile(jpeg(sea(3), 60), 100, "test"),  # leaks
    tile(sea(5)[15:95, 20:100], 101, "val"),
    tile(turned(sea(7), 1), 102, "test"),
    tile(sea(9), 103, "val"),  # a copy
    tile(sea(104), 104, "test", scene="s11"),  # of a scene of the train split
    tile(sea(105), 105, "val", footprint=shapely.box(10, 50, 11, 51).wkt),
    tile(sea(106), 106, "test", footprint=shapely.box(10.5, 50, 11.5, 51).wkt),
    tile(sea(107), 107, "test"),  # nothing of the kind
    tile(sea(108), 108, "val"),
    tile(np.zeros((64, 64), np.uint8), 109, "train"),
    tile(np.zeros((64, 64), np.uint8), 110, "test"),  # as black as another one
    tile(b"not an image", 111, "test"),
    tile(sea(3), 112, None),  # a copy without a split
]


def key(number: int, scene: str | None = None) -> str:
    return f"given/{scene or f's{number}'}/{number}_0"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(TILES, str(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Two test sets: one with a tile of the train split at half its size, one with nothing."""
    leaking = [tile(resized(sea(13), 56, 56), 0, "train"), tile(sea(200), 1, None)]
    clean = [tile(sea(210 + number), 500 + number, "test") for number in range(3)]
    return tuple(
        written(tiles, str(tmp_path_factory.mktemp(name)), name) for name, tiles in (("leaking", leaking), ("clean", clean))
    )


@pytest.fixture(scope="module")
def whole(data: str, others: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Audited:
    return audited(data, str(tmp_path_factory.mktemp("audit")), others)


def test_planted_tiles_are_found_where_they_lie(whole: Audited) -> None:
    pairs = {
        one["tile"]: one for one in whole.report["findings"]["near_identical"] if not one["held_out"].startswith("against")
    }
    assert {name: one["like"] for name, one in pairs.items()} == {
        key(100): key(3),
        key(101): key(5),
        key(102): key(7),
        key(103): key(9),
    }
    assert whole.report["findings"]["near_identical"][0]["exact"] is True
    assert pairs[key(101)]["offset_px"] == pytest.approx([20, 15], abs=0.3)
    assert pairs[key(101)]["scale"] == pytest.approx([1, 1], abs=0.01)
    assert pairs[key(102)]["turn"] == "flip_left_right"
    assert [pairs[key(number)]["held_out"] for number in (100, 101, 102, 103)] == ["test", "val", "test", "val"]
    assert pairs[key(103)]["keypoints"] is None


def test_a_test_set_is_held_against_the_train_split_alone(whole: Audited) -> None:
    (found,) = [one for one in whole.report["findings"]["near_identical"] if one["held_out"].startswith("against")]
    assert [found["tile"], found["like"]] == [key(0), key(13)]
    assert found["scale"] == pytest.approx([2, 2], rel=0.02)
    side = whole.report["held_out"][found["held_out"]]
    # Its tiles are named as tiles of the train split are, and that is a shared scene too.
    assert side == {"tiles": 2, "leaking": 2, "near_identical": 1, "same_scene": 2, "overlapping_footprint": 0}
    assert sorted(one["leaking"] for name, one in whole.report["held_out"].items() if name.startswith("against")) == [0, 2]


def test_shared_scenes_and_footprints_are_found(whole: Audited) -> None:
    scenes = [one for one in whole.report["findings"]["same_scene"] if one["held_out"] == "test"]
    assert [(one["scene"], one["against"], one["tiles"], one["against_tiles"]) for one in scenes] == [("s11", "train", 1, 1)]
    (place,) = whole.report["findings"]["overlapping_footprint"]
    assert place == {"tile": key(106), "like": key(105), "held_out": "test", "against": "val", "overlap_share": 0.5}


def test_what_leaks_is_counted_once(whole: Audited) -> None:
    held_out = whole.report["held_out"]
    assert held_out["test"] == {"tiles": 7, "leaking": 4, "near_identical": 2, "same_scene": 1, "overlapping_footprint": 1}
    assert held_out["val"] == {"tiles": 4, "leaking": 2, "near_identical": 2, "same_scene": 0, "overlapping_footprint": 0}
    assert whole.leaking == 8
    assert whole.report["tiles"]["without_split"] == 1
    assert whole.report["unreadable"] == {"not_an_image": 1}
    assert whole.report["few_keypoints"] == 2
    assert whole.summary().endswith(
        "8 of 16 held-out tiles leak: 5 near-identical to another, 3 of a scene that is on both sides, "
        "1 with an overlapping footprint; 1 of all tiles cannot be read"
    )


def test_the_files_are_there_and_say_nothing_of_this_machine(whole: Audited) -> None:
    place = Path(whole.uri)
    for name, digest in whole.manifest["files"].items():
        text = (place / name).read_bytes()
        assert hashlib.sha256(text).hexdigest() == digest
        assert str(place.parent).encode() not in text
    assert key(100) in (place / "REPORT.md").read_text()
    assert (place / "report.html").read_text().count("<article") == 5


def test_the_bytes_do_not_depend_on_the_order_of_work(
    data: str, others: tuple[str, str], whole: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "PIECE_PAIRS", 2)
    again = audited(data, str(tmp_path), others[::-1], backwards=True)
    assert again.manifest["files"] == whole.manifest["files"]
    assert again.manifest["fingerprint"] == whole.manifest["fingerprint"]


def test_a_rerun_does_what_is_missing(data: str, tmp_path: Path) -> None:
    with begun(data, str(tmp_path)) as work:
        assert work.undescribed() == [0, 1, 2]
        DescriptorWorker(*work.to_describe)(1)
    with begun(data, str(tmp_path)) as work:
        assert work.undescribed() == [0, 2]
        for number in (0, 2):
            DescriptorWorker(*work.to_describe)(number)
        assert work.uncompared() is None
        assert work.propose() == [0]
    with begun(data, str(tmp_path)) as work:
        assert work.uncompared() == [0]
    ComparisonWorker(*work.to_compare)(0)
    made = audit(data, out=str(tmp_path))  # nothing is left that would need Ray
    assert audit(data, out=str(tmp_path)).report == made.report
    assert made.leaking == 6


def test_too_many_leaks_end_in_one_line_after_the_report(data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audited(data, str(tmp_path))
    line = ["--dataset", data, "--out", str(tmp_path)]
    assert commandline.run(main, Config, [*line, "--max-leaks", "6"], prog="jobs.audit") == 0
    assert commandline.run(main, Config, [*line, "--max-leaks", "5"], prog="jobs.audit") == 2
    out, err = capsys.readouterr()
    assert "6 of 11 held-out tiles leak" in out
    assert "at most 5 may leak" in err.splitlines()[-1]
    assert commandline.run(main, Config, [*line, "--pool.gpus"], prog="jobs.audit") == 2
    with pytest.raises(UserError, match="max_leaks is -1"):
        audit(data, out=str(tmp_path), max_leaks=-1)


def test_nothing_to_compare_is_no_clean_audit(tmp_path: Path) -> None:
    data = written([tile(sea(1), 1, "train"), tile(sea(2), 2, None)], str(tmp_path / "data"))
    with pytest.raises(UserError, match="nothing to compare"):
        audited(data, str(tmp_path / "out"))


def test_the_same_dataset_is_not_compared_with_itself(data: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="give it once"), begun(data, str(tmp_path), (data,)):
        pass


def test_copies_make_as_many_pairs_as_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "LISTED", 50)
    tiles = [tile(sea(0), number, "train") for number in range(12)]
    tiles += [tile(sea(0), 200 + number, "test") for number in range(10)]
    tiles += [tile(jpeg(sea(0), 75), 400 + number, "val") for number in range(2)]
    made = audited(written(tiles, str(tmp_path / "data")), str(tmp_path / "out"))
    counts = {(one["held_out"], one["against"]): one for one in made.report["comparisons"]}
    assert counts["test", "train"]["exact_pairs"] == counts["test", "train"]["near_identical_pairs"] == 120
    assert counts["val", "train"]["exact_pairs"] == 0
    assert counts["val", "train"]["near_identical_pairs"] == 24
    assert counts["test", "val"]["near_identical_pairs"] == 20
    assert len(made.report["findings"]["near_identical"]) == 50
    assert made.leaking == 12
