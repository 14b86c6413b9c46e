"""The one guard of encoded images: the format by the first bytes, bounds before anything is decoded, and checked pixels.

What may be decoded is decided here for everybody: sources, models, requests and pages. What of it a tile may be, which is less,
`sources.pixels.image` says. The plug-ins' classes are called directly: `Image.open` has a bomb check of its own, whose limit is
a global that anyone may change and that only warns in between; and of a JPEG it may make another format.
"""

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO

from PIL import GifImagePlugin, Image, ImageFile, ImageOps, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from sartext.errors import TileRejected
from sartext.imaging.structure import check_structure

MAX_PIXELS = 64_000_000  # 8,000 x 8,000
MAX_SIDE_PX = 65_535  # as JPEG has them: to resize takes 32 bytes for each pixel of the longer side
FORMATS = ("JPEG", "PNG", "TIFF")
_GRAY, _COLOR = ("L", "LA", "1"), ("RGB", "RGBA", "CMYK", "P", "YCbCr")
_OPENERS: dict[str, Callable[[BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "GIF": GifImagePlugin.GifImageFile,
}
_FIRST_BYTES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),  # BigTIFF
    (b"MM\0+", "TIFF"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
)
_MAX_SCANS = 100  # of a progressive JPEG, each of which is decoded over the whole image; encoders write about ten
_SCAN = b"\xff\xda"
_MAX_TIFF_FRAMES = 32
_NEW_SUBFILE_TYPE = 254
_REDUCED_OR_MASK = 0b101  # an overview, or a transparency mask (TIFF 6.0, NewSubfileType)
_TILE_WIDTH, _TILE_LENGTH = 322, 323  # TIFF tags
_KEPT_PIXELS = 4_000_000  # of an image that is kept decoded: at most 16 MB


class _Kept:
    """The last image that was decoded whole to be checked, for who looks at its pixels next: mostly a model, at once."""

    last: tuple[bytes, Image.Image] | None = None


def format_of(data: bytes) -> str | None:
    """The image format that the first bytes are of, also of formats that nobody here reads; None where they are of none."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((name for head, name in _FIRST_BYTES if data.startswith(head)), None)


def is_read(format_: str) -> bool:
    """Whether images of this format can be opened at all; GIF can, for what is wrong with it to be said."""
    return format_ in _OPENERS


def open_header(data: bytes, format_: str) -> ImageFile.ImageFile:
    """The image with its header read, as what it is; no bound but that of its parts has been looked at.

    Raises `TileRejected` as too_large for more parts than any encoder writes, and almost anything on broken bytes.
    """
    check_structure(data)
    return _OPENERS[format_](BytesIO(data))


def check_bounds(picture: ImageFile.ImageFile, data: bytes, max_pixels: int = MAX_PIXELS) -> None:
    """Raises `TileRejected`, too_large, for an opened image that would take too much to decode."""
    check_size(*picture.size, max_pixels)
    if _inner_tile_pixels(picture) > max_pixels:
        raise TileRejected("too_large", "a TIFF whose inner tiles have more pixels than an image may")
    if picture.format == "JPEG" and (scans := data.count(_SCAN)) > _MAX_SCANS:
        raise TileRejected("too_large", f"a JPEG of {scans} scans; at most {_MAX_SCANS}, write it again")


def check_size(width_px: int, height_px: int, max_pixels: int = MAX_PIXELS) -> None:
    """Raises `TileRejected`, too_large, for an image of more pixels, or with a longer side, than is decoded."""
    if width_px * height_px > max_pixels:
        raise TileRejected("too_large", f"{width_px} x {height_px} px; at most {max_pixels} in all, cut it first")
    if max(width_px, height_px) > MAX_SIDE_PX:
        raise TileRejected("too_large", f"{width_px} x {height_px} px; a side has at most {MAX_SIDE_PX}, cut it first")


def is_animated(picture: ImageFile.ImageFile) -> bool:
    """Whether there is a second full image; overviews and masks in a TIFF are none. Raises `TileRejected`, truncated_image."""
    try:
        if not isinstance(picture, TiffImagePlugin.TiffImageFile):
            return bool(getattr(picture, "is_animated", False))
        for frame in range(1, _MAX_TIFF_FRAMES + 1):
            picture.seek(frame)
            if not int(picture.tag_v2.get(_NEW_SUBFILE_TYPE, 0)) & _REDUCED_OR_MASK:
                return True
        return True
    except EOFError:
        picture.seek(0)
        return False
    except Exception as error:
        raise TileRejected("truncated_image", f"the frames cannot be counted: {error}") from error


def open_bounded(data: bytes, max_pixels: int = MAX_PIXELS) -> ImageFile.ImageFile:
    """The image within all bounds, of any kind of pixels; its header is read and nothing decoded.

    Raises `TileRejected`: too_large, not_an_image.
    """
    format_ = format_of(data)
    try:
        if format_ not in FORMATS:
            raise ValueError(f"the format {format_}")
        picture = open_header(data, format_)
        check_bounds(picture, data, max_pixels)
    except TileRejected:
        raise
    except Exception as error:  # Pillow's header parsers raise almost anything on broken bytes
        raise TileRejected("not_an_image", f"{len(data)} bytes that are none of {', '.join(FORMATS)}") from error
    return picture


def opened(data: bytes, max_pixels: int = MAX_PIXELS) -> ImageFile.ImageFile:
    """The same of 8 bits a channel at most. Raises `TileRejected`: too_large, not_an_image, unsupported_pixels."""
    picture = open_bounded(data, max_pixels)
    if picture.mode not in _GRAY + _COLOR:
        raise TileRejected("unsupported_pixels", f"pixels of mode {picture.mode!r}; give 8-bit gray or RGB")
    return picture


def load_pixels(picture: ImageFile.ImageFile) -> None:
    """Decodes the whole of an opened image, in place. Raises `TileRejected`, truncated_image."""
    try:
        picture.load()
    except Exception as error:  # decoders raise OSError, but also SyntaxError, ValueError, struct.error, zlib.error
        raise TileRejected("truncated_image", f"{picture.format}: {error}") from error


def keep_decoded(data: bytes, picture: Image.Image) -> None:
    """Keeps the pixels of an upright image for the next `read_pixels` of the very same bytes, where they are not too many."""
    _Kept.last = (data, picture) if picture.width * picture.height <= _KEPT_PIXELS else None


def gray_or_rgb(picture: Image.Image) -> Image.Image:
    """A decoded image in 8-bit gray where it is gray, else in RGB."""
    return picture.convert("L" if picture.mode in _GRAY else "RGB")


def read_pixels(data: bytes) -> Image.Image:
    """The decoded image as viewers show it, its EXIF orientation applied, in 8-bit gray or RGB.

    Raises `TileRejected`: too_large, not_an_image, unsupported_pixels, truncated_image.
    """
    if (kept := _Kept.last) and kept[0] is data:
        return gray_or_rgb(kept[1])
    picture = opened(data)
    with suppress(Exception):  # of broken metadata; what is wrong with the pixels is said where they are decoded
        ImageOps.exif_transpose(picture, in_place=True)
    load_pixels(picture)
    return gray_or_rgb(picture)


def _inner_tile_pixels(picture: ImageFile.ImageFile) -> int:
    """Pixels of one inner tile of a TIFF, which is allocated whole however small the image is."""
    if not isinstance(picture, TiffImagePlugin.TiffImageFile):
        return 0
    return int(picture.tag_v2.get(_TILE_WIDTH, 0)) * int(picture.tag_v2.get(_TILE_LENGTH, 0))
