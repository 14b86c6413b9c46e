"""What an audit knows of a tile, and what an image may be."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sartext.dedup.keypoints import keypoints
from sartext.flow.audit.descriptors import PICTURE_PX, DescriptorWorker, TileDescriptors, described_tile, picture
from sartext.store import open_store
from tests.support.leaky import tile, written
from tests.support.speckle_images import speckle


def row(image: Any) -> dict[str, Any]:
    return {"key": "a/b/0_0", "source": "a", "scene": "b", "split": "test", "geo": None, "image": image}


def png(gray: np.ndarray) -> dict[str, Any]:
    out = io.BytesIO()
    Image.fromarray(gray).save(out, "PNG")
    return {"bytes": out.getvalue()}


def test_a_tile_is_described_as_it_was_read(tmp_path: Path) -> None:
    grays = [speckle(number, 96, 120) for number in range(20)]
    data = written([tile(gray, number, "test") for number, gray in enumerate(grays)], str(tmp_path / "data"))
    files = [(data, path) for path in sorted(open_store(data).paths("tiles"))]
    for number in range(len(files)):
        DescriptorWorker(files, str(tmp_path))(number)
    found = TileDescriptors(open_store(str(tmp_path)), len(files))
    keys = [key for shard in range(len(files)) for key in found.read(shard, ["key"])["key"].to_pylist()]
    assert keys == [f"given/s{number}/{number}_0" for number in range(found.count)]
    assert found.count == 20
    for number in (19, 0, 16, 15):
        shown, points = found.shown(number), keypoints(grays[number])
        assert (shown.height_px, shown.width_px) == (96, 120)
        for name in ("x_px", "y_px", "sigma_px", "bits"):
            np.testing.assert_array_equal(getattr(shown.points, name), getattr(points, name))
        assert np.corrcoef(shown.picture().gray.ravel(), grays[number].ravel())[0, 1] > 0.95


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (None, "no_image"),
        ({"bytes": None}, "no_image"),
        ({"bytes": b""}, "not_an_image"),
        ({"bytes": b"version https://git-lfs.github.com/spec/v1"}, "not_an_image"),
        ({"bytes": png(speckle(0))["bytes"][:2000]}, "truncated_image"),
        (png(np.zeros((1, 65536), np.uint8)), "too_large"),
    ],
)
def test_what_cannot_be_read_says_why(image: Any, reason: str) -> None:
    assert described_tile(row(image))["reject"] == reason


@pytest.mark.parametrize("shape", [(1, 1), (1, 65535), (65535, 2), (40, 20000), (3000, 50)])
def test_any_shape_is_described(shape: tuple[int, int]) -> None:
    gray = np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)
    found = described_tile(row(png(gray)))
    assert "reject" not in found
    with Image.open(io.BytesIO(found["picture"])) as image:
        assert image.width * image.height <= PICTURE_PX * 2


def test_copies_have_one_digest_and_constant_images_none() -> None:
    gray = speckle(1)
    assert described_tile(row(png(gray)))["digest"] == described_tile(row(png(gray.copy())))["digest"] is not None
    assert described_tile(row(png(gray)))["digest"] != described_tile(row(png(gray.T.copy())))["digest"]
    assert described_tile(row(png(np.full((64, 64), 7, np.uint8))))["digest"] is None
    assert described_tile(row(png(gray.reshape(64, 256))))["digest"] != described_tile(row(png(gray)))["digest"]


def test_a_dark_picture_is_stretched_and_a_constant_one_is_none() -> None:
    dark = (speckle(2, 300, 300) // 8).astype(np.uint8)
    for data, spread in ((picture(dark), 40), (picture(np.full((300, 300), 9, np.uint8)), 0)):
        with Image.open(io.BytesIO(data)) as image:
            values = np.asarray(image)
        assert values.size <= PICTURE_PX
        assert (values.std() > spread) == (spread > 0)
