"""Files beside a raster: what GDAL reads in them counts, and what it would pass over is refused."""

from pathlib import Path

import numpy as np
import pytest
import rasterio

from sartext.errors import SourceError
from sartext.sources.readers.sidecar import is_sidecar
from sartext.sources.scenes import Scenes
from sartext.tile import Tile
from tests.support.products import UTM, Product, speckle, tiff

QUARTER = np.s_[:16]


def only(folder: Path, **options: object) -> Tile:
    source = Scenes(scenes=str(folder), quantity="sigma0", **options)  # type: ignore[arg-type]
    (tile,) = [one for shard in source.shards() for one in source.read(shard)]
    assert isinstance(tile, Tile), tile
    return tile


def auxiliary(path: Path, text: str) -> None:
    path.with_name(f"{path.name}.aux.xml").write_text(text)


def band(text: str, number: int = 1) -> str:
    return f'<PAMDataset><PAMRasterBand band="{number}">{text}</PAMRasterBand></PAMDataset>'


def mask_beside(path: Path, marks: np.ndarray, flags: str = "2") -> None:
    tiff(path.with_name(f"{path.name}.msk"), marks, tags={"INTERNAL_MASK_FLAGS_1": flags})


@pytest.mark.parametrize("how", ["msk", "msk of a band", "aux", "aux of all bands", "tag"])
def test_what_gdal_has_for_no_measurement_is_none(how: str, tmp_path: Path) -> None:
    power = speckle((64, 64))
    power[QUARTER] = 9.5
    path = tiff(tmp_path / "a_VV.tif", power, **UTM, **({"nodata": 9.5} if how == "tag" else {}))
    marks = np.full((64, 64), 255, np.uint8)
    marks[QUARTER] = 0
    if how.startswith("msk"):
        mask_beside(path, marks, "0" if how == "msk of a band" else "2")
    elif how == "aux":
        auxiliary(path, band("<NoDataValue>9.5</NoDataValue>"))
    elif how == "aux of all bands":
        auxiliary(path, '<PAMDataset><Metadata><MDI key="NODATA_VALUES">9.5</MDI></Metadata></PAMDataset>')
    with rasterio.open(path) as dataset:
        assert (dataset.read_masks(1) == 0).mean() == 0.25
    assert only(tmp_path).nodata_share == 0.25
    assert only(path).nodata_share == 0.25


def test_a_band_has_a_nodata_of_its_own(tmp_path: Path) -> None:
    vv, vh = speckle((64, 64)), speckle((64, 64), -20, seed=1)
    vv[:8], vh[:16] = -9.0, -7.0
    path = tiff(tmp_path / "a.tif", np.stack([vv, vh]), names=("VV", "VH"), **UTM)
    auxiliary(path, band("<NoDataValue>-9</NoDataValue>")[:-13] + band("<NoDataValue>-7</NoDataValue>", 2)[12:])
    assert only(tmp_path, polarisations=("VV",)).nodata_share == 8 / 64
    assert only(tmp_path, polarisations=("VH",)).nodata_share == 16 / 64


def test_a_nodata_that_was_rounded_as_text_is_found_as_gdal_finds_it(tmp_path: Path) -> None:
    power = speckle((64, 64))
    power[QUARTER] = np.finfo(np.float32).min
    path = tiff(tmp_path / "a_VV.tif", power, **UTM)
    auxiliary(path, band("<NoDataValue>-3.40282e+38</NoDataValue>"))
    assert only(tmp_path).nodata_share == 0.25


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_world_file_and_the_system_beside_it_say_where_a_scene_lies(tmp_path: Path) -> None:
    path = tmp_path / "a_VV.tif"
    with rasterio.open(path, "w", driver="GTiff", count=1, height=64, width=64, dtype="float32") as dataset:
        dataset.write(speckle((64, 64)), 1)
    (tmp_path / "a_VV.tfw").write_text("10\n0\n0\n-10\n500005\n4799995\n")
    auxiliary(path, "<PAMDataset><SRS>EPSG:32631</SRS></PAMDataset>")
    geo = only(tmp_path).geo
    assert (geo.grid, geo.crs, geo.transform) == ("map", "EPSG:32631", (10.0, 0.0, 500000.0, 0.0, -10.0, 4800000.0))


def test_a_mask_beside_a_products_measurement_counts(tmp_path: Path) -> None:
    made = Product(tmp_path)
    (path,) = (made.root / "measurement").glob("*-vv-*.tiff")
    marks = np.full((90, 120), 255, np.uint8)
    marks[:45] = 0
    mask_beside(path, marks)
    source = Scenes(scenes=str(made.root), polarisations=("VV",))
    (tile,) = [one for shard in source.shards() for one in source.read(shard)]
    assert isinstance(tile, Tile)
    assert tile.nodata_share == 0.5


@pytest.mark.parametrize(
    ("end", "content", "fact"),
    [
        (".msk", b"<VRTDataset/>", "a_VV.tif.msk: a mask that is no TIFF; mend it"),
        (".msk", b"", "a_VV.tif.msk: a mask that is no TIFF; mend it"),
        (".msk", b"II*\0 and no more", "a_VV.tif.msk: no mask that GDAL reads, of the file's size"),
        (".aux.xml", b"<PAMDataset><PAMRas", "a_VV.tif.aux.xml: broken XML"),
        (".aux.xml", b"", "a_VV.tif.aux.xml: broken XML"),
        (".aux.xml", band("<Scale>one</Scale>").encode(), "a_VV.tif.aux.xml: Scale is 'one', no number"),
        (".aux.xml", band("<NoDataValue></NoDataValue>").encode(), "NoDataValue is '', no number"),
    ],
)
def test_what_gdal_would_pass_over_is_refused(end: str, content: bytes, fact: str, tmp_path: Path) -> None:
    path = tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **UTM)
    path.with_name(path.name + end).write_bytes(content)
    with pytest.raises(SourceError, match=fact) as caught:
        Scenes(scenes=str(tmp_path), quantity="sigma0").shards()
    assert "\n" not in str(caught.value)


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    path = tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **UTM)
    mask_beside(path, np.zeros((32, 32), np.uint8))
    with pytest.raises(SourceError, match="no mask that GDAL reads, of the file's size"):
        Scenes(scenes=str(tmp_path), quantity="sigma0").shards()


def test_sidecars_are_known_by_the_files_that_they_are_of() -> None:
    files, stems = {"x/a_VV.tif", "b.zip"}, {"x/a_VV", "b"}
    of_them = ("x/a_VV.tif.aux.xml", "x/a_VV.tif.ovr", "x/a_VV.tif.msk", "x/a_VV.TFW", "x/a_VV.prj", "b.zip.md5")
    assert all(is_sidecar(file, files, stems) for file in of_them)
    assert not any(is_sidecar(file, files, stems) for file in ("a_VV.tif.aux.xml", "a_VV.tfw", "x/a_VV.png", "x/a_VV.txt"))
