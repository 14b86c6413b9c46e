from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rasterio.transform import Affine

from sartext.errors import TileRejected
from sartext.sources.archive import optical
from sartext.sources.archive.ground import ground
from sartext.sources.archive.plan import plan
from sartext.sources.pixels.geotiff import Grid
from sartext.sources.twin import Twin, blank_share, cloud_share, read_twin
from tests.sartext.sources.pixels.test_geotiff import UTM, grid, write


def textured(height: int, width: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(3).integers(20, 120, (height, width, channels), dtype=np.uint8)


def save(folder: Path, pixels: np.ndarray, file: str = "a.png") -> str:
    Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(folder / file)
    return file


def read(folder: Path, file: str, *, width: int = 64, height: int = 48, where: Grid | None = None) -> Twin:
    return read_twin(str(folder), file, width_px=width, height_px=height, grid=where, most_cloud=0.2)


def pixels_of(twin: Twin) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(twin.image.bytes or b"")))


def test_a_twin_of_the_same_size_passes_through(tmp_path: Path) -> None:
    file = save(tmp_path, textured(48, 64), "a.jpg")
    twin = read(tmp_path, file)
    assert (twin.image.bytes, twin.image.path) == ((tmp_path / file).read_bytes(), "a.jpg")
    assert (twin.gray.shape, twin.cloud_share) == ((48, 64), 0.0)


def test_whole_multiples_are_averaged_and_fractions_interpolated(tmp_path: Path) -> None:
    fine = textured(96, 128)
    twin = read(tmp_path, save(tmp_path, fine))
    means = fine.reshape(48, 2, 64, 2, 3).mean(axis=(1, 3))
    assert np.abs(pixels_of(twin) - means).max() <= 0.5
    assert twin.image.path == "a.png"
    coarse = (4 * np.add.outer(np.arange(24), np.arange(32))).astype(np.uint8)[:, :, None]
    up = pixels_of(read(tmp_path, save(tmp_path, coarse)))
    assert up.shape == (48, 64)
    assert np.abs(up.reshape(24, 2, 32, 2).mean(axis=(1, 3)) - coarse[:, :, 0])[1:-1, 1:-1].max() <= 1


@pytest.mark.parametrize(("height", "width"), [(48, 65), (96, 64), (72, 96), (17 * 48, 17 * 64)])
def test_other_sizes_are_refused(tmp_path: Path, height: int, width: int) -> None:
    with pytest.raises(TileRejected, match=f"twin_size: {width} x {height} px, where the SAR image has 64 x 48"):
        read(tmp_path, save(tmp_path, textured(height, width)))


def test_a_geotiff_is_warped_to_the_sar_grid(tmp_path: Path) -> None:
    pixels = textured(80, 100)
    write(tmp_path / "a.tif", pixels, crs="EPSG:32631", transform=UTM, photometric="RGB")
    same = read(tmp_path, "a.tif", width=100, height=80, where=grid("EPSG:32631", UTM, 100, 80))
    assert same.image.bytes == (tmp_path / "a.tif").read_bytes()
    inner = grid("EPSG:32631", UTM @ Affine.translation(7, 11), 64, 48)
    moved = read(tmp_path, "a.tif", where=inner)
    assert moved.image.path == "a.png"
    np.testing.assert_array_equal(pixels_of(moved), pixels[11:59, 7:71])


def test_what_does_not_cover_the_sar_image_is_off_its_footprint(tmp_path: Path) -> None:
    write(tmp_path / "a.tif", textured(80, 100), crs="EPSG:32631", transform=UTM, photometric="RGB")
    for columns, covered in ((40, "94%"), (100, "0%")):
        off = grid("EPSG:32631", UTM @ Affine.translation(columns, 0), 64, 48)
        with pytest.raises(TileRejected, match=f"twin_off_footprint: it covers {covered}"):
            read(tmp_path, "a.tif", where=off)
    transparent = np.dstack([textured(48, 64), np.full((48, 64), 255, dtype=np.uint8)])
    transparent[:6, :, 3] = 0
    with pytest.raises(TileRejected, match="twin_off_footprint: it covers 88%"):
        read(tmp_path, save(tmp_path, transparent))


def test_blank_twins_are_refused(tmp_path: Path) -> None:
    half = textured(48, 64)
    half[:, :40] = 0
    for pixels in (half, np.full((48, 64, 3), 90, dtype=np.uint8), np.full((48, 64, 3), 255, dtype=np.uint8)):
        with pytest.raises(TileRejected, match="twin_blank"):
            read(tmp_path, save(tmp_path, pixels))
    half[:, 16:40] = 3
    assert blank_share(half) == pytest.approx(0.25)


def test_files_that_cannot_be_read_say_that_it_is_the_twin(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    for file, reason in (("a.png", "twin_empty_file"), ("b.png", "twin_missing_image"), ("../b.png", "twin_missing_image")):
        with pytest.raises(TileRejected, match=reason):
            read(tmp_path, file)


def test_the_estimate_of_cloud_is_low_and_clear_skies_have_little() -> None:
    """Against the share that is drawn into the scenes of the embedded archive."""
    clear, cloudy = [], []
    for index in range(70):
        scene = plan(3, index, 96)
        picture, truth = optical.render(scene, ground(scene))
        (cloudy if truth else clear).append((cloud_share(picture), truth))
    assert len(cloudy) >= 5
    assert all(estimate <= truth + 0.02 for estimate, truth in cloudy)
    assert all(estimate > 0.2 for estimate, truth in cloudy if truth > 0.6)
    assert max(estimate for estimate, _ in clear) <= 0.2
    assert cloud_share(np.full((16, 16, 1), 255, dtype=np.uint8)) == 0


def test_cloudy_twins_are_refused(tmp_path: Path) -> None:
    picture = textured(48, 64)
    picture[:24] = np.random.default_rng(0).integers(225, 240, (24, 64, 1), dtype=np.uint8)
    with pytest.raises(TileRejected, match="twin_cloudy: clouds are estimated to hide at least 50%; at most 20%"):
        read(tmp_path, save(tmp_path, picture))
