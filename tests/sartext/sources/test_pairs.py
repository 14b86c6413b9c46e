import dataclasses
import io
import json
import pickle
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from PIL import Image
from rasterio.transform import Affine

from jobs.recipes import build as recipes
from sartext.errors import SourceError
from sartext.sar.radiometry import from_8bit
from sartext.sources.pairs import Pairs
from sartext.sources.source import split_of
from sartext.sources.synthetic import Synthetic
from sartext.tile import Reject, Tile, from_table, to_row, to_table
from tests.sartext.sources.pixels.test_geotiff import UTM, write
from tests.support.stored import leaves, same_as_stored


def read(one: Pairs) -> dict[str, Tile | Reject]:
    return {result.key.split("/", 1)[1]: result for shard in one.shards() for result in one.read(shard)}


def reasons(results: dict[str, Tile | Reject]) -> dict[str, str]:
    return {key.split("/")[0]: one.reason if isinstance(one, Reject) else "" for key, one in results.items()}


def textured(seed: int, side: int = 64, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(20, 120, (side, side, channels), dtype=np.uint8)


def save(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(path)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for number, name in enumerate(("a", "below/b", "c")):
        save(tmp_path / "sar" / f"{name}.png", textured(number, channels=1))
        save(tmp_path / "opt" / f"{name}.jpg", textured(number + 10))
    return tmp_path / "sar", tmp_path / "opt"


def pairs(folders: tuple[Path, Path], **fields: Any) -> Pairs:
    return Pairs(sar=str(folders[0]), optical=str(folders[1]), **fields)


def test_pairs_by_name(folders: tuple[Path, Path]) -> None:
    results = read(pairs(folders, gsd_m=10.0, licence="CC-BY-4.0"))
    assert list(results) == ["a/0_0", "below.b/0_0", "c/0_0"]
    tile = results["below.b/0_0"]
    assert isinstance(tile, Tile)
    assert tile.optical is not None
    assert tile.optical.image.bytes == (folders[1] / "below" / "b.jpg").read_bytes()
    assert (tile.optical.time_gap_s, tile.optical.offset_px, tile.optical.cloud_share) == (None, None, 0.0)
    assert (tile.split, tile.split_by, tile.captions, tile.geo.grid) == (split_of("below.b"), "scene", (), "unknown")
    assert (tile.sensor.gsd_m, tile.sensor.acquired, tile.origin.licence) == ((10.0, 10.0), None, "CC-BY-4.0")
    assert from_table(to_table([tile])) == [tile]


def sen12ms(folder: Path, seed: int = 0, **changes: Any) -> tuple[Path, Path]:
    """A pair as SEN12MS has it: dB of VV and VH, and 13 bands of 16 bits, on one grid."""
    random = np.random.default_rng(seed)
    level = random.uniform(-24, -1, (2, 48, 48)).astype(np.float32)
    level[1] -= 7
    level[:, :6] = np.nan
    bands = np.stack([np.full((48, 48), 100 * band) for band in range(1, 14)]).astype(np.uint16)
    bands += random.integers(0, 50, bands.shape, dtype=np.uint16)
    for sensor, pixels in (("s1", changes.get("s1", level)), ("s2", changes.get("s2", bands))):
        path = folder / "ROIs1158_spring" / f"{sensor}_7" / f"ROIs1158_spring_{sensor}_7_p{seed}.tif"
        path.parent.mkdir(parents=True, exist_ok=True)
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            count=len(pixels),
            height=pixels.shape[1],
            width=pixels.shape[2],
            dtype=pixels.dtype,
            crs="EPSG:32631",
            transform=UTM,
        ) as file:
            file.write(pixels)
    return folder, folder


def test_decibels_and_thirteen_bands_make_a_pair(tmp_path: Path) -> None:
    """SEN12MS: what is shown is recorded, and each grey level gives its decibels back."""
    source = replace(recipes.sen12ms().source, sar=str(tmp_path), optical=str(tmp_path), keep_alone=False)
    sen12ms(tmp_path)
    (tile,) = read(source).values()
    assert isinstance(tile, Tile), tile
    assert (tile.rendering.quantity, tile.rendering.scale) == ("sigma0", "db")
    assert tile.rendering.polarisations == ("VV", "VH", "VV/VH")
    assert tile.nodata_share == pytest.approx(6 / 48)
    image = np.asarray(Image.open(io.BytesIO(tile.image.bytes or b"")))
    limits = tile.rendering.limits[0]
    with rasterio.open(tmp_path / "ROIs1158_spring" / "s1_7" / "ROIs1158_spring_s1_7_p0.tif") as file:
        level = file.read(1)
    shown = from_8bit(image[:, :, 0], limits.low, limits.high)
    assert np.abs(shown - level)[6:].max() <= (limits.high - limits.low) / 510 + 1e-4
    assert (image[:6] == 0).all()
    assert tile.optical is not None
    twin = np.asarray(Image.open(io.BytesIO(tile.optical.image.bytes or b"")))
    with rasterio.open(tmp_path / "ROIs1158_spring" / "s2_7" / "ROIs1158_spring_s2_7_p0.tif") as file:
        expected = np.moveaxis(file.read([4, 3, 2]), 0, 2) * (255 / 3000)
    assert np.abs(twin - expected).max() <= 0.5 + 1e-4
    assert (tile.geo.crs, tile.split_by) == ("EPSG:32631", "footprint")


@pytest.mark.parametrize(
    ("changes", "fields", "reason"),
    [
        ({"s1": np.ones((3, 48, 48), np.float32)}, {}, "bands"),
        ({"s1": np.ones((2, 48, 48), np.complex64)}, {}, "unsupported_pixels"),
        ({"s1": np.full((2, 48, 48), np.nan, np.float32)}, {}, "blank"),
        ({"s1": np.ones((2, 6, 48), np.float32)}, {}, "too_small"),
        ({}, {"optical_bands": (4, 3, 14)}, "twin_bands"),
        ({"s2": np.zeros((13, 48, 48), np.uint16)}, {}, "twin_blank"),
        ({"s2": np.full((13, 48, 48), np.nan, np.float32)}, {}, "twin_off_footprint"),
        ({}, {"quantity": None, "polarisations": ()}, "unsupported_pixels"),
        ({}, {"optical_bands": (), "optical_limits": ()}, "twin_color_model"),
    ],
)
def test_each_bad_measurement_is_said(changes: dict[str, Any], fields: dict[str, Any], reason: str, tmp_path: Path) -> None:
    sen12ms(tmp_path)
    sen12ms(tmp_path, 1, **changes)
    source = replace(recipes.sen12ms().source, sar=str(tmp_path), optical=str(tmp_path), **fields)
    found = [one for one in read(source).values() if isinstance(one, Reject)]
    assert reason in [one.reason for one in found], found
    assert len(found) == (1 if changes else 2)


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        ({"quantity": "decibels"}, "quantity is 'decibels'"),
        ({"polarisations": ("VV",)}, "give quantity too"),
        ({"quantity": "sigma0", "polarisations": ("XX",)}, "polarisations has 'XX'"),
        ({"optical_bands": (1, 2)}, "three numbers from 1"),
        ({"optical_bands": (0, 1, 2), "optical_limits": (0.0, 1.0)}, "three numbers from 1"),
        ({"optical_bands": (3, 2, 1)}, "belong together"),
        ({"optical_bands": (3, 2, 1), "optical_limits": (1.0, 1.0)}, "the upper above the lower"),
        ({"optical_bands": (3, 2, 1), "optical_limits": (float("nan"), 1.0)}, "the upper above the lower"),
    ],
)
def test_fields_of_measurements_are_checked(fields: dict[str, Any], fact: str) -> None:
    with pytest.raises(ValueError, match=fact):
        Pairs(sar="", optical="", **fields)


def test_seasons_of_one_place_are_one_scene(tmp_path: Path) -> None:
    for season in ("spring", "fall"):
        for sensor, channels in (("s1", 1), ("s2", 3)):
            save(
                tmp_path / f"ROIs1158_{season}" / f"{sensor}_7" / f"ROIs1158_{season}_{sensor}_7_p30.png",
                textured(1, channels=channels),
            )
    results = read(pairs((tmp_path, tmp_path)))
    assert list(results) == ["ROIs1158_7/p30_fall", "ROIs1158_7/p30_spring"]
    tiles = [result for result in results.values() if isinstance(result, Tile)]
    assert {(tile.scene, tile.split) for tile in tiles} == {("ROIs1158_7", split_of("ROIs1158_7"))}
    assert all(tile.optical is not None for tile in tiles)


def test_no_sar_image_vanishes_and_none_gets_the_twin_of_another(tmp_path: Path) -> None:
    for number, name in enumerate(("site_s1_a", "site_s2_a", "site_s3_a", "x/1", "y/1")):
        save(tmp_path / "sar" / f"{name}.png", textured(number, channels=1))
        if name != "y/1":
            save(tmp_path / "opt" / f"{name}.png", textured(number + 10))
    assert reasons(read(pairs((tmp_path / "sar", tmp_path / "opt")))) == {
        "site_s1_a": "twin_ambiguous",
        "site_s2_a": "",
        "site_s3_a": "",
        "x.1": "",
        "y.1": "twin_missing_image",
    }


def test_pairs_by_a_list_with_dates(folders: tuple[Path, Path]) -> None:
    path = folders[0].parent / "pairs.csv"
    path.write_text(
        "sar,optical,sar_time,optical_time\n"
        "data/sar/a.png,opt/c.jpg,2020-11-07T13:52:41Z,2020-11-04T18:35:41Z\n"
        "b,b.jpg,2020-11-07,2020-11-04\nc.png,a.jpg,2020-11-07,\nmissing.png,a.jpg,,\n"
    )
    results = read(pairs(folders, pairs=str(path)))
    assert reasons(results) == {"a": "", "below.b": "", "c": "", "missing": "missing_image"}
    gaps = [one.optical.time_gap_s for one in results.values() if isinstance(one, Tile) and one.optical]
    assert gaps == [-(2 * 86400 + 19 * 3600 + 17 * 60), -3 * 86400, None]
    first = results["a/0_0"]
    assert isinstance(first, Tile)
    assert first.sensor.acquired == datetime(2020, 11, 7, 13, 52, 41, tzinfo=UTC)


def listed(folders: tuple[Path, Path], text: str, **fields: Any) -> dict[str, Tile | Reject]:
    path = folders[0].parent / "list.csv"
    path.write_text(text)
    return read(pairs(folders, pairs=str(path), **fields))


def test_the_list_says_the_split(folders: tuple[Path, Path]) -> None:
    found = listed(folders, "sar,optical,split\na.png,a.jpg,TEST\nb.png,b.jpg,\nc.png,c.jpg,some\n")
    a, b, c = found.values()
    assert isinstance(a, Tile)
    assert isinstance(b, Tile)
    assert isinstance(c, Reject)
    assert (a.split, a.split_by) == ("test", "source")
    assert (b.split, b.split_by) == (split_of("below.b"), "scene")
    assert (c.reason, c.detail) == ("unknown_split", "'some'; write train, val or test in the list")


def test_pairs_of_one_optical_image_are_one_place(folders: tuple[Path, Path]) -> None:
    names = [f"x{number:02d}" for number in range(20)]
    for number, name in enumerate(names):
        save(folders[0] / f"{name}.png", textured(number, channels=1))
    assert len({split_of(name) for name in names}) > 1
    rows = [f"{name}.png,a.jpg" for name in names]
    found = listed(folders, "\n".join(["sar,optical", *rows, "c.png,c.jpg"]))
    tiles = [tile for tile in found.values() if isinstance(tile, Tile)]
    assert len(tiles) == 21
    assert {(tile.split, tile.split_by) for tile in tiles if tile.scene != "c"} == {(split_of("x00"), "scene")}
    assert found["c/0_0"].split == split_of("c")  # type: ignore[union-attr]
    followed = listed(folders, "\n".join(["sar,optical,split", f"{rows[0]},val", *(f"{row}," for row in rows[1:])]))
    assert {(tile.split, tile.split_by) for tile in followed.values() if isinstance(tile, Tile)} == {("val", "source")}
    torn = listed(folders, f"sar,optical,split\n{rows[0]},train\n{rows[1]},test\nc.png,c.jpg,test\n")
    assert reasons(torn) == {"x00": "two_splits", "x01": "two_splits", "c": ""}


def test_a_sar_image_with_several_twins_is_a_tile_each(folders: tuple[Path, Path]) -> None:
    rows = ["a.png,a.jpg,2020-11-04", "a.png,b.jpg,2020-11-09", "a.png,b.jpg,2020-11-09", "c.png,c.jpg,"]
    found = listed(folders, "\n".join(["sar,optical,optical_time", *rows]))
    assert reasons(found) == {"a": "", "c": ""}
    assert len(found) == 3
    assert list(found)[2] == "c/0_0"
    assert all(re.fullmatch(r"a/0_0-[0-9a-f]{8}", key) for key in list(found)[:2])
    twins = [tile.optical.image.path for tile in found.values() if isinstance(tile, Tile) and tile.optical]
    assert twins == ["a.jpg", "b.jpg", "c.jpg"]
    assert list(listed(folders, "\n".join(["sar,optical,optical_time", *reversed(rows)]))) == list(found)
    assert list(listed(folders, "\n".join(["sar,optical,optical_time", *rows, "a.png,c.jpg,"])))[:2] == list(found)[:2]


def test_a_broken_row_spoils_no_other(folders: tuple[Path, Path]) -> None:
    save(folders[0] / "more" / "c.png", textured(3, channels=1))
    found = listed(
        folders, "sar,optical,sar_time\na.png,,\na.png,a.jpg,yesterday\na.png,a.jpg,\nc.png,c.jpg,\nx/c.png,c.jpg,\n"
    )
    assert {key: one.reason if isinstance(one, Reject) else "" for key, one in found.items()} == {
        "a/0_0": "",
        "c/0_0": "",
        "x.c/0_0": "missing_image",
        "line_2/0_0": "bad_annotation",
        "line_3/0_0": "bad_annotation",
    }
    (folders[0] / "c.png").unlink()
    save(folders[0] / "less" / "c.png", textured(3, channels=1))
    found = listed(folders, "sar,optical\nc.png,c.jpg\na.png,a.jpg\n")
    assert reasons(found) == {"a": "", "c": "ambiguous_image"}


def test_two_images_of_a_list_are_never_one_file(folders: tuple[Path, Path]) -> None:
    rows = "sar,optical\na.png,paris/a.jpg\nc.png,rome/a.jpg\n"
    assert reasons(listed(folders, rows)) == {"a": "twin_ambiguous", "c": "twin_ambiguous"}
    assert reasons(listed(folders, rows.replace("paris/", ""))) == {"a": "", "c": "twin_missing_image"}
    assert reasons(listed(folders, rows, keep_alone=True)) == {"a": "", "c": ""}
    rows = "sar,optical\nparis/a.png,a.jpg\nrome/a.png,c.jpg\n"
    assert reasons(listed(folders, rows)) == {"paris.a": "ambiguous_image", "rome.a": "ambiguous_image"}


def test_what_is_no_pair_is_rejected_with_what_it_is(folders: tuple[Path, Path]) -> None:
    sar, opt = folders
    for name in ("alone", "black", "cloudy", "cut", "large", "two"):
        save(sar / f"{name}.png", textured(5, channels=1))
    save(sar / "dark.png", np.zeros((64, 64, 1), dtype=np.uint8))
    save(opt / "dark.png", textured(6))
    save(opt / "black.png", np.zeros((64, 64, 3), dtype=np.uint8))
    white = textured(7)
    white[:40] = 230
    save(opt / "cloudy.png", white)
    (opt / "cut.png").write_bytes((opt / "cloudy.png").read_bytes()[:900])
    save(opt / "large.png", textured(8, side=90))
    save(opt / "two.png", textured(8))
    save(opt / "two.jpg", textured(8))
    (sar / "broken.png").write_bytes(b"")
    expected = {
        "a": "",
        "alone": "twin_missing_image",
        "below.b": "",
        "black": "twin_blank",
        "broken": "empty_file",
        "c": "",
        "cloudy": "twin_cloudy",
        "cut": "twin_truncated_image",
        "dark": "blank",
        "large": "twin_size",
        "two": "twin_ambiguous",
    }
    assert reasons(read(pairs(folders))) == expected
    alone = read(pairs(folders, keep_alone=True))
    assert {key for key, reason in reasons(alone).items() if reason} == {"broken", "dark"}
    assert {key.split("/")[0] for key, one in alone.items() if isinstance(one, Tile) and one.optical is None} == {
        key for key, reason in expected.items() if reason.startswith("twin_")
    }
    assert reasons(read(pairs(folders, most_cloud=0.9)))["cloudy"] == ""


def test_georeferenced_twins_are_warped_and_lie_on_the_map(tmp_path: Path) -> None:
    (tmp_path / "sar").mkdir()
    (tmp_path / "opt").mkdir()
    picture = textured(9, side=100)
    where = {"crs": "EPSG:32631", "transform": UTM @ Affine.translation(20, 30)}
    write(tmp_path / "sar" / "S1A_IW_GRDH_1SDV_20201107T135241_20201107T135306_X.tif", textured(1, channels=1), **where)
    write(tmp_path / "opt" / "x_20201104T183541.tif", picture, crs="EPSG:32631", transform=UTM, photometric="RGB")
    (tmp_path / "list.tsv").write_text("S1A_IW_GRDH_1SDV_20201107T135241_20201107T135306_X.tif\tx_20201104T183541.tif\n")
    (tile,) = read(pairs((tmp_path / "sar", tmp_path / "opt"), pairs=str(tmp_path / "list.tsv"))).values()
    assert isinstance(tile, Tile)
    assert tile.optical is not None
    assert tile.optical.time_gap_s == -(2 * 86400 + 19 * 3600 + 17 * 60)
    assert (tile.geo.grid, tile.geo.crs) == ("map", "EPSG:32631")
    assert shapely.from_wkt(tile.geo.footprint).is_valid
    warped = tmp_path / "warped.png"
    warped.write_bytes(tile.optical.image.bytes or b"")
    np.testing.assert_array_equal(np.asarray(Image.open(warped)), picture[30:94, 20:84])


def test_overlapping_images_of_all_dates_are_in_one_split(tmp_path: Path) -> None:
    (tmp_path / "sar").mkdir()
    for number in range(30):  # two rows of fifteen images: those of the first overlap, those of the second only touch
        row, column = divmod(number, 15)
        where = UTM @ Affine.translation((60 if row == 0 else 64) * column, 1000 * row)
        file = f"{number:02d}_2020{1 + number % 12:02d}01.tif"
        write(tmp_path / "sar" / file, textured(number, channels=1), crs="EPSG:32631", transform=where)
        save(tmp_path / "opt" / f"{number:02d}_2020{1 + number % 12:02d}01.png", textured(number + 50))
    tiles = [tile for tile in read(pairs((tmp_path / "sar", tmp_path / "opt"))).values() if isinstance(tile, Tile)]
    assert len(tiles) == 30
    assert {tile.split_by for tile in tiles} == {"footprint"}
    assert {tile.split for tile in tiles[:15]} == {split_of(tiles[0].scene)}
    assert [tile.split for tile in tiles[15:]] == [split_of(tile.scene) for tile in tiles[15:]]
    assert len({tile.split for tile in tiles[15:]}) > 1


def test_an_image_without_a_georeference_goes_with_its_scene(tmp_path: Path) -> None:
    """Its scene lies at a place that is named after another one."""
    pattern = r"(?P<scene>s\d+)_(?P<row>\d+)"
    names = [f"s{number:03d}" for number in range(9)]
    (tmp_path / "sar").mkdir()
    for number, name in enumerate(names):
        write(tmp_path / "sar" / f"{name}_0.tif", textured(number, channels=1), crs="EPSG:32631", transform=UTM)
        save(tmp_path / "sar" / f"{name}_1.png", textured(number, channels=1))
        for row in range(2):
            save(tmp_path / "opt" / f"{name}_{row}.png", textured(number + 50))
    assert len({split_of(name) for name in names}) > 1
    tiles = read(pairs((tmp_path / "sar", tmp_path / "opt"), scene_pattern=pattern)).values()
    assert {(one.split, one.split_by) for one in tiles if isinstance(one, Tile)} == {(split_of("s000"), "footprint")}
    assert len(tiles) == 18


def test_a_displaced_twin_of_the_archive_is_found(tmp_path: Path) -> None:
    """One of a scene in which little leans."""
    tile = Synthetic(tiles=20, seed=2, size_px=192).tile(17)
    assert tile.optical is not None
    save_all = {"sar/a.png": tile.image.bytes, "opt/a.jpg": tile.optical.image.bytes}
    for file, data in save_all.items():
        (tmp_path / file).parent.mkdir()
        (tmp_path / file).write_bytes(data or b"")
    whole = {kind: np.asarray(Image.open(tmp_path / file)) for kind, file in (("sar", "sar/a.png"), ("opt", "opt/a.jpg"))}
    save(tmp_path / "sar" / "b.png", whole["sar"][16:-16, 16:-16, None])
    save(tmp_path / "opt" / "b.png", whole["opt"][16 - 5 : -16 - 5, 16 + 9 : 192 - 16 + 9])
    result = read(pairs((tmp_path / "sar", tmp_path / "opt")))["b/0_0"]
    assert isinstance(result, Tile)
    assert result.optical is not None
    assert result.optical.offset_px == pytest.approx((-9, 5), abs=1)


def test_plan_and_identity(folders: tuple[Path, Path]) -> None:
    one = pairs(folders, shard_tiles=2)
    shards = one.shards()
    assert [len(shard.items) for shard in shards] == [2, 1]
    assert pickle.loads(pickle.dumps((one, shards))) == (one, shards)
    identities = json.dumps([one.identity(item) for shard in shards for item in shard.items])
    assert json.loads(identities)[0] == {"optical": ["a.jpg"], "moments": [None, None], "place": None}
    assert str(folders[0].parent) not in identities


def test_files_that_are_not_there(folders: tuple[Path, Path]) -> None:
    for fields, words in (
        ({"sar": "no"}, "no: is no folder that can be read; give the folder of the SAR images"),
        ({"optical": "no"}, "give the folder of the optical images"),
        ({"pairs": "no.csv"}, "no.csv: cannot be read"),
    ):
        with pytest.raises(SourceError, match=words):
            dataclasses.replace(pairs(folders), **fields).shards()
    with pytest.raises(ValueError, match="most_cloud is 2"):
        pairs(folders, most_cloud=2)


def test_output_changes_only_with_the_revision(folders: tuple[Path, Path]) -> None:
    """Where this fails in one schema version, raise Pairs.revision with it."""
    save(folders[0] / "d.png", textured(5, channels=1))
    save(folders[1] / "d.png", textured(6, side=128))
    lines = [f"revision {pairs(folders).revision}"]
    for result in read(pairs(folders)).values():
        row = to_row(result)
        if isinstance(result, Tile):
            row["image"].pop("bytes")
            row["origin"].pop("sha256")
            row["optical"]["image"].pop("bytes")
        lines += leaves(row)
    same_as_stored("tiles_of_pairs.txt", lines)


def test_real_pairs_build_and_no_offset_is_claimed(real_samples: Path) -> None:
    folder = real_samples / "pair_optical-sar_s1s2_volkov" / "dataset"
    results = read(Pairs(sar=str(folder / "sar"), optical=str(folder / "opt")))
    assert list(results) == ["003/0_0", "030/0_0", "059/0_0", "161/0_0"]
    for result in results.values():
        assert isinstance(result, Tile)
        assert result.optical is not None
        assert result.optical.offset_px in (None, (0.0, 0.0))
        assert (result.optical.cloud_share or 0) < 0.05


@pytest.mark.parametrize(
    ("sar", "optical"),
    [
        ("SN6_Train_AOI_11_Rotterdam_SAR-Intensity_1.png", "SN6_Train_AOI_11_Rotterdam_PS-RGB_1.png"),
        ("bata-explosion_00000000_post_disaster.png", "bata-explosion_00000000_pre_disaster.png"),
        ("1_sar.png", "1_opt.png"),
    ],
)
@pytest.mark.parametrize("apart", [True, False])
def test_names_of_which_none_pairs_say_what_takes_them(tmp_path: Path, sar: str, optical: str, apart: bool) -> None:
    where = (tmp_path / "sar", tmp_path / "opt") if apart else (tmp_path, tmp_path)
    save(where[0] / sar, textured(1, channels=1))
    save(where[1] / optical, textured(2))
    with pytest.raises(SourceError, match=f"SAR images? none.*{re.escape(sar)}.*{re.escape(optical)}|--source.pairs") as raised:
        pairs(where).shards()
    assert all(part in str(raised.value) for part in (sar, optical, "--source.pairs"))
    (tmp_path / "list.csv").write_text(f"sar,optical\n{sar},{optical}\n")
    assert [type(one) for one in read(pairs(where, pairs=str(tmp_path / "list.csv"))).values()] == [Tile]
