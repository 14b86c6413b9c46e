import numpy as np
import numpy.typing as npt
import pytest
import shapely
from rasterio.warp import transform

from sartext.sar.ellipsoid import Doubles
from sartext.sar.geolocation import AffineGrid
from sartext.sar.outline import footprint, footprints


def _shape(grid: AffineGrid, row: float, column: float, height: float, width: float) -> shapely.Geometry:
    return shapely.from_wkt(footprint(grid.lonlat, row, column, height, width))


def test_a_small_window_is_its_four_corners_counter_clockwise() -> None:
    grid = AffineGrid(transform=(10.0, 0.0, 500_000.0, 0.0, -10.0, 5_500_000.0), crs="EPSG:32632")
    shape = _shape(grid, 100, 200, 256, 512)
    assert shape.exterior.is_ccw
    corners = np.array(shape.exterior.coords)[:-1]
    assert len(corners) == 4
    lon, lat = transform(
        "EPSG:32632", "EPSG:4326", [502_000, 507_120, 507_120, 502_000], [5_499_000, 5_499_000, 5_496_440, 5_496_440]
    )
    assert sorted(corners.tolist()) == pytest.approx(np.array(sorted(zip(lon, lat, strict=True))), abs=1e-7)


def test_the_edges_of_a_large_scene_are_followed() -> None:
    grid = AffineGrid(transform=(10.0, 0.0, 300_000.0, 0.0, -10.0, 7_800_000.0), crs="EPSG:32633")
    shape = _shape(grid, 0, 0, 20_000, 25_000)
    at = np.linspace(0, 25_000, 501)
    lon, lat = grid.lonlat(np.zeros(501), at)
    off_deg = [shape.exterior.distance(shapely.Point(x, y)) for x, y in zip(lon, lat, strict=True)]
    assert max(off_deg) * 111_000 < 10.0
    chord = shapely.LineString([(lon[0], lat[0]), (lon[-1], lat[-1])])
    assert max(chord.distance(shapely.Point(x, y)) for x, y in zip(lon, lat, strict=True)) * 111_000 > 1000.0


def test_across_the_antimeridian_it_is_cut_there() -> None:
    grid = AffineGrid(transform=(0.01, 0.0, 179.0, 0.0, -0.01, 10.0), crs="EPSG:4326")
    shape = _shape(grid, 0, 0, 100, 300)  # 179 to 182 degrees
    assert shape.geom_type == "MultiPolygon"
    east, west = sorted(shape.geoms, key=lambda part: -part.centroid.x)
    assert east.bounds == pytest.approx((179.0, 9.0, 180.0, 10.0))
    assert west.bounds == pytest.approx((-180.0, 9.0, -178.0, 10.0))
    assert all(part.exterior.is_ccw for part in shape.geoms)
    assert shape.area == pytest.approx(3.0)


@pytest.mark.parametrize(("crs", "pole"), [("EPSG:3413", 90.0), ("EPSG:3031", -90.0)])
@pytest.mark.parametrize("left_m", [-200_000.0, -499_000.0, -1_000.0])
@pytest.mark.parametrize("flip", [1.0, -1.0])
def test_around_a_pole_it_holds_the_pole(crs: str, pole: float, left_m: float, flip: float) -> None:
    grid = AffineGrid(transform=(1000.0, 0.0, left_m, 0.0, -1000.0 * flip, 300_000.0 * flip), crs=crs)
    shape = _shape(grid, 0, 0, 500, 500)
    assert shape.is_valid
    assert shape.bounds == pytest.approx((-180.0, min(pole, shape.bounds[1]), 180.0, max(pole, shape.bounds[3])))
    for lon in (-179.0, -90.0, 0.0, 45.0, 179.0):
        assert shape.contains(shapely.Point(lon, pole * 0.99995))
    # A cylinder of equal area: its area is that of the part of the sphere.
    equal = shapely.transform(shape, lambda xy: np.stack([np.radians(xy[:, 0]), np.sin(np.radians(xy[:, 1]))], axis=1))
    assert equal.area * 6_371.0**2 == pytest.approx(500.0**2, rel=0.08)  # EPSG:3413 has its true scale at 70 degrees


def test_beside_a_pole_it_does_not_hold_the_pole() -> None:
    grid = AffineGrid(transform=(1000.0, 0.0, 20_000.0, 0.0, -1000.0, 300_000.0), crs="EPSG:3413")
    shape = _shape(grid, 0, 0, 500, 500)
    assert shape.is_valid
    assert shape.bounds[3] < 90.0


def test_what_is_nowhere_or_folded_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        footprint(lambda r, c: (np.asarray(r) * np.nan, np.asarray(c) * 1.0), 0, 0, 10, 10)
    with pytest.raises(ValueError, match="crosses itself"):
        footprint(lambda r, c: ((np.asarray(r) - 5) * (np.asarray(c) - 5) / 100, np.asarray(c) / 100.0), 0, 0, 10, 10)


@pytest.mark.parametrize("side_px", [64, 2000])
def test_many_at_once_are_those_of_each_alone(side_px: int) -> None:
    grid = AffineGrid(transform=(0.001, 0.0, 179.0, 0.0, -0.001, 10.0), crs="EPSG:4326")
    windows = [(0.0, float(column), float(side_px), float(side_px)) for column in range(0, 3000, 500)]
    assert footprints(grid.lonlat, windows) == [footprint(grid.lonlat, *window) for window in windows]


def test_one_that_is_nowhere_leaves_the_others_where_they_are() -> None:
    def lonlat(rows: npt.ArrayLike, columns: npt.ArrayLike) -> tuple[Doubles, Doubles]:
        rows, columns = np.asarray(rows, np.float64), np.asarray(columns, np.float64)
        if (rows > 500).any():
            raise ValueError("outside the control points")
        return np.where(columns > 100, np.nan, columns / 100), np.broadcast_to(-rows / 100, columns.shape)

    places = [(0.0, 0.0, 10.0, 10.0), (0.0, 95.0, 10.0, 10.0)]
    for windows in (places, [*places, (500.0, 0.0, 10.0, 10.0)]):
        first, *others = footprints(lonlat, windows)
        assert first == footprint(lonlat, *places[0])
        assert [str(one) for one in others] == ["the outline is not finite", "outside the control points"][: len(others)]
        assert all(isinstance(one, ValueError) for one in others)
    assert footprints(lonlat, []) == []
