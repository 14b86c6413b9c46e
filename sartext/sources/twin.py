"""The optical twin of a SAR image: read, brought to its grid, and refused where it shows nothing of the ground."""

import posixpath
import warnings
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from sartext.errors import TileRejected
from sartext.imaging.guard import opened
from sartext.sources.base import utf8
from sartext.sources.files.discover import ending
from sartext.sources.pixels.geotiff import Grid, Tagged, tagged, warp
from sartext.sources.pixels.image import read_image
from sartext.sources.split_paths import path_in
from sartext.tile import EncodedImage

_Bytes = npt.NDArray[np.uint8]
_Mask = npt.NDArray[np.bool_]

LEAST_COVERED = 0.95  # of the SAR image's pixels
MOST_BLANK = 0.5  # of the twin's blocks
MOST_FACTOR = 16
_BLOCK_PX = 8
GEOTIFF_ENDINGS = (".tif", ".tiff")
_CLOUD_DARKEST, _CLOUD_HUE, _CLOUD_TEXTURE = 170.0, 30.0, 14.0  # grey levels of 255


@dataclass(frozen=True, kw_only=True)
class Twin:
    """A twin on the SAR image's grid."""

    image: EncodedImage
    gray: _Bytes  # (rows, columns)
    cloud_share: float
    about: Tagged


@dataclass(frozen=True, kw_only=True)
class BandSelection:
    """Which bands of GeoTIFFs are red, green and blue, from 1, and the values that are black and white."""

    bands: tuple[int, ...]
    limits: tuple[float, ...]


def read_twin(
    folder: str,
    file: str,
    *,
    width_px: int,
    height_px: int,
    grid: Grid | None,
    most_cloud: float,
    shown: BandSelection | None = None,
) -> Twin:
    """The twin at `file`, a path relative to `folder`, for a SAR image of this size and grid (None: not georeferenced).

    It is warped where both are georeferenced and their grids differ; its bytes pass through where they are the same. Without a
    georeference it must have the same size, or a whole multiple or fraction of it, up to 16, on both axes: then it is averaged
    or interpolated. What is moved, or of which bands are `shown`, is stored as PNG.

    Raises `TileRejected`: with the reasons of `read_image` after "twin_"; `twin_size`; `twin_not_warped`; `twin_off_footprint`
    where it covers less than 95% of the SAR image; `twin_blank` (see `blank_share`) and `twin_cloudy` (see `cloud_share`).
    """
    about = about_file(folder, file)
    try:
        picture, valid, kept = _read(folder, file, about, shown)
    except TileRejected as error:
        raise TileRejected(f"twin_{error.reason}", error.detail) from error
    as_read = picture
    if grid is not None and about.grid is not None:
        if about.grid != grid:
            picture, valid = warp(picture, valid, about.grid, grid)
    elif picture.shape[:2] != (height_px, width_px):
        picture, valid = _resized(picture, valid, width_px, height_px)
    covered = float(valid.mean())
    if covered < LEAST_COVERED:
        raise TileRejected("twin_off_footprint", f"it covers {covered:.0%} of the SAR image; at least {LEAST_COVERED:.0%}")
    blank = blank_share(picture)
    if blank >= MOST_BLANK:
        raise TileRejected("twin_blank", f"{blank:.0%} of it is of one colour")
    cloudy = cloud_share(picture)
    if cloudy > most_cloud:
        raise TileRejected("twin_cloudy", f"clouds are estimated to hide at least {cloudy:.0%}; at most {most_cloud:.0%}")
    if kept is None or picture is not as_read:
        kept = EncodedImage(bytes=_png(picture), path=utf8(posixpath.splitext(posixpath.basename(file))[0]) + ".png")
    return Twin(image=kept, gray=gray(picture), cloud_share=round(cloudy, 4), about=about)


def _read(folder: str, file: str, about: Tagged, shown: BandSelection | None) -> tuple[_Bytes, _Mask, EncodedImage | None]:
    """The pixels, which of them are valid, and the file's own image where it is one that passes through."""
    if shown is not None and ending(file) in GEOTIFF_ENDINGS:
        from sartext.sources.pixels.measured import read_optical

        return (*read_optical(folder, file, shown.bands, shown.limits), None)
    read = read_image(folder, file)
    data = read.image.bytes or b""
    # What was nodata in 16 bits is black in the rendered picture, with the darkest 2% of the others.
    nodata = 0.0 if about.nodata is not None and read.rendering.quantity == "dn" else about.nodata
    return (*_decoded(data, nodata), EncodedImage(bytes=data, path=utf8(read.image.path or "")))


def about_file(folder: str, file: str) -> Tagged:
    """What a file says beside its pixels, where it is a TIFF."""
    return tagged(path_in(folder, file)) if ending(file) in GEOTIFF_ENDINGS else Tagged()


def blank_share(picture: _Bytes) -> float:
    """The share of a picture (rows, columns, channels) that is fill: blocks of 8 px that are all black or all white, and all
    blocks where the whole has one colour."""
    if bool((picture == picture[0, 0]).all()):
        return 1.0
    darkest, brightest = _blocks(picture).min(axis=(1, 3, 4)), _blocks(picture).max(axis=(1, 3, 4))
    return float(((brightest == 0) | (darkest == 255)).mean())


def cloud_share(picture: _Bytes) -> float:
    """An estimate from below of the share of a picture in colours (rows, columns, 3) that clouds hide; 0 for a gray one.

    A block of 8 px is cloud where it is bright (its darkest channel at least 170 of 255), white (channels within 30) and smooth
    (a standard deviation of at most 14). The rims of clouds, thin cloud and shadows are missed, a third to half of what a
    person would mark; snow, salt and large white roofs are taken for cloud.
    """
    if picture.shape[2] != 3:
        return 0.0
    blocks = _blocks(picture).astype(np.float32)
    channels = blocks.mean(axis=(1, 3))
    texture = blocks.mean(axis=4).std(axis=(1, 3))
    darkest, brightest = channels.min(axis=2), channels.max(axis=2)
    cloud = (darkest >= _CLOUD_DARKEST) & (brightest - darkest <= _CLOUD_HUE) & (texture <= _CLOUD_TEXTURE)
    return float(cloud.mean())


def gray(picture: _Bytes) -> _Bytes:
    """(rows, columns) of a picture of 1 or 3 channels: its mean over the channels."""
    return picture[:, :, 0] if picture.shape[2] == 1 else picture.mean(axis=2, dtype=np.float32).astype(np.uint8)


def decoded(data: bytes) -> _Bytes:
    """The pixels of a proven image, (rows, columns, 1 or 3), without its transparency."""
    return _decoded(data, None)[0]


def _decoded(data: bytes, nodata: float | None) -> tuple[_Bytes, _Mask]:
    """The pixels, and which of them are neither transparent nor the declared nodata in all channels."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata, which nobody here uses
        pixels = np.asarray(opened(data))
    pixels = pixels[:, :, None] if pixels.ndim == 2 else pixels
    valid = np.ones(pixels.shape[:2], dtype=np.bool_)
    if pixels.shape[2] in (2, 4):
        valid, pixels = pixels[:, :, -1] > 0, pixels[:, :, :-1]
    if nodata is not None:
        valid = valid & ~(pixels == nodata).all(axis=2)
    return np.ascontiguousarray(pixels), valid


def _resized(picture: _Bytes, valid: _Mask, width_px: int, height_px: int) -> tuple[_Bytes, _Mask]:
    """The picture at the SAR image's size, where one is a whole multiple of the other."""
    height, width = picture.shape[:2]
    down, up = width // width_px, width_px // width
    mask = Image.fromarray(valid.astype(np.uint8) * 255)
    channels = [Image.fromarray(np.ascontiguousarray(picture[:, :, at])) for at in range(picture.shape[2])]
    if 1 < down <= MOST_FACTOR and (width, height) == (width_px * down, height_px * down):
        moved = [channel.reduce(down) for channel in channels]
        return _stacked(moved), np.asarray(mask.reduce(down)) == 255
    if 1 < up <= MOST_FACTOR and (width_px, height_px) == (width * up, height * up):
        size = (width_px, height_px)
        moved = [channel.resize(size, Image.Resampling.BICUBIC) for channel in channels]
        return _stacked(moved), np.asarray(mask.resize(size, Image.Resampling.NEAREST)) == 255
    raise TileRejected(
        "twin_size",
        f"{width} x {height} px, where the SAR image has {width_px} x {height_px}; give images of one size, or GeoTIFFs",
    )


def _stacked(channels: list[Image.Image]) -> _Bytes:
    return np.stack([np.asarray(channel) for channel in channels], axis=2)


def _blocks(picture: _Bytes) -> _Bytes:
    """(rows of blocks, 8, columns of blocks, 8, channels); what is left over at the lower and the right edge is left out."""
    rows, columns = picture.shape[0] // _BLOCK_PX, picture.shape[1] // _BLOCK_PX
    return picture[: rows * _BLOCK_PX, : columns * _BLOCK_PX].reshape(rows, _BLOCK_PX, columns, _BLOCK_PX, -1)


def _png(picture: _Bytes) -> bytes:
    encoded = BytesIO()
    Image.fromarray(picture[:, :, 0] if picture.shape[2] == 1 else picture).save(encoded, "PNG")
    return encoded.getvalue()
