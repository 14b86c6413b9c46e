"""Places where a test may end a process."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sartext.failpoint import reach


def run(setting: str) -> int:
    code = "from sartext.failpoint import reach\nreach('before')\nreach('commit')"
    environment = {"SARTEXT_FAILPOINT": setting, "PYTHONPATH": ":".join(sys.path)}
    return subprocess.run([sys.executable, "-c", code], env=environment, timeout=60, check=False).returncode


def test_the_first_process_dies_at_its_place_and_the_next_passes(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    assert run(f"commit:{marker}:kill") == -signal.SIGKILL
    assert marker.exists()
    assert run(f"commit:{marker}:kill") == 0


def test_other_places_are_passed(tmp_path: Path) -> None:
    assert run(f"elsewhere:{tmp_path / 'marker'}:kill") == 0
    assert list(tmp_path.iterdir()) == []


def test_nothing_happens_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SARTEXT_FAILPOINT", raising=False)
    reach("commit")
