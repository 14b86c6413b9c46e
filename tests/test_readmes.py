"""The READMEs carry what is there, and their examples run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tree import ROOT, carried, readmes

READMES = dict(readmes())
EXAMPLES = [
    pytest.param(code, id=f"{path.parent.relative_to(ROOT)}-{number}")
    for path in READMES
    if path.parent != ROOT  # whose examples need what its commands build
    for number, code in enumerate(re.findall(r"```python\n(.*?)```", path.read_text(), re.DOTALL))
]


@pytest.mark.parametrize("path", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_names_its_files(path: Path) -> None:
    assert carried(path.read_text()) == READMES[path], "write it with python -m tests.tree"


@pytest.mark.parametrize("code", EXAMPLES)
def test_each_example_runs(code: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_folder_of_more_than_a_few_files_has_one() -> None:
    named = {path.parent for path in READMES}
    for package in (ROOT / "sartext").rglob("__init__.py"):
        folder = package.parent
        if len(list(folder.glob("*.py"))) > 4:
            assert folder in named or folder.parent in named or folder.parent.parent in named, folder
