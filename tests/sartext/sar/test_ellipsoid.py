import numpy as np
import pytest
from rasterio.warp import transform

from sartext.sar import ellipsoid


def _places(count: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    return random.uniform(-180, 180, count), random.uniform(-90, 90, count), random.uniform(-500, 9000, count)


def test_geocentric_coordinates_are_those_of_proj() -> None:
    lon, lat, height = _places()
    expected = np.array(transform("EPSG:4979", "EPSG:4978", lon, lat, height)).T
    assert ellipsoid.geocentric(lon, lat, height) == pytest.approx(expected, abs=1e-6)


def test_geodetic_coordinates_come_back() -> None:
    lon, lat, height = _places()
    back_lon, back_lat, back_height = ellipsoid.geodetic(ellipsoid.geocentric(lon, lat, height))
    assert back_lon == pytest.approx(lon, abs=1e-11)
    assert back_lat == pytest.approx(lat, abs=1e-11)
    assert back_height == pytest.approx(height, abs=1e-6)


def test_the_poles_have_a_latitude() -> None:
    _, lat, height = ellipsoid.geodetic(np.array([[0.0, 0.0, 6_356_752.314245], [0.0, 0.0, -6_356_852.314245]]))
    assert lat == pytest.approx([90.0, -90.0])
    assert height == pytest.approx([0.0, 100.0], abs=1e-6)


def test_distance_over_ground_leaves_out_height() -> None:
    lon, lat = np.array([10.0, 10.0]), np.array([50.0, 50.0])
    one = ellipsoid.geocentric(lon, lat, np.array([0.0, 0.0]))
    other = ellipsoid.geocentric(lon + np.array([0.0, 0.001]), lat, np.array([800.0, 0.0]))
    assert ellipsoid.over_ground_m(one, other) == pytest.approx([0.0, 71.696], abs=2e-2)


def test_east_and_north_are_where_longitude_and_latitude_grow() -> None:
    east, north = ellipsoid.east_north(-70.0, -35.0)
    here, there = ellipsoid.geocentric(np.array([-70.0, -69.9999]), np.array([-35.0, -34.9999]), np.zeros(2))
    assert (there - here) @ east == pytest.approx(9.13, rel=1e-2)
    assert (there - here) @ north == pytest.approx(11.09, rel=1e-2)
