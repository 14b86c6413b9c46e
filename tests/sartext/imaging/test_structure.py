"""Images made of far more parts than any encoder writes."""

import io
import struct
import time
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from sartext.errors import TileRejected
from sartext.imaging.guard import opened
from sartext.models.image import Preprocess

PNG = b"\x89PNG\r\n\x1a\n"


def written(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8)
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(before: bytes = b"", pixels: bytes = b"", after: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
    pixels = pixels or chunk(b"IDAT", zlib.compress(bytes(9 * 8)))
    return PNG + header + before + pixels + after + chunk(b"IEND")


def many_png_chunks() -> bytes:
    return png(before=chunk(b"prVt") * 1_000_000)


def many_empty_pieces_of_pixels() -> bytes:
    return png(pixels=chunk(b"IDAT") * 1_000_000 + chunk(b"IDAT", zlib.compress(bytes(9 * 8))))


def many_chunks_after_the_pixels() -> bytes:
    return png(after=chunk(b"prVt") * 1_000_000)


def many_frames() -> bytes:
    frame = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 8, 8, 0, 0, 1, 1, 0, 0))
    return png(before=chunk(b"acTL", struct.pack(">II", 500_000, 0)) + frame, after=frame * 500_000)


def many_comments() -> bytes:
    whole = written("JPEG")
    return whole[:2] + b"\xff\xfe\x00\x02" * 2_000_000 + whole[2:]


def filler() -> bytes:
    whole = written("JPEG")
    return whole[:2] + b"\xff" * 8_000_000 + whole[2:]


def junk_in_what_has_no_length() -> bytes:
    whole = written("JPEG")
    return whole[:2] + (b"\xff\xf0\xff\xfd" + b"x" * 65_530) * 120 + whole[2:]


def tiff(entries: list[tuple[int, int, int, int]], size: int) -> bytes:
    """A small image, uncompressed, its tags (tag, type, count, value or offset), and so many bytes after them."""
    basic = [(256, 3, 1, 8), (257, 3, 1, 8), (258, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1), (278, 3, 1, 1)]
    tags = sorted([*basic, *entries])
    body = b"".join(struct.pack("<HHLL", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<LH", 8, len(tags)) + body + bytes(4 + size)


def many_strips() -> bytes:
    return tiff([(273, 4, 3_000_000, 200), (279, 4, 3_000_000, 200)], 24_000_000)


def many_numbers() -> bytes:
    return tiff([(273, 4, 1, 200), (282, 5, 1_000_000, 200)], 8_000_200)


def many_tags() -> bytes:
    return tiff([(273, 4, 1, 200), *((40_000 + number, 4, 1, 0) for number in range(20_000))], 100)


@pytest.mark.parametrize(
    "make",
    [
        many_png_chunks,
        many_empty_pieces_of_pixels,
        many_chunks_after_the_pixels,
        many_frames,
        many_comments,
        filler,
        junk_in_what_has_no_length,
        many_strips,
        many_numbers,
        many_tags,
    ],
)
def test_an_image_of_too_many_parts_is_refused_at_once(make: Callable[[], bytes]) -> None:
    data = make()
    began = time.process_time()
    with pytest.raises(TileRejected, match="write it again") as rejected:
        opened(data)
    assert rejected.value.reason == "too_large"
    assert time.process_time() - began < 0.25


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_what_encoders_write_is_read(kind: str) -> None:
    options: dict[str, object] = {"TIFF": {"compression": "tiff_lzw"}, "JPEG": {"progressive": True}}.get(kind, {})
    assert Preprocess(size_px=32).tensor(written(kind, **options)).shape == (3, 32, 32)


def test_many_pieces_of_eight_kilobytes_are_read() -> None:
    rows = np.random.default_rng(0).integers(0, 255, (4096, 4097), np.uint8)
    rows[:, 0] = 0
    packed = zlib.compress(rows.tobytes(), 1)
    pixels = b"".join(chunk(b"IDAT", packed[at : at + 8192]) for at in range(0, len(packed), 8192))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 4096, 4096, 8, 0, 0, 0, 0))
    image = Preprocess(size_px=32).picture(PNG + header + pixels + chunk(b"IEND"))
    assert image.size == (32, 32)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("kept", [0, 1, 2, 3, 4, 7, 9, 15, 30])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_what_breaks_off_is_left_to_the_parser(kind: str, kept: int) -> None:
    with pytest.raises(TileRejected) as rejected:
        opened(written(kind)[:kept])
    assert rejected.value.reason == "not_an_image"
