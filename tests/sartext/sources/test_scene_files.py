"""Which scenes there are: their names, and products that are given in other ways than as a SAFE folder."""

import shutil
from pathlib import Path

import pytest

from sartext.sources.scene_files import unique
from sartext.sources.scenes import Scenes
from sartext.tile import Reject, Tile
from tests.sartext.sources.readers.made import UTM, Product, speckle, stac, tiff


def read(source: Scenes) -> list[Tile | Reject]:
    return [one for shard in source.shards() for one in source.read(shard)]


def test_names_that_are_there_again_get_one_that_is_not() -> None:
    assert unique(["i", "i-2", "i", "i"]) == ["i", "i-2", "i-3", "i-4"]
    assert unique(["a/b", "a.b", "c"]) == ["a.b", "a.b-2", "c"]


def test_no_two_keys_are_one(tmp_path: Path) -> None:
    for folder, name in (("x", "i"), ("y", "i"), ("z", "i-2")):
        tiff(tmp_path / folder / "a_VV.tif", speckle((64, 64)), **UTM)
        item = stac(tmp_path / folder / f"{name}.json", {"VV": "a_VV.tif"})
        assert item.is_file()
    for ending in ("ntf", "nitf", "tif"):
        (tmp_path / f"i.{ending}").write_bytes(b"NITF02.10 junk")
    found = read(Scenes(scenes=str(tmp_path), quantity="sigma0"))
    assert len({one.key for one in found}) == len(found) == 6
    assert sum(isinstance(one, Tile) for one in found) == 3


@pytest.mark.parametrize("name", ["product", "product.SAFE"])
def test_the_content_of_a_product_is_read_once_wherever_it_lies(name: str, tmp_path: Path) -> None:
    made = Product(tmp_path / "made")
    shutil.copytree(made.root, tmp_path / name)
    found = read(Scenes(scenes=str(tmp_path / name)))
    assert [(one.key, isinstance(one, Tile) and one.rendering.quantity) for one in found] == [("scenes/product/0_0", "sigma0")]
    assert found == read(Scenes(scenes=str(tmp_path / name) + "/"))
