"""What may be decoded: formats by their first bytes, bounds before anything is decoded, and pixels as viewers show them."""

import io

import numpy as np
import pytest
from PIL import Image

from sartext.errors import TileRejected
from sartext.imaging.guard import (
    MAX_PIXELS,
    MAX_SIDE_PX,
    check_size,
    format_of,
    gray_or_rgb,
    is_animated,
    is_read,
    keep_decoded,
    load_pixels,
    open_bounded,
    open_header,
    opened,
    read_pixels,
)

PIXELS = np.random.default_rng(0).integers(0, 255, (48, 64), np.uint8)


def encoded(format_: str, mode: str = "L", **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(PIXELS).convert(mode).save(out, format_, **options)
    return out.getvalue()


def reason(data: bytes) -> str:
    with pytest.raises(TileRejected) as refused:
        opened(data)
    assert refused.value.detail
    return refused.value.reason


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "GIF", "BMP", "WEBP"])
def test_a_format_is_told_by_its_first_bytes(format_: str) -> None:
    data = encoded(format_, "RGB" if format_ == "WEBP" else "L")
    assert format_of(data) == format_
    assert is_read(format_) == (format_ in ("JPEG", "PNG", "TIFF", "GIF"))
    if format_ in ("JPEG", "PNG", "TIFF"):
        assert opened(data).size == (64, 48)
    else:
        assert reason(data) == "not_an_image"


def test_bytes_of_no_format_and_a_broken_header_are_no_image() -> None:
    assert format_of(b"version https://git-lfs") is None
    assert {reason(data) for data in (b"", b"version https://git-lfs", encoded("PNG")[:20], encoded("JPEG")[:20])} == {
        "not_an_image"
    }


def test_a_line_of_pixels_is_refused_by_its_header() -> None:
    stream = io.BytesIO()
    Image.new("L", (MAX_SIDE_PX + 1, 1)).save(stream, "PNG")
    with pytest.raises(TileRejected, match="a side has at most 65535"):
        opened(stream.getvalue())


def test_more_pixels_than_are_decoded_are_refused_with_the_bound_that_is_given() -> None:
    check_size(MAX_PIXELS // 8_000, 8_000)
    with pytest.raises(TileRejected, match="9000 x 8000 px; at most 64000000 in all, cut it first"):
        check_size(9_000, 8_000)
    with pytest.raises(TileRejected, match="64 x 48 px; at most 3071 in all"):
        opened(encoded("PNG"), 64 * 48 - 1)
    assert opened(encoded("PNG"), 64 * 48).size == (64, 48)


def test_pillows_own_limit_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert read_pixels(encoded("PNG")).size == (64, 48)


def test_a_jpeg_of_many_scans_is_refused_before_any_is_decoded() -> None:
    data = encoded("JPEG", progressive=True)
    assert opened(data).size == (64, 48)
    last = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(TileRejected, match=r"a JPEG of \d+ scans; at most 100"):
        opened(data[:-2] + 100 * last + data[-2:])


def test_of_many_pictures_in_a_jpeg_the_first_is_bounded_too() -> None:
    """Pillow makes another format of it, MPO, which is a JPEG all the same."""
    out, picture = io.BytesIO(), Image.fromarray(PIXELS)
    picture.save(out, "MPO", save_all=True, append_images=[picture])
    assert opened(out.getvalue()).format == "JPEG"


def test_sixteen_bits_are_within_the_bounds_and_not_opened_as_they_are() -> None:
    data = encoded("PNG", "I;16")
    assert open_bounded(data).mode == "I;16"
    assert reason(data) == "unsupported_pixels"


def test_frames_are_counted_without_what_is_cut_off() -> None:
    frames = {"save_all": True, "append_images": [Image.fromarray(255 - PIXELS)]}
    assert [is_animated(open_header(encoded(name, **frames), name)) for name in ("GIF", "PNG", "TIFF")] == [True] * 3
    assert [is_animated(open_header(encoded(name), name)) for name in ("GIF", "PNG", "TIFF", "JPEG")] == [False] * 4


def test_an_image_that_breaks_off_is_truncated() -> None:
    picture = opened(encoded("PNG")[:1000])
    with pytest.raises(TileRejected, match="truncated_image: PNG: "):
        load_pixels(picture)


@pytest.mark.parametrize(
    ("mode", "format_", "expected"),
    [
        ("L", "PNG", "L"),
        ("1", "PNG", "L"),
        ("LA", "PNG", "L"),
        ("RGB", "JPEG", "RGB"),
        ("P", "PNG", "RGB"),
        ("CMYK", "TIFF", "RGB"),
    ],
)
def test_pixels_are_gray_or_rgb(mode: str, format_: str, expected: str) -> None:
    picture = read_pixels(encoded(format_, mode))
    assert (picture.mode, picture.size) == (expected, (64, 48))
    assert gray_or_rgb(picture).mode == expected


def test_pixels_are_as_viewers_show_them() -> None:
    exif = Image.Exif()
    exif[274] = 6
    turned = read_pixels(encoded("PNG", exif=exif))
    assert np.array_equal(np.asarray(turned), np.rot90(PIXELS, -1))


def test_an_image_that_was_decoded_to_be_checked_is_not_decoded_again() -> None:
    data = encoded("PNG", "RGBA")
    picture = opened(data)
    load_pixels(picture)
    keep_decoded(data, picture)
    kept = read_pixels(data)
    assert kept.mode == "RGB"
    assert np.array_equal(np.asarray(kept), np.asarray(read_pixels(bytes(bytearray(data)))))
    kept.paste(0, (0, 0, *kept.size))
    assert np.asarray(read_pixels(data)).any(), "what one caller does to the pixels, another sees"


def test_of_the_same_bytes_at_another_place_nothing_is_assumed() -> None:
    data, other = encoded("PNG"), opened(encoded("PNG", "1"))
    load_pixels(other)
    keep_decoded(data, other)
    assert np.array_equal(np.asarray(read_pixels(bytes(bytearray(data)))), PIXELS)


def test_a_large_image_is_not_kept_decoded() -> None:
    out = io.BytesIO()
    Image.new("L", (3000, 2000), 7).save(out, "PNG")
    data = out.getvalue()
    keep_decoded(data, Image.new("L", (3000, 2000), 9))
    assert read_pixels(data).getpixel((0, 0)) == 7
