from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from sartext.errors import TileRejected
from sartext.sources.pixels.image import read_image


def written(path: Path, pixels: np.ndarray, nodata: str | None = None, **options: object) -> Path:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    if nodata is not None:
        tags[42113] = nodata
    Image.fromarray(pixels).save(path, **({"tiffinfo": tags} if path.suffix == ".tif" else {}), **options)
    return path


def shown(path: Path) -> tuple[np.ndarray, object]:
    read = read_image(str(path.parent), path.name)
    assert read.image.path == path.stem + ".png"
    return np.asarray(Image.open(BytesIO(read.image.bytes))), read.rendering


@pytest.mark.parametrize("name", ["a.tif", "a.png"])
def test_percentiles_become_black_and_white(tmp_path: Path, name: str) -> None:
    pixels = np.arange(1, 10_001, dtype=np.uint16).reshape(100, 100)
    gray, rendering = shown(written(tmp_path / name, pixels))
    (limits,) = rendering.limits
    assert (rendering.quantity, rendering.scale, limits.low, limits.high) == ("dn", "linear", 200, 9800)
    assert (rendering.clipped_low_share, rendering.clipped_high_share) == (0.0199, 0.02)
    expected = np.floor(np.clip((pixels.astype(float) - 200) / 9600, 0, 1) * 255 + 0.5)
    assert np.array_equal(gray, expected)
    assert rendering.nodata is None


def test_declared_nodata_counts_for_nothing(tmp_path: Path) -> None:
    pixels = np.zeros((20, 20), dtype=np.uint16)
    pixels[10:] = np.arange(1000, 1200).reshape(10, 20)
    gray, rendering = shown(written(tmp_path / "a.tif", pixels, nodata="0"))
    assert (rendering.nodata, rendering.limits[0].low) == (0, 1003)
    assert not gray[:10].any()
    _, undeclared = shown(written(tmp_path / "b.tif", pixels))
    assert (undeclared.nodata, undeclared.limits[0].low) == (None, 0)


def test_only_nodata_is_rejected(tmp_path: Path) -> None:
    written(tmp_path / "a.tif", np.full((9, 9), 5, dtype=np.uint16), nodata="5")
    with pytest.raises(TileRejected, match="no_valid_pixels"):
        read_image(str(tmp_path), "a.tif")


def test_a_constant_is_black(tmp_path: Path) -> None:
    pixels = np.full((50, 50), 700, dtype=np.uint16)
    pixels[0, 0] = 701
    gray, rendering = shown(written(tmp_path / "a.tif", pixels))
    assert rendering.limits[0].low == rendering.limits[0].high == 700
    assert (gray[0, 0], gray[1:].max()) == (255, 0)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_compressed_16_bit(tmp_path: Path, compression: str) -> None:
    pixels = np.arange(3000, 4600, dtype=np.uint16).reshape(40, 40)
    plain, _ = shown(written(tmp_path / "a.tif", pixels))
    gray, _ = shown(written(tmp_path / "b.tif", pixels, compression=compression))
    assert np.array_equal(gray, plain)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("dtype", ["int16", "uint16"])
def test_predictor_and_signed_numbers(tmp_path: Path, dtype: str) -> None:
    rasterio = pytest.importorskip("rasterio")
    pixels = np.arange(1600).reshape(40, 40).astype(dtype) - (800 if dtype == "int16" else 0)
    profile = {"driver": "GTiff", "width": 40, "height": 40, "count": 1, "dtype": dtype, "compress": "DEFLATE", "predictor": 2}
    with rasterio.open(tmp_path / "a.tif", "w", **profile) as dataset:
        dataset.write(pixels[None])
    gray, rendering = shown(tmp_path / "a.tif")
    assert rendering.limits[0].low == (-769 if dtype == "int16" else 31)
    assert (gray[0, 0], gray[-1, -1]) == (0, 255)
    assert np.all(np.diff(gray.ravel().astype(int)) >= 0)


def test_real_scene(real_samples: Path) -> None:
    """The real GRD scenes are 16-bit; where one has two bands it is no tile, and says so."""
    files = sorted((real_samples / "scene_s1-grd_rio-tiler-pds").rglob("*.tif*"))
    assert files
    for path in files:
        gray, rendering = shown(path)
        assert rendering.quantity == "dn"
        assert rendering.limits[0].low < rendering.limits[0].high
        assert 20 < gray.mean() < 220


def test_float_scene_is_not_guessed(real_samples: Path) -> None:
    (path, *_) = sorted((real_samples / "scene_s1-grd_pyroSAR").rglob("*.tif"))
    with pytest.raises(TileRejected, match="unsupported_pixels"):
        read_image(str(path.parent), path.name)
