"""The job as its users run it: real data, wrong inputs, looks, and stops."""

import os
import signal
import time
from pathlib import Path

import pytest

from jobs.build import main
from jobs.recipes.build import BUILD
from sartext.artifact import open_artifact
from sartext.flow import commandline
from sartext.flow.engine.session import shared
from sartext.flow.engine.signals import StopRequest
from tests.chaos.dataset import ROOT, build, end_family, family, files, start, survivors

pytestmark = pytest.mark.long

REAL = ROOT.parent / "shared" / "sar-data"


@pytest.fixture(scope="module")
def real() -> dict[str, list[str]]:
    """The options of the four formats over the same real images."""
    if not REAL.exists():
        pytest.skip("the real samples are not beside this checkout (../shared/sar-data)")
    images = ["--source.images", str(REAL / "seg_hrsid_mini_test" / "images"), "--source.exhaustive", "ship"]
    boxes = REAL / "det_hrsid_boxes"
    yolo = ["--source.labels", str(boxes / "yolo" / "labels"), "--source.classes", str(boxes / "yolo" / "classes.txt")]
    return {
        "coco": [*images, "--source.annotations", str(boxes / "coco" / "instances.json")],
        "voc": [*images, "--source.annotations", str(boxes / "voc" / "Annotations")],
        "yolo": [*images, *yolo],
        "dota": [*images, "--source.labels", str(boxes / "dota" / "labelTxt")],
    }


def captions(out: Path) -> dict[str, list[tuple[str, bool]]]:
    tables = open_artifact(str(out)).tables()
    rows = [row for table in tables for row in table.select(["key", "captions"]).to_pylist()]
    return {row["key"].split("/", 1)[1]: [(one["text"], one["kept"]) for one in row["captions"]] for row in rows}


def test_real_boxes_in_four_formats_give_the_same_captions(
    real: dict[str, list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {}
    with shared(StopRequest()):  # one Ray for the four
        for recipe, options in real.items():
            arguments = [recipe, "--out", str(tmp_path / recipe), *options, "--engine.cpus", "2"]
            status = commandline.run(main, BUILD, arguments, prog="jobs.build")
            out, err = capsys.readouterr()
            assert status == 0, err
            assert "18 tiles kept, 0 rejected" in out
            found[recipe] = captions(tmp_path / recipe)
    assert len(found["coco"]) == 18
    assert all(kept for texts in found["coco"].values() for _, kept in texts)
    assert all(len(texts) == 3 for texts in found["coco"].values())
    assert found["voc"] == found["yolo"] == found["dota"] == found["coco"]


def test_show_looks_and_commits_nothing(tmp_path: Path) -> None:
    status, out, err = build(["synthetic", "--out", str(tmp_path / "set"), "--show", "--limit", "3"])
    assert status == 0, err
    assert out.count("synthetic/s0-") == 3
    assert "[concise]" in out
    assert [path.name for path in tmp_path.iterdir()] == ["set.show.html"]
    page = (tmp_path / "set.show.html").read_text()
    assert page.count("<article>") == 3
    assert "http" not in page.replace("http://www.w3.org", "")


EMPTY = ["voc", "--out", "{tmp}/x", "--source.images", "{tmp}", "--source.annotations", "{tmp}"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no recipe given"),
        (["sinthetic"], "no recipe 'sinthetic'"),
        (["coco", "--out", "x"], "--source.images, --source.annotations"),
        (["coco", "--out", "{tmp}/x", "--source.images", "{tmp}", "--source.annotations", "{tmp}/no.json"], "no.json"),
        (["synthetic", "--out", "{tmp}/x", "--source.tiles", "-4"], "-4"),
        (["synthetic", "--out", "{tmp}/x", "--limit", "0"], "limit is 0"),
        (["synthetic", "--out", "{tmp}/x", "--max-reject-share", "2"], "max_reject_share is 2.0"),
        (["synthetic", "--out", "{tmp}/x", "--engine.cpus", "2", "--engine.actors", "2"], "leave at least one"),
        (["synthetic", "--out", "gs://x/y"], "unknown scheme"),
        (["synthetic", "--out", ""], "an empty text"),
        (["synthetic", "--out", "{tmp}/x", "--source.shard-tiles", "0"], "shard_tiles is 0"),
        (["synthetic", "--out", "{tmp}/x", "--show", "--limit", "0"], "limit is 0"),
        (["synthetic", "--out", "{tmp}/x", "--show", "--retry"], "leave one or the other out"),
        (["synthetic", "--out", "{tmp}/x", "--shards", "0:1", "--finish"], "leave one or the other out"),
        (["synthetic", "--out", "{tmp}/x", "--retry", "--finish"], "--retry does shards and --finish does none"),
        (["synthetic", "--out", "{tmp}/x", "--shards", "1"], "as 0:128"),
        (["synthetic", "--out", "{tmp}/x", "--engine.actors", "1"], "no rule asks a model"),
        ([*EMPTY, "--show", "--source.exhaustive", "ships"], "'ships' is no class of the taxonomy"),
        (["coco", "--out", "{tmp}/x", "--source.images", "{tmp}/no", "--source.annotations", "{tmp}/a.json"], "is no folder"),
        (EMPTY, "plans no tiles"),
        (
            [
                "voc",
                "--out",
                "{tmp}/x",
                "--source.images",
                "{tmp}",
                "--source.annotations",
                "{tmp}",
                "--source.exhaustive",
                "ships",
            ],
            "'ships' is no class of the taxonomy",
        ),
    ],
)
def test_what_is_the_users_to_mend_is_one_line_and_exit_2(arguments: list[str], words: str, tmp_path: Path) -> None:
    status, _, err = build([part.format(tmp=tmp_path) for part in arguments])
    assert (status, err.count("\n")) == (2, 1), err
    assert words in err


def test_a_cluster_that_does_not_answer_is_said_at_once(tmp_path: Path) -> None:
    began = time.monotonic()
    status, _, err = build(["synthetic", "--out", str(tmp_path / "x")], {"RAY_ADDRESS": "127.0.0.1:1"})
    assert (status, err.count("\n")) == (2, 1), err
    assert "no Ray cluster answers at RAY_ADDRESS 127.0.0.1:1" in err
    assert time.monotonic() - began < 30


def test_a_second_build_into_one_place_is_refused(tmp_path: Path) -> None:
    arguments = ["synthetic", "--out", str(tmp_path / "set"), "--source.tiles", "2000"]
    first = start(arguments)
    try:
        while not (tmp_path / "set" / "plan.json").exists() and first.poll() is None:
            time.sleep(0.05)
        status, _, err = build(arguments)
        assert (status, "is being written by" in err) == (2, True), err
    finally:
        end_family(first)


@pytest.mark.parametrize("number", [pytest.param(signal.SIGTERM, marks=pytest.mark.slow), signal.SIGINT])
def test_asked_to_stop_it_stops_within_10_s_and_a_rerun_goes_on(number: signal.Signals, tmp_path: Path) -> None:
    out = tmp_path / "set"
    arguments = ["synthetic", "--out", str(out), "--source.tiles", "900", "--source.shard-tiles", "30", "--engine.cpus", "2"]
    process = start(arguments)
    try:
        while len(list(out.glob("records/*"))) < 3 and process.poll() is None:
            time.sleep(0.05)
        members = family(process)
        began = time.monotonic()
        os.kill(process.pid, number)
        _, err = process.communicate(timeout=60)
        assert time.monotonic() - began < 10
        assert process.returncode == 128 + number
        assert f"stopped by {number.name}; the same command goes on" in err
        assert "Traceback" not in err
        assert survivors(members, 3) == []
    finally:
        end_family(process)
    recorded = {path.name: path.stat().st_mtime_ns for path in out.glob("records/*")}
    assert 3 <= len(recorded) < 30
    assert not (out / "manifest.json").exists()
    status, _, err = build(arguments)
    assert status == 0, err
    assert {name: (out / "records" / name).stat().st_mtime_ns for name in recorded} == recorded
    assert open_artifact(str(out)).counts["kept"] == 900


def test_1_worker_and_2_give_the_same_bytes(tmp_path: Path) -> None:
    for cpus in ("1", "2"):
        arguments = ["synthetic", "--out", str(tmp_path / cpus), "--source.tiles", "200", "--source.shard-tiles", "40"]
        status, _, err = build([*arguments, "--engine.cpus", cpus])
        assert status == 0, err
    assert files(tmp_path / "1") == files(tmp_path / "2")
