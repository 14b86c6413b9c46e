"""One image file, read and proven: its bytes as they are where they can be, or the reason why it cannot be a tile.

The header is looked at by `imaging.guard` before anything is decoded, and the whole image is decoded once, so that what comes
out can be decoded by everybody. An image that viewers turn is what its annotations hold on, without the tag, see
`imaging.orientation`. Within these limits a read takes at most about 600 MB: 256 MiB of file, and 4 bytes for each of 64
million pixels.
"""

import hashlib
import os
import posixpath
import stat
import warnings
from dataclasses import dataclass

from PIL import ImageFile, JpegImagePlugin, TiffImagePlugin

from sartext.errors import TileRejected
from sartext.imaging.guard import (
    check_bounds,
    check_size,
    format_of,
    is_animated,
    is_read,
    keep_decoded,
    load_pixels,
    open_header,
)
from sartext.imaging.orientation import UPRIGHT, Stated, orientation_of, settle, unclear
from sartext.sources.files.discover import ending
from sartext.sources.filesystem import is_remote, read_file, size_bytes
from sartext.sources.pixels.stretch import has_valid_float, render_dn
from sartext.sources.split_paths import path_in
from sartext.tile import EncodedImage, Rendering

MIN_SIDE_PX = 8
MAX_FILE_BYTES = 2**28  # 256 MiB, as much as a whole shard may hold
LFS_HEAD = b"version https://git-lfs.github.com/spec/"

_ENDINGS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "PNG": (".png",),
    "TIFF": (".tif", ".tiff"),
    "GIF": (".gif",),
    "BMP": (".bmp",),
    "WEBP": (".webp",),
}
_BITS_PER_SAMPLE, _SAMPLES_PER_PIXEL = 258, 277


@dataclass(frozen=True, kw_only=True)
class ReadImage:
    """An image that decodes, with what a tile says of it."""

    image: EncodedImage
    height_px: int
    width_px: int
    rendering: Rendering
    sha256: str  # of the source's bytes


def read_image(folder: str, file: str, stated_px: Stated = lambda: None) -> ReadImage:
    """The image at `file`, a path relative to `folder`.

    8-bit JPEG, PNG and TIFF, gray or RGB(A), pass through as they are (quantity "display"); 16-bit gray is rendered to an
    8-bit PNG (quantity "dn", see `stretch`). One that viewers turn becomes a PNG of the pixels that the size in `stated_px`,
    that of the annotations, is of; a TIFF of this kind is always refused, for its georeference is of the stored pixels.
    Raises `TileRejected` with one of these reasons: missing_image, unreadable, empty_file, lfs_pointer, not_an_image,
    wrong_extension, animated, too_small, too_large, color_model, truncated_image, no_valid_pixels, unsupported_pixels,
    exif_orientation.
    """
    data = read_bytes(folder, file)
    format_ = _format(data, file)
    name = posixpath.basename(file)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata and of no georeference, which nobody here uses
        with _open(data, format_) as picture:
            _check_header(picture, data, format_)
            width_px, height_px = picture.size
            if picture.mode in ("F", "I", "I;16", "I;16B"):
                _check_values(picture)
                encoded, rendering = render_dn(picture)
                image = EncodedImage(bytes=encoded, path=posixpath.splitext(name)[0] + ".png")
            else:
                _check_color(picture, format_, png_bits=data[24])
                _check_pixels(picture)
                encoded, image, rendering = data, EncodedImage(bytes=data, path=name), Rendering(quantity="display")
            turned = orientation_of(picture) if format_ != "TIFF" else UPRIGHT
            if encoded is data and turned == UPRIGHT and format_ != "JPEG":  # of a JPEG an eighth is decoded
                keep_decoded(data, picture)
        if turned != UPRIGHT:
            with _open(encoded, format_ if encoded is data else "PNG") as picture:
                load_pixels(picture)
                encoded, (width_px, height_px) = settle(picture, turned, stated_px)
            image = EncodedImage(bytes=encoded, path=posixpath.splitext(name)[0] + ".png")
    return ReadImage(
        image=image,
        height_px=height_px,
        width_px=width_px,
        rendering=rendering,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def read_bytes(folder: str, file: str) -> bytes:
    """The bytes of a file. Raises `TileRejected`: missing_image, unreadable, too_large, empty_file, lfs_pointer."""
    if os.path.isabs(file) or ".." in file.split("/"):
        raise TileRejected("missing_image", f"{file!r} leads outside the images' folder")
    path = path_in(folder, file)
    try:
        data = _remote(path) if is_remote(path) else _local(path, file)
    except (FileNotFoundError, ValueError) as error:  # ValueError: a name that no file can have
        raise TileRejected("missing_image", f"{file!r} is not in the images' folder") from error
    except OSError as error:
        raise TileRejected("unreadable", f"{file!r}: {error.strerror}") from error
    if not data:
        raise TileRejected("empty_file", f"{file!r} has 0 bytes")
    if data.startswith(LFS_HEAD):
        raise TileRejected("lfs_pointer", "the text that Git LFS leaves in place of a file; run 'git lfs pull'")
    return data


def _local(path: str, file: str) -> bytes:
    with open(path, "rb", opener=_open_without_waiting) as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise TileRejected("unreadable", f"{file!r} is a device or a pipe, not a file")
        if status.st_size > MAX_FILE_BYTES:
            raise TileRejected("too_large", f"{status.st_size} bytes; at most {MAX_FILE_BYTES}")
        return stream.read(MAX_FILE_BYTES)


def _remote(path: str) -> bytes:
    data = read_file(path, MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise TileRejected("too_large", f"{size_bytes(path)} bytes; at most {MAX_FILE_BYTES}")
    return data


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # a named pipe would be waited on for ever


def _format(data: bytes, file: str) -> str:
    """The format by the first bytes, if it is one that is read and the file's ending says the same."""
    found = format_of(data)
    if found is None:
        raise TileRejected("not_an_image", f"begins with {data[:8]!r}, as no image format does")
    if ending(file) not in _ENDINGS[found]:
        raise TileRejected("wrong_extension", f"{posixpath.basename(file)!r} holds {found}")
    if not is_read(found):
        raise TileRejected("not_an_image", f"{found} is not read; give JPEG, PNG or TIFF")
    return found


def _open(data: bytes, format_: str) -> ImageFile.ImageFile:
    try:
        return open_header(data, format_)
    except TileRejected:
        raise
    except Exception as error:  # Pillow's header parsers raise almost anything on broken bytes
        if format_ == "TIFF":
            _reject_foreign_tiff(data)
        complete = {"JPEG": b"\xff\xd9", "PNG": b"IEND", "GIF": b";"}.get(format_)
        reason = "not_an_image" if complete is not None and complete in data[-64:] else "truncated_image"
        raise TileRejected(reason, f"{format_} header of {len(data)} bytes: {error}") from error


def _reject_foreign_tiff(data: bytes) -> None:
    """Says what a TIFF is that Pillow cannot open, if GDAL can."""
    import rasterio  # here, for it takes 0.3 s and 40 MB, and few workers ever need it
    from rasterio.io import MemoryFile

    try:
        with MemoryFile(data) as memory, memory.open(driver="GTiff") as dataset:
            found = f"{dataset.count} bands of {dataset.dtypes[0]}"
            eight_bits = dataset.dtypes[0] in ("uint8", "uint16")
    except rasterio.errors.RasterioError:
        return  # broken for GDAL too: the caller says so with Pillow's words
    if eight_bits:
        raise TileRejected("color_model", f"a TIFF of {found}; give 1 band, or 8-bit RGB")
    raise TileRejected("unsupported_pixels", f"a TIFF of {found}; pairs take --source.quantity, others are scenes")


def check_sides(width_px: int, height_px: int) -> None:
    """Raises `TileRejected` for a size that no tile may have: too_small, too_large."""
    if min(width_px, height_px) < MIN_SIDE_PX:
        raise TileRejected("too_small", f"{width_px} x {height_px} px; a side has at least {MIN_SIDE_PX}")
    check_size(width_px, height_px)


def _check_header(picture: ImageFile.ImageFile, data: bytes, format_: str) -> None:
    check_sides(*picture.size)
    check_bounds(picture, data)
    if isinstance(picture, TiffImagePlugin.TiffImageFile) and (turned := orientation_of(picture)) != UPRIGHT:
        raise unclear(turned)
    if is_animated(picture):
        raise TileRejected("animated", f"{format_} of more than one frame")
    if format_ == "GIF":
        raise TileRejected("color_model", "GIF colours come from a palette; give JPEG, PNG or TIFF")


def _check_values(picture: ImageFile.ImageFile) -> None:
    """Decodes one band of more than 8 bits; only whole numbers of 16 bits can be rendered."""
    bits = _tiff_bits(picture)
    if picture.mode == "I" and set(bits) != {16}:
        raise TileRejected("unsupported_pixels", f"whole numbers of {bits[0]} bits; give 8 or 16")
    load_pixels(picture)
    if picture.mode != "F":
        return
    if not has_valid_float(picture):
        raise TileRejected("no_valid_pixels", "every pixel is NaN, infinite or nodata")
    raise TileRejected(
        "unsupported_pixels",
        "floating point, whose quantity the file does not say; pairs take --source.quantity, others are scenes",
    )


def _check_color(picture: ImageFile.ImageFile, format_: str, *, png_bits: int) -> None:
    channels = {"L": 1, "RGB": 3, "RGBA": 4} | ({"LA": 2} if format_ == "PNG" else {})
    if picture.mode not in channels:
        raise TileRejected("color_model", f"{format_} in {picture.mode}; give gray or RGB")
    bits = _tiff_bits(picture) or (8,) * channels[picture.mode]
    if bits != (8,) * channels[picture.mode]:
        raise TileRejected("color_model", f"TIFF of {len(bits)} bands of {bits[0]} bits; give 1 band, or 8-bit RGB")
    if format_ == "PNG" and png_bits > 8:
        raise TileRejected("color_model", "PNG of 16 bits in more than one channel; give 16-bit gray, or 8-bit RGB")


def _tiff_bits(picture: ImageFile.ImageFile) -> tuple[int, ...]:
    """The bits of each sample of a TIFF, () for other formats."""
    if not isinstance(picture, TiffImagePlugin.TiffImageFile):
        return ()
    bits = tuple(picture.tag_v2.get(_BITS_PER_SAMPLE, (1,)))
    return bits * int(picture.tag_v2.get(_SAMPLES_PER_PIXEL, 1)) if len(bits) == 1 else bits


def _check_pixels(picture: ImageFile.ImageFile) -> None:
    """Decodes the whole image once; a JPEG at an eighth of its size in gray, which still decodes the whole stream."""
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        picture.draft("L", (picture.width // 8, picture.height // 8))
    load_pixels(picture)
