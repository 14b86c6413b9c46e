from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import Affine
from rasterio.warp import transform

from sartext.sar import geolocation
from sartext.sar.geolocation import AffineGrid, ControlGrid, apart_m, control_grid
from sartext.sar.outline import footprint
from tests.support.orbit import Pass

ROWS, COLUMNS = np.r_[np.arange(0, 16684, 2003), 16684].astype(float), np.r_[np.arange(0, 25356, 1268), 25356].astype(float)
UTM = AffineGrid(transform=(20.0, 0.0, 598_000.0, 0.0, -20.0, 5_423_000.0), crs="EPSG:32631")


def _points(image: Pass, rows: np.ndarray = ROWS, columns: np.ndarray = COLUMNS) -> dict[str, np.ndarray]:
    row, column = (part.ravel() for part in np.meshgrid(rows, columns, indexing="ij"))
    lon, lat = image.lonlat(row, column)
    return {"rows": row + 0.5, "columns": column + 0.5, "longitudes": lon, "latitudes": lat}


def _off_m(lon: np.ndarray, lat: np.ndarray, true_lon: np.ndarray, true_lat: np.ndarray) -> np.ndarray:
    """Distances of near places in metres."""
    east = ((lon - true_lon + 180) % 360 - 180) * 111_320.0 * np.cos(np.radians(true_lat))
    return np.hypot(east, (lat - true_lat) * 111_200.0)


PASSES = [
    Pass(ascending=False, latitude_deg=48.0, node_deg=30.0),
    Pass(ascending=True, latitude_deg=48.0),
    Pass(ascending=True, latitude_deg=2.0, node_deg=100.0),
    Pass(ascending=False, latitude_deg=78.0, node_deg=-60.0),
    Pass(ascending=True, latitude_deg=-60.0, node_deg=-20.0),
]


@pytest.mark.parametrize("image", PASSES)
def test_places_between_control_points_are_found_within_a_tenth_of_a_pixel_on_flat_ground(image: Pass) -> None:
    grid = control_grid(**_points(image), kind="ground_range")
    random = np.random.default_rng(1)
    row, column = random.uniform(0, 16684, 500), random.uniform(0, 25356, 500)
    off_m = _off_m(*grid.lonlat(row + 0.5, column + 0.5), *image.lonlat(row, column))
    assert off_m.max() < 1.0  # of 10 m pixels


@pytest.mark.parametrize("image", PASSES)
def test_control_points_left_out_are_found_within_half_a_pixel_on_flat_ground(image: Pass) -> None:
    every = _points(image)
    half = _points(image, np.unique(np.r_[ROWS[::2], ROWS[-1]]), np.unique(np.r_[COLUMNS[::2], COLUMNS[-1]]))
    grid = control_grid(**half, kind="ground_range")
    off_m = _off_m(*grid.lonlat(every["rows"], every["columns"]), every["longitudes"], every["latitudes"])
    assert off_m.max() < 5.0
    assert control_grid(**every, kind="ground_range").accuracy_m < 5.0


def test_one_affine_over_a_scene_errs_by_hundreds_of_metres() -> None:
    points = _points(PASSES[0])
    design = np.stack([points["rows"], points["columns"], np.ones(len(points["rows"]))], axis=1)
    fitted = [design @ np.linalg.lstsq(design, points[name], rcond=None)[0] for name in ("longitudes", "latitudes")]
    assert _off_m(*fitted, points["longitudes"], points["latitudes"]).max() > 300.0


def test_the_control_points_themselves_are_exact_in_any_order() -> None:
    points = _points(PASSES[1])
    mixed = np.random.default_rng(0).permutation(len(points["rows"]))
    grid = control_grid(**{name: values[mixed] for name, values in points.items()}, kind="ground_range")
    assert _off_m(*grid.lonlat(points["rows"], points["columns"]), points["longitudes"], points["latitudes"]).max() < 1e-6
    assert grid.kind == "ground_range"


def test_heights_that_change_from_row_to_row_are_in_the_accuracy() -> None:
    flat, hilly = _points(PASSES[0]), _points(PASSES[0])
    for k, height_m in enumerate(np.random.default_rng(7).uniform(0, 600, len(ROWS))):
        raised = Pass(ascending=False, latitude_deg=48.0, node_deg=30.0, height_m=height_m)
        one_row = slice(k * len(COLUMNS), (k + 1) * len(COLUMNS))
        hilly["longitudes"][one_row], hilly["latitudes"][one_row] = raised.lonlat(np.full(len(COLUMNS), ROWS[k]), COLUMNS)
    low, high = (control_grid(**points, kind="ground_range").accuracy_m for points in (flat, hilly))
    assert low < 5.0 < 100.0 < high < 1200.0


@pytest.mark.parametrize("file", ["iw-vv.tiff", "iw-vh.tiff", "s1-vh.tiff"])
def test_real_scenes_are_mirrored_and_their_points_left_out_are_found(real_samples: Path, file: str) -> None:
    path = next((real_samples / "scene_s1-grd_rio-tiler-pds").rglob(file))
    with rasterio.open(path) as dataset:
        gcps, _ = dataset.gcps
        height, width = dataset.shape
    points = np.array([[p.row, p.col, p.x, p.y, p.z] for p in gcps]).T
    grid = control_grid(*points, kind="ground_range")
    assert geolocation.is_mirrored(grid, 0, 0, height, width)
    (lon_first, lon_last), _ = grid.lonlat(height / 2, [0, width])
    assert lon_first > lon_last  # column 0 is the east
    spacing_m = geolocation.ground_spacing_m(grid, 0, 0, height, width)
    assert spacing_m == pytest.approx((203.0, 200.0), rel=0.01)

    shape = len(grid.rows), len(grid.columns)
    out = np.arange(points.shape[1]).reshape(shape)
    along_rows = grid_of(points, out[:, ::2])
    assert _pixels_off(along_rows, points, out[:, 1::2], spacing_m).max() < 0.5
    kept_rows = np.unique(np.r_[np.arange(0, shape[0], 2), shape[0] - 1])
    off_px = _pixels_off(grid_of(points, out[np.ix_(kept_rows, np.arange(0, shape[1], 2))]), points, out, spacing_m)
    if np.ptp(points[4]) < 1:  # the sea: the points have one height
        assert off_px.max() < 0.5
    else:  # heights of rows differ by up to 245 m from their neighbours', which moves them by cot(31 deg) as much in range
        assert off_px.max() < 0.75
        heights_m = points[4].reshape(shape)[:, 0]
        between = np.interp(grid.rows, grid.rows[kept_rows], heights_m[kept_rows])
        shift_px = np.abs(heights_m - between) / np.tan(np.radians(31.0)) / spacing_m[1]
        assert np.abs(off_px.reshape(shape) - shift_px[:, None]).max() < 0.05


def grid_of(points: np.ndarray, which: np.ndarray) -> ControlGrid:
    return control_grid(*points[:, which.ravel()], kind="ground_range")


def _pixels_off(grid: ControlGrid, points: np.ndarray, which: np.ndarray, spacing_m: tuple[float, float]) -> np.ndarray:
    row, column, lon, lat, _ = points[:, which.ravel()]
    return _off_m(*grid.lonlat(row, column), lon, lat) / min(spacing_m)


def test_affine_grids_are_exact() -> None:
    for coefficients in ((20.0, 0.0, 598_000.0, 0.0, -20.0, 5_423_000.0), (3.0, 4.0, 500_123.25, 4.0, -3.0, 4_000_001.5)):
        grid = AffineGrid(transform=coefficients, crs="EPSG:32631")
        row, column = np.array([0.0, 12.5, 700.0]), np.array([0.0, 31.25, 900.0])
        expected = [Affine(*coefficients) @ (c, r) for r, c in zip(row, column, strict=True)]
        assert [*zip(*grid.xy(row, column), strict=True)] == expected
        lon, lat = transform("EPSG:32631", "EPSG:4326", *zip(*expected, strict=True))
        assert np.array_equal(grid.lonlat(row, column), [lon, lat])
        cut = grid.cut(256, 512)
        assert cut.xy(3, 4) == grid.xy(259, 516)
    assert (grid.kind, grid.accuracy_m) == ("map", None)


def test_a_map_is_no_mirror_of_itself_and_a_flipped_one_is() -> None:
    assert not geolocation.is_mirrored(UTM, 0, 0, 100, 100)
    for coefficients, mirrored in (
        ((-20.0, 0.0, 598_000.0, 0.0, -20.0, 5_423_000.0), True),  # east to the left
        ((20.0, 0.0, 598_000.0, 0.0, 20.0, 5_423_000.0), True),  # south up
        ((-20.0, 0.0, 598_000.0, 0.0, 20.0, 5_423_000.0), False),  # turned by half
        ((0.0, 20.0, 598_000.0, 20.0, 0.0, 5_400_000.0), False),  # turned by a quarter: north to the right, east down
        ((0.0, -20.0, 598_000.0, 20.0, 0.0, 5_400_000.0), True),
    ):
        grid = AffineGrid(transform=coefficients, crs="EPSG:32631")
        assert geolocation.is_mirrored(grid, 0, 0, 100, 100) == mirrored


@pytest.mark.parametrize("image", PASSES)
def test_a_right_looking_image_with_rows_along_the_flight(image: Pass) -> None:
    grid = control_grid(**_points(image), kind="ground_range")
    # Ascending: x is the east and y the north, down is up. Descending: x is the west and y the south. Both are mirrors.
    assert geolocation.is_mirrored(grid, 0, 0, 16685, 25357)
    assert geolocation.ground_spacing_m(grid, 5000, 9000, 512, 512) == pytest.approx((10.0, 10.0), rel=0.08)


def test_ground_spacing_of_a_map_is_on_the_ground() -> None:
    assert geolocation.ground_spacing_m(UTM, 0, 0, 100, 100) == pytest.approx((20.0, 20.0), rel=1e-3)
    degrees = AffineGrid(transform=(0.0001, 0.0, 7.0, 0.0, -0.0001, 60.0), crs="EPSG:4326")
    assert geolocation.ground_spacing_m(degrees, 0, 0, 100, 100) == pytest.approx((11.14, 5.58), rel=2e-3)


def test_grids_that_are_none_are_refused() -> None:
    points = _points(PASSES[0])
    fewer = {name: values[:-1] for name, values in points.items()}
    with pytest.raises(ValueError, match="209 control points do not fill a grid of 10 rows and 21 columns"):
        control_grid(**fewer, kind="ground_range")
    with pytest.raises(ValueError, match="kind is 'raw'"):
        control_grid(**points, kind="raw")
    twice = {name: np.r_[values[:-1], values[:1]] for name, values in points.items()}
    with pytest.raises(ValueError, match="do not fill a grid"):
        control_grid(**twice, kind="ground_range")
    with pytest.raises(ValueError, match="do not fill a grid"):
        control_grid(**{name: values[:21] for name, values in points.items()}, kind="ground_range")
    with pytest.raises(ValueError, match="do not fill a grid"):
        control_grid(**{name: values[:1] for name, values in points.items()}, kind="ground_range")
    with pytest.raises(ValueError, match="no control point"):
        control_grid([], [], [], [], kind="ground_range")
    for name, bad in (("longitudes", np.nan), ("latitudes", 91.0), ("rows", np.inf)):
        broken = {key: values.copy() for key, values in points.items()}
        broken[name][5] = bad
        with pytest.raises(ValueError, match="one is not finite or has a latitude"):
            control_grid(**broken, kind="ground_range")


def test_places_far_outside_the_control_points_are_refused() -> None:
    grid = control_grid(**_points(PASSES[0]), kind="ground_range")
    grid.lonlat(-500.0, 25356 + 800.0)
    for row, column in ((-2500.0, 0.0), (0.0, 27_000.0), (np.nan, 0.0)):
        with pytest.raises(ValueError, match="outside the control points"):
            grid.lonlat(row, column)


@pytest.mark.parametrize("coefficients", [(1.0,) * 5, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), (np.nan, 0.0, 0.0, 0.0, 1.0, 0.0)])
def test_transforms_that_are_none_are_refused(coefficients: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="transform"):
        AffineGrid(transform=coefficients, crs="EPSG:32631")


def test_four_corners_are_a_grid_of_unknown_accuracy() -> None:
    grid = control_grid(
        [0, 0, 100, 100], [0, 80, 0, 80], [7.0, 7.01, 7.0, 7.01], [50.0, 50.0, 49.99, 49.99], kind="slant_range"
    )
    assert grid.accuracy_m is None
    lon, lat = grid.lonlat(50, 40)
    assert (float(lon), float(lat)) == pytest.approx((7.005, 49.995), abs=1e-6)
    assert shapely.from_wkt(footprint(grid.lonlat, 0, 0, 100, 80)).is_valid


def test_a_scene_across_the_antimeridian_has_no_seam() -> None:
    image = Pass(ascending=False, latitude_deg=48.0, node_deg=30.0)
    lon, _ = image.lonlat(np.array([8000.0]), np.array([12000.0]))
    moved = Pass(ascending=False, latitude_deg=48.0, node_deg=30.0 + 180.0 - float(lon[0]))
    grid = control_grid(**_points(moved), kind="ground_range")
    row, column = np.random.default_rng(2).uniform(0, 16684, (2, 300))
    found = grid.lonlat(row + 0.5, column + 0.5)
    assert _off_m(*found, *moved.lonlat(row, column)).max() < 1.0
    assert found[0].min() < -179
    assert found[0].max() > 179


def test_longitudes_are_wrapped_and_those_in_range_left_alone() -> None:
    inside = np.random.default_rng(1).uniform(-180, 180, 1000)
    assert np.array_equal(geolocation.wrap(inside), inside)
    assert geolocation.wrap([180.0, -180.0, 190.0, -541.0, 720.5]).tolist() == [-180.0, -180.0, -170.0, 179.0, 0.5]
    assert np.isnan(geolocation.wrap(np.inf))


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4258"])
@pytest.mark.parametrize("top", [120.0, 91.0, -60.0, 90.1, float(2**40)])
def test_latitudes_beyond_a_pole_are_refused(top: float, crs: str) -> None:
    grid = AffineGrid(transform=(1.0, 0.0, 0.0, 0.0, -1.0, top), crs=crs)
    with pytest.raises(ValueError, match=r"latitudes of .* deg; they are from -90 to 90"):
        grid.lonlat([0, 64], [0, 64])


def test_a_pole_is_a_place() -> None:
    lon, lat = AffineGrid(transform=(1.0, 0.0, 0.0, 0.0, -1.0, 90.0 + 1e-9), crs="EPSG:4326").lonlat([0, 180], [10, 10])
    assert (lon == [10, 10]).all()
    assert lat == pytest.approx([90, -90])


def test_how_far_two_grids_put_a_pixel_apart() -> None:
    assert apart_m(UTM, UTM, 1000, 1000) == 0
    moved = AffineGrid(transform=(*UTM.transform[:2], UTM.transform[2] + 100, *UTM.transform[3:]), crs=UTM.crs)
    assert apart_m(UTM, moved, 1000, 1000) == pytest.approx(100, rel=1e-3)
    finer = AffineGrid(transform=(19.0, *UTM.transform[1:]), crs=UTM.crs)
    assert apart_m(UTM, finer, 1000, 1000) == pytest.approx(1000, rel=1e-3)  # at the right edge
