"""What lies beside scenes is named in a line each."""

from pathlib import Path

import numpy as np
import pytest

from sartext.sources.scenes import Scenes
from sartext.tile import Reject, Tile
from tests.support.products import UTM, speckle, stac, tiff


def read(source: Scenes) -> list[Tile | Reject]:
    return [one for shard in source.shards() for one in source.read(shard)]


HYP3 = "S1A_IW_20230511T170732_DVP_RTC30_G_gpuned_8F2A"


def test_layers_beside_a_scene_are_none_and_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for one in ("VV", "VH"):
        tiff(tmp_path / f"{HYP3}_{one}.tif", speckle((64, 64)), **UTM)
    for one in ("ls_map", "inc_map", "area", "dem"):
        tiff(tmp_path / f"{HYP3}_{one}.tif", speckle((64, 64), seed=3), **UTM)
    tiff(tmp_path / "s1_aux.tif", speckle((64, 64)), names=("localIncidenceAngle",), **UTM)
    (tile,) = read(Scenes(scenes=str(tmp_path), quantity="gamma0_rtc"))
    assert isinstance(tile, Tile)
    assert tile.rendering.polarisations == ("VV", "VH", "VV/VH")
    (line,) = capsys.readouterr().err.splitlines()
    assert "layers beside scenes, which are left aside: 5, " in line
    assert f"{HYP3}_area.tif (scattering area)" in line
    assert line.endswith(", ...; --source.take names files that are scenes")


def test_what_a_stac_item_has_beside_its_polarisations_is_no_scene(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiff(tmp_path / "a_VV.tif", speckle((64, 64)), **UTM)
    tiff(tmp_path / "other.tif", speckle((64, 64)), **UTM)
    tiff(tmp_path / "alone_VH.tif", speckle((64, 64)), **UTM)
    stac(tmp_path / "i.json", {"VV": "a_VV.tif", "gamma-to-sigma": "other.tif", "cross": "alone_VH.tif"})
    keys = sorted(one.key for one in read(Scenes(scenes=str(tmp_path), quantity="sigma0")))
    assert keys == ["scenes/alone/0_0", "scenes/i/0_0"]
    assert "left aside: 1, other.tif (gamma-to-sigma of a STAC item);" in capsys.readouterr().err


def test_operas_mask_is_told_where_it_masks_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("OPERA_L2_RTC-S1_T1_VV", "OPERA_L2_RTC-S1_T1_mask", "OPERA_L2_RTC-S1_T2_mask"):
        tiff(tmp_path / f"{name}.tif", np.where(np.eye(64) > 0, 0, speckle((64, 64))).astype(np.float32), **UTM)
    source = Scenes(scenes=str(tmp_path), quantity="gamma0_rtc")
    (item,) = [item for shard in source.shards() for item in shard.items]
    assert item.file.mask == "OPERA_L2_RTC-S1_T1_mask.tif"
    assert "left aside: 1, OPERA_L2_RTC-S1_T2_mask.tif (mask);" in capsys.readouterr().err
