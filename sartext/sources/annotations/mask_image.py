"""One mask file, read and proven: the value or colour of each pixel, or the reason why it cannot be used."""

import os
import warnings

import numpy as np
import numpy.typing as npt
from PIL import ImageFile, TiffImagePlugin

from sartext.errors import StoreError, TileRejected
from sartext.imaging.guard import check_bounds, open_header
from sartext.imaging.orientation import UPRIGHT, Size, orientation_of, unclear
from sartext.sources.files.discover import MAX_LABEL_BYTES, ending, read_label_file
from sartext.sources.filesystem import read_file
from sartext.sources.pixels.image import LFS_HEAD

ENDINGS = (".png", ".tif", ".tiff")
MaskValues = npt.NDArray[np.uint32]

_JPEG = b"\xff\xd8\xff"
_JPEG_ENDINGS = (".jpg", ".jpeg", ".jpe", ".jfif")
_LOSSY = ("jpeg", "tiff_jpeg")  # of TIFF
_WHOLE = ("1", "L", "I", "I;16", "I;16B")


def read_mask(folder: str, file: str, *, width_px: int, height_px: int, colours: bool | None) -> MaskValues:
    """The mask (height, width) in whole numbers: values, or with `colours` R * 65536 + G * 256 + B.

    PNG and TIFF, gray up to 32 bits, palette or RGB(A) of 8 bits; alpha is not looked at. Of a palette the colours count where
    the table has colours, the indices else; gray stored as RGB is gray. Where `colours` is None no table says what is there:
    the numbers of gray and palettes count, and the colours of RGB. Raises `TileRejected`: `bad_mask` where it cannot be read,
    has another size than its image, was compressed as a JPEG is, or has colours where values are wanted; `too_large` where
    decoding would take too much; `exif_orientation` where viewers turn it.
    """
    data = read_label_file(folder, file)
    if data.startswith(LFS_HEAD):
        raise TileRejected("lfs_pointer", f"{file}: the text that Git LFS leaves in place of a file; run 'git lfs pull'")
    if data.startswith(_JPEG):
        raise _inexact(file, "is a JPEG")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = _opened(data)
            if picture.info.get("compression") in _LOSSY:
                raise _inexact(file, "is compressed as a JPEG is")
            if picture.size != (width_px, height_px):
                raise TileRejected("bad_mask", f"{file} has {picture.size} px, its image {(width_px, height_px)}")
            check_bounds(picture, data)
            if not isinstance(picture, TiffImagePlugin.TiffImageFile):
                picture.load()
            if (turned := orientation_of(picture)) != UPRIGHT:
                raise unclear(turned)
            if picture.mode == "P" and colours:
                return _packed(np.asarray(picture.convert("RGB")))
            if picture.mode in _WHOLE or picture.mode == "P":
                values = np.asarray(picture)
                if values.dtype.kind == "i" and values.min(initial=0) < 0:
                    raise TileRejected("bad_mask", f"{file} has negative values")
                whole = values.astype(np.uint32)
                return whole * np.uint32(0x010101) if colours else whole
            if picture.mode in ("RGB", "RGBA"):
                if _bits(picture, data) > 8:  # of which only the high ones would be read
                    raise TileRejected(
                        "bad_mask", f"{file}: colours of {_bits(picture, data)} bits; give gray, or RGB of 8 bits"
                    )
                pixels = np.asarray(picture)[:, :, :3]
                return _gray(pixels, file) if colours is False else _packed(pixels)
    except TileRejected:
        raise
    except Exception as error:  # Pillow's parsers and decoders raise almost anything on broken bytes
        raise TileRejected("bad_mask", f"{file}: {type(error).__name__}: {error}") from error
    raise TileRejected("bad_mask", f"{file}: pixels of the kind {picture.mode}; give gray, a palette or RGB")


def unreadable_kind(file: str) -> TileRejected:
    """Why a mask with the ending of another kind of image is not read."""
    name = ending(file).removeprefix(".").upper()
    if ending(file) in _JPEG_ENDINGS:
        return _inexact(file, "is a JPEG")
    return TileRejected("bad_mask", f"its mask {file} is a {name}; give PNG")


def _inexact(file: str, what: str) -> TileRejected:
    return TileRejected("bad_mask", f"its mask {file} {what}, whose values are not exact; give PNG")


def mask_size_px(folder: str, file: str) -> Size | None:
    """The size of a mask; None where it cannot be told, which its reading says."""
    data = read_label_file(folder, file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _opened(data).size
    except Exception:  # Pillow's parsers raise almost anything on broken bytes
        return None


def _opened(data: bytes) -> ImageFile.ImageFile:
    return open_header(data, "PNG" if data.startswith(b"\x89PNG") else "TIFF")


def values_of(path: str, most: int = 8) -> list[str]:
    """Some values of a mask file as a class table has them, for an error message; [] where it cannot be read."""
    try:
        data = read_file(path, MAX_LABEL_BYTES)
        picture = _opened(data)
        check_bounds(picture, data)
        pixels = np.asarray(picture)
    except StoreError:
        raise
    except Exception:  # it is said later, where the mask is read
        return []
    rows = np.unique(pixels.reshape(-1, pixels.shape[2]) if pixels.ndim == 3 else pixels.reshape(-1, 1), axis=0)
    return [str(row.tolist()[:3] if len(row) > 1 else row.item()) for row in rows[:most]]


def _bits(picture: ImageFile.ImageFile, data: bytes) -> int:
    """Bits a sample, as the file's head says: the 25th byte of a PNG, a tag of a TIFF."""
    if isinstance(picture, TiffImagePlugin.TiffImageFile):
        return int(max(picture.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE, (8,))))
    return data[24]


def _packed(pixels: npt.NDArray[np.uint8]) -> MaskValues:
    red, green, blue = (pixels[:, :, band].astype(np.uint32) for band in range(3))
    return (red << 16 | green << 8 | blue).astype(np.uint32)


def _gray(pixels: npt.NDArray[np.uint8], file: str) -> MaskValues:
    if not ((pixels[:, :, 0] == pixels[:, :, 1]) & (pixels[:, :, 1] == pixels[:, :, 2])).all():
        raise TileRejected("bad_mask", f"{os.path.basename(file)} has colours, and the class table values; give [R, G, B]")
    return pixels[:, :, 0].astype(np.uint32)
