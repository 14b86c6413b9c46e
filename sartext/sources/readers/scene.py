"""What a scene is, whatever its file: facts from its header, and windows of its pixels."""

import datetime
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from sartext.errors import SourceError, TileRejected, require
from sartext.formats.moment import parse_moment
from sartext.sar.geolocation import Geolocation, ground_spacing_m
from sartext.tile import QUANTITIES, Sensor

Floats = npt.NDArray[np.float32]
_POLARISATIONS = ("VV", "VH", "HH", "HV")
LEFT_OUT = "-"  # in place of the polarisation of a band that is not shown
_APART = "leave the option out, or give the files that need it alone"
_FINER = re.compile(r"(\.\d{6})\d+")


@dataclass(frozen=True, kw_only=True, eq=False)
class SceneFacts:
    """What the header of a scene says. Unknown is None.

    `polarisations` are the names of its bands, "VV"; a band that nothing names is "". `quantity` and `scale` are those
    of the values that `OpenScene.values` gives.
    """

    height_px: int
    width_px: int
    polarisations: tuple[str, ...]
    quantity: str  # one of tile.QUANTITIES
    scale: str  # "linear" or "db"
    sensor: Sensor
    geolocation: Geolocation | None = None
    grid: str = "unknown"  # one of tile.GRIDS
    looks: float | None = None
    multilook_px: tuple[int, int] | None = None  # pixels of the file that are one pixel here, along y and x
    nodata: float | None = None


class OpenScene(Protocol):
    """A scene that is open; a context manager that closes it."""

    @property
    def facts(self) -> SceneFacts: ...

    def values(self, polarisation: str, row: int, column: int, height: int, width: int) -> Floats:
        """Values of a window, (height, width), NaN where there is no measurement.

        Raises `TileRejected`: "blank" where all pixels of the file are one value, "unreadable_pixels" where they cannot be
        read.
        """
        ...

    def incidence_deg(self, row: float, column: float) -> float | None:
        """The angle of incidence at a position, from the vertical; None where it is not known."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


class SceneFile(Protocol):
    """Where a scene lies, relative to the folder of the scenes: a frozen dataclass, small to send."""

    @property
    def name(self) -> str:
        """What the scene is called, the same on every machine."""
        ...

    def files(self) -> Sequence[str]:
        """The relative paths of its files, the first one that it is known by."""
        ...

    def open(self, folder: str, declared: "Declared") -> OpenScene:
        """Raises `SourceError` where it cannot be understood, naming file and place."""
        ...


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What the user says of scenes whose files do not."""

    quantity: str | None = None
    scale: str = "linear"
    nodata: float | None = None  # the value, as it is in the file, of pixels without a measurement
    bands: tuple[str, ...] = ()  # what a file's bands are, in their order: a polarisation, or LEFT_OUT


def declared(quantity: str | None, nodata: float | None = None, bands: Sequence[str] = ()) -> Declared:
    """What a quantity's name says, "sigma0" or "sigma0_db". Raises `ValueError` where it is none, where `nodata` is no number,
    and where `bands` are no polarisations, or one of them twice."""
    rule = "a number, for pixels that are none have no measurement anyway"
    require("nodata", nodata, nodata is None or math.isfinite(nodata), rule)
    named = tuple(one.upper() for one in bands)
    shown = [one for one in named if one != LEFT_OUT]
    if not set(shown) <= set(_POLARISATIONS) or len(set(shown)) != len(shown) or (named and not shown):
        raise ValueError(f"bands are {' '.join(bands)}; each is one of {', '.join(_POLARISATIONS)}, once, or {LEFT_OUT}")
    if quantity is None:
        return Declared(nodata=nodata, bands=named)
    name = quantity.removesuffix("_db")
    if name not in QUANTITIES or name == "display" or (name == "dn" and name != quantity):
        raise ValueError(f"quantity is {quantity!r}; it is one of {', '.join(QUANTITIES[:-1])}, with _db behind it")
    return Declared(quantity=name, scale="db" if name != quantity else "linear", nodata=nodata, bands=named)


def check_declared(declared: Declared, quantity: str, scale: str, *, who: str, file: str) -> None:
    """Raises `SourceError` where the user says another quantity or scale than the file, which `who` names."""
    if declared.quantity is not None and (declared.quantity, declared.scale) != (quantity, scale):
        asked = _stated(declared.quantity, declared.scale)
        raise SourceError(f"{who} says {_stated(quantity, scale)}, --source.quantity {asked}", file=file, remedy=_APART)


def _stated(quantity: str, scale: str) -> str:
    return f"{quantity}_db" if scale == "db" else quantity


def gsd_m(geolocation: Geolocation, height_px: int, width_px: int, file: str) -> tuple[float, float]:
    """The ground sample distance of a scene along y and x. Raises `SourceError` where it lies nowhere on Earth."""
    try:
        return ground_spacing_m(geolocation, 0, 0, height_px, width_px)
    except ValueError as error:
        raise SourceError(f"lies nowhere on Earth: {error}", file=file, place="georeference") from error


def check_pixels(raw: npt.NDArray[Any], where: str) -> None:
    """Raises `TileRejected` as "blank" where all pixels are one value: nothing was measured, or nothing is to be seen."""
    first = raw.flat[0]
    # Half of the rows are enough to tell most tiles from blank ones.
    if raw[0, -1] == first and raw[-1, 0] == first and (raw == first).all():
        raise TileRejected("blank", f"{where}: every pixel is {first}")
    if np.isnan(first) and np.isnan(raw).all():
        raise TileRejected("blank", f"{where}: no pixel has a value")


def utc(text: Any) -> datetime.datetime | None:
    """The time that ISO 8601 text says, in UTC, which text without a zone means; None where it says none."""
    if not isinstance(text, str):
        return None
    # Python reads up to six digits of a second; NISAR writes nine.
    moment = parse_moment(_FINER.sub(r"\1", text))
    return moment.time if moment is not None else None
