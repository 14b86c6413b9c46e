"""What each folder holds, one line a file, from the files' own first lines: `python -m tests.tree` puts it into the READMEs."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOPS = ("jobs", "sartext")
# Folders that have a README of their own; the root's has the folders alone.
FOLDERS = ("jobs", *(f"sartext/{name}" for name in ("dedup", "evaluate", "flow", "formats", "imaging", "models", "narrate")))
FOLDERS += ("sartext/report", "sartext/sar", "sartext/sources", "sartext/store")
BEGIN, END = "<!-- made by python -m tests.tree -->\n```\n", "```\n<!-- up to here -->\n"


def folder_lines() -> Iterator[str]:
    """A line a folder of jobs and sartext, and a line a file that lies in none of sartext's."""
    for top in TOPS:
        yield _line(f"{top}/", 0, ROOT / top / "__init__.py")
        if top == "sartext":
            yield from (_line(path.name, 1, path) for path in _files(ROOT / top))
        yield from _folders(ROOT / top, 1)


def _folders(folder: Path, depth: int) -> Iterator[str]:
    for below in _below(folder):
        yield _line(f"{below.name}/", depth, below / "__init__.py")
        yield from _folders(below, depth + 1)


def file_lines(folder: Path, depth: int = 0) -> Iterator[str]:
    """A line a file of a folder, and of the folders in it."""
    yield from (_line(path.name, depth, path) for path in _files(folder))
    for below in _below(folder):
        yield _line(f"{below.name}/", depth, below / "__init__.py")
        yield from file_lines(below, depth + 1)


def readmes() -> Iterator[tuple[Path, str]]:
    """Every README with what it must carry."""
    yield ROOT / "README.md", "\n".join(folder_lines())
    for name in FOLDERS:
        yield ROOT / name / "README.md", "\n".join(file_lines(ROOT / name))


def carried(text: str) -> str:
    """The lines that a README carries. Raises `ValueError` where it has no room for them."""
    return text[text.index(BEGIN) + len(BEGIN) : text.index(END)].rstrip("\n")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.py") if path.stem != "__init__")


def _below(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("*/__init__.py"))


def _line(name: str, depth: int, path: Path) -> str:
    first = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0]
    return f"{'  ' * depth + name:<26} {first}"


def main() -> None:
    """Writes what each README must carry."""
    for path, lines in readmes():
        text = path.read_text()
        path.write_text(text[: text.index(BEGIN) + len(BEGIN)] + lines + "\n" + text[text.index(END) :])


if __name__ == "__main__":
    main()
