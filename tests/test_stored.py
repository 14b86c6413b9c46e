"""The texts that are stored beside the tests: that a change is said, that storing never passes, and that each is used."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stored import FOLDER, same_as_stored

TESTS = Path(__file__).parent


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tests.support.stored.FOLDER", tmp_path)
    monkeypatch.delenv("SARTEXT_STORE", raising=False)
    (tmp_path / "x.txt").write_text("a\nb\n")
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_change_is_said_by_name() -> None:
    same_as_stored("x.txt", ["a", "b"])
    with pytest.raises(AssertionError, match=r"(?s)- b.*\+ c"):
        same_as_stored("x.txt", ["a", "c"])


@pytest.mark.parametrize("name", ["x.txt", "new.txt"])
def test_what_is_stored_passes_only_when_it_is_run_again(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("SARTEXT_STORE", "1")
    with pytest.raises(AssertionError, match=f"^stored {name}: look at its difference, then run again$"):
        same_as_stored(name, ["a", "c"])
    assert (folder / name).read_text() == "a\nc\n"
    same_as_stored(name, ["a", "c"])
    monkeypatch.delenv("SARTEXT_STORE")
    same_as_stored(name, ["a", "c"])


def test_what_was_never_stored_fails(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        same_as_stored("new.txt", ["a"])
    assert not (folder / "new.txt").exists()


def names(path: Path) -> Iterator[str]:
    """The stored texts that a file of tests names: in the call itself, or as the values of a dict of the module."""
    module = ast.parse(path.read_text())
    dicts = {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "same_as_stored"):
            continue
        name = node.args[0]
        if isinstance(name, ast.Subscript) and isinstance(name.value, ast.Name):
            yield from (str(ast.literal_eval(value)) for value in dicts[name.value.id].values)
        else:
            yield str(ast.literal_eval(name))


def test_each_stored_text_is_compared_and_each_that_is_compared_is_stored() -> None:
    files = [path for path in TESTS.rglob("test_*.py") if path != Path(__file__)]
    assert {name for path in files for name in names(path)} == {path.name for path in FOLDER.iterdir() if path.is_file()}
