"""The job as it is started: its options, its errors, and a kill in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from jobs.evaluate import Config, main
from sartext.flow import commandline
from sartext.models.clip import CLIP
from sartext.models.towers import Tiny
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from tests.support.datasets import dataset
from tests.support.trainings import trained

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
MODELS = ("baseline", "optical-only", "progressive")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("data")
    sar = dataset(Synthetic(tiles=100, size_px=32, twin=False), (A2C(), Verify()), str(folder / "sar"))
    objective = CLIP(towers=Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1))
    return ["--checkpoints", trained(objective, sar, sar, str(folder / "clip")), "--dataset", sar]


def start(arguments: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "jobs.evaluate", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_what_is_wrong_is_said_in_one_line(data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path / "out")]
    for arguments, words in (
        (["--checkpoints", str(tmp_path), *data[2:], *out], "no finished training"),
        ([*data, *out, "--split", "nowhere"], "no tile of the split 'nowhere'"),
        ([*data, *out, "--saying.beams", "0"], "saying.beams is 0; it must be at least 1"),
        (data, "the following arguments are required: --out"),
    ):
        assert commandline.run(main, Config, arguments, prog="jobs.evaluate") == 2
        complaint = capsys.readouterr().err
        assert words in complaint
        assert complaint.count("\n") == 1


@pytest.mark.slow
def test_an_evaluation_that_was_killed_goes_on_where_it_was(data: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    places = {model: out / "predictions" / "clip" / model / "00000.parquet" for model in MODELS}
    job = start([*data, "--out", str(out)])
    below: list[psutil.Process] = []
    try:
        deadline = time.monotonic() + 400
        while not any(path.exists() for path in places.values()) and job.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        below = psutil.Process(job.pid).children(recursive=True)
        os.kill(job.pid, signal.SIGKILL)
    finally:
        job.kill()
        for process in psutil.wait_procs(below, timeout=20)[1]:
            process.kill()
    with job:
        assert job.wait() == -signal.SIGKILL
    assert not (out / "manifest.json").exists()
    there = {model: path.stat().st_mtime_ns for model, path in places.items() if path.exists()}
    assert there
    again = start([*data, "--out", str(out)])
    said, complaint = again.communicate(timeout=400)
    assert again.returncode == 0, complaint
    assert "clip: mean recall, exact pair" in said
    assert {model: places[model].stat().st_mtime_ns for model in there} == there
    report = json.loads((out / "report.json").read_text())
    assert set(report["trainings"]["clip"]["models"]) == set(MODELS)
