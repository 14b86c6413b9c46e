import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sartext.errors import SourceError
from sartext.sources.voc import Voc
from sartext.tile import Reject, Tile


def xml(file: str, size: tuple[int, int] = (30, 20), name: str = "ship", ymax: object = 9) -> str:
    return (
        f"<annotation><filename>{file}</filename><size><width>{size[0]}</width><height>{size[1]}</height></size>"
        f"<object><name>{name}</name><difficult>1</difficult><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>30</xmax>"
        f"<ymax>{ymax}</ymax></bndbox></object></annotation>"
    )


@pytest.fixture
def images(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    for file in "abc":
        Image.fromarray(np.full((20, 30), 9, dtype=np.uint8)).save(tmp_path / "images" / f"{file}.png")
    return tmp_path / "images"


def results(images: Path, annotations: Path) -> list[Tile | Reject]:
    source = Voc(images=str(images), annotations=str(annotations))
    return [result for shard in source.shards() for result in source.read(shard)]


def test_pixels_count_from_one_with_both_ends(images: Path) -> None:
    (images.parent / "a.xml").write_text(xml("a.png"))
    (tile,) = results(images, images.parent / "a.xml")
    assert tile.boxes[0].polygon_px == (0, 0, 30, 0, 30, 9, 0, 9)
    assert tile.boxes[0].difficult


def test_a_folder(images: Path) -> None:
    folder = images.parent / "Annotations"
    folder.mkdir()
    (folder / "a.xml").write_text(xml("a name that is wrong.jpg", size=(0, 0)))
    (folder / "b.xml").write_text(xml("b.png")[:-30])
    (folder / "gone.xml").write_text(xml("gone.png"))
    a, b, gone = results(images, folder)
    assert len(a.boxes) == 1
    assert (b.key, b.reason) == ("voc/b/0_0", "bad_annotation")
    assert "b.xml: line 1, column" in b.detail
    assert (gone.key, gone.reason) == ("voc/gone/0_0", "missing_image")
    (folder / "a.xml").write_text(xml("a.png", size=(31, 20)))
    (folder / "b.xml").write_text("<annotations>" + xml("b.png") * 2 + "</annotations>")
    (folder / "gone.xml").write_text("<annotation></annotation>")
    a, b, gone = results(images, folder)
    assert [reject.reason for reject in (a, b, gone)] == ["bad_annotation", "bad_annotation", "missing_image"]


def test_one_file_that_names_images_which_are_not_there(images: Path) -> None:
    names = ["a.png", "b", *(f"{number:04d}.jpg" for number in range(2000))]
    path = images.parent / "set.xml"
    path.write_text("<dataset>" + "".join(map(xml, names)) + xml("c.png", ymax="x") + "</dataset>")
    found = results(images, path)
    assert len(found) == 2003
    tiles = [result for result in found if isinstance(result, Tile)]
    assert [tile.origin.uri for tile in tiles] == ["a.png", "b.png"]
    assert [len(tile.boxes) for tile in tiles] == [1, 1]
    assert found[-1].reason == "bad_annotation"
    assert {result.reason for result in found[:2000]} == {"missing_image"}


def test_names_without_ending_find_only_their_own_image(images: Path) -> None:
    (images / "val").mkdir()
    for file in ("val/1.png", "val/2.png"):
        shutil.copy(images / "a.png", images / file)
    path = images.parent / "set.xml"
    names = ("train/1", "val/1", "2.xml", "a.jpg")
    path.write_text("<dataset>" + "".join(map(xml, names)) + "</dataset>")
    found = {result.key: isinstance(result, Tile) for result in results(images, path)}
    assert found == {"voc/train.1/0_0": False, "voc/val.1/0_0": True, "voc/val.2/0_0": True, "voc/a/0_0": False}


def test_whole_file_faults(images: Path) -> None:
    path = images.parent / "set.xml"
    path.write_text("<dataset>" + xml("a.png"))
    with pytest.raises(SourceError, match=r"set.xml: line 1, column \d+: broken XML"):
        results(images, path)
    path.write_text("<dataset>" + xml("") + "</dataset>")
    with pytest.raises(SourceError, match="image 1: an image without <filename>"):
        results(images, path)
    with pytest.raises(SourceError, match="cannot be read"):
        results(images, images.parent / "none.xml")


def test_the_oriented_box_of_one_file_is_the_same_as_that_of_its_own(images: Path) -> None:
    box = "<robndbox><cx>15</cx><cy>10</cy><w>10</w><h>4</h><angle>0.6</angle></robndbox></object></annotation>"
    (images.parent / "xml").mkdir()
    path = images.parent / "xml" / "a.xml"
    path.write_text(xml("images\\a.png").replace("</object></annotation>", box))
    ((one,), (other,)) = results(images, images.parent / "xml"), results(images, path)
    assert one.boxes == other.boxes
    assert one.boxes[0].polygon_px == (12, 5.53125, 20.25, 11.171875, 18, 14.46875, 9.75, 8.828125)
