"""Small pictures: of every mode, of what is no picture, and of what is too large."""

import base64
import io
import struct
import zlib

import pytest
from PIL import Image

from sartext.imaging.thumbnail import thumbnail


def encoded(mode: str, size: tuple[int, int] = (600, 300), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "PNG"), ("RGB", "JPEG"), ("RGBA", "PNG"), ("P", "PNG"), ("1", "PNG"), ("LA", "PNG"), ("I;16", "PNG"), ("L", "TIFF")],
)
def test_every_mode_becomes_a_small_jpeg(mode: str, kind: str) -> None:
    small = thumbnail(encoded(mode, kind=kind), 200)
    assert small is not None
    assert (small.width_px, small.height_px) == (200, 100)
    picture = Image.open(io.BytesIO(base64.b64decode(small.uri.removeprefix("data:image/jpeg;base64,"))))
    assert (picture.format, picture.size) == ("JPEG", (200, 100))


def test_a_small_picture_is_not_made_larger() -> None:
    small = thumbnail(encoded("L", (40, 20)), 200)
    assert small is not None
    assert (small.width_px, small.height_px) == (40, 20)


def test_what_cannot_be_shown_is_none() -> None:
    whole = encoded("L")
    for data in (None, b"", b"no image", whole[: len(whole) // 2], bomb()):
        assert thumbnail(data, 200) is None


def bomb() -> bytes:
    """A PNG of a few bytes that says it has four gigapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 65_000, 65_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
