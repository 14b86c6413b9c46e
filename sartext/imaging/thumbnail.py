"""An image as a page that holds many can show it: small, as JPEG."""

import base64
import io
from dataclasses import dataclass

from PIL import Image

_LARGEST_PX = 64 * 2**20  # in all; what is larger is not decoded for a page
_QUALITY = 82


@dataclass(frozen=True)
class Thumbnail:
    """A picture as a data URI, and its sides in px."""

    uri: str
    width_px: int
    height_px: int


def thumbnail(image: bytes | None, side_px: int) -> Thumbnail | None:
    """The image, its longest side at most `side_px`; None where there is none, or none that can be shown."""
    if not image:
        return None
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(image)) as picture:
            if picture.width * picture.height > _LARGEST_PX:
                return None
            small = picture.convert("L" if picture.mode in ("1", "L", "LA") else "RGB")
        small.thumbnail((side_px, side_px))
        small.save(out, "JPEG", quality=_QUALITY)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # what Pillow raises for a file that is no image
        return None
    return Thumbnail(f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}", *small.size)
