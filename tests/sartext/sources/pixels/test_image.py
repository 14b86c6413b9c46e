import hashlib
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sartext.errors import TileRejected
from sartext.imaging.guard import read_pixels
from sartext.sources.pixels import image
from sartext.sources.pixels.image import read_image

RANDOM = np.random.Generator(np.random.Philox(key=7))
GRAY = np.minimum(RANDOM.rayleigh(40, (48, 56)), 255).astype(np.uint8)


def encoded(format_: str, pixels: np.ndarray = GRAY, mode: str | None = None, **options: object) -> bytes:
    stream = BytesIO()
    picture = Image.fromarray(pixels)
    (picture.convert(mode) if mode else picture).save(stream, format_, **options)
    return stream.getvalue()


def outcome(folder: Path, file: str, data: bytes | None = None) -> str:
    """The reason of the rejection, or "read"."""
    if data is not None:
        (folder / file).write_bytes(data)
    try:
        read_image(str(folder), file)
    except TileRejected as error:
        return error.reason if error.detail else f"{error.reason} without a detail"
    return "read"


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("gray.jpg", encoded("JPEG")),
        ("gray as rgb.JPEG", encoded("JPEG", mode="RGB")),
        ("progressive.jpg", encoded("JPEG", mode="RGB", progressive=True)),
        ("gray.png", encoded("PNG")),
        ("rgba.png", encoded("PNG", mode="RGBA")),
        ("la.png", encoded("PNG", mode="LA")),
        ("gray.tif", encoded("TIFF")),
        ("lzw.tiff", encoded("TIFF", mode="RGB", compression="tiff_lzw")),
    ],
)
def test_8_bit_bytes_pass_through(tmp_path: Path, file: str, data: bytes) -> None:
    (tmp_path / file).write_bytes(data)
    read = read_image(str(tmp_path), file)
    assert read.image.bytes == data
    assert read.image.path == file
    assert (read.width_px, read.height_px) == (56, 48)
    assert read.rendering.quantity == "display"
    assert read.sha256 == hashlib.sha256(data).hexdigest()


def test_path_is_the_bare_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.png").write_bytes(encoded("PNG"))
    assert read_image(str(tmp_path), "sub/a.png").image.path == "a.png"


@pytest.mark.parametrize(
    ("file", "data", "expected"),
    [
        ("a.jpg", b"", "empty_file"),
        ("a.jpg", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "lfs_pointer"),
        ("a.jpg", encoded("PNG"), "wrong_extension"),
        ("a.png", encoded("TIFF"), "wrong_extension"),
        ("a", encoded("PNG"), "wrong_extension"),
        ("a.jpg", encoded("GIF"), "wrong_extension"),
        ("a.gif", encoded("GIF"), "color_model"),
        ("a.gif", encoded("GIF", save_all=True, append_images=[Image.fromarray(255 - GRAY)]), "animated"),
        ("a.png", encoded("PNG", save_all=True, append_images=[Image.fromarray(255 - GRAY)]), "animated"),
        ("a.tif", encoded("TIFF", save_all=True, append_images=[Image.fromarray(255 - GRAY)]), "animated"),
        ("a.bmp", encoded("BMP"), "not_an_image"),
        ("a.webp", encoded("WEBP"), "not_an_image"),
        ("a.jpg", b"<html>404</html>", "not_an_image"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"garbage" * 9 + b"IEND", "not_an_image"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "truncated_image"),
        ("a.png", encoded("PNG", GRAY[:1, :1]), "too_small"),
        ("a.png", encoded("PNG", GRAY[:7]), "too_small"),
        ("a.png", encoded("PNG", np.zeros((8, 65_536), np.uint8)), "too_large"),
        ("a.png", encoded("PNG").replace(b"IEND", b"prVt\0\0\0\0" + b"\0\0\0\0prVt\0\0\0\0" * 2_000), "too_large"),
        ("a.jpg", encoded("JPEG", mode="CMYK"), "color_model"),
        ("a.tif", encoded("TIFF", mode="CMYK"), "color_model"),
        ("a.png", encoded("PNG", mode="P"), "color_model"),
        ("a.png", encoded("PNG", mode="1"), "color_model"),
        ("a.tif", encoded("TIFF", np.full((9, 9), np.nan, np.float32)), "no_valid_pixels"),
        ("a.tif", encoded("TIFF", np.full((9, 9), -12.5, np.float32)), "unsupported_pixels"),
        ("a.tif", encoded("TIFF", np.full((9, 9), 70_000, np.int32)), "unsupported_pixels"),
    ],
)
def test_bad_files_are_rejected(tmp_path: Path, file: str, data: bytes, expected: str) -> None:
    assert outcome(tmp_path, file, data) == expected


@pytest.mark.parametrize(
    ("count", "dtype", "expected"),
    [(2, "uint8", "color_model"), (2, "uint16", "color_model"), (3, "uint16", "color_model"), (4, "uint8", "color_model"),
     (1, "complex64", "unsupported_pixels"), (2, "float32", "unsupported_pixels"), (1, "float64", "unsupported_pixels")],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_tiff_of_other_pixels(tmp_path: Path, count: int, dtype: str, expected: str) -> None:
    profile = {"driver": "GTiff", "width": 16, "height": 16, "count": count, "dtype": dtype, "photometric": "MINISBLACK"}
    with rasterio.open(tmp_path / "a.tif", "w", **profile) as dataset:
        dataset.write(np.ones((count, 16, 16), dtype=dtype))
    assert outcome(tmp_path, "a.tif") == expected


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_overviews_are_no_frames(tmp_path: Path) -> None:
    profile = {"driver": "GTiff", "width": 64, "height": 64, "count": 1, "dtype": "uint8"}
    with rasterio.open(tmp_path / "a.tif", "w", **profile) as dataset:
        dataset.write(np.full((1, 64, 64), 9, dtype=np.uint8))
        dataset.build_overviews([2, 4])
    assert read_image(str(tmp_path), "a.tif").width_px == 64


def test_missing_and_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "link.jpg").symlink_to(tmp_path / "nowhere")
    (tmp_path / "real.png").write_bytes(encoded("PNG"))
    os.mkfifo(tmp_path / "pipe.jpg")
    for file in ("none.jpg", "link.jpg", "nul\0.jpg", "surrogate\ud800.jpg", "../real.png", str(tmp_path / "real.png")):
        assert outcome(tmp_path, file) == "missing_image"
    open_before = len(os.listdir("/proc/self/fd"))
    for file in ("folder.jpg", "pipe.jpg", "real.png/below.jpg", "x" * 300 + ".jpg"):
        assert outcome(tmp_path, file) == "unreadable"
    assert len(os.listdir("/proc/self/fd")) == open_before

    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refused)
    assert outcome(tmp_path, "real.png") == "unreadable"


def test_size_is_bounded_before_reading(tmp_path: Path) -> None:
    with (tmp_path / "a.png").open("wb") as stream:
        stream.truncate(image.MAX_FILE_BYTES + 1)  # sparse: takes no room
    assert outcome(tmp_path, "a.png") == "too_large"


def test_a_jpeg_of_many_scans_is_refused_before_any_is_decoded(tmp_path: Path) -> None:
    whole = encoded("JPEG", progressive=True)
    assert outcome(tmp_path, "a.jpg", whole) == "read"
    last = whole[whole.rindex(b"\xff\xda") : -2]
    assert outcome(tmp_path, "a.jpg", whole[:-2] + 100 * last + whole[-2:]) == "too_large"


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"mode": "RGB", "quality": 95}])
def test_a_jpeg_cut_anywhere_is_rejected_or_whole(tmp_path: Path, options: dict[str, object]) -> None:
    whole = encoded("JPEG", **options)
    pixels = np.asarray(Image.open(BytesIO(whole)))
    for length in range(4, len(whole), 7):
        found = outcome(tmp_path, "a.jpg", whole[:length])
        assert found in ("truncated_image", "read"), length
        if found == "read":
            assert np.array_equal(np.asarray(Image.open(BytesIO(whole[:length]))), pixels), length


@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
def test_others_cut_anywhere_are_rejected_or_whole(tmp_path: Path, format_: str) -> None:
    whole = encoded(format_, compression="tiff_lzw") if format_ == "TIFF" else encoded(format_)
    file = "a.png" if format_ == "PNG" else "a.tif"
    for length in range(8, len(whole), 41):
        found = outcome(tmp_path, file, whole[:length])
        assert found in ("truncated_image", "read"), length
        if found == "read":
            assert np.array_equal(np.asarray(Image.open(BytesIO(whole[:length]))), GRAY), length


REASONS = frozenset(("read", "not_an_image", "wrong_extension", "animated", "too_small", "too_large", "color_model")) | {
    "truncated_image",
    "no_valid_pixels",
    "unsupported_pixels",
    "empty_file",
}
BASES = {
    "a.jpg": encoded("JPEG"),
    "a.png": encoded("PNG"),
    "a.tif": encoded("TIFF", compression="tiff_lzw"),
    "b.tif": encoded("TIFF", GRAY.astype(np.uint16) * 9),
    "a.gif": encoded("GIF", save_all=True, append_images=[Image.fromarray(255 - GRAY)]),
}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(BASES)), st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=6), st.data())
def test_broken_bytes_raise_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, file: str, changes: list[tuple[int, int]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp()
    broken = bytearray(BASES[file])
    for at, value in changes:  # half of the changes in the first 128 bytes, where the headers are
        broken[at % (128 if at % 2 else len(broken))] = value
    assert outcome(folder, file, bytes(broken[: data.draw(st.integers(0, len(broken)))])) in REASONS


def grown_mb(code: str) -> float:
    """By how much the peak memory of a fresh process grows while it runs the code after importing what reads."""
    probe = (
        "import resource, sys; from sartext.sources.pixels.image import read_image; from sartext.errors import TileRejected\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"{code}\nprint((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=120)
    return float(done.stdout.splitlines()[-1])


def test_a_bomb_is_never_decoded(tmp_path: Path, bad_input) -> None:
    bomb = bad_input.png_bomb()
    assert len(bomb) < 5000
    assert outcome(tmp_path, "a.png", bomb) == "too_large"
    assert grown_mb(f"try:\n    read_image({str(tmp_path)!r}, 'a.png')\nexcept TileRejected:\n    print('rejected')") < 100


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_largest_accepted_stay_below_600_mb(tmp_path: Path, dtype: type) -> None:
    picture = Image.new("RGB", (8000, 8000), "gray") if dtype is np.uint8 else Image.fromarray(np.full((8000, 8000), 9, dtype))
    picture.save(tmp_path / "a.tif")
    assert grown_mb(f"read_image({str(tmp_path)!r}, 'a.tif')") < 600


def test_pillows_own_limit_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    (tmp_path / "a.png").write_bytes(encoded("PNG"))
    assert read_image(str(tmp_path), "a.png").height_px == 48


def test_rasterio_is_imported_only_where_needed() -> None:
    assert grown_mb("assert 'rasterio' not in sys.modules") < 50


@pytest.mark.parametrize(
    ("format_", "mode"),
    [("PNG", mode) for mode in ("L", "RGB", "RGBA", "LA")] + [("TIFF", "RGBA"), ("TIFF", "L"), ("JPEG", "L")],
)
def test_what_a_model_sees_of_an_image_that_was_just_read_is_what_it_sees_of_the_file(
    tmp_path: Path, format_: str, mode: str
) -> None:
    data = encoded(format_, mode=mode)
    (tmp_path / f"a.{format_.lower()}").write_bytes(data)
    read = read_image(str(tmp_path), f"a.{format_.lower()}").image.bytes
    assert read == data
    seen = np.asarray(read_pixels(read))
    assert np.array_equal(seen, np.asarray(read_pixels(bytes(bytearray(data)))))
