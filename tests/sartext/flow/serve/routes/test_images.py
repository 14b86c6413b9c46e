"""Images that clients may send."""

import asyncio
import base64
import io
import threading
import time

import pytest
from PIL import Image

from sartext.flow.serve.refusal import Refused
from sartext.flow.serve.routes.images import Images
from tests.support.images import bomb, data_uri
from tests.support.tiny_models import encoded

IMAGE = encoded(20, 30)


def image_bytes(given: str, max_pixels: int) -> bytes:
    return asyncio.run(Images(max_pixels, 64_000_000).bytes(given))


def refusal(given: str, max_pixels: int = 1_000_000) -> tuple[int, str]:
    with pytest.raises(Refused) as error:
        image_bytes(given, max_pixels)
    return error.value.status, error.value.kind


def test_an_image_comes_as_a_data_uri_or_as_base64() -> None:
    assert image_bytes(data_uri(IMAGE), 1000) == IMAGE
    assert image_bytes(base64.b64encode(IMAGE).decode(), 1000) == IMAGE


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://example.org/a.png", (415, "not_an_image")),
        ("file:///etc/passwd", (415, "not_an_image")),
        ("data:image/png,abc", (415, "not_an_image")),
        ("data:image/png;base64,%%%", (415, "not_an_image")),
        ("", (415, "not_an_image")),
        (data_uri(b"GIF89a" + bytes(50)), (415, "not_an_image")),
    ],
)
def test_what_is_no_image_is_refused_and_nothing_is_fetched(given: str, expected: tuple[int, str]) -> None:
    assert refusal(given) == expected


def test_too_many_pixels_are_refused_by_the_header() -> None:
    assert refusal(data_uri(IMAGE), 599) == (413, "too_large")
    assert refusal(data_uri(bomb(50_000))) == (413, "too_large")


def test_pixels_of_sixteen_bits_are_refused() -> None:
    out = io.BytesIO()
    Image.new("I;16", (8, 8)).save(out, "PNG")
    assert refusal(data_uri(out.getvalue())) == (422, "unsupported_pixels")


def test_the_pixels_of_a_request_are_bounded_together() -> None:
    async def read(count: int) -> int:
        images = Images(600, 1800)
        return sum(len(one) > 0 for one in await asyncio.gather(*(images.bytes(data_uri(IMAGE)) for _ in range(count))))

    assert asyncio.run(read(3)) == 3
    with pytest.raises(Refused, match="more than 1,800 pixels together") as refused:
        asyncio.run(read(4))
    assert (refused.value.status, refused.value.kind) == (413, "too_large")


def test_headers_are_read_away_from_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(data: bytes, _max_pixels: int) -> Image.Image:
        assert threading.current_thread() is not threading.main_thread()
        time.sleep(0.5)
        return Image.open(io.BytesIO(data))

    async def longest_pause_s() -> float:
        reading = asyncio.gather(*(Images(600, 6000).bytes(data_uri(IMAGE)) for _ in range(3)))
        longest = 0.0
        while not reading.done():
            began = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - began)
        return longest

    monkeypatch.setattr("sartext.flow.serve.routes.images.opened", slow)
    assert asyncio.run(longest_pause_s()) < 0.4
