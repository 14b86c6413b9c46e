"""A source, a rule and a recipe of another package, built by import path as its users would."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sartext.artifact import open_artifact

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
MODULE = '''
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO

from PIL import Image

from jobs.build import Config
from sartext.config import REQUIRED
from sartext.narrate.verify import Verify
from sartext.sources.source import Card, Shard, cut
from sartext.tile import Caption, EncodedImage, Rendering, Tile


@dataclass(frozen=True, kw_only=True)
class Chips:
    """Grey chips."""

    tiles: int = 6
    revision: int = 3

    @property
    def card(self) -> Card:
        return Card(name="chips", title="Grey chips")

    def shards(self) -> list[Shard]:
        return cut(range(self.tiles), shard_tiles=3)

    def key(self, item: int) -> str:
        return f"chips/s{item}/0_0"

    def identity(self, item: int) -> int:
        return item

    def read(self, shard: Shard) -> Iterator[Tile]:
        for item in shard.items:
            file = BytesIO()
            Image.new("L", (8, 8), item).save(file, "PNG")
            yield Tile(
                key=self.key(item), source="chips", scene=f"s{item}", split="train",
                image=EncodedImage(bytes=file.getvalue(), path=f"{item}.png"), height_px=8, width_px=8,
                rendering=Rendering(quantity="display"),
            )


@dataclass(frozen=True, kw_only=True)
class Grey:
    """Says that a chip is grey."""

    words: str = "A grey image."
    name: str = "grey"

    @property
    def revision(self) -> int:
        return 1

    def apply(self, tile: Tile) -> Tile:
        return replace(tile, captions=(*tile.captions, Caption(text=self.words, route="human")))


@dataclass(frozen=True, kw_only=True)
class Unversioned(Grey):
    revision: str = "one"


def chips() -> Config:
    """Grey chips, which say so."""
    return Config(source=Chips(), rules=(Grey(), Verify()), out=REQUIRED)


def unversioned() -> Config:
    return Config(source=Chips(), rules=(Unversioned(),), out=REQUIRED)


def words() -> str:
    return "words"
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working directory with the package in it."""
    (tmp_path / "my_package").mkdir()
    (tmp_path / "my_package" / "__init__.py").touch()
    (tmp_path / "my_package" / "chips.py").write_text(MODULE)
    return tmp_path


def build(folder: Path, *arguments: str) -> tuple[int, str, str]:
    environment = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "jobs.build", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.long
def test_a_package_builds_with_its_own_source_rule_and_recipe(folder: Path) -> None:
    options = ["--source.tiles", "7", "--grey.words", "A grey chip.", "--engine.cpus", "2"]
    status, out, err = build(folder, "my_package.chips:chips", "--out", "set", *options)
    assert status == 0, err
    assert "7 tiles kept, 0 rejected" in out
    made = open_artifact(str(folder / "set"))
    rows = [row for table in made.tables() for row in table.to_pylist()]
    assert [row["key"] for row in rows] == [f"chips/s{item}/0_0" for item in range(7)]
    assert {caption["text"] for row in rows for caption in row["captions"]} == {"A grey chip."}
    config = made.manifest["config"]
    assert config["source"] == {"type": "my_package.Chips", "revision": 3, "tiles": 7}
    assert [rule["type"] for rule in config["rules"]] == ["my_package.Grey", "Verify"]


def test_its_recipe_has_help(folder: Path) -> None:
    status, out, _ = build(folder, "my_package.chips:chips", "--help")
    assert status == 0
    for words in ("my_package.chips:chips --out TEXT [options]", "Grey chips, which say so.", "--source.tiles", "--grey.words"):
        assert words in out


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ("my_package.chips:unversioned", "my_package.Unversioned has the revision 'one'; give it an integer"),
        ("my_package.chips:Grey", "my_package.chips:Grey is a type; a recipe is a function without arguments"),
        ("my_package.chips:words", "my_package.chips:words gives a str; a recipe of this job gives a jobs.build.Config"),
        ("my_package.chips:nothing", "my_package.chips has no 'nothing'"),
        ("my_package.ships:chips", "there is no module 'my_package.ships'"),
        (
            "your_package.chips:chips",
            "is looked for in the working directory and on PYTHONPATH, where workers must find it too",
        ),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(folder: Path, recipe: str, words: str) -> None:
    status, _, err = build(folder, recipe, "--out", "set")
    assert (status, err.count("\n")) == (2, 1), err
    assert err.startswith("jobs.build: ")
    assert words in err
    assert not (folder / "set" / "plan.json").exists()
