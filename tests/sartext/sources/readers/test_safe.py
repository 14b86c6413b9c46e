"""Sentinel-1 products: zips that are broken, quantities that they do not have, and bands that do not fit."""

import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sartext.errors import SourceError
from sartext.sources.readers import safe
from sartext.sources.readers.scene import Declared, declared
from sartext.sources.scenes import Scenes
from sartext.tile import Reject, Tile
from tests.support.broken import any_file
from tests.support.products import UTM, Product, speckle, tiff


def zipped(folder: Path) -> Path:
    made = Product(folder / "made")
    return Path(shutil.make_archive(str(folder / "product"), "zip", made.root.parent, made.root.name))


def read(source: Scenes) -> list[Tile | Reject]:
    return [one for shard in source.shards() for one in source.read(shard)]


@pytest.mark.parametrize("how", ["no zip", "empty", "half"])
def test_a_broken_zip_is_one_reject(how: str, tmp_path: Path) -> None:
    tiff(tmp_path / "good" / "a_VV.tif", speckle((64, 64)), **UTM)
    whole = zipped(tmp_path).read_bytes()
    data = {"no zip": b"not a zip", "empty": b"", "half": whole[: len(whole) // 2]}[how]
    (tmp_path / "good" / "x.zip").write_bytes(data)
    tile, reject = read(Scenes(scenes=str(tmp_path / "good"), quantity="sigma0"))
    assert isinstance(tile, Tile)
    assert isinstance(reject, Reject)
    assert (reject.key, reject.reason) == ("scenes/x.zip/scene", "unreadable_scene")
    assert reject.detail.startswith("x.zip: no zip that is read")
    (tmp_path / "good" / "a_VV.tif").unlink()
    with pytest.raises(SourceError, match=r"x.zip: no zip that is read"):
        Scenes(scenes=str(tmp_path / "good")).shards()


@pytest.mark.parametrize("front", ["", "./", ".\\", "some\\folder\\"])
@pytest.mark.parametrize("separator", ["/", "\\"])
def test_a_zip_is_read_however_its_members_are_written(front: str, separator: str, tmp_path: Path) -> None:
    made = Product(tmp_path / "made")
    (tmp_path / "zips").mkdir()
    with zipfile.ZipFile(tmp_path / "zips" / "product.zip", "w") as archive:
        for one in sorted(made.root.rglob("*")):
            if one.is_file():
                name = str(one.relative_to(made.root.parent)).replace("/", separator)
                archive.writestr(front + name, one.read_bytes())
    assert read(Scenes(scenes=str(tmp_path / "zips"))) == [
        replace(one, origin=replace(one.origin, uri="product.zip"))
        for one in read(Scenes(scenes=str(made.root)))
        if isinstance(one, Tile)
    ]


def test_a_zip_of_too_many_members_is_said_when_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = zipped(tmp_path).name
    monkeypatch.setattr(safe, "MAX_MEMBERS", 3)
    (product,) = safe.found(str(tmp_path), [file])
    with pytest.raises(SourceError, match="members; at most 3"):
        product.open(str(tmp_path), Declared())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_whatever_a_zip_holds_only_a_source_error_comes_out(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "product.zip"
    whole = (path if path.exists() else zipped(tmp_path)).read_bytes()
    (tmp_path / "b.zip").write_bytes(whole[:-1500] + data.draw(any_file(whole[-1500:])))
    for product in safe.found(str(tmp_path), ["b.zip"]):
        try:
            product.open(str(tmp_path), Declared())._close()
        except SourceError as error:
            assert "b.zip" in str(error)  # noqa: PT017 - both ends are right


@pytest.mark.parametrize(
    ("quantity", "has"),
    [("sigma0_db", "sigma0"), ("gamma0_db", "gamma0"), ("intensity", "sigma0"), ("dn", "sigma0"), ("gamma0_rtc", "sigma0")],
)
def test_a_quantity_that_calibration_does_not_give_is_refused(quantity: str, has: str, tmp_path: Path) -> None:
    made = Product(tmp_path)
    with pytest.raises(SourceError, match=f"says {has}, --source.quantity {quantity};"):
        Scenes(scenes=str(made.root), quantity=quantity).shards()


@pytest.mark.parametrize("quantity", ["sigma0", "beta0", "gamma0"])
def test_the_quantities_of_calibration_can_be_asked_for(quantity: str, tmp_path: Path) -> None:
    made = Product(tmp_path)
    (product,) = safe.found(str(tmp_path), [str(one.relative_to(tmp_path)) for one in made.root.rglob("*") if one.is_file()])
    with product.open(str(tmp_path), declared(quantity)) as scene:
        assert (scene.facts.quantity, scene.facts.scale) == (quantity, "linear")


def test_bands_of_other_sizes_are_no_product(tmp_path: Path) -> None:
    made = Product(tmp_path)
    (annotation,) = (made.root / "annotation").glob("*-vh-*.xml")
    text = annotation.read_text()
    annotation.write_text(re.sub("<numberOfLines>90<", "<numberOfLines>80<", text))
    (measurement,) = (made.root / "measurement").glob("*-vh-*.tiff")
    tiff(measurement, np.ascontiguousarray(made.dn["VH"][:80]))
    with pytest.raises(SourceError, match=r"VV has \(90, 120\), VH \(80, 120\) lines and samples"):
        Scenes(scenes=str(made.root)).shards()
