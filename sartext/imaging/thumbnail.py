"""An image as a page that holds many can show it: small, as JPEG."""

import base64
import io
from dataclasses import dataclass

from sartext.errors import TileRejected
from sartext.imaging.guard import gray_or_rgb, load_pixels, open_bounded

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
        picture = open_bounded(image)
        load_pixels(picture)
        small = gray_or_rgb(picture)
        small.thumbnail((side_px, side_px))
        small.save(out, "JPEG", quality=_QUALITY)
    except TileRejected:
        return None
    return Thumbnail(f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}", *small.size)
