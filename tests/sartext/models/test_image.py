import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image, ImageOps

from sartext.errors import TileRejected, UserError
from sartext.imaging.guard import MAX_PIXELS
from sartext.models.clip import CLIP
from sartext.models.image import Preprocess, from_open_clip_cfg
from tests.support.tiny_models import encoded

SHAPES = [(48, 64), (100, 37), (301, 511), (64, 64), (9, 64)]


def open_clip_transform(preprocess: Preprocess, folder: Path) -> object:
    cfg = {"model_cfg": CLIP().model_cfg(300), "preprocess_cfg": preprocess.open_clip_cfg()}
    (folder / "open_clip_config.json").write_text(json.dumps(cfg))
    return open_clip.create_model_and_transforms(f"local-dir:{folder}")[2]


@pytest.mark.parametrize("fit", ["pad", "squash"])
def test_open_clip_gives_the_same_tensor(fit: str, tmp_path: Path) -> None:
    preprocess = Preprocess(size_px=64, fit=fit, fill=90, std=(0.2, 0.3, 0.4))
    theirs = open_clip_transform(preprocess, tmp_path)
    for height, width in SHAPES:
        for channels in (1, 3):
            data = encoded(height, width, channels, seed=height)
            ours = preprocess.tensor(data)
            assert ours.dtype == torch.float32
            assert ours.shape == (3, 64, 64)
            torch.testing.assert_close(ours, theirs(Image.open(io.BytesIO(data))), atol=1e-5, rtol=0)


def test_gray_is_the_same_as_gray_stored_in_three_channels() -> None:
    gray = Image.open(io.BytesIO(encoded(70, 50)))
    stream = io.BytesIO()
    gray.convert("RGB").save(stream, "PNG")
    preprocess = Preprocess(size_px=32)
    assert torch.equal(preprocess.tensor(encoded(70, 50)), preprocess.tensor(stream.getvalue()))


@pytest.mark.parametrize("format_", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_is_seen_as_viewers_show_it(orientation: int, format_: str) -> None:
    pixels = np.full((40, 64), 20, np.uint8)
    pixels[4:16, 8:24] = 230
    stream, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(stream, format_, exif=exif)
    shown = io.BytesIO()
    ImageOps.exif_transpose(Image.open(stream)).save(shown, "PNG")
    preprocess = Preprocess(size_px=64)
    assert torch.equal(preprocess.tensor(stream.getvalue()), preprocess.tensor(shown.getvalue()))


@pytest.mark.parametrize("fit", ["pad", "squash"])
@pytest.mark.parametrize("corner", [(0, 0), (0, -1), (-1, 0), (-1, -1)])
def test_every_corner_is_seen(fit: str, corner: tuple[int, int]) -> None:
    for shape in ((40, 400), (400, 40)):
        pixels = np.zeros(shape, dtype=np.uint8)
        rows, columns = (slice(None, 10) if end == 0 else slice(-10, None) for end in corner)
        pixels[rows, columns] = 255
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "PNG")
        seen = np.asarray(Preprocess(size_px=64, fit=fit).picture(stream.getvalue()))
        assert seen.max() > 100


def test_the_cfg_says_the_preprocessing_and_is_read_back() -> None:
    for preprocess in (Preprocess(size_px=224), Preprocess(size_px=64, fit="squash", mean=(0, 0.5, 1), fill=12)):
        assert from_open_clip_cfg(json.loads(json.dumps(preprocess.open_clip_cfg()))) == preprocess
    assert from_open_clip_cfg({"size": [32, 32], "resize_mode": "longest", "mean": 0.5}).mean == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("cfg", "said"),
    [
        ({}, "crops"),
        ({"resize_mode": "shortest"}, "crops"),
        ({"resize_mode": "squash", "size": [32, 64]}, "square"),
        ({"resize_mode": "squash", "interpolation": "bilinear"}, "bilinear"),
    ],
)
def test_what_would_prepare_otherwise_is_refused(cfg: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        from_open_clip_cfg(cfg)


def test_fields_outside_their_range_are_refused() -> None:
    for fields in ({"fit": "crop"}, {"size_px": 0}, {"fill": 256}):
        with pytest.raises(UserError):
            Preprocess(**{"size_px": 32, **fields})


def png_header(width: int, height: int) -> bytes:
    """A PNG that says its size and has no pixels."""
    stream = io.BytesIO()
    Image.new("L", (1, 1)).save(stream, "PNG")
    head = stream.getvalue()
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return head[:8] + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + head[33:]


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("width", "height"), [(MAX_PIXELS + 1, 1), (9_000, 9_000), (60_000, 60_000)])
def test_a_huge_image_is_refused_before_it_is_decoded(width: int, height: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("decoded"))
    with pytest.raises(TileRejected) as refused:
        Preprocess(size_px=32).tensor(png_header(width, height))
    assert refused.value.reason == "too_large"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_an_image"),
        (b"version https://git-lfs", "not_an_image"),
        (encoded(300, 300)[:2000], "truncated_image"),
        (encoded(30, 30, format_="BMP"), "not_an_image"),
    ],
)
def test_what_is_no_image_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(TileRejected) as refused:
        Preprocess(size_px=32).tensor(data)
    assert refused.value.reason == reason


def test_sixteen_bits_are_refused_because_they_need_a_rendering() -> None:
    stream = io.BytesIO()
    Image.fromarray(np.zeros((16, 16), dtype=np.uint16)).save(stream, "PNG")
    with pytest.raises(TileRejected, match="8-bit"):
        Preprocess(size_px=32).tensor(stream.getvalue())


def test_a_tiff_with_huge_inner_tiles_is_refused() -> None:
    stream = io.BytesIO()
    Image.new("L", (16, 16)).save(stream, "TIFF", tiffinfo={65_000: 60_000, 65_001: 60_000})
    data = stream.getvalue()
    for private, tag in ((65_000, 322), (65_001, 323)):  # Pillow does not write tile sizes itself
        data = data.replace(struct.pack("<H", private), struct.pack("<H", tag))
    with pytest.raises(TileRejected, match="too_large"):
        Preprocess(size_px=32).tensor(data)
