"""One mask file: the value or the colour of each pixel."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sartext.errors import TileRejected
from sartext.sources.annotations.mask_image import mask_size_px, read_mask, values_of

VALUES = np.arange(12, dtype=np.uint8).reshape(3, 4)


def put(folder: Path, pixels: np.ndarray, name: str = "a.png") -> str:
    Image.fromarray(pixels).save(folder / name)
    return name


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_numbers_are_read_as_they_are(kind: type, name: str, tmp_path: Path) -> None:
    found = read_mask(str(tmp_path), put(tmp_path, VALUES.astype(kind), name), width_px=4, height_px=3, colours=False)
    assert found.dtype == np.uint32
    assert (found == VALUES).all()


def test_colours_are_packed_and_gray_is_one(tmp_path: Path) -> None:
    rgb = np.stack([VALUES, VALUES + 1, VALUES + 2], axis=2)
    packed = read_mask(str(tmp_path), put(tmp_path, rgb), width_px=4, height_px=3, colours=True)
    assert packed[0, 1] == 0x010203
    gray = read_mask(str(tmp_path), put(tmp_path, VALUES, "b.png"), width_px=4, height_px=3, colours=True)
    assert gray[0, 1] == 0x010101
    with pytest.raises(TileRejected, match="has colours, and the class table values"):
        read_mask(str(tmp_path), "a.png", width_px=4, height_px=3, colours=False)


def test_what_cannot_be_used_has_its_reason(tmp_path: Path) -> None:
    put(tmp_path, VALUES)
    for size, data, reason in (
        ((5, 3), None, "bad_mask"),
        ((4, 3), (tmp_path / "a.png").read_bytes()[:50], "bad_mask"),
        ((4, 3), b"version https://git-lfs.github.com/spec/v1\n", "lfs_pointer"),
    ):
        if data is not None:
            (tmp_path / "a.png").write_bytes(data)
        with pytest.raises(TileRejected) as rejected:
            read_mask(str(tmp_path), "a.png", width_px=size[0], height_px=size[1], colours=None)
        assert rejected.value.reason == reason


def test_a_small_file_with_one_tile_of_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    tags = {256: (4, 64), 257: (4, 64), 258: (3, 8), 259: (3, 1), 262: (3, 1), 277: (3, 1)}
    tags |= {322: (4, 1 << 16), 323: (4, 1 << 16), 324: (4, 8), 325: (4, 4)}
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, (kind, value) in tags.items())
    data = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)
    (tmp_path / "a.tif").write_bytes(data)
    with pytest.raises(TileRejected) as rejected:
        read_mask(str(tmp_path), "a.tif", width_px=64, height_px=64, colours=None)
    assert rejected.value.reason == "too_large"
    assert values_of(str(tmp_path / "a.tif")) == []


def test_size_and_values_for_messages(tmp_path: Path) -> None:
    put(tmp_path, VALUES)
    assert mask_size_px(str(tmp_path), "a.png") == (4, 3)
    assert values_of(str(tmp_path / "a.png"), most=3) == ["0", "1", "2"]
    (tmp_path / "b.png").write_bytes(b"none")
    assert mask_size_px(str(tmp_path), "b.png") is None
    assert values_of(str(tmp_path / "b.png")) == []
