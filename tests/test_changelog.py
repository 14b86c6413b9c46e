"""Every raised revision is explained where users look."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import sartext

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / ".github" / "CHANGELOG.md").read_text()


def test_the_newest_version_is_the_packages() -> None:
    assert re.findall(r"^## (.+)$", TEXT, re.MULTILINE)[0] == sartext.__version__


def test_each_raised_revision_is_listed() -> None:
    listed = {
        name: int(number)
        for names, number in re.findall(r"^\| (.+?) \| (\d+) \|", TEXT, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
    }
    raised = {name: number for path in (ROOT / "sartext").rglob("*.py") for name, number in revisions(path) if number > 1}
    assert listed == raised


def revisions(path: Path) -> Iterator[tuple[str, int]]:
    """Class -> what its property `revision` returns, and file -> its constant REVISION."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "REVISION" and isinstance(node.value, ast.Constant):
            yield path.stem, int(str(node.value.value))
        for member in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(member, ast.FunctionDef) and member.name == "revision" and isinstance(member.body[-1], ast.Return):
                value = member.body[-1].value
                if isinstance(value, ast.Constant):
                    yield node.name, int(str(value.value))
