"""The structure as it is counted from the imports, and what is listed of names and tests."""

import ast
from collections import defaultdict

import pytest

from tests.chains import counted
from tests.structure import ROOT, Folder, folders
from tests.support.stored import same_as_stored

ALL = {one.name: one for one in folders()}
MOST_FILES, MOST_LINES = 24, 400
OF_FLOW = [one for name, one in ALL.items() if name.startswith("sartext.flow.")]


@pytest.mark.parametrize("folder", ALL.values(), ids=ALL)
def test_no_two_rooms_import_one_another_and_none_is_crowded(folder: Folder) -> None:
    assert folder.circles == ()
    assert folder.files <= MOST_FILES
    assert folder.longest[0] <= MOST_LINES, folder.longest


def test_flow_and_narrate_have_few_rooms() -> None:
    assert len(ALL["sartext.flow"].rooms) <= 14
    assert len(ALL["sartext.narrate"].rooms) <= 8
    assert [one.name for one in OF_FLOW if one.files > 12] == []


def test_public_names_that_two_files_define_are_listed() -> None:
    """A name that means two things costs everybody who greps for it: one that is new fails here until it is looked at."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "sartext").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            for name in _defined(node):
                if not name.startswith("_"):
                    found[name].append(path.relative_to(ROOT / "sartext").with_suffix("").as_posix())
    twice = {name: files for name, files in found.items() if len(files) > 1}
    same_as_stored("names_twice.txt", [f"{name}: {', '.join(files)}" for name, files in sorted(twice.items())])


def test_modules_without_a_test_file_of_their_own_are_listed() -> None:
    """Others' tests cover them; a new module without a test file of its own fails here until it is looked at."""
    modules = sorted(path for top in ("jobs", "sartext") for path in (ROOT / top).rglob("*.py") if path.name != "__init__.py")
    paths = [path.relative_to(ROOT) for path in modules]
    without = [path.as_posix() for path in paths if not (ROOT / "tests" / path.parent / f"test_{path.name}").exists()]
    same_as_stored("without_test_file.txt", without)


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]


def test_the_way_of_an_argument_changes_only_where_somebody_looks() -> None:
    """Rooms that a chain of calls enters, its steps between them, steps up and returns (`tests.chains` prints them)."""
    rows = [
        f"{chain}: {one.rooms} rooms, {one.steps} steps, {one.up} up, {one.returns} returns" for chain, one in counted().items()
    ]
    same_as_stored("chains.txt", rows)
