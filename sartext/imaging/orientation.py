"""Images that viewers turn: what their orientation tag says, and which of the two pictures their annotations hold on.

A tag of EXIF or XMP (orientation 2 to 8) has viewers, browsers and `datasets` mirror or turn the stored pixels; GDAL and many
training codes do not. Some annotation tools label what is stored, others what is shown, and the tag does not tell: only a size
that the annotations state does, where it is that of one of the two pictures and not of the other. A record never keeps such a
tag, so that everybody sees one picture in it.
"""

import warnings
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, TiffImagePlugin

from sartext.errors import TileRejected

Size = tuple[int, int]  # (width, height) in pixels
Stated = Callable[[], Size | None]  # the size that annotations state, looked up only where it is asked for

UPRIGHT = 1
_TAG = 274
_SHOWN = {  # as EXIF 2.3 numbers them: what brings the stored pixels into the picture that viewers show
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDES_CHANGE = (5, 6, 7, 8)
_BIG_TIFF = (b"II+\0", b"MM\0+")


def orientation_of(picture: Image.Image) -> int:
    """The orientation from 1 to 8; 1 where the file says nothing, or nothing that a viewer follows.

    Of a PNG it may stand behind the pixels, which are read for it; of a TIFF it is gone once they are. Raises `TileRejected` as
    `exif_orientation` where the tags cannot be read, for then neither can those who show the image.
    """
    try:
        stated: Any = picture.getexif().get(_TAG, UPRIGHT)
    except Exception as error:  # Pillow's parsers raise almost anything on broken bytes
        raise TileRejected("exif_orientation", f"EXIF that cannot be read, {error}; write the image without it") from error
    return int(stated) if stated in _SHOWN else UPRIGHT


def tiff_orientation(data: bytes) -> int:
    """The orientation that the first image of a TIFF has, also where Pillow cannot open it; 1 where there is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            directory = TiffImagePlugin.ImageFileDirectory_v2(data[: 16 if data[:4] in _BIG_TIFF else 8])
            stream = BytesIO(data)
            stream.seek(directory.next)
            directory.load(stream)
            stated: Any = directory.get(_TAG, UPRIGHT)
    except Exception:  # what reads the pixels says what is wrong with the file
        return UPRIGHT
    return int(stated) if stated in _SHOWN else UPRIGHT


def settle(picture: Image.Image, orientation: int, stated: Stated) -> tuple[bytes, Size]:
    """The picture that the annotations hold on, as PNG without a tag, and its size; `picture` has the stored pixels.

    Raises `TileRejected` as `exif_orientation` where their size does not tell which one that is.
    """
    stored, shown = picture.size, picture.size[::-1] if orientation in _SIDES_CHANGE else picture.size
    size = stated() if stored != shown else None
    if size not in (stored, shown):
        raise unclear(orientation)
    turned = picture.transpose(_SHOWN[orientation]) if size == shown else picture
    encoded = BytesIO()
    Image.fromarray(np.asarray(turned)).save(encoded, "PNG")  # of the pixels alone, without what the file says beside them
    return encoded.getvalue(), turned.size


def unclear(orientation: int) -> TileRejected:
    """The refusal of an image of which nothing says which picture is meant."""
    return TileRejected(
        "exif_orientation",
        f"orientation {orientation}: viewers turn the image, and nothing says whether what is known of it holds on the stored "
        "or on the turned pixels; write it upright, without the tag",
    )
