"""Facts of the record beside boxes and regions: season, date, pass, look side, band, polarisation, pixel size and platform.

Season. Meteorological, by the month of `sensor.acquired` (December to February is winter in the north, summer in the south)
and by the latitudes of the footprint. Where any of it lies within the tropics (below 23.5 degrees), or it reaches into both
hemispheres, there is none to be said; nor without a date or a footprint.

Pixel size. `gsd_m` is the ground sample distance: how far apart pixels are, which is not how fine the sensor resolves. Products
are sampled up to twice as finely as they resolve, and people call both the resolution. So a size of pixels is true within
rounding (5%) and false where it is off by more than a fifth; a "resolution" is true within rounding of the pixels too, but
false only where it is off by more than a factor of two, and undecided between. Pixels of two sizes are of neither.

Polarisation. Those of the image's channels: an image in VV and VH is in VV, and not only in VV. A channel that is not shown
may have been recorded, so that "dual-polarised" is never false of an image with one.

Platform. A satellite's family ("Sentinel-1") is true of each of its units ("Sentinel-1A"); of a name that is no known
platform nothing is false.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from sartext.tile import Rendering, Sensor

SEASONS = ("winter", "spring", "summer", "autumn")
TROPICS_DEG = 23.5
WRITTEN = 0.02  # of the pixel size: what is left out of its figure
ROUNDED, FAR_OFF = 0.05, 0.2  # of the pixel size: what rounding may change, and from where a figure is of another size
POLARISATIONS = frozenset(("VV", "VH", "HH", "HV", "RH", "RV", "LH", "LV"))
_NORTHERN, _SOUTHERN = 0, 2  # by how many seasons the year is shifted

# Platforms by the words that texts and products call them; a letter or a number after that is the unit's.
PLATFORMS: dict[str, tuple[str, ...]] = {
    "sentinel 1": ("sentinel 1", "s1"),
    "sentinel 2": ("sentinel 2", "s2"),
    "terrasar x": ("terrasar x", "tsx", "tsx 1"),
    "tandem x": ("tandem x", "tdx", "tdx 1"),
    "gaofen 3": ("gaofen 3", "gf 3", "gf3"),
    "radarsat 1": ("radarsat 1",),
    "radarsat 2": ("radarsat 2", "rs 2"),
    "alos 1": ("alos 1",),
    "alos 2": ("alos 2", "palsar 2"),
    "cosmo skymed": ("cosmo skymed", "csk"),
    "kompsat 5": ("kompsat 5",),
    "hisea 1": ("hisea 1",),
    "envisat": ("envisat",),
    "ers 1": ("ers 1",),
    "ers 2": ("ers 2",),
    "seasat": ("seasat",),
    "saocom": ("saocom", "saocom 1"),
    "nisar": ("nisar",),
    "iceye": ("iceye",),
    "capella": ("capella",),
    "umbra": ("umbra",),
    "landsat 8": ("landsat 8",),
    "landsat 9": ("landsat 9",),
}
_ALIASES = sorted(((alias, name) for name, aliases in PLATFORMS.items() for alias in aliases), key=lambda pair: -len(pair[0]))


@dataclass(kw_only=True, eq=False)
class RecordFacts:
    """What the record of one tile says of how its image was made, each worked out when it is asked for. Never changed."""

    sensor: Sensor
    rendering: Rendering
    footprint: str | None
    gsd_m: tuple[float, float] | None  # None too where a pixel is no fixed length on the ground

    @cached_property
    def band(self) -> str | None:
        """The letters of the band, "C"."""
        return self.sensor.band.strip().upper() if self.sensor.band else None

    @cached_property
    def polarisations(self) -> tuple[str, ...]:
        """Those of the channels, "VV"; of a channel that nothing names ""."""
        return tuple([one.strip().upper() for one in self.rendering.polarisations])

    @property
    def orbit(self) -> str | None:
        return self.sensor.orbit

    @property
    def look_side(self) -> str | None:
        return self.sensor.look_side

    @property
    def acquired(self) -> datetime | None:
        return self.sensor.acquired

    @property
    def platform_name(self) -> str | None:
        return self.sensor.platform

    @cached_property
    def season(self) -> str | None:
        """The meteorological season, where one may be said."""
        if self.acquired is None or self.footprint is None:
            return None
        shift = _hemisphere(self.footprint)
        return None if shift is None else SEASONS[(self.acquired.month % 12 // 3 + shift) % 4]

    @cached_property
    def platform(self) -> tuple[str, str] | None:
        """The platform's family and its unit ("" where none is named); None where it is unknown or no known name."""
        return None if self.platform_name is None else platform_of(self.platform_name)

    @cached_property
    def pixel_m(self) -> str | None:
        """The size of a pixel in metres as people write it, "10" or "0.3", where both its sides are of it."""
        if self.gsd_m is None:
            return None
        figures = {rounded_m(side) for side in self.gsd_m}
        return figures.pop() if len(figures) == 1 else None


@lru_cache(maxsize=4096)
def rounded_m(length: float) -> str | None:
    """A length with two digits, or one where that is nearly the same: 0.31 is "0.31", 10.2 "10"; None where it is none."""
    if not 0 < length < math.inf:
        return None
    for digits in (1, 2):
        written = float(f"{length:.{digits}g}")
        if abs(written - length) <= WRITTEN * length:
            break
    return f"{written:.10f}".rstrip("0").rstrip(".") or None


@lru_cache(maxsize=4096)
def platform_of(name: str) -> tuple[str, str] | None:
    """The family and the unit of a platform's name: "Sentinel-1A" is ("sentinel 1", "a"); None where it is no known name."""
    plain = "".join([letter if letter.isalnum() else " " for letter in name.lower()])
    words = " ".join(plain.split())
    for alias, family in _ALIASES:
        if words.startswith(alias):
            unit = words[len(alias) :].strip()
            if not unit or (len(unit) <= 3 and not (alias[-1].isdigit() and unit[0].isdigit())):
                return family, unit
    return None


@lru_cache(maxsize=4096)
def _hemisphere(footprint: str) -> int | None:
    """The shift of the seasons there; None within the tropics, across both hemispheres, and where the text is no polygon."""
    inside = footprint[footprint.find("(") :]
    try:
        latitudes = [
            float(corner.split()[1]) for corner in inside.replace("(", " ").replace(")", " ").split(",") if corner.strip()
        ]
    except (ValueError, IndexError):
        return None
    if not latitudes or not all(abs(one) <= 90 for one in latitudes):
        return None
    if min(latitudes) >= TROPICS_DEG:
        return _NORTHERN
    return _SOUTHERN if max(latitudes) <= -TROPICS_DEG else None
