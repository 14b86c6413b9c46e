"""Which scenes there are: their names, and products that are given in other ways than as a SAFE folder."""

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sartext.errors import SourceError
from sartext.sources.scene.files import unique
from sartext.sources.scenes import Scenes
from sartext.tile import Reject, Tile
from tests.support.products import UTM, Product, speckle, stac, tiff


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


def test_who_knows_better_says_what_is_a_scene_and_what_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a_VV", "a_area", "b_dem", "c", "d_odd", "e_dem"):
        tiff(tmp_path / f"{name}.tif", speckle((64, 64)), names=("Sigma0_VV",) if name == "e_dem" else (), **UTM)
    tiff(tmp_path / "d_odd.tif.ovr", speckle((32, 32)))
    found = read(Scenes(scenes=str(tmp_path), quantity="sigma0", take=("*_area.tif",), leave=("d_*.tif",)))
    assert sorted(one.key for one in found) == [f"scenes/{name}/0_0" for name in ("a", "a_area", "c", "e_dem")]
    (line,) = capsys.readouterr().err.splitlines()
    assert "left aside: 1, b_dem.tif (elevation);" in line
    for option in ("take", "leave"):
        with pytest.raises(SourceError, match=rf"no file in it is called like '\*_x.tif', which --source.{option} has"):
            Scenes(scenes=str(tmp_path), quantity="sigma0", **{option: ("*_x.tif",)}).shards()


def test_files_that_no_reader_takes_are_told_and_what_belongs_to_scenes_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Product(tmp_path)
    (made.root / "preview").mkdir()
    (made.root / "preview" / "quick-look.png").write_bytes(b"")
    path = tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **UTM)
    for name in ("a_VV.tif.aux.xml", "a_VV.tfw", "a_VV.prj", "a_VV.tif.ovr", ".hidden"):
        (tmp_path / name).write_text("<PAMDataset/>" if name.startswith("a_VV.tif.aux") else "")
    marks = np.full((64, 64), 255, np.uint8)
    tiff(path.with_name("a_VV.tif.msk"), marks, tags={"INTERNAL_MASK_FLAGS_1": "2"})
    (tmp_path / "bucket").mkdir()
    (tmp_path / "bucket" / "productInfo.json").write_text("{}")
    tiff(tmp_path / "bucket" / "measurement" / "iw-vv.tiff", np.arange(4096, dtype=np.uint16).reshape(64, 64))
    (tmp_path / "bucket" / "manifest.safe").write_text("")
    labels = tmp_path / "labels.json"
    labels.write_text('{"images": [{"id": 1, "file_name": "a_VV.tif"}], "categories": [], "annotations": []}')
    options = {"scenes": str(tmp_path), "quantity": "sigma0", "annotations": str(labels)}
    Scenes(**options).shards()  # type: ignore[arg-type]
    assert "no reader" not in capsys.readouterr().err
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("S1_VV.tif", b"")
    for name in ("x.img", "x.img.aux.xml", "y.dim", "z.vrt", "w" * 200 + ".nc"):
        (tmp_path / name).write_text("")
    Scenes(**options).shards()  # type: ignore[arg-type]
    (line,) = capsys.readouterr().err.splitlines()
    assert "files that no reader takes: 5, other.zip, ..." in line
    assert "x.img, ...; what is read: GeoTIFF (.tif, .tiff), Sentinel-1 GRD" in line
    assert len(line.removeprefix(str(tmp_path))) < 500


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("x.img", "no scene in it; files that no reader takes: 1, x.img;"),
        ("a_ls_map.tif", "no scene in it; layers beside scenes"),
    ],
)
def test_a_folder_of_which_nothing_is_taken_is_an_error_that_names_its_files(name: str, fact: str, tmp_path: Path) -> None:
    tiff(tmp_path / name, np.eye(64, dtype=np.uint8), **UTM)
    for place in (tmp_path, tmp_path / name):
        with pytest.raises(SourceError, match=fact) as caught:
            Scenes(scenes=str(place)).shards()
        assert "\n" not in str(caught.value)
