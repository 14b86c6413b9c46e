"""Which scenes there are: their names, and products that are given in other ways than as a SAFE folder."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from sartext.errors import SourceError
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


@pytest.mark.parametrize("masks", ["masks", ".", "../beside"])
def test_masks_below_the_scenes_are_no_scenes(masks: str, tmp_path: Path) -> None:
    scenes = tmp_path / "scenes"
    for name in ("a_VV.tif", "masks_of/b_VV.tif"):
        tiff(scenes / name, speckle((64, 64)), **UTM)
    tiff(scenes / masks / "a.tif", np.ones((64, 64), np.uint8), **UTM)
    source = Scenes(scenes=str(scenes), quantity="sigma0", masks=str(scenes / masks), classes='{"water": 1}')
    if masks == ".":  # the scenes are masks of their own then
        with pytest.raises(SourceError, match="pixels of the kind float32; a mask has whole numbers"):
            source.shards()
    else:
        found = {one.key: len(one.regions) for one in read(source) if isinstance(one, Tile)}
        assert found == {"scenes/a/0_0": 1, "scenes/masks_of.b/0_0": 0}
