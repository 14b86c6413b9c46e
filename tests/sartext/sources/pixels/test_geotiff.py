from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.crs import CRS
from rasterio.transform import Affine
from rasterio.warp import transform

from sartext.errors import TileRejected
from sartext.sources.pixels.geotiff import Grid, Tagged, geo_of, tagged, warp

UTM = Affine(10, 0, 500_000, 0, -10, 4_600_000)


def grid(crs: str, affine: Affine, width_px: int, height_px: int) -> Grid:
    return Grid(crs=CRS.from_string(crs).to_wkt(), transform=tuple(affine[:6]), width_px=width_px, height_px=height_px)


def centres(one: Grid) -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d, e, f = one.transform
    columns, rows = np.meshgrid(np.arange(one.width_px) + 0.5, np.arange(one.height_px) + 0.5)
    return a * columns + b * rows + c, d * columns + e * rows + f


def write(path: Path, pixels: np.ndarray, **profile: object) -> str:
    count = pixels.shape[2] if pixels.ndim == 3 else 1
    bands = np.moveaxis(pixels, 2, 0) if pixels.ndim == 3 else pixels[None]
    height, width = pixels.shape[:2]
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=count, dtype=pixels.dtype, **profile
    ) as out:
        out.write(bands)
    return str(path)


def test_what_a_tiff_says(tmp_path: Path) -> None:
    pixels = np.zeros((8, 9), dtype=np.uint8)
    path = write(tmp_path / "a.tif", pixels, crs="EPSG:32631", transform=UTM, nodata=0)
    with rasterio.open(path, "r+") as file:
        file.update_tags(ns="IMAGERY", ACQUISITIONDATETIME="2020-11-04T18:35:41Z")
    assert tagged(path) == Tagged(grid=grid("EPSG:32631", UTM, 9, 8), nodata=0.0, acquired="2020-11-04T18:35:41Z")


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_what_is_no_geotiff_has_no_grid(tmp_path: Path) -> None:
    (tmp_path / "b.tif").write_bytes(b"II*\0 broken")
    assert tagged(write(tmp_path / "a.tif", np.zeros((8, 9), dtype=np.uint8))) == Tagged()
    assert tagged(str(tmp_path / "b.tif")) == tagged(str(tmp_path / "no.tif")) == Tagged()


def test_footprint() -> None:
    geo = geo_of(grid("EPSG:32631", UTM, 100, 50))
    assert (geo.grid, geo.crs, geo.transform) == ("map", "EPSG:32631", tuple(UTM[:6]))
    polygon = shapely.from_wkt(geo.footprint)
    longitudes, latitudes = transform("EPSG:32631", "EPSG:4326", [500_000, 501_000], [4_600_000, 4_599_500])
    assert polygon.is_valid
    assert polygon.bounds == pytest.approx((longitudes[0], latitudes[1], longitudes[1], latitudes[0]), abs=1e-4)
    assert polygon.exterior.coords[0] == pytest.approx((longitudes[0], latitudes[0]), abs=1e-6)


@pytest.mark.parametrize(
    ("crs", "affine"),
    [
        ("EPSG:32631", Affine(10, 0, 499_900, 0, -10, 4_600_150)),  # shifted by whole pixels
        ("EPSG:32631", Affine(7, 2, 499_800, 2, -7, 4_600_100)),  # turned
        ("EPSG:32631", Affine(2.5, 0, 499_900, 0, -2.5, 4_600_150)),  # four times as fine: averaged
        ("EPSG:32631", Affine(25, 0, 499_900, 0, -25, 4_600_150)),  # coarser
        ("EPSG:4326", Affine(1e-4, 0, 2.997, 0, -1e-4, 41.5535)),  # of another map
    ],
)
def test_warped_pixels_lie_where_the_map_says(crs: str, affine: Affine) -> None:
    """A plane over the map: where it is on either grid follows from the coordinates alone."""
    target = grid("EPSG:32631", UTM, 60, 40)
    source = grid(crs, affine, 500, 500)
    x, y = centres(source)
    east, north = transform(crs, "EPSG:32631", x.ravel(), y.ravel())
    plane = (np.array(east) - 500_000) / 8 + (4_600_000 - np.array(north)) / 10 + 60
    inside = (plane >= 0) & (plane <= 255)
    picture = np.clip(np.round(plane), 0, 255).astype(np.uint8).reshape(500, 500, 1)
    moved, covered = warp(picture, inside.reshape(500, 500), source, target)
    x, y = centres(target)
    expected = (x - 500_000) / 8 + (4_600_000 - y) / 10 + 60
    assert covered.mean() > 0.9
    assert np.abs(moved[:, :, 0].astype(float) - expected)[covered].max() <= 1.05


def test_what_the_source_does_not_cover_is_said() -> None:
    target = grid("EPSG:32631", UTM, 40, 40)
    half = grid("EPSG:32631", UTM @ Affine.translation(20, 0), 40, 40)
    _, covered = warp(np.full((40, 40, 3), 9, dtype=np.uint8), np.ones((40, 40), dtype=bool), half, target)
    assert (covered[:, 20:].all(), covered[:, :20].any()) == (True, False)


def test_grids_without_a_transformation_are_refused_or_not_covered() -> None:
    local = Grid(crs='LOCAL_CS["site",UNIT["metre",1]]', transform=(1.0, 0.0, 0.0, 0.0, -1.0, 0.0), width_px=20, height_px=20)
    target = grid("EPSG:32631", UTM, 20, 20)
    with pytest.raises(TileRejected, match="twin_not_warped"):
        warp(np.ones((20, 20, 1), dtype=np.uint8), np.ones((20, 20), dtype=bool), local, target)
