"""Random records of how an image was made: dates, footprints of all latitudes, bands, passes and channels, or nothing."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime

LATITUDES_DEG = (-89.0, -55.0, -34.5, -24.0, -23.5, -23.0, -8.0, -0.4, 0.0, 12.0, 22.8, 23.4, 23.5, 24.0, 41.0, 52.0, 70.0)
EDGES = (
    (1, 1),
    (2, 28),
    (2, 29),
    (3, 1),
    (5, 31),
    (6, 1),
    (8, 31),
    (9, 1),
    (11, 30),
    (12, 1),
    (12, 31),
)  # of seasons and years
BANDS = ("X", "C", "L", "S", "P", "Ku", "Ka")
CHANNELS = (("VV",), ("HH",), ("VV", "VH"), ("HH", "HV"), ("HH", "HV", "VH", "VV"), ("VV", "VV"), ("", "VV"), ("vv",))


@dataclass(frozen=True)
class Known:
    """Some fields of a tile's sensor, geo and rendering."""

    band: str | None
    orbit: str | None
    look_side: str | None
    platform: str | None
    acquired: datetime | None
    footprint: str | None
    polarisations: tuple[str, ...]


def known_of(draw: random.Random) -> Known:
    """A random record; of one in four nothing is known."""
    if draw.random() < 0.25:
        return Known(None, None, None, None, None, None, ())
    month, day = draw.choice(EDGES) if draw.random() < 0.3 else (draw.randint(1, 12), draw.randint(1, 28))
    acquired = datetime(draw.choice((2016, 2020, 2024)), month, day, draw.choice((0, 12, 23)), 30, tzinfo=UTC)
    south = draw.choice(LATITUDES_DEG)
    north = south + draw.choice((0.2, 0.9))
    west = draw.choice((-170.0, -3.5, 5.0, 120.25))
    corners = ((west, south), (west + 0.5, south), (west + 0.5, north), (west, north), (west, south))
    footprint = f"POLYGON (({', '.join(f'{x} {y}' for x, y in corners)}))"
    return Known(
        band=draw.choice((None, *BANDS)),
        orbit=draw.choice((None, "ascending", "descending")),
        look_side=draw.choice((None, "left", "right")),
        platform=draw.choice((None, "Sentinel-1A", "TerraSAR-X", "GF3", "none of these")),
        acquired=draw.choice((None, acquired, acquired, acquired)),
        footprint=draw.choice((None, footprint, footprint, footprint, f"MULTI{footprint[:8]}({footprint[8:]})", "POLYGON ((")),
        polarisations=draw.choice(((), *CHANNELS)),
    )
