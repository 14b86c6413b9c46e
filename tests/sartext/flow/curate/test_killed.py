"""A selection whose driver or worker is killed, completed by the same command: the same bytes as one that was not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.selected_sets import three_sets

pytestmark = pytest.mark.long
ROOT = Path(__file__).resolve().parents[4]


def run(sets: tuple[str, ...], out: Path, failpoint: str = "") -> int:
    command = [sys.executable, "-m", "jobs.curate", "--datasets", *sets, "--out", str(out), "--most-same-text", "3"]
    environment = {**os.environ, "SARTEXT_FAILPOINT": failpoint, "SARTEXT_COMMIT": "tested"}
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=500, check=False)
    assert answer.returncode in (0, -signal.SIGKILL), answer.stderr
    return answer.returncode


def files(out: Path) -> dict[str, bytes]:
    there = (path for path in sorted(out.rglob("*")) if path.is_file() and path.name != ".lock")
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in there}


def test_killed_at_any_step_the_same_command_completes_it(tmp_path: Path) -> None:
    sets = three_sets(tmp_path)
    assert run(sets, tmp_path / "whole") == 0
    for step, ends in (("before_decided", -signal.SIGKILL), ("before_record", 0), ("before_manifest", -signal.SIGKILL)):
        out = tmp_path / step
        assert run(sets, out, f"{step}:{tmp_path / f'marker-{step}'}:kill") == ends
        assert (tmp_path / f"marker-{step}").exists()
        assert run(sets, out) == 0
        assert files(out) == files(tmp_path / "whole")
