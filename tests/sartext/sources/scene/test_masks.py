"""Masks of whole scenes, cut along with their windows: shares of what was measured, colours, and masks that do not fit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from sartext.errors import SourceError
from sartext.imaging.run_lengths import decode
from sartext.sources.scenes import Scenes
from sartext.tile import Reject, Tile
from tests.support.products import UTM, speckle, tiff


def read(folder: Path, classes: str, **more: Any) -> list[Tile | Reject]:
    options = {"scenes": str(folder / "scenes"), "masks": str(folder / "masks"), "classes": classes, "quantity": "sigma0"}
    source = Scenes(**{**options, **more})
    return [one for shard in source.shards() for one in source.read(shard)]


def only(found: list[Tile | Reject]) -> Tile:
    (tile,) = found
    assert isinstance(tile, Tile), tile
    return tile


def shares(tile: Tile) -> dict[str, float]:
    return {region.label: region.area_share for region in tile.regions}


def made(folder: Path, mask: np.ndarray, power: np.ndarray | None = None, **more: Any) -> None:
    tiff(folder / "scenes" / "a_VV.tif", speckle((100, 100)) if power is None else power, **UTM)
    tiff(folder / "masks" / "a_VV.tif", mask, **more)


def test_what_the_mask_says_was_not_measured_is_in_no_share(tmp_path: Path) -> None:
    mask = np.full((100, 100), 255, np.uint8)
    mask[:, :50] = 1
    made(tmp_path, mask)
    tile = only(read(tmp_path, '{"water": 1, "nodata": 255}'))
    assert (shares(tile), tile.nodata_share, tile.unlabelled_share) == ({"water": 1.0}, 0.5, 0.0)


@pytest.mark.parametrize("spacing_m", [None, 20.0])
def test_a_pixel_without_measurement_is_no_land_cover(spacing_m: float | None, tmp_path: Path) -> None:
    power, mask = speckle((100, 100)), np.full((100, 100), 2, np.uint8)
    power[:, :40] = np.nan
    mask[:, :40], mask[:, 40:50], mask[:, 90:], mask[50:60, 10:20] = 1, 3, 255, 4
    made(tmp_path, mask, power)
    table = '{"water": 1, "cropland": 2, "unlabelled": 3, "nodata": 255, "ship": 4}'
    tile = only(read(tmp_path, table, spacing_m=spacing_m))
    assert shares(tile) == {"cropland": 1.0}
    assert tile.boxes == ()
    assert (tile.nodata_share, tile.unlabelled_share) == (0.5, 0.1)
    (region,) = tile.regions
    assert not decode(region.rle, tile.height_px, tile.width_px)[:, : tile.width_px // 2].any()


def test_a_value_that_nobody_knows_counts_where_something_was_measured(tmp_path: Path) -> None:
    power, mask = speckle((100, 100)), np.ones((100, 100), np.uint8)
    power[0, 0], mask[0, 0] = np.nan, 77
    made(tmp_path, mask, power)
    assert only(read(tmp_path, '{"water": 1}')).nodata_share == 0.0001
    mask[0, 1] = 77
    made(tmp_path, mask, power)
    (refused,) = read(tmp_path, '{"water": 1}')
    assert isinstance(refused, Reject)
    assert (refused.reason, refused.detail[:60]) == (
        "unknown_category",
        "a_VV.tif: the value 77 is not in the class table (1 px)",
    )


COLOURS = '{"background": [0, 0, 0], "water": [0, 0, 255], "cropland": [255, 255, 255]}'


def _classes(shape: tuple[int, int] = (100, 100)) -> np.ndarray:
    """Background, 20% water, 10% cropland."""
    mask = np.zeros(shape, np.uint8)
    mask[:, :20], mask[:, 90:] = 1, 2
    return mask


def _painted(mask: np.ndarray, *shades: tuple[int, ...]) -> np.ndarray:
    return np.moveaxis(np.array(shades, np.uint8)[mask], 2, 0)


@pytest.mark.parametrize("spacing_m", [None, 20.0])
@pytest.mark.parametrize("alpha", [(), (255,)])
def test_colours_are_read_as_the_table_says_them(alpha: tuple[int, ...], spacing_m: float | None, tmp_path: Path) -> None:
    shades = [(0, 0, 0, *alpha), (0, 0, 255, *alpha), (255, 255, 255, *alpha)]
    made(tmp_path, _painted(_classes(), *shades), photometric="RGB")
    tile = only(read(tmp_path, COLOURS, exhaustive=("water",), spacing_m=spacing_m))
    assert shares(tile) == {"cropland": 0.1, "water": 0.2}


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_palette_is_its_colours_or_its_indices_as_the_table_is(tmp_path: Path) -> None:
    made(tmp_path, _classes())
    with rasterio.open(
        tmp_path / "masks" / "a_VV.tif", "w", driver="GTiff", count=1, height=100, width=100, dtype="uint8"
    ) as to:
        to.write(_classes(), 1)
        to.write_colormap(1, {0: (0, 0, 0, 255), 1: (0, 0, 255, 255), 2: (255, 255, 255, 255)})
    for table in (COLOURS, '{"background": 0, "water": 1, "cropland": 2}'):
        assert shares(only(read(tmp_path, table))) == {"cropland": 0.1, "water": 0.2}


def test_gray_is_a_colour_and_colours_that_are_gray_are_values(tmp_path: Path) -> None:
    gray = np.array([0, 255], np.uint8)[(_classes() == 2).astype(int)]
    made(tmp_path, gray)
    assert shares(only(read(tmp_path, COLOURS))) == {"cropland": 0.1}
    made(tmp_path, np.stack([gray] * 3), photometric="RGB")
    assert shares(only(read(tmp_path, '{"background": 0, "water": 255}'))) == {"water": 0.1}


@pytest.mark.parametrize(
    ("mask", "table", "fact"),
    [
        (_classes().astype(np.float32), '{"water": 1}', "pixels of the kind float32"),
        (np.stack([_classes()] * 2), '{"water": 1}', "2 bands of uint8; a mask has one band"),
        (np.stack([_classes()] * 5), COLOURS, "5 bands of uint8; a mask has one band"),
        (np.stack([_classes()] * 3).astype(np.uint16), COLOURS, "3 bands of uint16; a mask has one band"),
        (_classes().astype(np.uint16), COLOURS, "gray of the kind uint16, and the class table has colours"),
    ],
)
def test_a_mask_that_is_no_such_mask_refuses_its_scene(mask: np.ndarray, table: str, fact: str, tmp_path: Path) -> None:
    made(tmp_path, mask)
    with pytest.raises(SourceError, match=f"a_VV.tif: {fact}"):
        read(tmp_path, table)


def test_colours_where_values_are_wanted(tmp_path: Path) -> None:
    made(tmp_path, _painted(_classes(), (0, 0, 0), (0, 0, 255), (1, 1, 1)), photometric="RGB")
    (refused,) = read(tmp_path, '{"background": 0, "water": 1}')
    assert isinstance(refused, Reject)
    assert (refused.reason, "the class table has values" in refused.detail) == ("bad_mask", True)


def test_a_mask_that_shrinks_after_it_was_planned(tmp_path: Path) -> None:
    made(tmp_path, _classes())
    table = '{"background": 0, "water": 1, "cropland": 2}'
    source = Scenes(scenes=str(tmp_path / "scenes"), masks=str(tmp_path / "masks"), classes=table, quantity="sigma0")
    (shard,) = source.shards()
    tiff(tmp_path / "masks" / "a_VV.tif", _classes((50, 100)))
    (refused,) = source.read(shard)
    assert isinstance(refused, Reject)
    assert refused.reason == "unreadable_pixels"
    assert refused.detail.startswith("a_VV.tif: ")
