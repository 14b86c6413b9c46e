"""The tree of the README, one line a file, from the files' own first lines: `python -m tests.tree` prints it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def lines() -> Iterator[str]:
    """A line a folder and a line a file of jobs and sartext."""
    for top in ("jobs", "sartext"):
        yield from _folder(ROOT / top, 0)


def _folder(folder: Path, depth: int) -> Iterator[str]:
    yield _line(folder.name + "/", depth, folder / "__init__.py")
    files = sorted(path for path in folder.glob("*.py") if path.stem != "__init__")
    for path in files:
        yield _line(path.name, depth + 1, path)
    for below in sorted(path.parent for path in folder.glob("*/__init__.py")):
        yield from _folder(below, depth + 1)


def _line(name: str, depth: int, path: Path) -> str:
    first = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0]
    return f"{'  ' * depth + name:<24} {first}"


if __name__ == "__main__":
    print("\n".join(lines()))
