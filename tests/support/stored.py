"""Texts that are stored beside the tests, so that a failing test shows what has changed, line by line."""

import os
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "stored"


def same_as_stored(name: str, lines: Sequence[str]) -> None:
    """Fails where the lines are not those of `tests/stored/NAME`; SARTEXT_STORE=1 stores them."""
    path = FOLDER / name
    if os.environ.get("SARTEXT_STORE"):
        path.write_text("\n".join(lines) + "\n")
    stored = path.read_text().splitlines()
    gone = [f"- {line}" for line in stored if line not in set(lines)]
    new = [f"+ {line}" for line in lines if line not in set(stored)]
    assert (gone, new) == ([], []), "\n".join(["", *gone, *new, f"look at each; then SARTEXT_STORE=1 stores {path.name}"])
    assert list(lines) == stored
