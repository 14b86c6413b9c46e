"""Small scenes of every kind, made for the tests."""

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.control import GroundControlPoint
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

UTM = {"crs": "EPSG:32631", "transform": Affine(10.0, 0.0, 500000.0, 0.0, -10.0, 4800000.0)}


def tiff(
    path: Path, bands: np.ndarray, *, tags: dict[str, str] | None = None, names: tuple[str, ...] = (), **more: Any
) -> Path:
    """A GeoTIFF of (H, W) or (bands, H, W)."""
    bands = bands[None] if bands.ndim == 2 else bands
    path.parent.mkdir(parents=True, exist_ok=True)
    count, height, width = bands.shape
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            path, "w", driver="GTiff", count=count, height=height, width=width, dtype=bands.dtype, **more
        ) as dataset:
            dataset.write(bands)
            if tags:
                dataset.update_tags(**tags)
            for number, name in enumerate(names, 1):
                dataset.set_band_description(number, name)
    return path


def speckle(shape: tuple[int, int], mean_db: float = -12.0, seed: int = 0) -> np.ndarray:
    """Four-look intensity around a level, float32."""
    random = np.random.default_rng(seed)
    return (10 ** (mean_db / 10) * random.gamma(4.0, 0.25, shape)).astype(np.float32)


def gcps(height: int, width: int, *, mirrored: bool = True, count: int = 4) -> list[GroundControlPoint]:
    """A regular grid of control points, whose column 0 is the east where mirrored."""
    points = []
    for row in np.linspace(0, height, count):
        for column in np.linspace(0, width, count):
            east = (width - column if mirrored else column) / width
            points.append(GroundControlPoint(row=float(row), col=float(column), x=10 + 0.01 * east, y=45 - 0.01 * row / height))
    return points


def stac(path: Path, assets: dict[str, str], **properties: Any) -> Path:
    """A STAC item beside its files."""
    item = {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": path.stem,
        "properties": {"datetime": "2024-03-05T06:07:08Z", **properties},
        "assets": {key: {"href": href, "roles": ["data"]} for key, href in assets.items()},
    }
    path.write_text(json.dumps(item))
    return path


def _vectors(lines: np.ndarray, pixels: np.ndarray, names: dict[str, np.ndarray], kind: str) -> str:
    def numbers(values: np.ndarray) -> str:
        return " ".join(f"{value:.9e}" for value in values)

    found = []
    for at, line in enumerate(lines):
        tables = "".join(f"<{name}>{numbers(table[at])}</{name}>" for name, table in names.items())
        found.append(f"<{kind}><line>{line}</line><pixel>{' '.join(map(str, pixels))}</pixel>{tables}</{kind}>")
    return f'<{kind}List count="{len(lines)}">{"".join(found)}</{kind}List>'


class Product:
    """A Sentinel-1 GRD of one or two polarisations with tables that can be computed by hand."""

    def __init__(self, folder: Path, *, mode: str = "IW", kind: str = "GRD", measured: bool = True) -> None:
        self.root = folder / f"S1A_{mode}_{kind}H_1SDV_20240305T060708_20240305T060733_052000_064000_ABCD.SAFE"
        self.height, self.width = 90, 120
        random = np.random.default_rng(4)
        self.lines, self.pixels = np.array([0, 40, 100]), np.array([0, 50, 90, 130])
        self.gain = 300 + 20 * random.random((3, 4))
        self.range_noise = 2000 + 500 * random.random((3, 4))
        self.azimuth = (np.array([0, 60, 89]), np.array([1.0, 1.2, 0.9]))
        self.dn = {pol: random.integers(30, 900, (self.height, self.width)).astype(np.uint16) for pol in ("VV", "VH")}
        self.dn["VV"][:5, :7] = 0
        for number, pol in enumerate(("VV", "VH"), 1):
            stem = f"s1a-{mode.lower()}-{kind.lower()}-{pol.lower()}-20240305t060708-20240305t060733-052000-064000-00{number}"
            self._write(f"annotation/{stem}.xml", self._annotation(pol, mode, kind))
            calibration = _vectors(
                self.lines,
                self.pixels,
                {"sigmaNought": self.gain, "betaNought": self.gain - 50, "gamma": self.gain + 9},
                "calibrationVector",
            )
            self._write(f"annotation/calibration/calibration-{stem}.xml", f"<calibration>{calibration}</calibration>")
            noise = _vectors(self.lines, self.pixels, {"noiseRangeLut": self.range_noise}, "noiseRangeVector")
            block = "<noiseAzimuthVectorList><noiseAzimuthVector><firstAzimuthLine>0</firstAzimuthLine>"
            block += f"<firstRangeSample>0</firstRangeSample><lastAzimuthLine>{self.height - 1}</lastAzimuthLine>"
            block += f"<lastRangeSample>{self.width - 1}</lastRangeSample><line>{' '.join(map(str, self.azimuth[0]))}</line>"
            block += f"<noiseAzimuthLut>{' '.join(map(str, self.azimuth[1]))}</noiseAzimuthLut></noiseAzimuthVector>"
            self._write(f"annotation/calibration/noise-{stem}.xml", f"<noise>{noise}{block}</noiseAzimuthVectorList></noise>")
            (self.root / "measurement").mkdir(parents=True, exist_ok=True)
            if measured:
                tiff(self.root / "measurement" / f"{stem}.tiff", self.dn[pol])

    def sigma0(self, pol: str, line: int, pixel: int) -> float:
        """(DN^2 - N) / A^2 at one pixel, by hand."""

        def table(values: np.ndarray) -> float:
            at = [np.interp(pixel, self.pixels, row) for row in values]
            return float(np.interp(line, self.lines, at))

        noise = table(self.range_noise) * float(np.interp(line, *self.azimuth))
        return (float(self.dn[pol][line, pixel]) ** 2 - noise) / table(self.gain) ** 2

    def _write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def _annotation(self, pol: str, mode: str, kind: str) -> str:
        points = ""
        for line in (0, 45, 89):
            for pixel in (0, 60, 119):
                values = {
                    "line": line,
                    "pixel": pixel,
                    "latitude": 45 - 0.0001 * line,
                    "longitude": 10.02 - 0.0001 * pixel,
                    "height": 3.0,
                    "incidenceAngle": 30 + pixel / 20,
                }
                inner = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
                points += f"<geolocationGridPoint>{inner}</geolocationGridPoint>"
        looks = "<rangeProcessing><numberOfLooks>5</numberOfLooks></rangeProcessing>"
        looks += "<azimuthProcessing><numberOfLooks>1</numberOfLooks></azimuthProcessing>"
        return (
            f"<product><adsHeader><missionId>S1A</missionId><productType>{kind}</productType><polarisation>{pol}</polarisation>"
            f"<mode>{mode}</mode><startTime>2024-03-05T06:07:08.123456</startTime></adsHeader>"
            "<generalAnnotation><productInformation><pass>Descending</pass></productInformation></generalAnnotation>"
            f"<imageAnnotation><imageInformation><numberOfLines>{self.height}</numberOfLines>"
            f"<numberOfSamples>{self.width}</numberOfSamples><rangePixelSpacing>10</rangePixelSpacing>"
            "<azimuthPixelSpacing>10</azimuthPixelSpacing></imageInformation><processingInformation><swathProcParamsList>"
            f"<swathProcParams>{looks}</swathProcParams></swathProcParamsList></processingInformation></imageAnnotation>"
            f"<geolocationGrid><geolocationGridPointList>{points}</geolocationGridPointList></geolocationGrid></product>"
        )
