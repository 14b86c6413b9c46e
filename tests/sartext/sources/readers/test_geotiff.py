"""GeoTIFF scenes: what is a measurement, which bands belong together, and odd files beside good ones."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from sartext.errors import SourceError, TileRejected
from sartext.sources.readers import geotiff
from sartext.sources.readers.scene import Declared, declared
from sartext.sources.scenes import Scenes
from sartext.tile import Reject, Tile
from tests.support.products import UTM, gcps, speckle, stac, tiff

SIGMA0 = {"card4l:measurement_type": "sigma0", "card4l:measurement_convention": "linear power"}
RTC = {"sar:product_type": "RTC-S1"}


def only(folder: Path) -> geotiff.GeoTiff:
    (scene,) = geotiff.found(str(folder), sorted(one.name for one in folder.iterdir())).scenes
    return scene


def opened(folder: Path, said: Declared) -> geotiff.OpenGeoTiff:
    return only(folder).open(str(folder), said)


def window(folder: Path, said: Declared, polarisation: str = "VV", size: tuple[int, int] = (64, 64)) -> np.ndarray:
    with opened(folder, said) as scene:
        return scene.values(polarisation, 0, 0, *size)


def auxiliary(path: Path, band: str) -> None:
    """What GDAL writes beside a raster of one band."""
    text = f'<PAMDataset><PAMRasterBand band="1">{band}</PAMRasterBand></PAMDataset>'
    path.with_name(f"{path.name}.aux.xml").write_text(text)


def read(source: Scenes) -> list[Tile | Reject]:
    return [one for shard in source.shards() for one in source.read(shard)]


# What is a measurement.


@pytest.mark.parametrize(
    ("quantity", "left"),
    [("sigma0", 48), ("beta0", 48), ("gamma0", 48), ("gamma0_rtc", 48), ("sigma0_db", 64), ("intensity", 64), ("dn", 64)],
)
def test_zero_in_calibrated_power_of_floats_is_no_measurement(quantity: str, left: int, tmp_path: Path) -> None:
    power = speckle((64, 64))
    power[:16] = 0
    tiff(tmp_path / "a_VV.tif", power, **UTM)
    values = window(tmp_path, declared(quantity))
    assert np.isfinite(values).sum() == left * 64
    assert (values[16:] == power[16:]).all()
    with opened(tmp_path, declared(quantity)) as scene:
        assert scene.facts.nodata == (0.0 if left == 48 else None)


def test_zero_among_whole_numbers_may_be_a_small_measurement(tmp_path: Path) -> None:
    numbers = np.tile(np.arange(64, dtype=np.uint16), (64, 1))
    tiff(tmp_path / "a_VV.tif", numbers, **UTM)
    assert np.isfinite(window(tmp_path, declared("sigma0"))).all()
    assert np.isnan(window(tmp_path, declared("sigma0", nodata=0.0))[:, 0]).all()


@pytest.mark.parametrize("alpha", [False, True])
def test_the_mask_in_a_file_is_honoured(alpha: bool, tmp_path: Path) -> None:
    power, there = speckle((64, 64)), np.full((64, 64), 255, np.uint8)
    there[:, :31] = 0
    path = tmp_path / "a_VV.tif"
    if alpha:
        tiff(path, np.stack([power, there.astype(np.float32)]), alpha="YES", **UTM)
    else:
        tiff(path, power, **UTM)
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as dataset:
            dataset.write_mask(there)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a_VV.tif"]
    values = window(tmp_path, declared("sigma0"))
    assert np.isnan(values[:, :31]).all()
    assert (values[:, 31:] == power[:, 31:]).all()


@pytest.mark.parametrize(("quantity", "fill"), [("sigma0_db", -9999.0), ("sigma0_db", 0.0), ("amplitude", 0.0)])
def test_declared_nodata_is_no_measurement_beside_the_files_own(quantity: str, fill: float, tmp_path: Path) -> None:
    values = 10 * np.log10(speckle((64, 64))) if quantity.endswith("db") else speckle((64, 64))
    values[:16], values[16:20] = fill, 77.0
    tiff(tmp_path / "a_VV.tif", values.astype(np.float32), nodata=77.0, **UTM)
    (tile,) = read(Scenes(scenes=str(tmp_path), quantity=quantity, nodata=fill))
    assert isinstance(tile, Tile)
    assert tile.nodata_share == pytest.approx(20 / 64)
    assert tile.rendering.nodata == 77.0
    (without,) = read(Scenes(scenes=str(tmp_path), quantity=quantity))
    assert isinstance(without, Tile)
    assert without.nodata_share == pytest.approx(4 / 64)


def test_a_declared_nodata_is_recorded_where_the_file_has_none(tmp_path: Path) -> None:
    tiff(tmp_path / "a_VV.tif", np.where(np.eye(64) > 0, -9999, speckle((64, 64))).astype(np.float32), **UTM)
    with opened(tmp_path, declared("sigma0", nodata=-9999)) as scene:
        assert scene.facts.nodata == -9999
        assert np.isnan(np.diag(scene.values("VV", 0, 0, 64, 64))).all()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_nodata_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="nodata is"):
        Scenes(scenes="", nodata=value)


@pytest.mark.parametrize(
    ("quantity", "numbers", "scale", "offset"),
    [
        ("sigma0_db", lambda db: np.round(db * 100).astype(np.int16), 0.01, 0.0),
        ("sigma0_db", lambda db: np.round((db + 50) * 5).clip(0, 255).astype(np.uint8), 0.2, -50.0),
        ("sigma0", lambda db: np.round(10 ** (db / 10) * 1e4).astype(np.uint16), 1e-4, 0.0),
    ],
)
def test_scale_and_offset_of_a_file_make_measurements_of_its_numbers(
    quantity: str, numbers: object, scale: float, offset: float, tmp_path: Path
) -> None:
    level = 10 * np.log10(speckle((64, 64)))
    stored = numbers(level)  # type: ignore[operator]
    stored[0, 0] = 1
    path = tiff(tmp_path / "a_VV.tif", stored, nodata=1, **UTM)
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets = (scale,), (offset,)
    values = window(tmp_path, declared(quantity))
    assert np.isnan(values[stored == 1]).all()
    expected = stored.astype(np.float64) * scale + offset
    assert np.allclose(values[stored != 1], expected[stored != 1], rtol=1e-6)
    (tile,) = read(Scenes(scenes=str(tmp_path), quantity=quantity))
    assert isinstance(tile, Tile)
    assert tile.rendering.clipped_low_share + tile.rendering.clipped_high_share < 0.2
    assert (tile.rendering.quantity, tile.rendering.nodata) == ("sigma0", 1.0)


def test_digital_numbers_stay_the_files_own_where_they_are_asked_for(tmp_path: Path) -> None:
    path = tiff(tmp_path / "a_VV.tif", np.arange(4096, dtype=np.uint16).reshape(64, 64), **UTM)
    with rasterio.open(path, "r+") as dataset:
        dataset.scales = (0.01,)
    assert (window(tmp_path, declared("dn")) == np.arange(4096).reshape(64, 64)).all()


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize(("kind", "scale", "offset"), [("uint16", 0.01, 0.0), ("uint8", 0.5, -50.0)])
def test_a_scale_of_which_nothing_says_what_it_gives_is_refused(
    kind: str, scale: float, offset: float, beside: bool, tmp_path: Path
) -> None:
    path = tiff(tmp_path / "a_VV.tif", np.arange(4096).reshape(64, 64).astype(kind), **UTM)
    if beside:
        auxiliary(path, f"<Offset>{offset}</Offset><Scale>{scale}</Scale>")
    else:
        with rasterio.open(path, "r+") as dataset:
            dataset.scales, dataset.offsets = (scale,), (offset,)
    with pytest.raises(
        SourceError, match=r"a_VV.tif: band 1: numbers with a scale of 0.\d+ and an offset of .*--source.quantity"
    ):
        opened(tmp_path, declared(None))
    values = window(tmp_path, declared("sigma0_db"))
    assert np.allclose(values, np.arange(4096).reshape(64, 64).astype(kind) * scale + offset)


@pytest.mark.parametrize("scale", [0.0, float("nan")])
def test_a_scale_that_makes_no_value_is_refused(scale: float, tmp_path: Path) -> None:
    path = tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **UTM)
    with rasterio.open(path, "r+") as dataset:
        dataset.scales = (scale,)
    with pytest.raises(SourceError, match="band 1: a scale of"):
        opened(tmp_path, declared("sigma0"))


# Which bands belong together.


def _moved(east: float, north: float = 0.0, pixel: float = 10.0) -> dict[str, object]:
    return {"crs": "EPSG:32631", "transform": Affine(pixel, 0.0, 500000.0 + east, 0.0, -pixel, 4800000.0 + north)}


@pytest.mark.parametrize(
    ("place", "fact"),
    [
        (_moved(1e5), r"lies 1000\d\d m from a_VH.tif"),
        (_moved(0, 10), "lies 10 m from"),
        (_moved(0, pixel=10.5), r"lies \d\d m from"),
        ({**UTM, "crs": "EPSG:32632"}, r"lies \d+ m from"),
        ({}, "only one says where it lies"),
    ],
)
def test_bands_of_other_places_are_no_scene(place: dict[str, object], fact: str, tmp_path: Path) -> None:
    tiff(tmp_path / "a_VH.tif", speckle((64, 64)), **UTM)
    tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **place)
    with pytest.raises(SourceError, match=fact) as caught:
        opened(tmp_path, declared("sigma0"))
    assert caught.value.file == "a_VV.tif"


@pytest.mark.parametrize("place", [_moved(0.01), {**UTM, "crs": rasterio.CRS.from_epsg(32631).to_wkt()}])
def test_bands_that_lie_together_to_a_fraction_of_a_pixel_are_one_scene(place: dict[str, object], tmp_path: Path) -> None:
    tiff(tmp_path / "a_VH.tif", speckle((64, 64)), **UTM)
    tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **place)
    with opened(tmp_path, declared("sigma0")) as scene:
        assert scene.facts.polarisations == ("VH", "VV")


def test_places_are_compared_without_a_reference_system_and_with_control_points(tmp_path: Path) -> None:
    for name, mirrored in (("same", True), ("other", False)):
        tiff(tmp_path / name / "a_VH.tif", speckle((64, 64)), gcps=gcps(64, 64), crs="EPSG:4326")
        tiff(tmp_path / name / "a_VV.tif", speckle((64, 64)), gcps=gcps(64, 64, mirrored=mirrored), crs="EPSG:4326")
    opened(tmp_path / "same", declared("sigma0"))._close()
    with pytest.raises(SourceError, match=r"lies \d+ m from"):
        opened(tmp_path / "other", declared("sigma0"))
    tiff(tmp_path / "none" / "a_VH.tif", speckle((64, 64)), transform=UTM["transform"])
    tiff(tmp_path / "none" / "a_VV.tif", speckle((64, 64)), transform=_moved(1e5)["transform"])
    with pytest.raises(SourceError, match=r"lies elsewhere than a_VH.tif"):
        opened(tmp_path / "none", declared("sigma0"))


def test_a_mask_of_another_place_masks_nothing(tmp_path: Path) -> None:
    tiff(tmp_path / "OPERA_L2_RTC-S1_T1_VV.tif", speckle((64, 64)), **UTM)
    tiff(tmp_path / "OPERA_L2_RTC-S1_T1_mask.tif", np.zeros((64, 64), np.uint8), **_moved(1e5))
    with pytest.raises(SourceError, match=r"T1_mask.tif: georeference: lies 1000\d\d m from"):
        opened(tmp_path, declared("gamma0_rtc"))


@pytest.mark.parametrize("name", ["a_mask.tif", "a-MASK.tif", "a_VV_mask.tif"])
def test_labels_beside_a_scene_are_no_mask_of_it_and_no_scene(name: str, tmp_path: Path) -> None:
    tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **UTM)
    tiff(tmp_path / name, np.eye(64, dtype=np.uint8), **UTM)
    assert only(tmp_path).files() == ["a_VV.tif"]
    assert np.isfinite(window(tmp_path, declared("sigma0"))).all()


def test_masks_of_layover_are_known_by_a_stac_item_or_by_operas_names(tmp_path: Path) -> None:
    tiff(tmp_path / "opera" / "OPERA_L2_RTC-S1_T1_VV.tif", speckle((64, 64)), **UTM)
    tiff(tmp_path / "opera" / "OPERA_L2_RTC-S1_T1_mask.tif", np.eye(64, dtype=np.uint8), **UTM)
    assert np.isnan(window(tmp_path / "opera", declared("gamma0_rtc"))).sum() == 64
    tiff(tmp_path / "stac" / "a_VV.tif", speckle((64, 64)), **UTM)
    tiff(tmp_path / "stac" / "b.tif", np.eye(64, dtype=np.uint8), **UTM)
    stac(tmp_path / "stac" / "i.json", {"VV": "a_VV.tif", "mask": "b.tif"}, **RTC)
    assert np.isnan(window(tmp_path / "stac", declared(None))).sum() == 64


def test_bands_that_nothing_names_are_refused_or_declared(tmp_path: Path) -> None:
    vv, vh = speckle((64, 64)), speckle((64, 64), -20, seed=1)
    tiff(tmp_path / "a.tif", np.stack([vh, vv]), **UTM)
    with pytest.raises(SourceError, match=r"a.tif: 2 bands \(gray, undefined\).*; give --source.bands") as caught:
        opened(tmp_path, declared("sigma0"))
    assert "\n" not in str(caught.value)
    (tile,) = read(Scenes(scenes=str(tmp_path), quantity="sigma0", bands=("vh", "VV")))
    assert isinstance(tile, Tile)
    assert tile.rendering.polarisations == ("VV", "VH", "VV/VH")
    assert (window(tmp_path, declared("sigma0", bands=("VH", "VV"))) == vv).all()
    with opened(tmp_path, declared("sigma0", bands=("-", "HH"))) as scene:
        assert scene.facts.polarisations == ("HH",)
        assert (scene.values("HH", 0, 0, 64, 64) == vv).all()
    with pytest.raises(SourceError, match="nothing says the polarisation of each"):
        opened(tmp_path, declared("sigma0", bands=("VV", "VH", "HH")))


def test_a_picture_in_colour_is_no_gray_of_its_red(tmp_path: Path) -> None:
    tiff(tmp_path / "a.tif", np.random.default_rng(0).integers(0, 255, (3, 64, 64)).astype(np.uint8), **UTM)
    with pytest.raises(SourceError, match=r"3 bands \(red, green, blue\)"):
        opened(tmp_path, declared(None))


@pytest.mark.parametrize("names", [("Amplitude_VV", "Intensity_VV"), ("VV", "VV")])
def test_two_bands_of_one_polarisation_are_not_chosen_from(names: tuple[str, ...], tmp_path: Path) -> None:
    tiff(tmp_path / "a_VV.tif", np.stack([speckle((64, 64))] * 2), names=names, **UTM)
    with pytest.raises(SourceError, match="nothing says the polarisation of each"):
        opened(tmp_path, declared("intensity"))


def test_bands_with_names_are_not_renamed_and_a_band_without_one_is(tmp_path: Path) -> None:
    tiff(tmp_path / "a" / "a.tif", np.stack([speckle((64, 64))] * 3), names=("VV", "VH", "angle"), **UTM)
    tiff(tmp_path / "b" / "b.tif", speckle((64, 64)), **UTM)
    tiff(tmp_path / "c" / "c_VV.tif", speckle((64, 64)), **UTM)
    for name, bands, expected in (("a", ("HH", "HV", "-"), ("VH", "VV")), ("b", ("VH",), ("VH",)), ("c", ("VH",), ("VV",))):
        with opened(tmp_path / name, declared("sigma0", bands=bands)) as scene:
            assert scene.facts.polarisations == expected


@pytest.mark.parametrize("bands", [("VV", "VV"), ("XX",), ("-", "-"), ("",)])
def test_bands_are_checked(bands: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="bands are"):
        Scenes(scenes="", bands=bands)


def test_complex_pixels_of_any_band_are_refused(tmp_path: Path) -> None:
    tiff(tmp_path / "a_VH.tif", speckle((64, 64)), **UTM)
    tiff(tmp_path / "a_VV.tif", speckle((64, 64)).astype(np.complex64), **UTM)
    with pytest.raises(SourceError, match=r"a_VV.tif: complex pixels"):
        opened(tmp_path, declared("sigma0"))


# STAC items, and files that are odd.


@pytest.mark.parametrize("quantity", ["sigma0_db", "gamma0", "intensity"])
def test_another_quantity_or_scale_than_the_items_is_refused(quantity: str, tmp_path: Path) -> None:
    tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **UTM)
    stac(tmp_path / "i.json", {"VV": "a_VV.tif"}, **SIGMA0)
    with pytest.raises(SourceError, match=f"its STAC item says sigma0, --source.quantity {quantity};"):
        opened(tmp_path, declared(quantity))
    opened(tmp_path, declared("sigma0"))._close()


def test_an_item_of_which_files_were_not_loaded_is_a_scene_of_the_others(tmp_path: Path) -> None:
    tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **UTM)
    stac(tmp_path / "i.json", {"VV": "a_VV.tif", "VH": "a_VH.tif", "mask": "a_mask.tif"}, platform="S", **SIGMA0)
    with opened(tmp_path, declared(None)) as scene:
        assert (scene.facts.polarisations, scene.facts.quantity) == (("VV",), "sigma0")
        assert scene.facts.sensor.platform == "S"


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ('{"type":"Feature","stac_version":"1.0.0","id":"x","properties":{}}', "without assets"),
        (
            '{"type":"Feature","stac_version":"1.0.0","properties":{},"assets":{"VV":{"href":"q.tif"},"vv":{"href":"r.tif"}}}',
            "two assets of VV",
        ),
        ('{"type":"Feature","stac_version":"1.0.0","properties":{', "broken JSON"),
    ],
)
def test_an_odd_item_is_one_reject(text: str, fact: str, tmp_path: Path) -> None:
    tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **UTM)
    (tmp_path / "i.json").write_text(text)
    tile, reject = read(Scenes(scenes=str(tmp_path), quantity="sigma0"))
    assert isinstance(tile, Tile)
    assert isinstance(reject, Reject)
    assert (reject.key, reject.reason) == ("scenes/i/scene", "unreadable_scene")
    assert fact in reject.detail


def test_a_file_that_shrank_gives_no_smaller_window(tmp_path: Path) -> None:
    tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **UTM)
    with opened(tmp_path, declared("sigma0")) as scene, pytest.raises(TileRejected, match=r"\(34, 64\) px of a window of"):
        scene.values("VV", 30, 0, 64, 64)
    source = Scenes(scenes=str(tmp_path), quantity="sigma0")
    shards = source.shards()
    tiff(tmp_path / "a_VV.tif", speckle((30, 30)), **UTM)
    (reject,) = [one for shard in shards for one in source.read(shard)]
    assert isinstance(reject, Reject)
    assert reject.reason == "unreadable_pixels"


def test_a_file_that_lost_a_band_is_a_reject(tmp_path: Path) -> None:
    tiff(tmp_path / "a.tif", np.stack([speckle((64, 64))] * 2), names=("VV", "VH"), **UTM)
    scene = only(tmp_path)
    tiff(tmp_path / "a.tif", speckle((64, 64)), **UTM)
    with pytest.raises(SourceError, match="has 1 bands, and not the ones that were planned"):
        scene.open(str(tmp_path), declared("sigma0"))


def test_latitudes_beyond_a_pole_are_nowhere(tmp_path: Path) -> None:
    tiff(tmp_path / "a_VV.tif", speckle((64, 64)), crs="EPSG:4326", transform=Affine(1, 0, 0, 0, -1, 120))
    with pytest.raises(SourceError, match="lies nowhere on Earth: latitudes of"):
        opened(tmp_path, declared("sigma0"))
