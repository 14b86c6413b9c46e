"""Selections and takedowns on S3, by a real server of its protocol: what they leave there is what they leave in a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from sartext.store import open_store
from tests.chaos.dataset import ROOT, files
from tests.support.remote import uploaded
from tests.support.selected_sets import three_sets, tiles_of

pytestmark = pytest.mark.long


def job(name: str, *options: str) -> str:
    """What a job says at its end."""
    command = [sys.executable, "-m", f"jobs.{name}", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_selection_and_a_takedown_on_s3_leave_the_bytes_of_those_in_a_folder(tmp_path: Path, bucket: str) -> None:
    sets = three_sets(tmp_path)
    remote = [uploaded(Path(one), f"{bucket}/{Path(one).name}") for one in sets]
    said = {}
    for name, of, out in (("here", sets, str(tmp_path / "out")), ("there", remote, f"{bucket}/out")):
        said[name] = job("curate", "--datasets", *of, "--out", out, "--most-same-text", "3").replace(out, "")
    assert said["here"] == said["there"]
    assert files(f"{bucket}/out") == files(tmp_path / "out")
    gone = tiles_of(str(tmp_path / "out"))[0]
    for out in (str(tmp_path / "out"), f"{bucket}/out"):
        job("takedown", "--dataset", out, "--take-down", f"key={gone.key}", "reason=a letter")
    assert files(f"{bucket}/out") == files(tmp_path / "out")
    store = open_store(f"{bucket}/out")
    assert gone.image.bytes
    assert not any(gone.image.bytes in store.read(path) for path in store.paths(""))
