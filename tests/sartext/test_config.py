"""Configs as trees: what can be given, what must be, what is found by import path, and what enters a fingerprint."""

import copy
import pickle
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Optional

import pytest

from sartext.config import REQUIRED, WHERE_GIVEN, Form, Recipes, changed, draft, identity, imported, leaves
from sartext.errors import UserError
from sartext.narrate.verify import Verify


@dataclass(frozen=True, kw_only=True)
class Inner:
    """What is inside."""

    images: str = field(metadata={"help": "folder of images", "identity": False})
    gsd_m: float | None = None
    classes: Optional[str] = None  # noqa: UP045  # as others may write it
    labels: dict[str, str] = field(default_factory=dict)
    bands: tuple[int, int, int] = (1, 2, 3)
    policy: tuple[tuple[str, str], ...] = (("a", "keep"),)
    shares: tuple[tuple[str, float], ...] = ()
    written: "str" = ""
    anything: Any = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    name: str = "rule"
    seed: int = 0
    revision: int = 1


@dataclass(frozen=True, kw_only=True)
class Config:
    inner: Inner
    rules: tuple[Rule, ...] = (Rule(),)
    out: str
    retry: bool = False


def plain() -> Config:
    return Config(inner=Inner(images=REQUIRED), out=REQUIRED)


def test_every_plain_field_is_a_leaf() -> None:
    tree = {leaf.path: leaf for leaf in leaves(plain())}
    assert {path: (leaf.kind, leaf.form) for path, leaf in tree.items()} == {
        "inner.images": (str, Form.ONE),
        "inner.gsd_m": (float, Form.ONE),
        "inner.classes": (str, Form.ONE),
        "inner.labels": (str, Form.MAPPING),
        "inner.bands": (int, Form.MANY),
        "inner.policy": (str, Form.PAIRS),
        "inner.shares": (float, Form.PAIRS),
        "inner.written": (str, Form.ONE),
        "rule.name": (str, Form.ONE),
        "rule.seed": (int, Form.ONE),
        "rule.revision": (int, Form.ONE),
        "out": (str, Form.ONE),
        "retry": (bool, Form.ONE),
    }
    assert [path for path, leaf in tree.items() if leaf.required] == ["inner.images", "out"]
    assert [path for path, leaf in tree.items() if leaf.is_path] == ["inner.images"]
    assert (tree["inner.images"].help, tree["inner.images"].owner) == ("folder of images", Inner)


def test_values_go_to_their_places() -> None:
    made = changed(plain(), {"inner.images": "i", "inner.bands": [3, 2, 1], "rule.seed": 4, "out": "o"})
    assert made == Config(inner=Inner(images="i", bands=(3, 2, 1)), rules=(Rule(seed=4),), out="o")


def test_what_must_be_given_stays_so_however_it_is_copied() -> None:
    assert pickle.loads(pickle.dumps(plain())).out is copy.deepcopy(plain()).out is REQUIRED
    drawn = draft(Inner)
    assert [leaf.path for leaf in leaves(drawn) if leaf.required] == ["images"]
    assert drawn == Inner(images=REQUIRED)


def elsewhere() -> Inner:
    return Inner(images="i")


NUMBER = 7


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("plan", "there is no recipe 'plan'; choose from plain"),
        ("nowhere.at:all", "there is no module 'nowhere'; nowhere.at:all is looked for in the working directory"),
        ("json.nowhere:all", "there is no module 'json.nowhere'"),
        ("json:nowhere", "json has no 'nowhere'"),
        (":nowhere", "is no import path; give it as my_package.module:function"),
        ("json:", "is no import path"),
        ("os:abort", "os:abort is a builtin_function_or_method; a recipe is a function"),
        ("its_config:NUMBER", "its_config:NUMBER is a int; a recipe is a function"),
        ("its_config:elsewhere", "its_config:elsewhere gives a Inner; a recipe of this job gives a its_config.Config"),
        ("broken_config:plain", "broken_config cannot be imported (ModuleNotFoundError: No module named 'nowhere')"),
        ("torn_config:plain", "torn_config cannot be imported (SyntaxError"),
    ],
)
def test_a_recipe_that_is_none_is_refused_in_one_line(
    name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_config.py").write_text("import nowhere\n")
    (tmp_path / "torn_config.py").write_text("def plain(:\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "its_config", sys.modules[__name__])
    monkeypatch.setattr(Config, "__module__", "its_config")
    with pytest.raises(UserError) as refused:
        Recipes(Config, plain).find(name)()
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_recipes_go_by_name_and_by_import_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "its_config", sys.modules[__name__])
    recipes = Recipes(Config, plain)
    assert (list(recipes), len(recipes), recipes["plain"]) == (["plain"], 1, plain)
    assert recipes.find("plain")() == recipes.find("its_config:plain")() == plain()
    assert imported("its_config:plain") is plain


def test_our_classes_are_recorded_by_their_names_alone() -> None:
    policy = [["a2c", "refuse"], ["sa2c", "refuse"], ["twin", "keep"], ["narrator", "keep"], ["human", "trust"]]
    assert identity(Verify()) == {"type": "Verify", "revision": 12, "policy": policy}


@dataclass(frozen=True)
class _Later:
    first: int = 1
    later: int | None = field(default=None, metadata={"identity": WHERE_GIVEN})
    place: str = field(default="", metadata={"identity": False})


def test_a_field_that_came_later_is_identity_where_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Later, "__module__", "sartext.later")
    assert identity(_Later(place="here")) == {"type": "_Later", "first": 1}
    assert identity(_Later(later=0)) == {"type": "_Later", "first": 1, "later": 0}


def test_a_class_of_another_package_is_recorded_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rule, "__module__", "my_package.rules")
    assert identity(Rule()) == {"type": "my_package.Rule", "revision": 1, "name": "rule", "seed": 0}


def test_a_renamed_class_declares_the_name_that_is_recorded() -> None:
    @dataclass(frozen=True)
    class Renamed:
        identity_name: ClassVar[str] = "Old"
        revision: ClassVar[int] = 2

    @dataclass(frozen=True)
    class Heir(Renamed):
        pass

    Renamed.__module__ = Heir.__module__ = "sartext.somewhere"
    assert identity(Renamed()) == {"type": "Old", "revision": 2}
    assert identity(Heir()) == {"type": "Heir", "revision": 2}
    Renamed.__module__ = "my_package"
    assert identity(Renamed()) == {"type": "my_package.Old", "revision": 2}


@pytest.mark.parametrize(
    ("revision", "words"), [(None, "has no revision"), ("2", "has the revision '2'"), (True, "has the revision True")]
)
def test_a_plug_in_without_a_revision_is_refused(revision: object, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rule, "__module__", "my_package.rules")
    without = Rule(revision=revision)  # type: ignore[arg-type]
    for value in (without, Config(inner=Inner(images="i"), rules=(without,), out="o").rules):
        with pytest.raises(UserError, match=rf"my_package\.Rule {words}; give it an integer"):
            identity(value)
    monkeypatch.setattr(Inner, "__module__", "my_package")  # what is inside a plug-in decides its outputs too
    with pytest.raises(UserError, match=r"my_package\.Inner has no revision"):
        identity({"of": Inner(images="i")})


def test_what_is_neither_a_dataclass_nor_plain_is_refused() -> None:
    with pytest.raises(UserError, match="a object cannot be part of a fingerprint"):
        identity(object())
