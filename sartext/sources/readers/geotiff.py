"""Scenes as GeoTIFF or COG, one file a polarisation or bands of one file; with a STAC item or a productInfo.json beside them.

The quantity is what the STAC item, or else the user says. Without either, whole numbers are digital numbers and 8-bit ones a
picture; floats are refused, for nothing says what they measure. The file's scale and offset make measurements of its numbers.
Nothing was measured where a pixel has the nodata of the file or of the user, NaN or infinity, where the file's own mask leaves
it out, in masked layover and shadow, and at 0 in Sentinel-1's digital numbers and in calibrated power that is kept as floats.
"""

import json
import posixpath
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np

from sartext.errors import SourceError
from sartext.formats.stac import MAX_BYTES, StacScene, parse_item
from sartext.sar.geolocation import AffineGrid, ControlGrid
from sartext.sources.filesystem import join, read_file
from sartext.sources.readers.layers import Words, is_picture, layer_by_bands, layer_by_name, measured_polarisation, words
from sartext.sources.readers.raster import Raster, check_same_place, polarisation_in
from sartext.sources.readers.scene import LEFT_OUT, Declared, Floats, SceneFacts, check_declared, check_pixels, gsd_m, utc
from sartext.tile import Sensor

_ENDINGS = (".tif", ".tiff")
_PRODUCT_INFO = "productInfo.json"
_CALIBRATED = ("beta0", "sigma0", "gamma0", "gamma0_rtc")
_OPERA = re.compile(r"OPERA_L\d_RTC-S1[_-]")
_MASK = re.compile(r"[_-]mask$", re.IGNORECASE)
_WORD = re.compile(r"(?i)[_-]?(?<![A-Za-z0-9])(VV|VH|HH|HV)(?![A-Za-z0-9])")
_SENTINEL1 = re.compile(r"Sentinel-1([A-D]) (\w+) (GRD|SLC)")
_KINDS = {"GRD": "ground_range", "SLC": "slant_range"}


@dataclass(frozen=True, kw_only=True)
class GeoTiff:
    """One scene: the files of its bands, and those that say more of it."""

    name: str
    bands: tuple[tuple[str, str, int], ...]  # (polarisation or "", file, number of the band in it from 1)
    mask: str | None = None
    item: str | None = None  # STAC
    info: str | None = None  # productInfo.json

    def files(self) -> Sequence[str]:
        return [*dict.fromkeys(file for _, file, _ in self.bands), *[one for one in (self.mask, self.item, self.info) if one]]

    def open(self, folder: str, declared: Declared) -> "OpenGeoTiff":
        return OpenGeoTiff(self, folder, declared)


class OpenGeoTiff:
    """The open files of a scene."""

    def __init__(self, scene: GeoTiff, folder: str, declared: Declared) -> None:
        self._rasters: dict[str, Raster] = {}
        self._scene = scene
        if not scene.bands:
            _stac(folder, scene)  # says what is odd of the item
            raise SourceError("has no measurement beside it", file=scene.info or scene.name, remedy="give the whole product")
        try:
            for file in dict.fromkeys([file for _, file, _ in scene.bands] + ([scene.mask] if scene.mask else [])):
                self._rasters[file] = Raster(join(folder, file), file)
            self._mask = self._rasters[scene.mask] if scene.mask else None
            self._bands = self._named(declared)
            self.facts = facts = self._facts(folder, declared)
            self._scaling = {one: _scaling(*of, facts.quantity, declared) for one, of in self._bands.items()}
        except BaseException:
            self._close()
            raise
        self._nodata = declared.nodata

    def _named(self, declared: Declared) -> dict[str, tuple[Raster, int]]:
        """The bands by their polarisations. Raises `SourceError` where a file has several, and nothing says what each is."""
        found: dict[str, tuple[Raster, int]] = {}
        for file in dict.fromkeys(file for _, file, _ in self._scene.bands):
            raster, bands = self._rasters[file], [(one, band) for one, of, band in self._scene.bands if of == file]
            there, count = raster.measured(), raster.dataset.count
            if any(band > count for _, band in bands):
                raise SourceError(f"has {count} bands, and not the ones that were planned", file=file)
            described = [polarisation_in(text) for text in raster.dataset.descriptions]
            known = len(bands) in (len(there), count) or all(
                described.count(one) == 1 and described[band - 1] == one for one, band in bands
            )
            if len(declared.bands) == len(there) and not (known and all(one for one, _ in bands)):
                bands = [(one, band) for one, band in zip(declared.bands, there, strict=True) if one != LEFT_OUT]
            elif not known:
                texts = zip(raster.dataset.descriptions, raster.dataset.colorinterp, strict=True)
                kinds = ", ".join(text or kind.name for text, kind in texts)
                raise SourceError(
                    f"{count} bands ({kinds[:80]}), and nothing says the polarisation of each",
                    file=file,
                    remedy=f"give --source.bands, such as VV VH, with {LEFT_OUT} for one that is not shown",
                )
            for one, band in bands:
                if one in found:
                    raise SourceError(f"{one} is in {found[one][0].shown} too", file=file)
                found[one] = (raster, band)
        return found

    def _facts(self, folder: str, declared: Declared) -> SceneFacts:
        first, *others = self._rasters.values()
        dataset = first.dataset
        stac = _stac(folder, self._scene)
        tags = _SENTINEL1.search(dataset.tags().get("TIFFTAG_IMAGEDESCRIPTION", ""))
        product = _product(folder, self._scene)
        quantity, scale = self._quantity(declared, stac)
        self._zero = (tags is not None or bool(product)) and quantity in ("dn", "amplitude")
        self._power = quantity in _CALIBRATED and scale == "linear"
        zero = self._zero or (self._power and np.dtype(dataset.dtypes[0]).kind == "f")
        stated = [raster.nodata(band) for raster, band in self._bands.values()]
        nodata = next((one for one in (*stated, declared.nodata) if one is not None), 0.0 if zero else None)
        kind = _KINDS.get(str(product.get("productType") or (tags[3] if tags else None)), "unknown")
        geolocation: AffineGrid | ControlGrid | None = first.affine() or first.controls(kind)
        for other in others:
            check_same_place(first, other, kind)
        sensor = stac.sensor if stac else _sentinel1(product, tags)
        if geolocation is not None:
            sensor = replace(sensor, gsd_m=gsd_m(geolocation, dataset.height, dataset.width, first.shown))
        return SceneFacts(
            height_px=dataset.height,
            width_px=dataset.width,
            polarisations=tuple(self._bands),
            quantity=quantity,
            scale=scale,
            sensor=sensor,
            geolocation=geolocation,
            grid=geolocation.kind if geolocation is not None else kind,
            looks=stac.looks if stac else None,
            nodata=nodata,
        )

    def _quantity(self, declared: Declared, stac: StacScene | None) -> tuple[str, str]:
        for raster, band in self._bands.values():
            if raster.dataset.dtypes[band - 1].startswith("complex"):  # also complex_int16, which numpy has not
                raise SourceError("complex pixels, which need their annotation", file=raster.shown, remedy="give SICD, or SAFE")
        first, band = next(iter(self._bands.values()))
        kind = np.dtype(first.dataset.dtypes[band - 1])
        if stac is not None and stac.quantity is not None:
            check_declared(declared, stac.quantity, stac.scale, who="its STAC item", file=first.shown)
            return stac.quantity, stac.scale
        if declared.quantity is not None:
            return declared.quantity, declared.scale
        if kind.kind == "f":
            raise SourceError(
                "floating point whose quantity nothing says",
                file=first.shown,
                remedy="give --source.quantity, such as sigma0, gamma0_rtc or sigma0_db",
                option="quantity",
            )
        return ("display" if kind.itemsize == 1 else "dn"), "linear"

    def values(self, polarisation: str, row: int, column: int, height: int, width: int) -> Floats:
        """As `OpenScene` says."""
        raster, band = self._bands[polarisation]
        raw = raster.read(band, row, column, height, width)
        check_pixels(raw, raster.shown)
        scale, offset = self._scaling[polarisation]
        if (scale, offset) == (1.0, 0.0):
            values: Floats = raw.astype(np.float32, copy=False)
        else:
            with np.errstate(over="ignore"):
                values = (raw.astype(np.float64) * scale + offset).astype(np.float32)
        none = [one for one in (raster.nodata(band), self._nodata) if one is not None and not np.isnan(one)]
        if self._zero or (self._power and raw.dtype.kind == "f"):
            none.append(0.0)
        for one in none:
            values[raw == one] = np.nan
        there = raster.valid(band, row, column, height, width)
        if there is not None:
            values[~there] = np.nan
        if raw.dtype.kind == "f" and not (finite := np.isfinite(values)).all():
            values[~finite] = np.nan
        if self._mask is not None:
            # OPERA RTC-S1: 0 is valid, 1 shadow, 2 layover, 3 both, 255 outside.
            values[self._mask.read(1, row, column, height, width) != 0] = np.nan
        return values

    def incidence_deg(self, row: float, column: float) -> float | None:
        del row, column
        return self.facts.sensor.incidence_deg

    def _close(self) -> None:
        for raster in reversed(self._rasters.values()):
            raster.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()


def _scaling(raster: Raster, band: int, quantity: str, declared: Declared) -> tuple[float, float]:
    """What makes measurements of a band's numbers. Those that are asked for as digital numbers stay as they are.

    Raises `SourceError` where the file has a scale, and nothing says of what.
    """
    scale, offset = raster.scaling(band)
    if (scale, offset) == (1.0, 0.0) or quantity not in ("dn", "display"):
        return scale, offset
    if declared.quantity != "dn":
        raise SourceError(
            f"numbers with a scale of {scale:g} and an offset of {offset:g}, and nothing says what they measure then",
            file=raster.shown,
            place=f"band {band}",
            remedy="give --source.quantity, such as sigma0 or sigma0_db, or dn for the numbers as they are",
            option="quantity",
        )
    return 1.0, 0.0


class _Found(NamedTuple):
    """What GeoTIFFs are."""

    scenes: list[GeoTiff]
    layers: dict[str, str]  # files that are layers beside scenes, and what


def found(folder: str, files: Sequence[str], take: Collection[str] = ()) -> _Found:
    """The scenes that the GeoTIFFs among the files make, each file in one scene; and those that are layers beside scenes, of
    which none is one of `take`."""
    left = {file for file in files if file.lower().endswith(_ENDINGS)}
    scenes: list[GeoTiff] = []
    named: dict[str, str] = {}  # files that a STAC item has beside its polarisations
    for file in files:
        base = posixpath.dirname(file)
        if posixpath.basename(file) == _PRODUCT_INFO:
            measured = sorted(one for one in left if posixpath.dirname(one) == posixpath.join(base, "measurement"))
            left.difference_update(measured)
            bands = tuple((polarisation_in(posixpath.basename(one)) or "", one, 1) for one in measured)
            scenes.append(GeoTiff(name=posixpath.basename(base) or _PRODUCT_INFO, bands=bands, info=file))
        elif file.lower().endswith(".json"):
            try:
                stac = _item(folder, file)
            except SourceError:  # is said when it is opened
                scenes.append(GeoTiff(name=posixpath.splitext(file)[0], bands=(), item=file))
                continue
            if stac is None:
                continue
            stated = [(polarisation, posixpath.join(base, href), 1) for polarisation, href in stac.bands]
            bands = tuple(one for one in stated if one[1] in left)  # those that were loaded
            mask = posixpath.join(base, stac.mask) if stac.mask else None
            mask = mask if mask in left else None
            if bands:
                left.difference_update([one for _, one, _ in bands], [mask] if mask else [])
                scenes.append(GeoTiff(name=stac.name, bands=bands, mask=mask, item=file))
                others = {posixpath.join(base, href): f"{key[:40]} of a STAC item" for key, href in stac.others}
                named |= {one: what for one, what in others.items() if polarisation_in(posixpath.basename(one)) is None}
    layers = {file: what for file, what in named.items() if file in left and file not in take}
    layers |= _layers(folder, sorted(left - set(layers)), take)
    masks = {_MASK.sub("", posixpath.splitext(file)[0]): file for file in layers if _is_operas(file)}
    by_name = _by_name(folder, sorted(left - set(layers)), masks)
    used = {scene.mask for scene in by_name}
    return _Found(scenes + by_name, {file: what for file, what in sorted(layers.items()) if file not in used})


def _is_operas(file: str) -> bool:
    """Whether a file is a mask of layover and shadow as OPERA makes it; nobody knows what the values of others mean."""
    stem = posixpath.splitext(file)[0]
    return bool(_MASK.search(stem) and _OPERA.match(posixpath.basename(stem)))


def _layers(folder: str, files: Sequence[str], take: Collection[str]) -> dict[str, str]:
    """Of the files those that are layers beside scenes, by their names and by what their bands say."""
    polarised: dict[str, set[Words]] = {}
    for file in files:
        base, name = posixpath.split(posixpath.splitext(file)[0])
        if polarisation_in(name) is not None:
            polarised.setdefault(base, set()).add(words(_WORD.sub("", name)))
    found: dict[str, str] = {}
    for file in files:
        if file in take:
            continue
        said = _descriptions(folder, file)
        what = layer_by_name(file, polarised.get(posixpath.dirname(file), ()))
        if what is None or (measured_polarisation(said) and not is_picture(what)):
            what = layer_by_bands(said)
        if what is not None:
            found[file] = what
    return found


def _by_name(folder: str, files: Sequence[str], masks: Mapping[str, str]) -> list[GeoTiff]:
    """Files whose names differ in the polarisation only are one scene, which the mask of its name masks."""
    groups: dict[str, dict[str, str]] = {}
    for file in files:
        stem = posixpath.splitext(file)[0]
        base, name = posixpath.split(stem)
        group = posixpath.join(base, _WORD.sub("", name)) or stem
        polarisation = polarisation_in(name) or ""
        of_group = groups.setdefault(group if polarisation else stem, {})
        if polarisation in of_group:  # the same name with another ending
            groups[file] = {polarisation: file}
        else:
            of_group[polarisation] = file
    scenes = {group: _bands_of(folder, of_group) for group, of_group in sorted(groups.items())}
    return [GeoTiff(name=name, bands=bands, mask=masks.get(name)) for name, bands in scenes.items()]


def _bands_of(folder: str, files: dict[str, str]) -> tuple[tuple[str, str, int], ...]:
    """The bands of a group: a file a polarisation, or those of one file by their descriptions."""
    if len(files) > 1:
        return tuple((polarisation, file, 1) for polarisation, file in sorted(files.items()))
    ((polarisation, file),) = files.items()
    described = [polarisation_in(text) for text in _descriptions(folder, file)]
    named = [(one, file, band) for band, one in enumerate(described, 1) if one is not None]
    if named and len({one for one, _, _ in named}) == len(named):
        return tuple(sorted(named))
    return ((polarisation, file, 1),)


def _descriptions(folder: str, file: str) -> list[str | None]:
    """What the bands of a file are called; none of one that cannot be opened, which is said when it is."""
    try:
        with Raster(join(folder, file), file) as raster:
            return list(raster.dataset.descriptions)
    except SourceError:
        return []


def _item(folder: str, file: str) -> StacScene | None:
    try:
        return parse_item(read_file(join(folder, file), MAX_BYTES + 1), file)
    except OSError as error:
        raise SourceError(f"cannot be read, {error.strerror}", file=file) from error


def _stac(folder: str, scene: GeoTiff) -> StacScene | None:
    return _item(folder, scene.item) if scene.item else None


def _product(folder: str, scene: GeoTiff) -> dict[str, Any]:
    """What productInfo.json, as the public Sentinel-1 bucket has it, says."""
    if scene.info is None:
        return {}
    try:
        stated = json.loads(read_file(join(folder, scene.info), MAX_BYTES))
    except OSError as error:
        raise SourceError(f"cannot be read, {error.strerror}", file=scene.info) from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"broken JSON, {str(error)[:120]}", file=scene.info) from error
    if not isinstance(stated, dict):
        raise SourceError("not a JSON object", file=scene.info)
    return stated


def _sentinel1(product: dict[str, Any], tags: re.Match[str] | None) -> Sensor:
    mission = product.get("missionId")
    letter = mission[2] if isinstance(mission, str) and re.fullmatch("S1[A-D]", mission) else tags[1] if tags else None
    if letter is None:
        return Sensor()
    mode = product.get("mode")
    return Sensor(
        platform=f"Sentinel-1{letter}",
        band="C",
        mode=mode if isinstance(mode, str) else tags[2] if tags else None,
        look_side="right",  # the only one that Sentinel-1 has
        acquired=utc(product.get("startTime")),
    )
