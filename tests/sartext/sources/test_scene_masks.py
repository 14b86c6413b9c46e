"""Masks of whole scenes, cut along with their windows: shares of what was measured, colours, and masks that do not fit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sartext.sar.rle import decode
from sartext.sources.scenes import Scenes
from sartext.tile import Reject, Tile
from tests.sartext.sources.readers.made import UTM, speckle, tiff


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
