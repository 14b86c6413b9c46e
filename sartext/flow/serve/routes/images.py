"""Images that clients send: data URIs or base64, checked and bounded in pixels before a model is asked; nothing is fetched."""

import asyncio
import base64
import binascii
from concurrent.futures import ThreadPoolExecutor

from sartext.errors import TileRejected
from sartext.flow.serve.limits import DECODERS
from sartext.flow.serve.refusal import Refused, of_image
from sartext.imaging.guard import opened

WORKERS = ThreadPoolExecutor(DECODERS, "headers")  # which read headers and bodies, away from the loop that takes the requests


class Images:
    """The encoded images of one request, which together have a bound on their pixels. Nothing is fetched from anywhere."""

    def __init__(self, max_pixels: int, max_together: int) -> None:
        self._most, self._left, self._together = max_pixels, max_together, max_together

    async def bytes(self, given: str, name: str = "image") -> bytes:
        """The image of a data URI or of plain base64, its header looked at, away from the loop that takes the requests.

        Raises `Refused` for an address, for what is no base64, and for an image that cannot be used.
        """
        data, pixels = await asyncio.get_running_loop().run_in_executor(WORKERS, _decoded, given, self._most, name)
        self._left -= pixels
        if self._left < 0:
            raise Refused(413, "too_large", f"the images have more than {self._together:,} pixels together; send fewer at once")
        return data


def _decoded(given: str, max_pixels: int, name: str) -> tuple[bytes, int]:
    """The encoded image, and how many pixels it has."""
    text = given
    if given.startswith("data:"):
        head, _, text = given.partition(",")
        if not head.endswith(";base64"):
            raise Refused(415, "not_an_image", f"{name}: a data URI must be base64, as data:image/png;base64,...")
    elif "://" in given[:64]:
        raise Refused(415, "not_an_image", f"{name}: addresses are not fetched; send the image itself as a data URI")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(415, "not_an_image", f"{name}: not base64 ({error}); send data:image/png;base64,...") from error
    try:
        width_px, height_px = opened(data, max_pixels).size
    except TileRejected as rejected:
        raise of_image(rejected, name) from rejected
    return data, width_px * height_px
