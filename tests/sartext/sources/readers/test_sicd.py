"""SICD: multilooked intensity, sigma nought, places, and broken files."""

import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sartext.errors import SourceError, TileRejected
from sartext.sources.readers import sicd
from sartext.sources.readers.scene import Declared
from sartext.sources.scenes import Scenes
from sartext.tile import Tile

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("sarpy", reason="sarpy, of the extra sicd, is not installed")
    sarpy = sicd.sarpy_module("sarpy.io.complex.sicd")
    from sarpy.io.complex.sicd_elements import (
        SCPCOA,
        CollectionInfo,
        GeoData,
        Grid,
        ImageData,
        ImageFormation,
        Radiometric,
        Timeline,
    )
    from sarpy.io.complex.sicd_elements.blocks import LatLonHAERestrictionType
    from sarpy.io.complex.sicd_elements.SICD import SICDType

ROWS, COLUMNS = 90, 160
SLANT_M, AZIMUTH_M, INCIDENCE_DEG = 0.5, 0.4, 30.0  # 1 m of ground range: blocks of 1 x 2 are 1 m by 0.8 m


def image(path: Path, *, factor: Any = None, corners: bool = True, plane: str = "SLANT") -> np.ndarray:
    """Writes a small image and gives its complex pixels."""
    random = np.random.default_rng(0)
    pixels = (random.normal(size=(ROWS, COLUMNS)) + 1j * random.normal(size=(ROWS, COLUMNS))).astype(np.complex64)
    direction = {"Sgn": -1, "ImpRespBW": 1.2, "DeltaK1": -0.6, "DeltaK2": 0.6}
    meta = SICDType(
        CollectionInfo=CollectionInfo.CollectionInfoType(
            CollectorName="UMBRA-04",
            CoreName="x",
            CollectType="MONOSTATIC",
            RadarMode=CollectionInfo.RadarModeType(ModeType="SPOTLIGHT"),
            Classification="UNCLASSIFIED",
        ),
        ImageData=ImageData.ImageDataType(
            NumRows=ROWS,
            NumCols=COLUMNS,
            FirstRow=0,
            FirstCol=0,
            PixelType="RE32F_IM32F",
            FullImage=ImageData.FullImageType(NumRows=ROWS, NumCols=COLUMNS),
            SCPPixel=(ROWS // 2, COLUMNS // 2),
        ),
        GeoData=GeoData.GeoDataType(
            SCP=GeoData.SCPType(LLH=LatLonHAERestrictionType(Lat=45, Lon=10, HAE=0)),
            ImageCorners=[[45.001, 10.0], [45.001, 10.002], [45.0, 10.002], [45.0, 10.0]] if corners else None,
        ),
        Grid=Grid.GridType(
            ImagePlane=plane,
            Type="RGAZIM",
            Row=Grid.DirParamType(SS=SLANT_M, ImpRespWid=2 * SLANT_M, KCtr=60, **direction),
            Col=Grid.DirParamType(SS=AZIMUTH_M, ImpRespWid=AZIMUTH_M, KCtr=0, **direction),
        ),
        Timeline=Timeline.TimelineType(CollectStart=np.datetime64("2024-03-05T06:07:08"), CollectDuration=3.0),
        SCPCOA=SCPCOA.SCPCOAType(SideOfTrack="R", IncidenceAng=INCIDENCE_DEG, SCPTime=1.0),
        ImageFormation=ImageFormation.ImageFormationType(TxRcvPolarizationProc="V:V"),
        Radiometric=Radiometric.RadiometricType(SigmaZeroSFPoly=factor) if factor is not None else None,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with sarpy.SICDWriter(str(path), meta, check_existence=False) as writer:
            writer.write_chip(pixels, start_indices=(0, 0))
    return pixels


def test_importing_the_reader_leaves_pillow_as_it_was(tmp_path: Path) -> None:
    """In a process of its own, since an import is done once."""
    image(tmp_path / "a.nitf")
    code = (
        "from PIL import Image, ImageFile;"
        "from sartext.sources.readers import scene, sicd;"
        f"sicd.Sicd(file='a.nitf').open({str(tmp_path)!r}, scene.Declared());"
        "assert 'sarpy.io.general.nitf' in __import__('sys').modules;"
        "assert not ImageFile.LOAD_TRUNCATED_IMAGES and Image.MAX_IMAGE_PIXELS"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_pixels_are_averaged_to_near_squares(tmp_path: Path) -> None:
    pixels = image(tmp_path / "a.nitf")
    with sicd.Sicd(file="a.nitf").open(str(tmp_path), Declared()) as scene:
        facts = scene.facts
        assert (facts.quantity, facts.polarisations, facts.grid) == ("intensity", ("VV",), "slant_range")
        down, across = facts.multilook_px or (0, 0)
        assert facts.sensor.gsd_m == pytest.approx((down * 1.0, across * AZIMUTH_M))
        assert max(facts.sensor.gsd_m) / min(facts.sensor.gsd_m) <= 1.2
        assert facts.looks == pytest.approx(max(down / 2, 1) * across)
        power = np.abs(pixels.astype(np.complex128)) ** 2
        rows, columns = ROWS // down * down, COLUMNS // across * across
        expected = power[:rows, :columns].reshape(rows // down, down, columns // across, across).mean(axis=(1, 3))
        assert scene.values("VV", 3, 5, 20, 30) == pytest.approx(expected[3:23, 5:35], rel=1e-5)
        assert facts.geolocation is not None
        lon, lat = facts.geolocation.lonlat(0, 0)
        assert (float(lon), float(lat)) == pytest.approx((10.0, 45.001))


def test_a_window_beyond_the_file_is_refused(tmp_path: Path) -> None:
    image(tmp_path / "a.nitf")
    with sicd.Sicd(file="a.nitf").open(str(tmp_path), Declared()) as scene, pytest.raises(TileRejected, match="unreadable"):
        scene.values("VV", scene.facts.height_px - 10, 0, 20, 30)


def test_the_products_factor_makes_sigma_nought(tmp_path: Path) -> None:
    image(tmp_path / "a.nitf")
    image(tmp_path / "b.nitf", factor=[[0.5, 0.001], [0.002, 0.0]])
    with sicd.Sicd(file="a.nitf").open(str(tmp_path), Declared()) as plain:
        power = plain.values("VV", 0, 0, 40, 40)
        down, across = plain.facts.multilook_px or (0, 0)
    with sicd.Sicd(file="b.nitf").open(str(tmp_path), Declared()) as scene:
        assert scene.facts.quantity == "sigma0"
        found = scene.values("VV", 0, 0, 40, 40)
    for row, column in ((0, 0), (39, 39), (7, 31)):
        along = ((row + 0.5) * down - 0.5 - ROWS // 2) * SLANT_M
        beside = ((column + 0.5) * across - 0.5 - COLUMNS // 2) * AZIMUTH_M
        factor = 0.5 + 0.001 * beside + 0.002 * along
        assert found[row, column] == pytest.approx(power[row, column] * factor, rel=1e-4)


def test_what_is_declared_counts_where_the_file_has_no_factor(tmp_path: Path) -> None:
    image(tmp_path / "a.nitf")
    image(tmp_path / "b.nitf", factor=[[0.5]])
    for declared, quantity in ((Declared(), "intensity"), (Declared(quantity="beta0"), "beta0")):
        with sicd.Sicd(file="a.nitf").open(str(tmp_path), declared) as scene:
            assert scene.facts.quantity == quantity
    for file, declared, said in (
        (
            "a.nitf",
            Declared(quantity="sigma0", scale="db"),
            "its pixels are linear power; give --source.quantity sigma0",
        ),
        ("a.nitf", Declared(quantity="amplitude"), "it says intensity, --source.quantity amplitude"),
        ("b.nitf", Declared(quantity="gamma0"), "b.nitf: it says sigma0, --source.quantity gamma0"),
    ):
        with pytest.raises(SourceError, match=re.escape(said)):
            sicd.Sicd(file=file).open(str(tmp_path), declared)


def test_a_tile(tmp_path: Path) -> None:
    image(tmp_path / "a.nitf", factor=[[0.05]])
    source = Scenes(scenes=str(tmp_path), tile_px=64)
    found = [one for shard in source.shards() for one in source.read(shard)]
    assert all(isinstance(one, Tile) for one in found), found
    tile = found[0]
    assert isinstance(tile, Tile)
    assert (tile.rendering.quantity, tile.geo.grid) == ("sigma0", "slant_range")
    assert (tile.sensor.platform, tile.sensor.look_side, tile.sensor.incidence_deg) == ("UMBRA-04", "right", INCIDENCE_DEG)
    assert tile.rendering.multilook_px is not None
    assert tile.geo.footprint is not None


@pytest.mark.parametrize("cut", [0, 4, 200, 900, 2000])
def test_broken_files_give_only_source_errors(cut: int, tmp_path: Path) -> None:
    image(tmp_path / "a.nitf")
    data = (tmp_path / "a.nitf").read_bytes()
    (tmp_path / "b.nitf").write_bytes(data[:cut])
    with pytest.raises(SourceError, match=r"^b.nitf: ") as caught:
        sicd.Sicd(file="b.nitf").open(str(tmp_path), Declared())
    assert "\n" not in str(caught.value)


def test_other_files_are_not_its_own(tmp_path: Path) -> None:
    image(tmp_path / "a.nitf")
    (tmp_path / "b.ntf").write_bytes(b"nothing")
    assert [one.file for one in sicd.found(str(tmp_path), ["a.nitf", "b.ntf", "c.tif"])] == ["a.nitf"]
