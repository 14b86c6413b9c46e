"""STAC items of SAR scenes (STAC 1.0 with the extensions sar, sat, view and card4l-sar): what an item says beside its files."""

import json
import math
import posixpath
from dataclasses import dataclass
from typing import Any

from sartext.errors import SourceError
from sartext.formats.moment import parse_moment
from sartext.tile import Sensor

MAX_BYTES = 2**24
_POLARISATIONS = ("VV", "VH", "HH", "HV")
_MEASURED = {"gamma0": "gamma0_rtc", "gamma-0": "gamma0_rtc", "sigma0": "sigma0", "sigma-0": "sigma0", "beta0": "beta0"}
_CONVENTIONS = {"linear power": ("", "linear"), "linear amplitude": ("amplitude", "linear"), "decibel": ("", "db")}


@dataclass(frozen=True, kw_only=True)
class StacScene:
    """One item: files are relative to the item's folder, as its hrefs say."""

    name: str
    bands: tuple[tuple[str, str], ...]  # (polarisation, file)
    mask: str | None  # of layover and shadow
    others: tuple[tuple[str, str], ...]  # (key, file) of GeoTIFFs that are neither
    sensor: Sensor
    quantity: str | None
    scale: str
    looks: float | None


def parse_item(data: bytes, file: str) -> StacScene | None:
    """The scene that an item describes; None where the JSON is no STAC item, or has no band of a SAR polarisation.

    Only hrefs of files beside the item count: addresses and absolute paths are left out. Raises `SourceError` where it is an
    item that is cut off, or whose fields are of the wrong kind.
    """
    if len(data) > MAX_BYTES or b"stac_version" not in data:
        return None
    try:
        item = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"a STAC item that is broken JSON, {str(error)[:120]}", file=file) from error
    if not isinstance(item, dict) or item.get("type") != "Feature" or not isinstance(item.get("stac_version"), str):
        return None
    assets, properties = item.get("assets"), item.get("properties")
    if not isinstance(assets, dict) or not isinstance(properties, dict):
        raise SourceError("a STAC item without assets or properties", file=file)
    bands: dict[str, str] = {}
    mask = None
    others = []
    for key, asset in assets.items():
        href = _local(asset.get("href")) if isinstance(asset, dict) else None
        if href is None or not href.lower().endswith((".tif", ".tiff")):
            continue
        polarisation = _polarisation(key, asset)
        if polarisation is not None:
            if polarisation in bands:
                raise SourceError(f"two assets of {polarisation}", file=file, place=f"assets.{key[:40]}")
            bands[polarisation] = href
        elif "mask" in key.lower() or "mask" in str(asset.get("roles", "")).lower():
            mask = href
        else:
            others.append((key, href))
    if not bands:
        return None
    quantity, scale = _quantity(properties)
    name = item.get("id")
    return StacScene(
        name=name if isinstance(name, str) and name else posixpath.splitext(posixpath.basename(file))[0],
        bands=tuple(sorted(bands.items())),
        mask=mask,
        others=tuple(others),
        sensor=_sensor(properties),
        quantity=quantity,
        scale=scale,
        looks=_number(properties.get("sar:looks_equivalent_number")),
    )


def _local(href: Any) -> str | None:
    if not isinstance(href, str) or "://" in href or href.startswith("/") or "\\" in href:
        return None
    path = posixpath.normpath(href)
    return None if path.startswith("..") else path


def _polarisation(key: str, asset: dict[str, Any]) -> str | None:
    stated = asset.get("sar:polarizations")
    if isinstance(stated, list) and len(stated) == 1 and stated[0] in _POLARISATIONS:
        return str(stated[0])
    return key.upper() if key.upper() in _POLARISATIONS else None


def _quantity(properties: dict[str, Any]) -> tuple[str | None, str]:
    """The quantity and scale that the item states, None where it leaves one of them open; terrain correction makes gamma nought
    gamma0_rtc."""
    measured = properties.get("card4l:measurement_type")
    convention = properties.get("card4l:measurement_convention")
    if isinstance(measured, str) and measured.lower() in _MEASURED:
        instead, scale = _CONVENTIONS.get(str(convention).lower(), (None, "linear"))
        return (None if instead is None else instead or _MEASURED[measured.lower()]), scale
    product = properties.get("sar:product_type")
    # OPERA RTC-S1 (product specification JPL D-108758): gamma nought, terrain-corrected, linear power.
    return ("gamma0_rtc", "linear") if isinstance(product, str) and product.upper().startswith("RTC") else (None, "linear")


def _sensor(properties: dict[str, Any]) -> Sensor:
    orbit, side = properties.get("sat:orbit_state"), properties.get("sar:observation_direction")
    when = properties.get("datetime") or properties.get("start_datetime")
    moment = parse_moment(when) if isinstance(when, str) else None
    return Sensor(
        platform=_text(properties.get("platform")),
        band=_text(properties.get("sar:frequency_band")),
        mode=_text(properties.get("sar:instrument_mode")),
        incidence_deg=_angle(properties.get("view:incidence_angle")),
        orbit=orbit if orbit in ("ascending", "descending") else None,
        look_side=side if side in ("left", "right") else None,
        acquired=moment.time if moment is not None else None,
    )


def _text(value: Any) -> str | None:
    return value[:80] if isinstance(value, str) and value else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
        return None
    return float(value)


def _angle(value: Any) -> float | None:
    stated = _number(value)
    return stated if stated is not None and stated < 90 else None
