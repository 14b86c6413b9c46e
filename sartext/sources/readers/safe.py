"""Sentinel-1 GRD as it is delivered: a SAFE folder, its zip, or the layout of the public bucket; calibrated.

sigma nought = (DN^2 - N) / A^2 with the look-up tables of the product, see `sar.calibration`. A zip is read where it lies.
"""

import os
import posixpath
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Self

import numpy as np

from sartext.errors import SourceError
from sartext.sar.calibration import AzimuthNoise, Border, LookupTable, backscatter, find_border, thermal_noise
from sartext.sar.geolocation import ControlGrid, control_grid
from sartext.sources.filesystem import join, open_file, read_file
from sartext.sources.readers.raster import Raster, polarisation_in
from sartext.sources.readers.remote import refuse_remote
from sartext.sources.readers.scene import Declared, Floats, SceneFacts, check_declared, check_pixels, gsd_m, utc
from sartext.sources.readers.sentinel1 import (
    CALIBRATIONS,
    MAX_BYTES,
    Annotation,
    parse_annotation,
    parse_calibration,
    parse_noise,
)
from sartext.tile import Sensor

MAX_MEMBERS = 10_000
_ERRORS = (OSError, KeyError, zipfile.BadZipFile, ValueError, RuntimeError, EOFError, struct.error)  # of zips that are broken
_TOPS = ("IW", "EW")
_BORDER_NOISE_BEFORE = 2018  # IPF 2.9, in March 2018, is the first that marks border noise as 0


@dataclass(frozen=True, kw_only=True)
class Safe:
    """One product. `root` is its folder, or its zip; `inside` the product's folder in the zip."""

    root: str
    inside: str | None = None
    members: tuple[str, ...]  # annotation, calibration, noise and measurement files, relative to it; () of a zip that is broken

    @property
    def name(self) -> str:
        base = posixpath.basename(self.inside or self.root)
        return posixpath.splitext(base)[0] if base.upper().endswith(".SAFE") else base

    def files(self) -> Sequence[str]:
        return [self.root] if self.inside is not None else [posixpath.join(self.root, member) for member in self.members]

    def open(self, folder: str, declared: Declared) -> "OpenSafe":
        if not self.members:
            _listed(folder, self.root)
        if self.inside is not None:
            refuse_remote(folder, self.root, "a zip")
        return OpenSafe(self, folder, declared)


class _Band:
    """One polarisation: its annotation and tables, and its open measurement."""

    def __init__(self, safe: Safe, folder: str, polarisation: str, quantity: str) -> None:
        def one(kind: str) -> str:
            matching = [member for member in safe.members if _kind(member) == kind and polarisation_in(member) == polarisation]
            if len(matching) != 1:
                raise SourceError(f"{len(matching)} files of {kind} of {polarisation}", file=safe.root)
            return matching[0]

        annotation, calibration, noise = (one(kind) for kind in ("annotation", "calibration", "noise"))
        self.annotation = parse_annotation(_read(safe, folder, annotation), _shown(safe, annotation))
        self.gain = parse_calibration(_read(safe, folder, calibration), _shown(safe, calibration), quantity)
        across, along = parse_noise(_read(safe, folder, noise), _shown(safe, noise))
        self.across: LookupTable = across
        self.along: tuple[AzimuthNoise, ...] = along
        measurement = one("measurement")
        self.raster = Raster(_path(safe, folder, measurement), _shown(safe, measurement))
        if self.raster.scaling(1) != (1.0, 0.0):
            self.raster.close()
            raise SourceError("a scale or an offset, which digital numbers have not", file=_shown(safe, measurement))
        size = (self.annotation.lines, self.annotation.samples)
        if self.raster.dataset.shape != size:
            shape = self.raster.dataset.shape
            self.raster.close()
            raise SourceError(f"{shape} lines and samples, the annotation {size}", file=_shown(safe, measurement))

    @cached_property
    def border(self) -> Border | None:
        """The noise at the borders; None where the processor has marked it already."""
        if self.annotation.start[:4].isdigit() and int(self.annotation.start[:4]) >= _BORDER_NOISE_BEFORE:
            return None
        if not any(values.any() for values in self.across.values):
            return None  # without noise nothing can be compared with it
        return find_border(
            lambda row, column, height, width: self.raster.read(1, row, column, height, width),
            self.noise,
            self.annotation.lines,
            self.annotation.samples,
        )

    def noise(self, row: int, column: int, height: int, width: int) -> Floats:
        return thermal_noise(self.across, self.along, row, column, height, width)


class OpenSafe:
    """The open measurements of a product, and its tables."""

    def __init__(self, safe: Safe, folder: str, declared: Declared) -> None:
        measured = sorted({polarisation_in(member) or "" for member in safe.members if _kind(member) == "measurement"})
        described = [member for member in safe.members if _kind(member) == "annotation"]
        if not described:
            raise SourceError("has no annotation", file=safe.root, remedy="give the whole product")
        first = parse_annotation(_read(safe, folder, described[0]), _shown(safe, described[0]))
        if first.product_type == "SLC" and first.mode in _TOPS:
            raise SourceError(
                f"a single-look complex product of {first.mode} (TOPS), whose bursts are not joined here",
                file=safe.root,
                remedy="give its GRD",
            )
        if first.product_type != "GRD":
            raise SourceError(f"a product of the type {first.product_type}", file=safe.root, remedy="give its GRD")
        if not measured:
            raise SourceError("has no measurement", file=safe.root, remedy="give the whole product, with its measurement/")
        # What is declared is for files that do not say; these can be any of three.
        quantity = declared.quantity if declared.quantity in CALIBRATIONS else "sigma0"
        check_declared(declared, quantity, "linear", who="its calibration", file=safe.root)
        self._bands: dict[str, _Band] = {}
        try:
            for polarisation in measured:
                self._bands[polarisation] = _Band(safe, folder, polarisation, quantity)
            self.facts = self._facts(safe, quantity)
        except BaseException:
            self._close()
            raise

    def _facts(self, safe: Safe, quantity: str) -> SceneFacts:
        about, *others = (band.annotation for band in self._bands.values())
        for other in others:
            if (other.lines, other.samples) != (about.lines, about.samples):
                sizes = f"{other.polarisation} has {(other.lines, other.samples)}, {about.polarisation}"
                raise SourceError(f"{sizes} {(about.lines, about.samples)} lines and samples", file=safe.root)
        geolocation = _geolocation(about, safe.root)
        self._incidence = _incidence(about)
        looks = about.looks
        return SceneFacts(
            height_px=about.lines,
            width_px=about.samples,
            polarisations=tuple(self._bands),
            quantity=quantity,
            scale="linear",
            sensor=Sensor(
                platform=f"Sentinel-1{about.mission[2:3]}" if about.mission.startswith("S1") else about.mission,
                band="C",
                mode=about.mode,
                gsd_m=gsd_m(geolocation, about.lines, about.samples, safe.root),
                orbit={"Ascending": "ascending", "Descending": "descending"}.get(about.orbit_pass),
                look_side="right",  # the only one that Sentinel-1 has
                acquired=utc(about.start),
            ),
            geolocation=geolocation,
            grid="ground_range",
            looks=float(looks[0] * looks[1]) if looks else None,
            nodata=0.0,
        )

    def values(self, polarisation: str, row: int, column: int, height: int, width: int) -> Floats:
        """As `OpenScene` says."""
        band = self._bands[polarisation]
        dn = band.raster.read(1, row, column, height, width)
        check_pixels(dn, band.raster.shown)
        gain = band.gain.window(row, column, height, width)
        values = backscatter(dn, gain, band.noise(row, column, height, width))
        if band.border is not None:
            values[~band.border.valid(row, column, height, width)] = np.nan
        if (nodata := band.raster.nodata(1)) is not None:
            values[dn == nodata] = np.nan
        if (there := band.raster.valid(1, row, column, height, width)) is not None:
            values[~there] = np.nan
        return values

    def incidence_deg(self, row: float, column: float) -> float | None:
        # The annotation counts pixel centres from 0.
        return float(self._incidence.window(round(row - 0.5), round(column - 0.5), 1, 1)[0, 0])

    def _close(self) -> None:
        for band in self._bands.values():
            band.raster.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()


def found(folder: str, files: Sequence[str]) -> list[Safe]:
    """The products among the files: folders with an annotation and its calibration, and zips that hold such a folder or cannot
    be looked into."""
    products: list[Safe] = []
    roots: dict[str, list[str]] = {}
    for file in files:
        if file.lower().endswith(".zip"):
            products += _zipped(folder, file)
            continue
        root, kind = _split(file)
        if kind is not None:
            roots.setdefault(root, []).append(file[len(root) :].lstrip("/"))
    for root, members in sorted(roots.items()):
        if any(_kind(member) == "calibration" for member in members):
            products.append(Safe(root=root, members=tuple(sorted(members))))
    return products


def _zipped(folder: str, file: str) -> list[Safe]:
    try:
        names = _listed(folder, file)
    except SourceError:
        return [Safe(root=file, inside="", members=())]  # why is said when it is opened
    roots: dict[str, list[str]] = {}
    for name in map(_slashed, names):
        root, kind = _split(name)
        if kind is not None:
            roots.setdefault(root, []).append(name[len(root) :].lstrip("/"))
    return [
        Safe(root=file, inside=root, members=tuple(sorted(members)))
        for root, members in sorted(roots.items())
        if any(_kind(member) == "calibration" for member in members)
    ]


def _listed(folder: str, file: str) -> list[str]:
    """The names of a zip's members. Raises `SourceError` where it is none, or holds too many."""
    try:
        with open_file(join(folder, file)) as stream, zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
    except _ERRORS as error:
        raise SourceError(f"no zip that is read, {str(error)[:120]}", file=file) from error
    if len(names) > MAX_MEMBERS:
        raise SourceError(f"{len(names)} members; at most {MAX_MEMBERS}", file=file)
    return names


def _slashed(name: str) -> str:
    """The name of a zip's member as the standard has it: some programs write backslashes, or begin with "./" or "/"."""
    return name.replace("\\", "/").removeprefix("./").lstrip("/")


def _written(archive: zipfile.ZipFile, safe: Safe, member: str) -> str:
    """The name that a zip has for a member of its product. Raises KeyError."""
    inside = posixpath.join(safe.inside or "", member)
    written = next((name for name in archive.namelist() if _slashed(name) == inside), None)
    if written is None:
        raise KeyError(f"there is no {inside}")
    return written


def _split(path: str) -> tuple[str, str | None]:
    """The product's folder that a file lies in, and what kind of file it is; None where it is none of a product."""
    for marker in ("/annotation/", "/measurement/"):
        at = f"/{path}".rfind(marker)
        if at >= 0:
            root = f"/{path}"[:at].lstrip("/")
            kind = _kind(path[len(root) :].lstrip("/"))
            return root, kind
    return "", None


def _kind(member: str) -> str | None:
    """What a member of a product is, by its place in it."""
    folder, name = posixpath.split(member)
    lower = name.lower()
    if folder == "measurement" and lower.endswith((".tif", ".tiff")):
        return "measurement"
    if folder == "annotation" and lower.endswith(".xml"):
        return "annotation"
    if folder == "annotation/calibration" and lower.endswith(".xml"):
        return next((kind for kind in ("calibration", "noise") if lower.startswith(kind)), None)
    return None


def _read(safe: Safe, folder: str, member: str) -> bytes:
    shown = _shown(safe, member)
    try:
        if safe.inside is None:
            return read_file(join(folder, posixpath.join(safe.root, member)), MAX_BYTES + 1)
        with (
            zipfile.ZipFile(os.path.join(folder, safe.root)) as archive,
            archive.open(_written(archive, safe, member)) as stream,
        ):
            return stream.read(MAX_BYTES + 1)
    except _ERRORS as error:
        raise SourceError(f"cannot be read, {str(error)[:120]}", file=shown) from error


def _path(safe: Safe, folder: str, member: str) -> str:
    """The member as GDAL opens it."""
    if safe.inside is None:
        return join(folder, posixpath.join(safe.root, member))
    path = os.path.join(folder, safe.root)
    try:
        with zipfile.ZipFile(path) as archive:
            written = _written(archive, safe, member)
    except _ERRORS as error:
        raise SourceError(f"cannot be read, {str(error)[:120]}", file=_shown(safe, member)) from error
    # GDAL reads backslashes as slashes, and knows no "./" in front.
    return f"/vsizip/{{{os.path.abspath(path)}}}/{written.removeprefix('./').replace(chr(92), '/')}"


def _shown(safe: Safe, member: str) -> str:
    return posixpath.join(safe.root, safe.inside or "", member)


def _geolocation(about: Annotation, file: str) -> ControlGrid:
    line, pixel, latitude, longitude, height, _ = about.grid.T
    try:
        return control_grid(line + 0.5, pixel + 0.5, longitude, latitude, height, kind="ground_range")
    except ValueError as error:
        raise SourceError(str(error), file=file, place="geolocationGrid") from error


def _incidence(about: Annotation) -> LookupTable:
    """The angle of incidence as a table on the geolocation grid."""
    lines = np.unique(about.grid[:, 0])
    rows = [about.grid[about.grid[:, 0] == line] for line in lines]
    rows = [row[np.argsort(row[:, 1])] for row in rows]
    return LookupTable(lines=lines, pixels=[row[:, 1] for row in rows], values=[row[:, 5] for row in rows])
