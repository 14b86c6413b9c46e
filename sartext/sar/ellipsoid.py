"""The WGS84 ellipsoid: geodetic and geocentric coordinates, and distances over the ground."""

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

SEMI_MAJOR_M = 6_378_137.0  # NIMA TR8350.2, 3rd edition, table 3.1
FLATTENING = 1.0 / 298.257223563
_SEMI_MINOR_M = SEMI_MAJOR_M * (1.0 - FLATTENING)
_E2 = FLATTENING * (2.0 - FLATTENING)
_E2_MINOR = _E2 / (1.0 - _E2)


def geocentric(longitude_deg: Doubles, latitude_deg: Doubles, height_m: Doubles) -> Doubles:
    """Earth-centred, earth-fixed coordinates in metres, (..., 3)."""
    lon, lat = np.radians(longitude_deg), np.radians(latitude_deg)
    normal = SEMI_MAJOR_M / np.sqrt(1.0 - _E2 * np.sin(lat) ** 2)
    flat = (normal + height_m) * np.cos(lat)
    return np.stack([flat * np.cos(lon), flat * np.sin(lon), (normal * (1.0 - _E2) + height_m) * np.sin(lat)], axis=-1)


def geodetic(xyz_m: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Longitude and latitude in degrees and height in metres of geocentric points (..., 3).

    Bowring 1976 (Survey Review 23, 323-327) with one more iteration: within 1e-9 m near the ground.
    """
    x, y, z = xyz_m[..., 0], xyz_m[..., 1], xyz_m[..., 2]
    flat = np.hypot(x, y)
    reduced = np.arctan2(z * SEMI_MAJOR_M, flat * _SEMI_MINOR_M)
    lat = np.zeros_like(flat)
    for _ in range(2):
        lat = np.arctan2(z + _E2_MINOR * _SEMI_MINOR_M * np.sin(reduced) ** 3, flat - _E2 * SEMI_MAJOR_M * np.cos(reduced) ** 3)
        reduced = np.arctan2((1.0 - FLATTENING) * np.sin(lat), np.cos(lat))
    normal = SEMI_MAJOR_M / np.sqrt(1.0 - _E2 * np.sin(lat) ** 2)
    height = flat * np.cos(lat) + z * np.sin(lat) - SEMI_MAJOR_M**2 / normal
    return np.degrees(np.arctan2(y, x)), np.degrees(lat), height


def east_north(longitude_deg: float, latitude_deg: float) -> tuple[Doubles, Doubles]:
    """Unit vectors to the east and to the north at a place, (3,) each."""
    lon, lat = np.radians(longitude_deg), np.radians(latitude_deg)
    east = np.array([-np.sin(lon), np.cos(lon), 0.0])
    north = np.array([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)])
    return east, north


def over_ground_m(one_m: Doubles, other_m: Doubles) -> Doubles:
    """The distance between geocentric points (points, 3), without their difference in height."""
    lon, lat, _ = geodetic(one_m)
    up = geocentric(lon, lat, np.ones_like(lon)) - geocentric(lon, lat, np.zeros_like(lon))
    apart = other_m - one_m
    along = apart - np.sum(apart * up, axis=-1, keepdims=True) * up
    distance: Doubles = np.linalg.norm(along, axis=-1)
    return distance
