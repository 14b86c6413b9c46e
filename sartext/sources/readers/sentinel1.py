"""The XML of Sentinel-1 Level-1 products (Product Specification S1-RS-MDA-52-7441): annotation, calibration and noise.

Positions in these files count pixel centres from 0. Entities are refused, sizes bounded.
"""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from defusedxml.ElementTree import fromstring

from sartext.errors import SourceError
from sartext.formats.annotation import number, whole
from sartext.sar.calibration import AzimuthNoise, LookupTable

MAX_BYTES = 2**26
MAX_VECTORS = 100_000
MAX_VALUES = 2_000_000
CALIBRATIONS = {"sigma0": "sigmaNought", "beta0": "betaNought", "gamma0": "gamma"}

_Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Annotation:
    """One polarisation's annotation; the geolocation grid as columns of line, pixel, latitude, longitude, height, incidence."""

    mission: str
    product_type: str  # "GRD" or "SLC"
    mode: str
    polarisation: str
    start: str
    orbit_pass: str
    lines: int
    samples: int
    spacing_m: tuple[float, float]  # of the pixels along azimuth and range, as the product says
    looks: tuple[int, int] | None  # in azimuth and range; None where the sub-swaths differ
    grid: _Doubles  # (points, 6)


def parse_annotation(data: bytes, file: str) -> Annotation:
    """Raises `SourceError` where it is no Sentinel-1 annotation."""
    root = _root(data, file, "product")
    header, image = _child(root, "adsHeader", file), _child(root, "imageAnnotation/imageInformation", file)
    points = root.findall("geolocationGrid/geolocationGridPointList/geolocationGridPoint")
    if not 4 <= len(points) <= MAX_VECTORS:
        raise SourceError(f"{len(points)} geolocation grid points", file=file, place="geolocationGrid")
    names = ("line", "pixel", "latitude", "longitude", "height", "incidenceAngle")
    grid = np.array([[number(point.findtext(name)) for name in names] for point in points], dtype=np.float64)
    if not np.all(np.isfinite(grid)):
        raise SourceError("a geolocation grid point that is not six numbers", file=file, place="geolocationGrid")
    looks = {
        (whole(one.findtext("azimuthProcessing/numberOfLooks")), whole(one.findtext("rangeProcessing/numberOfLooks")))
        for one in root.findall("imageAnnotation/processingInformation/swathProcParamsList/swathProcParams")
    }
    azimuth, along = next(iter(looks)) if len(looks) == 1 else (None, None)
    return Annotation(
        mission=_text(header, "missionId", file),
        product_type=_text(header, "productType", file),
        mode=_text(header, "mode", file),
        polarisation=_text(header, "polarisation", file),
        start=_text(header, "startTime", file),
        orbit_pass=_text(root, "generalAnnotation/productInformation/pass", file),
        lines=_positive(image, "numberOfLines", file),
        samples=_positive(image, "numberOfSamples", file),
        spacing_m=(_length(image, "azimuthPixelSpacing", file), _length(image, "rangePixelSpacing", file)),
        looks=(azimuth, along) if azimuth and along and azimuth > 0 and along > 0 else None,
        grid=grid,
    )


def parse_calibration(data: bytes, file: str, quantity: str) -> LookupTable:
    """The table A of a quantity (`CALIBRATIONS`). Raises `SourceError` where it is no calibration, or not increasing."""
    root = _root(data, file, "calibration")
    vectors = root.findall("calibrationVectorList/calibrationVector")
    return _table(vectors, CALIBRATIONS[quantity], file, "calibrationVectorList")


def parse_noise(data: bytes, file: str) -> tuple[LookupTable, tuple[AzimuthNoise, ...]]:
    """The noise across range, and along azimuth where the product has it (IPF 2.9 on). Raises `SourceError`."""
    root = _root(data, file, "noise")
    vectors = root.findall("noiseRangeVectorList/noiseRangeVector")
    if vectors:
        across = _table(vectors, "noiseRangeLut", file, "noiseRangeVectorList")
    else:
        across = _table(root.findall("noiseVectorList/noiseVector"), "noiseLut", file, "noiseVectorList")
    blocks = root.findall("noiseAzimuthVectorList/noiseAzimuthVector")
    if len(blocks) > MAX_VECTORS:
        raise SourceError(f"{len(blocks)} azimuth vectors", file=file, place="noiseAzimuthVectorList")
    return across, tuple(_block(block, at, file) for at, block in enumerate(blocks))


def _table(vectors: list[Any], values: str, file: str, place: str) -> LookupTable:
    if not 0 < len(vectors) <= MAX_VECTORS:
        raise SourceError(f"{len(vectors)} vectors", file=file, place=place)
    lines: list[float] = []
    pixels: list[_Doubles] = []
    found: list[_Doubles] = []
    for at, vector in enumerate(vectors):
        where = f"{place}[{at}]"
        lines.append(number(vector.findtext("line")))
        pixels.append(_numbers(vector, "pixel", file, where))
        found.append(_numbers(vector, values, file, where))
    try:
        return LookupTable(lines=np.array(lines, dtype=np.float64), pixels=pixels, values=found)
    except ValueError as error:
        raise SourceError(str(error), file=file, place=place) from error


def _block(block: Any, at: int, file: str) -> AzimuthNoise:
    where = f"noiseAzimuthVectorList[{at}]"
    names = ("firstAzimuthLine", "lastAzimuthLine", "firstRangeSample", "lastRangeSample")
    bounds = [whole(block.findtext(name)) for name in names]
    if any(bound is None for bound in bounds):
        raise SourceError(f"without {', '.join(names)}", file=file, place=where)
    try:
        first_line, last_line, first_pixel, last_pixel = (int(bound or 0) for bound in bounds)
        return AzimuthNoise(
            first_line=first_line,
            last_line=last_line,
            first_pixel=first_pixel,
            last_pixel=last_pixel,
            lines=_numbers(block, "line", file, where),
            factors=_numbers(block, "noiseAzimuthLut", file, where),
        )
    except ValueError as error:
        raise SourceError(str(error), file=file, place=where) from error


def _root(data: bytes, file: str, name: str) -> Any:
    if len(data) > MAX_BYTES:
        raise SourceError(f"larger than {MAX_BYTES} bytes", file=file)
    try:
        root = fromstring(data)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise SourceError(f"broken XML, {error.msg}", file=file, place=f"line {line}, column {column}") from error
    except (ValueError, LookupError, RecursionError) as error:  # a forbidden entity, an encoding that is not known
        raise SourceError(f"XML that is not read: {str(error)[:120]}", file=file) from error
    if root.tag != name:
        raise SourceError(f"begins with <{str(root.tag)[:40]}>, not <{name}>", file=file)
    return root


def _child(root: Any, path: str, file: str) -> Any:
    child = root.find(path)
    if child is None:
        raise SourceError("is missing", file=file, place=path)
    return child


def _text(root: Any, path: str, file: str) -> str:
    text = (root.findtext(path) or "").strip()
    if not text or len(text) > 64:
        raise SourceError("is missing, or no name", file=file, place=path)
    return str(text)


def _positive(root: Any, path: str, file: str) -> int:
    value = whole(root.findtext(path))
    if value is None or not 0 < value < 2**31:
        raise SourceError("is no whole number above 0", file=file, place=path)
    return value


def _length(root: Any, path: str, file: str) -> float:
    value = number(root.findtext(path))
    if not 0 < value < 1e6:
        raise SourceError("is no length above 0 m", file=file, place=path)
    return value


def _numbers(root: Any, path: str, file: str, where: str) -> _Doubles:
    words = (root.findtext(path) or "").split()
    if not 0 < len(words) <= MAX_VALUES:
        raise SourceError(f"{path} has {len(words)} numbers", file=file, place=where)
    try:
        return np.array(words, dtype=np.float64)
    except ValueError as error:
        raise SourceError(f"{path} is not made of numbers: {str(error)[:60]}", file=file, place=where) from error
