"""Texts that are stored beside the tests, so that a failing test shows what has changed, line by line."""

import difflib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "stored"
MOST_SHOWN = 60


def same_as_stored(name: str, lines: Sequence[str]) -> None:
    """Fails where the lines are not those of `tests/stored/NAME`; SARTEXT_STORE=1 stores them, and fails this once."""
    path = FOLDER / name
    storing = bool(os.environ.get("SARTEXT_STORE"))
    stored = [] if storing and not path.exists() else path.read_text().splitlines()
    if stored == list(lines):
        return
    if storing:
        path.write_text("\n".join(lines) + "\n")
        raise AssertionError(f"stored {name}: look at its difference, then run again")
    header, differences = 2, list(difflib.unified_diff(stored, list(lines), n=0, lineterm=""))
    changed = [line for line in differences[header:] if not line.startswith("@@")]
    more = [f"... and {len(changed) - MOST_SHOWN} more"] if len(changed) > MOST_SHOWN else []
    found = [f"{line[0]} {line[1:]}" for line in changed[:MOST_SHOWN]] + more
    raise AssertionError("\n".join(["", *found, f"look at each; then SARTEXT_STORE=1 stores {path.name}"]))


def leaves(value: object, name: str = "") -> Iterator[str]:
    """A line for each field of nested data, `boxes.0.label = "ship"`; lists of plain values are not taken apart."""
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        parts = enumerate(value)
    else:
        yield f"{name} = {json.dumps(value)}"
        return
    for key, part in sorted(parts):
        yield from leaves(part, f"{name}.{key}" if name else str(key))
