"""What a benchmark or a matrix of kills has measured, kept as JSON beside it with what it ran on."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from tests.support.machine import SERVING, machine


def parser_with_save(description: str | None) -> argparse.ArgumentParser:
    """A parser with --save, which every benchmark has."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--save", action="store_true", help="keep the figures as JSON beside this file")
    return parser


def keep(benchmark: str, figures: dict[str, object], arm: str | None = None, packages: Sequence[str] = SERVING) -> None:
    """Writes the figures beside the benchmark's file, with the versions of what it measures; an arm's beside the others'."""
    path = Path(benchmark).with_suffix(".json")
    result: dict[str, object] = {**machine(packages), **rounded(figures)}  # type: ignore[dict-item]
    if arm is not None:
        others = json.loads(path.read_text()) if path.exists() else {}
        result = {**others, arm: result}
    path.write_text(json.dumps(result, indent=1) + "\n")


def rounded(value: object) -> object:
    """The same with four digits of every fraction: more would be noise."""
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one) for one in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
