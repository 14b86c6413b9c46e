"""Scenes cut into tiles: quantities, limits, filters, places, real scenes and broken ones."""

import io
from pathlib import Path

import numpy as np
import pytest
import shapely
from PIL import Image
from rasterio.transform import Affine

from sartext.errors import SourceError
from sartext.sar.geolocation import is_mirrored
from sartext.sar.radiometry import from_8bit
from sartext.sources.readers import geotiff
from sartext.sources.readers.scene import Declared
from sartext.sources.scenes import Scenes
from sartext.tile import Reject, Tile
from tests.support.products import UTM, Product, gcps, speckle, stac, tiff

S1_TAGS = {"TIFFTAG_IMAGEDESCRIPTION": "Sentinel-1A IW GRD HR L1"}


def read(source: Scenes) -> list[Tile | Reject]:
    return [one for shard in source.shards() for one in source.read(shard)]


def tiles(source: Scenes) -> list[Tile]:
    found = read(source)
    assert all(isinstance(one, Tile) for one in found), found
    return found  # type: ignore[return-value]


def pixels(tile: Tile) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(tile.image.bytes or b"")))


def test_a_grey_level_gives_its_decibels_back(tmp_path: Path) -> None:
    power = speckle((100, 140))
    tiff(tmp_path / "a_VV.tif", power, **UTM)
    (tile,) = tiles(Scenes(scenes=str(tmp_path), quantity="sigma0"))
    assert (tile.rendering.quantity, tile.rendering.scale, tile.rendering.polarisations) == ("sigma0", "db", ("VV",))
    (limits,) = tile.rendering.limits
    assert (limits.low, limits.high) == (-25.0, 0.0)
    level = 10 * np.log10(power.astype(np.float64))
    inside = (level > limits.low) & (level < limits.high)
    error = np.abs(from_8bit(pixels(tile), limits.low, limits.high) - level)[inside]
    assert error.max() <= 25 / 255 / 2 + 1e-4
    assert tile.rendering.clipped_low_share == pytest.approx((level < -25).mean())
    assert tile.rendering.floor == pytest.approx(1e-6)


def test_decibels_amplitude_and_intensity_of_one_field_look_alike(tmp_path: Path) -> None:
    power = speckle((64, 64))
    images = []
    for name, values, quantity in (
        ("intensity", power, "intensity"),
        ("amplitude", np.sqrt(power), "amplitude"),
        ("decibels", 10 * np.log10(power), "intensity_db"),
    ):
        tiff(tmp_path / name / "a_VV.tif", values.astype(np.float32), **UTM)
        (tile,) = tiles(Scenes(scenes=str(tmp_path / name), quantity=quantity, limits=("VV=-20:0",)))
        images.append(pixels(tile).astype(int))
    for other in images[1:]:
        assert np.abs(other - images[0]).max() <= 1
        assert (other != images[0]).mean() < 0.001  # only where a level was on the edge of two


def test_limits_come_from_the_scene_where_nothing_is_calibrated(tmp_path: Path) -> None:
    dn = np.random.default_rng(0).integers(100, 900, (700, 600)).astype(np.uint16)
    tiff(tmp_path / "a.tif", dn)
    found = tiles(Scenes(scenes=str(tmp_path), tile_px=256))
    assert {tile.rendering.quantity for tile in found} == {"dn"}
    assert len({tile.rendering.limits for tile in found}) == 1  # of the scene, not of the tile
    (limits,) = found[0].rendering.limits
    assert limits.polarisation is None
    assert (limits.low, limits.high) == pytest.approx(np.percentile(dn, (2, 98)), abs=4)


def test_polarisations_are_channels_in_a_recorded_order(tmp_path: Path) -> None:
    vv, vh = speckle((64, 64), -10), speckle((64, 64), -17, seed=1)
    tiff(tmp_path / "a_VV.tif", vv, **UTM)
    tiff(tmp_path / "a_VH.tif", vh, **UTM)
    (tile,) = tiles(Scenes(scenes=str(tmp_path), quantity="gamma0"))
    assert tile.rendering.polarisations == ("VV", "VH", "VV/VH")
    image = pixels(tile)
    ratio = 10 * np.log10(vv / vh)
    inside = (ratio > 0) & (ratio < 20)
    assert np.abs(from_8bit(image[:, :, 2], 0, 20) - ratio)[inside].max() <= 20 / 255 / 2 + 1e-3
    (gray,) = tiles(Scenes(scenes=str(tmp_path), quantity="gamma0", polarisations=("VH",)))
    assert (gray.rendering.polarisations, pixels(gray).ndim) == (("VH",), 2)
    named = tmp_path / "one file"
    tiff(named / "both.tif", np.stack([vh, vv]), names=("Sigma0 VH", "Sigma0 VV"), **UTM)
    (same,) = tiles(Scenes(scenes=str(named), quantity="gamma0"))
    assert (pixels(same) == image).all()


def test_windows_cover_the_scene_and_lie_where_they_should(tmp_path: Path) -> None:
    tiff(tmp_path / "a_VV.tif", speckle((150, 210)), **UTM)
    found = tiles(Scenes(scenes=str(tmp_path), quantity="sigma0", tile_px=100, overlap_px=20))
    assert [tile.key for tile in found] == [f"scenes/a/{down}_{right}" for down in range(2) for right in range(3)]
    last = found[-1]
    assert last.geo.transform == (10.0, 0.0, 500000.0 + 110 * 10, 0.0, -10.0, 4800000.0 - 50 * 10)
    assert (last.geo.grid, last.geo.crs, last.sensor.gsd_m) == ("map", "EPSG:32631", pytest.approx((10.0, 10.0), rel=1e-3))
    outlines = [shapely.from_wkt(tile.geo.footprint) for tile in found]
    whole = shapely.union_all(outlines)
    assert whole.area == pytest.approx(shapely.convex_hull(whole).area, rel=1e-3)
    dropped = tiles(Scenes(scenes=str(tmp_path), quantity="sigma0", tile_px=100, edge="drop"))
    assert len(dropped) == 2


def test_averaging_and_filters_work_on_power(tmp_path: Path) -> None:
    power = speckle((240, 240), -12)
    tiff(tmp_path / "a_VV.tif", power, **UTM)
    options = {"scenes": str(tmp_path), "limits": ("VV=-18:-6",)}
    (averaged,) = tiles(Scenes(quantity="sigma0", spacing_m=40, **options))
    assert (averaged.height_px, averaged.rendering.multilook_px, averaged.rendering.resampling) == (60, (4, 4), "mean")
    assert averaged.geo.transform[0] == 40.0
    blocks = 10 * np.log10(power.reshape(60, 4, 60, 4).mean(axis=(1, 3)))
    inside = (blocks > -18) & (blocks < -6)
    assert np.abs(from_8bit(pixels(averaged), -18, -6) - blocks)[inside].max() <= 12 / 255 / 2 + 1e-3
    (filtered,) = tiles(Scenes(quantity="sigma0", speckle_filter="boxcar", filter_px=5, **options))
    assert filtered.rendering.speckle_filter == "boxcar 5 x 5"
    mean = 10 * np.log10(power[98:103, 118:123].mean())
    assert abs(from_8bit(pixels(filtered), -18, -6)[100, 120] - mean) <= 12 / 255 / 2 + 1e-3
    # The same pixel in tiles cut elsewhere: the filter looks beyond the edge of a tile.
    cut_ = tiles(Scenes(quantity="sigma0", speckle_filter="lee", tile_px=120, **options))
    (whole,) = tiles(Scenes(quantity="sigma0", speckle_filter="lee", **options))
    assert (
        np.vstack([np.hstack([pixels(cut_[0]), pixels(cut_[1])]), np.hstack([pixels(cut_[2]), pixels(cut_[3])])])
        == pixels(whole)
    ).all()
    # Decibels become power before they are filtered.
    tiff(tmp_path / "db" / "a_VV.tif", (10 * np.log10(power)).astype(np.float32), **UTM)
    (same,) = tiles(Scenes(quantity="sigma0_db", speckle_filter="lee", scenes=str(tmp_path / "db"), limits=("VV=-18:-6",)))
    assert np.abs(pixels(same).astype(int) - pixels(whole)).max() <= 1


def test_nodata_is_black_and_told_apart(tmp_path: Path) -> None:
    power = speckle((64, 64))
    power[:16] = -9999
    power[20, 20] = np.nan
    tiff(tmp_path / "a_VV.tif", power, nodata=-9999, **UTM)
    (tile,) = tiles(Scenes(scenes=str(tmp_path), quantity="sigma0"))
    assert tile.nodata_share == pytest.approx((16 * 64 + 1) / 64**2)
    assert not pixels(tile)[:16].any()
    (refused,) = read(Scenes(scenes=str(tmp_path), quantity="sigma0", min_valid_share=0.8))
    assert isinstance(refused, Reject)
    assert refused.reason == "blank"


def test_a_constant_scene_is_blank(tmp_path: Path) -> None:
    tiff(tmp_path / "a.tif", np.full((300, 300), 7, np.uint16))
    found = read(Scenes(scenes=str(tmp_path), tile_px=128))
    assert [one.reason for one in found if isinstance(one, Reject)] == ["blank"] * 9


def test_overlapping_scenes_are_one_place_and_a_twin_date_shares_its_split(tmp_path: Path) -> None:
    for name, east in (("a_20240101", 500000.0), ("b_20240202", 500300.0), ("c_far", 700000.0)):
        transform = Affine(10.0, 0.0, east, 0.0, -10.0, 4800000.0)
        tiff(tmp_path / f"{name}_VV.tif", speckle((64, 64)), crs=UTM["crs"], transform=transform)
    tiff(tmp_path / "d_nowhere_VV.tif", speckle((64, 64)))
    found = {tile.key.split("/")[1]: tile for tile in tiles(Scenes(scenes=str(tmp_path), quantity="sigma0"))}
    assert found["a_20240101"].scene == found["b_20240202"].scene == "a_20240101"
    assert found["a_20240101"].split == found["b_20240202"].split
    assert [found[name].scene for name in ("c_far", "d_nowhere")] == ["c_far", "d_nowhere"]
    assert [found[name].split_by for name in ("c_far", "d_nowhere")] == ["footprint", "scene"]


def test_gamma_nought_with_a_stac_item_and_its_mask(tmp_path: Path) -> None:
    vv, mask = speckle((64, 80)), np.zeros((64, 80), np.uint8)
    mask[:, :8], mask[:, 8:12], mask[0, 40] = 1, 2, 255
    tiff(tmp_path / "OPERA_L2_RTC-S1_T1_VV.tif", vv, **UTM)
    tiff(tmp_path / "OPERA_L2_RTC-S1_T1_mask.tif", mask, **UTM)
    stac(
        tmp_path / "OPERA_L2_RTC-S1_T1.json",
        {"VV": "./OPERA_L2_RTC-S1_T1_VV.tif", "mask": "OPERA_L2_RTC-S1_T1_mask.tif", "far": "https://example.org/x.tif"},
        platform="sentinel-1a",
        **{
            "sar:product_type": "RTC-S1",
            "sar:frequency_band": "C",
            "sar:instrument_mode": "IW",
            "sar:observation_direction": "right",
            "sar:looks_equivalent_number": 4.4,
            "sat:orbit_state": "ascending",
            "view:incidence_angle": 38.5,
        },
    )
    (tile,) = tiles(Scenes(scenes=str(tmp_path)))
    assert (tile.rendering.quantity, tile.rendering.looks) == ("gamma0_rtc", 4.4)
    assert (tile.sensor.platform, tile.sensor.orbit, tile.sensor.look_side) == ("sentinel-1a", "ascending", "right")
    assert tile.sensor.incidence_deg == 38.5
    assert tile.sensor.acquired is not None
    assert tile.nodata_share == pytest.approx((12 * 64 + 1) / (64 * 80))
    with pytest.raises(SourceError, match=r"its STAC item says gamma0_rtc, --source.quantity sigma0"):
        Scenes(scenes=str(tmp_path), quantity="sigma0").shards()


@pytest.mark.parametrize("form", ["folder", "itself", "zip"])
def test_a_product_is_calibrated_at_every_pixel(form: str, tmp_path: Path) -> None:
    made = Product(tmp_path)
    path = tmp_path if form == "folder" else made.root
    if form == "zip":
        import shutil

        (tmp_path / "zips").mkdir()
        shutil.make_archive(str(tmp_path / "zips" / "product"), "zip", tmp_path, made.root.name)
        path = tmp_path / "zips"
    (tile,) = tiles(Scenes(scenes=str(path), polarisations=("VV",), limits=("VV=-20:20",)))
    assert tile.key == f"scenes/{made.root.stem}/0_0"
    image, expected = pixels(tile), np.zeros((made.height, made.width))
    for line in range(0, made.height, 7):
        for pixel in range(0, made.width, 9):
            expected[line, pixel] = made.sigma0("VV", line, pixel)
            if made.dn["VV"][line, pixel] == 0:
                assert image[line, pixel] == 0
            elif expected[line, pixel] > 0 and -20 < (level := 10 * np.log10(expected[line, pixel])) < 20:
                assert abs(from_8bit(image, -20, 20)[line, pixel] - level) <= 40 / 255 / 2 + 1e-3
    assert tile.nodata_share == pytest.approx(35 / (90 * 120))
    assert (tile.rendering.quantity, tile.rendering.looks, tile.rendering.nodata) == ("sigma0", 5.0, 0.0)
    assert (tile.sensor.orbit, tile.sensor.mode, tile.geo.grid) == ("descending", "IW", "ground_range")
    assert tile.sensor.incidence_deg == pytest.approx(33, abs=0.1)
    both = Scenes(scenes=str(path), quantity="gamma0")
    assert {one.rendering.polarisations for one in tiles(both)} == {("VV", "VH", "VV/VH")}


@pytest.mark.parametrize(
    ("options", "fact"),
    [
        ({"mode": "IW", "kind": "SLC"}, "single-look complex product of IW \\(TOPS\\)"),
        ({"mode": "S3", "kind": "SLC"}, "a product of the type SLC"),
        ({"measured": False}, "has no measurement; give the whole product"),
    ],
)
def test_products_that_cannot_be_read_end_in_one_line(options: dict[str, object], fact: str, tmp_path: Path) -> None:
    Product(tmp_path, **options)  # type: ignore[arg-type]
    with pytest.raises(SourceError, match=fact) as caught:
        Scenes(scenes=str(tmp_path)).shards()
    assert "\n" not in str(caught.value)


def test_one_broken_scene_loses_nobody_else(tmp_path: Path) -> None:
    tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **UTM)
    (tmp_path / "b_VV.tif").write_bytes((tmp_path / "a_VV.tif").read_bytes()[:6])
    whole = tiff(tmp_path / "c_VV.tif", speckle((400, 64)), **UTM)
    whole.write_bytes(whole.read_bytes()[:-60000])
    far = Affine(10.0, 0.0, 1e12, 0.0, -10.0, 4800000.0)
    tiff(tmp_path / "d_VV.tif", speckle((64, 64)), crs="EPSG:32631", transform=far)
    Product(tmp_path, measured=False)
    found = read(Scenes(scenes=str(tmp_path), quantity="sigma0", tile_px=64))
    rejects = {one.key.split("/")[1][:3]: one for one in found if isinstance(one, Reject)}
    reasons = {name: one.reason for name, one in rejects.items()}
    unread = dict.fromkeys(("b", "d", "S1A"), "unreadable_scene")
    assert reasons == {**unread, "c": "unreadable_pixels"}
    assert rejects["d"].detail.startswith("d_VV.tif: georeference: lies nowhere on Earth")
    assert sum(isinstance(one, Tile) for one in found) >= 3


@pytest.mark.parametrize(
    ("options", "fact"),
    [
        ({}, "floating point whose quantity nothing says; give --source.quantity"),
        ({"quantity": "sigma0", "polarisations": ("HH",)}, "has VV, and none of --source.polarisations"),
    ],
)
def test_what_is_missing_is_said_in_one_line(options: dict[str, object], fact: str, tmp_path: Path) -> None:
    tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **UTM)
    with pytest.raises(SourceError, match=fact):
        Scenes(scenes=str(tmp_path), **options).shards()  # type: ignore[arg-type]


def test_digital_numbers_are_not_averaged_and_decibels_not_taken_for_power(tmp_path: Path) -> None:
    tiff(tmp_path / "dn" / "a.tif", np.arange(4096, dtype=np.uint16).reshape(64, 64))
    with pytest.raises(SourceError, match=r"dn is no power that could be averaged; give --source.quantity amplitude"):
        Scenes(scenes=str(tmp_path / "dn"), speckle_filter="lee").shards()
    tiff(tmp_path / "db" / "a_VV.tif", (10 * np.log10(speckle((64, 64)))).astype(np.float32), **UTM)
    with pytest.raises(SourceError, match=r"give --source.quantity sigma0_db"):
        Scenes(scenes=str(tmp_path / "db"), quantity="sigma0").shards()
    with pytest.raises(SourceError, match="no scene in it"):
        Scenes(scenes=str(Path(__file__).parent)).shards()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", "sigma"),
        ("quantity", "dn_db"),
        ("tile_px", 8),
        ("overlap_px", 512),
        ("edge", "wrap"),
        ("speckle_filter", "median"),
        ("filter_px", 6),
        ("spacing_m", -1.0),
        ("min_valid_share", 0.0),
        ("limits", ("VV=1",)),
        ("limits", ("VV=3:1",)),
    ],
)
def test_fields_are_checked(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        Scenes(scenes="", **{field: value})  # type: ignore[arg-type]


def test_a_grid_of_control_points_that_mirrors_the_map(tmp_path: Path) -> None:
    dn = np.random.default_rng(0).integers(1, 500, (120, 160)).astype(np.uint16)
    dn[:, :10] = 0
    tiff(tmp_path / "a.tif", dn, tags=S1_TAGS, gcps=gcps(120, 160), crs="EPSG:4326")
    (tile,) = tiles(Scenes(scenes=str(tmp_path)))
    assert tile.geo.grid == "ground_range"
    assert tile.nodata_share == pytest.approx((dn == 0).mean())
    assert tile.geo.transform is None
    assert shapely.from_wkt(tile.geo.footprint).bounds == pytest.approx((10, 44.99, 10.01, 45), abs=1e-4)


def test_the_real_scenes(real_samples: Path) -> None:
    folder = real_samples / "scene_s1-grd_rio-tiler-pds"
    found = read(Scenes(scenes=str(folder)))
    assert [one.reason for one in found if isinstance(one, Reject)] == ["unreadable_scene"]  # the one without a measurement
    made = [one for one in found if isinstance(one, Tile)]
    assert len({tile.scene for tile in made}) == 2
    assert {tile.geo.grid for tile in made} == {"ground_range"}
    assert {tile.rendering.polarisations for tile in made} == {("VV", "VH", "VV/VH"), ("VH",)}
    files = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    for scene in geotiff.found(str(folder), files).scenes:
        if scene.bands:
            with scene.open(str(folder), Declared()) as opened:
                facts = opened.facts
                assert facts.geolocation is not None
                assert is_mirrored(facts.geolocation, 0, 0, facts.height_px, facts.width_px)


def test_the_real_decibels(real_samples: Path) -> None:
    folder = real_samples / "scene_s1-grd_pyroSAR"
    found = read(Scenes(scenes=str(folder), quantity="gamma0_db"))
    (tile,) = [one for one in found if isinstance(one, Tile)]
    assert (tile.geo.grid, tile.geo.crs, tile.rendering.nodata) == ("map", "EPSG:32631", -99.0)
    (archive,) = folder.glob("*.zip")
    with pytest.raises(SourceError, match="has no measurement"):
        Scenes(scenes=str(archive)).shards()
