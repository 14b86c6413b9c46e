"""Scenes and measured pairs from S3: what a folder gives, and what is not read from there said in a line."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from PIL import Image

from sartext.errors import SourceError, StoreError
from sartext.flow.build.plan import plan_build
from sartext.sources.pairs import Pairs
from sartext.sources.readers.raster import Raster
from sartext.sources.scenes import Scenes
from sartext.sources.source import Source
from sartext.store import s3
from sartext.tile import Reject, Tile
from tests.support.products import UTM, Product, speckle, stac, tiff
from tests.support.remote import uploaded

CLASSES = '{"background": 0, "water": 1}'


def results(source: Source) -> list[Tile | Reject]:
    return [made for shard in source.shards() for made in source.read(shard)]


def same(here: Source, there: Source) -> list[Tile | Reject]:
    """What both give, and with one fingerprint."""
    made = results(there)
    assert made == results(here)
    assert plan_build(there, (), None).fingerprint == plan_build(here, (), None).fingerprint
    return made


def test_a_scene_with_all_that_lies_beside_it(tmp_path: Path, bucket: str) -> None:
    power = speckle((600, 500))
    scene = tiff(tmp_path / "scenes" / "a_VV.tif", power, tiled=True, blockxsize=128, blockysize=128, **UTM)
    tiff(tmp_path / "scenes" / "a_VH.tif", speckle((600, 500), -18, seed=1), **UTM)
    stac(tmp_path / "scenes" / "a.json", {"vv": "a_VV.tif", "vh": "a_VH.tif"}, **{"sar:polarizations": ["VV", "VH"]})
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False), rasterio.open(scene, "r+") as dataset:
        measured = np.ones((600, 500), dtype=bool)
        measured[:300] = False
        dataset.write_mask(measured)
    (tmp_path / "scenes" / "a_VH.tif.aux.xml").write_text(
        '<PAMDataset><PAMRasterBand band="1"><NoDataValue>-7</NoDataValue></PAMRasterBand></PAMDataset>'
    )
    assert (tmp_path / "scenes" / "a_VV.tif.msk").exists()
    tiff(tmp_path / "masks" / "a_VV.tif", np.random.default_rng(1).integers(0, 2, (600, 500), dtype=np.uint8))
    box = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [300, 400, 20, 30]}
    image = {"id": 1, "file_name": "a_VV.tif", "width": 500, "height": 600}
    boxes = {"images": [image], "annotations": [box], "categories": [{"id": 1, "name": "ship"}]}
    (tmp_path / "boxes.json").write_text(json.dumps(boxes))

    def source(base: str) -> Scenes:
        return Scenes(
            scenes=f"{base}/scenes",
            masks=f"{base}/masks",
            annotations=f"{base}/boxes.json",
            classes=CLASSES,
            quantity="sigma0",
            tile_px=256,
        )

    made = same(source(str(tmp_path)), source(uploaded(tmp_path, bucket)))
    assert any(isinstance(one, Tile) and one.boxes and one.regions for one in made)
    assert {one.reason for one in made if isinstance(one, Reject)} == {"blank"}  # where the mask beside it says so


def test_only_what_is_shown_is_read(tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    size = (4096, 4096)
    tiff(tmp_path / "a.tif", np.random.default_rng(0).integers(1, 255, size, dtype=np.uint8), tiled=True, **UTM)
    uri = uploaded(tmp_path, bucket)
    read_bytes: list[int] = []
    read_range = s3.S3Store.read_range

    def counted(self: s3.S3Store, path: str, start: int, length: int) -> bytes:
        read_bytes.append(length)
        return read_range(self, path, start, length)

    monkeypatch.setattr(s3.S3Store, "read_range", counted)
    raster = Raster(f"{uri}/a.tif", "a.tif")
    with rasterio.open(tmp_path / "a.tif") as there:
        assert (raster.read(1, 1000, 2000, 256, 256) == there.read(1)[1000:1256, 2000:2256]).all()
    raster.close()
    assert sum(read_bytes) < 16 * 2**20 / 4


def test_a_product_in_its_folder(tmp_path: Path, bucket: str) -> None:
    Product(tmp_path / "safe")

    def source(base: str) -> Scenes:
        return Scenes(scenes=f"{base}/safe", tile_px=64)

    made = same(source(str(tmp_path)), source(uploaded(tmp_path, bucket)))
    assert any(isinstance(one, Tile) for one in made)


def test_what_is_not_read_from_s3_is_said_in_a_line(tmp_path: Path, bucket: str) -> None:
    root = Product(tmp_path / "safe").root
    with zipfile.ZipFile(tmp_path / "zipped.zip", "w") as archive:
        for path in root.parent.rglob("*"):
            archive.write(path, path.relative_to(root.parent))
    for name, head in (("zip", None), ("h5", b"\x89HDF\r\n\x1a\n"), ("nitf", b"NITF02.10")):
        folder = tmp_path / name
        folder.mkdir()
        if head is None:
            (tmp_path / "zipped.zip").rename(folder / "product.zip")
        else:
            (folder / f"a.{name}").write_bytes(head + bytes(100))
        with pytest.raises(SourceError, match="is not read from S3; copy it to a folder") as raised:
            Scenes(scenes=uploaded(folder, bucket)).shards()
        assert "\n" not in str(raised.value)


def test_measured_pairs(tmp_path: Path, bucket: str) -> None:
    tiff(tmp_path / "sar" / "a.tif", 10 * np.log10(speckle((64, 64))), **UTM)
    values = np.random.default_rng(2).integers(200, 2800, (4, 64, 64)).astype(np.uint16)
    tiff(tmp_path / "optical" / "a.tif", values, **UTM)
    about: dict[str, Any] = {"quantity": "sigma0_db", "optical_bands": (3, 2, 1), "optical_limits": (0.0, 3000.0)}

    def source(base: str) -> Pairs:
        return Pairs(sar=f"{base}/sar", optical=f"{base}/optical", **about)

    (made,) = same(source(str(tmp_path)), source(uploaded(tmp_path, bucket)))
    assert isinstance(made, Tile)
    assert made.optical is not None


def test_a_store_that_fails_is_not_taken_for_a_broken_file(
    tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiff(tmp_path / "a_VV.tif", speckle((700, 700)), tiled=True, **UTM)
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    uri = uploaded(tmp_path, bucket)
    source = Scenes(scenes=uri, quantity="sigma0", tile_px=256)
    shards = source.shards()
    raster = Raster(f"{uri}/a_VV.tif", "a_VV.tif")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")  # where nobody listens
    monkeypatch.setattr(s3, "_REQUEST_TRIES", 1)
    s3._client.cache_clear()
    try:
        with pytest.raises(StoreError, match="see that the store answers"):
            raster.read(1, 400, 400, 256, 256)
        with pytest.raises(StoreError, match="see that the store answers"):
            list(source.read(shards[0]))
    finally:
        monkeypatch.undo()
        s3._client.cache_clear()
        raster.close()
