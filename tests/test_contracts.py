"""The rules of the house that a machine can check."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSOLE = Path(sys.executable).parent


def test_each_floor_imports_only_what_is_below_it() -> None:
    answer = subprocess.run(
        [CONSOLE / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert answer.returncode == 0, answer.stdout


def test_files_stay_short_and_names_say_something() -> None:
    for folder in ("jobs", "sartext"):
        for path in (ROOT / folder).rglob("*.py"):
            assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc", "core", "base_utils"}, path
            assert path.read_text().count("\n") <= 400, path
