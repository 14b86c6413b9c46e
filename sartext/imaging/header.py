"""The header of an encoded image: its size and kind, and whether it may be decoded. Without torch, for who only looks."""

from io import BytesIO

from PIL import Image, TiffImagePlugin

from sartext.errors import TileRejected
from sartext.imaging.structure import check_structure

MAX_PIXELS = 64_000_000  # 8,000 x 8,000
MAX_SIDE_PX = 65_535  # as JPEG has them: to resize takes 32 bytes for each pixel of the longer side
_MAX_SCANS = 100  # of a progressive JPEG, each of which is decoded over the whole image; encoders write about ten
_SCAN = b"\xff\xda"
FORMATS = ("JPEG", "PNG", "TIFF")
GRAY, _COLOR = ("L", "LA", "1"), ("RGB", "RGBA", "CMYK", "P", "YCbCr")
_TILE_WIDTH, _TILE_LENGTH = 322, 323  # TIFF tags


def opened(data: bytes, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """The image with its header read and nothing decoded.

    Raises `TileRejected`: too_large, not_an_image, unsupported_pixels.
    """
    check_structure(data)
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
        most = max(image.width * image.height, _tile_pixels(image))
    except Image.DecompressionBombError as error:
        raise TileRejected("too_large", f"{error}; at most {max_pixels} pixels, cut it first") from error
    except Exception as error:  # Pillow's header parsers raise almost anything on broken bytes
        raise TileRejected("not_an_image", f"{len(data)} bytes that are none of {', '.join(FORMATS)}") from error
    width_px, height_px = image.size
    if most > max_pixels:
        raise TileRejected("too_large", f"{width_px} x {height_px} px, {most} at once; at most {max_pixels}, cut it first")
    if max(image.size) > MAX_SIDE_PX:
        raise TileRejected("too_large", f"{width_px} x {height_px} px; a side has at most {MAX_SIDE_PX}, cut it first")
    if image.format == "JPEG" and (scans := data.count(_SCAN)) > _MAX_SCANS:
        raise TileRejected("too_large", f"a JPEG of {scans} scans; at most {_MAX_SCANS}, write it again")
    if image.mode not in GRAY + _COLOR:
        raise TileRejected("unsupported_pixels", f"pixels of mode {image.mode!r}; give 8-bit gray or RGB")
    return image


def _tile_pixels(image: Image.Image) -> int:
    """Pixels of one inner tile of a TIFF, which is allocated whole however small the image is."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return 0
    return int(image.tag_v2.get(_TILE_WIDTH, 0)) * int(image.tag_v2.get(_TILE_LENGTH, 0))
