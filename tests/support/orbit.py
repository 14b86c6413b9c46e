"""A radar in a circular orbit over the turning ellipsoid, as Sentinel-1: where a pixel of its ground range image lies.

Written from the geometry alone (zero Doppler, one slant range), so that what the product code says can be checked against it.
"""

from dataclasses import dataclass

import numpy as np

A_M, B_M = 6_378_137.0, 6_356_752.314245
ORBIT_M = A_M + 693_000.0
TURN_RAD_S = 7.292115e-5
SPEED_RAD_S = np.sqrt(3.986004418e14 / ORBIT_M**3)
INCLINATION = np.radians(98.18)


@dataclass(frozen=True)
class Pass:
    """A right-looking image: rows along the flight, columns away from the radar."""

    ascending: bool
    latitude_deg: float  # of the satellite at row 0, about
    node_deg: float = 0.0  # turns the orbit about the axis
    spacing_m: float = 10.0
    near_m: float = 800_000.0  # slant range of column 0
    height_m: float = 0.0

    def lonlat(self, row: np.ndarray, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Longitude and latitude of pixel centres, for which (0, 0) is the first."""
        row, column = np.broadcast_arrays(np.asarray(row, float), np.asarray(column, float))
        time_s = row.ravel() * self.spacing_m / (SPEED_RAD_S * A_M)
        slant_m = self._slant_m(column.ravel() * self.spacing_m)
        at, ahead = self._satellite(time_s)
        down = -at / np.linalg.norm(at, axis=1, keepdims=True)
        ahead = ahead - np.sum(ahead * down, axis=1, keepdims=True) * down
        ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
        right = np.cross(ahead, -down)  # facing ahead with the head up
        low, high = np.full(len(at), np.radians(15.0)), np.full(len(at), np.radians(60.0))
        scale = np.array([A_M + self.height_m, A_M + self.height_m, B_M + self.height_m])
        for _ in range(60):  # bisection of the look angle until the slant range ends on the ground
            look = (low + high) / 2
            there = at + slant_m[:, None] * (np.cos(look)[:, None] * down + np.sin(look)[:, None] * right)
            inside = np.sum((there / scale) ** 2, axis=1) < 1
            low, high = np.where(inside, look, low), np.where(inside, high, look)
        x, y, z = there.T
        lat = np.arctan2(z * A_M**2, np.hypot(x, y) * B_M**2)  # on the ellipsoid itself the normal is this
        return np.degrees(np.arctan2(y, x)).reshape(row.shape), np.degrees(lat).reshape(row.shape)

    def _satellite(self, time_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        start = np.arcsin(np.sin(np.radians(self.latitude_deg)) / np.sin(INCLINATION))
        start = start if self.ascending else np.pi - start

        def place(t: np.ndarray) -> np.ndarray:
            u = start + SPEED_RAD_S * t
            flat, out = np.cos(u), np.sin(u)
            x, y, z = flat, out * np.cos(INCLINATION), out * np.sin(INCLINATION)
            turn = np.radians(self.node_deg) - TURN_RAD_S * t
            return ORBIT_M * np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn), z], axis=1)

        return place(time_s), (place(time_s + 0.01) - place(time_s - 0.01)) / 0.02

    def _slant_m(self, ground_m: np.ndarray) -> np.ndarray:
        """Slant range at a ground distance from the near edge, over a sphere."""
        angle = np.arccos((A_M**2 + ORBIT_M**2 - self.near_m**2) / (2 * A_M * ORBIT_M)) + ground_m / A_M
        return np.sqrt(A_M**2 + ORBIT_M**2 - 2 * A_M * ORBIT_M * np.cos(angle))
