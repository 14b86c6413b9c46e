"""Every kind of source from S3: the same tiles and the same fingerprint as from a folder, by a real server of the protocol."""

import json
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rasterio.transform import Affine

from sartext.errors import SourceError, StoreError
from sartext.flow.build.plan import plan_build
from sartext.sources.captioned import CaptionedCoco
from sartext.sources.captions import Captions
from sartext.sources.coco import Coco
from sartext.sources.coco_masks import CocoMasks
from sartext.sources.dota import Dota
from sartext.sources.images import Images
from sartext.sources.llava import Llava
from sartext.sources.masks import Masks
from sartext.sources.pairs import Pairs
from sartext.sources.source import Source
from sartext.sources.split_paths import SplitPaths
from sartext.sources.voc import Voc
from sartext.sources.yolo import Yolo
from sartext.store import open_store, s3
from sartext.tile import Reject, Tile
from tests.chaos.bad_input import KINDS, write_dataset
from tests.sartext.sources.pixels.test_geotiff import write
from tests.support.remote import uploaded

Make = Callable[[str], Source]


def results(source: Source) -> list[Tile | Reject]:
    return [made for shard in source.shards() for made in source.read(shard)]


def fingerprint(source: Source) -> str:
    return plan_build(source, (), None).fingerprint


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data of every kind: boxes with one tile bad in each of all ways, masks, texts, pairs, images by split."""
    base = tmp_path_factory.mktemp("folder")
    write_dataset(base, tiles=len(KINDS) + 6, bad=dict(enumerate(KINDS, 2)), seed=5)
    for path in (base / "images").iterdir():
        if path.is_dir():  # as it is on S3, where no folder is empty
            (path / "inside.txt").touch()
    random = np.random.default_rng(3)
    for name in ("a", "below/b", "c"):
        for place, pixels in (("sar", (64, 64)), ("optical", (64, 64, 3))):
            path = base / place / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(random.integers(20, 120, pixels, dtype=np.uint8)).save(path)
        mask = base / "masks" / f"{name}.png"
        mask.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 2, (64, 64), dtype=np.uint8)).save(mask)
    (base / "masks" / "c.png").unlink()
    Image.new("L", (64, 64)).save(base / "masks" / "c.jpg")
    for number in range(3):
        pixels = random.integers(1, 200, (32, 32), dtype=np.uint8)
        (base / "located").mkdir(exist_ok=True)
        write(
            base / "located" / f"t{number}.tif",
            pixels,
            crs="EPSG:32631",
            transform=Affine(10, 0, 5e5 + 200 * number, 0, -10, 5e6),
        )
    (base / "pairs.csv").write_text("sar,optical\na.png,c.png\nbelow/b.png,b.png\nc.png,absent.png\n")
    lines = ["image,caption", "a.png,A ship.", "a.png,Two ships.", "b.png,Nothing here.", "absent.png,A bridge."]
    (base / "captions.csv").write_text("\n".join(lines) + "\n")
    (base / "tiles.csv").write_text("image,caption\ntile_0000000.jpg,A ship at sea.\ntile_0000001.png,Two tanks.\n")
    turns = [{"from": "human", "value": "<image>\nHow many ships?"}, {"from": "gpt", "value": "2"}]
    (base / "llava.json").write_text(json.dumps([{"image": "a.png", "conversations": turns}]))
    for split, names in (("train", ("a",)), ("val", ("b", "c"))):
        for name in names:
            path = base / split / f"{name}.png"
            path.parent.mkdir(exist_ok=True)
            shutil.copy(base / "sar" / ("below/b.png" if name == "b" else f"{name}.png"), path)
    (base / "list.txt").write_text("a\nb\n")
    corners = [10, 10, 30, 10, 30, 30, 10, 30]
    segmentation = {
        "categories": [{"id": 1, "name": "ship"}],
        "images": [{"id": 1, "file_name": "a.png", "width": 64, "height": 64}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20], "segmentation": [corners]}],
    }
    (base / "outlines.json").write_text(json.dumps(segmentation))
    return base


@pytest.fixture(scope="module")
def remote(folder: Path, bucket: str) -> str:
    return uploaded(folder, bucket)


def _by_split(base: str) -> SplitPaths:
    return SplitPaths({"train": f"{base}/train", "val": f"{base}/val"})


TABLE = '{"background": 0, "ship": 1}'
SOURCES: dict[str, Make] = {
    "images": lambda base: Images(images=f"{base}/sar"),
    "images that are located": lambda base: Images(images=f"{base}/located"),
    "coco": lambda base: Coco(images=f"{base}/images", annotations=f"{base}/instances.json"),
    "coco with a list of a split": lambda base: Coco(
        images=f"{base}/sar", annotations=f"{base}/outlines.json", splits=SplitPaths({"test": f"{base}/list.txt"})
    ),
    "outlines": lambda base: CocoMasks(images=f"{base}/sar/", annotations=f"{base}/outlines.json"),
    "voc": lambda base: Voc(images=f"{base}/images", annotations=f"{base}/Annotations"),
    "voc of a whole set": lambda base: Voc(images=f"{base}/images", annotations=f"{base}/annotations.xml"),
    "yolo": lambda base: Yolo(images=f"{base}/images", labels=f"{base}/labels", classes=f"{base}/classes.txt"),
    "dota": lambda base: Dota(images=f"{base}/images", labels=f"{base}/labelTxt"),
    "masks": lambda base: Masks(images=f"{base}/sar", masks=f"{base}/masks", classes=TABLE),
    "captions": lambda base: Captions(images=f"{base}/sar", captions=f"{base}/captions.csv"),
    "captions by split": lambda base: Captions(images=_by_split(base), captions=f"{base}/captions.csv"),
    "captions of boxes": lambda base: CaptionedCoco(
        images=f"{base}/images", annotations=f"{base}/instances.json", captions=f"{base}/tiles.csv"
    ),
    "llava": lambda base: Llava(images=f"{base}/sar", conversations=f"{base}/llava.json"),
    "pairs": lambda base: Pairs(sar=f"{base}/sar", optical=f"{base}/optical"),
    "pairs of a list": lambda base: Pairs(sar=f"{base}/sar", optical=f"{base}/optical", pairs=f"{base}/pairs.csv"),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_a_source_on_s3_gives_what_a_folder_gives(folder: Path, remote: str, kind: str) -> None:
    here, there = SOURCES[kind](str(folder)), SOURCES[kind](remote)
    made = results(there)
    assert made == results(here)
    assert any(isinstance(one, Tile) for one in made)
    assert fingerprint(there) == fingerprint(here)
    assert [len(shard.items) for shard in there.shards()] == [len(shard.items) for shard in here.shards()]


def test_bad_tiles_have_their_reasons(remote: str) -> None:
    reasons = [one.reason for one in results(SOURCES["coco"](remote)) if isinstance(one, Reject)]
    assert sorted(reasons) == sorted(KINDS.values())


def test_shards_are_cut_by_the_sizes_that_are_listed(remote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    ask = s3.S3Store._ask

    def counted(self: s3.S3Store, operation: str, path: str = "", **arguments: Any) -> Any:
        asked.append(operation)
        return ask(self, operation, path, **arguments)

    monkeypatch.setattr(s3.S3Store, "_ask", counted)
    assert len(Images(images=f"{remote}/sar", shard_tiles=2).shards()) == 2
    assert asked == []  # but for the lists


def test_an_object_that_vanished_is_a_reject_of_its_tile(folder: Path, bucket: str) -> None:
    uri = uploaded(folder / "sar", bucket)
    source = Images(images=uri)
    shards = source.shards()
    open_store(uri).delete("below/b.png")
    made = [one for shard in shards for one in source.read(shard)]
    assert [one.reason if isinstance(one, Reject) else "" for one in made] == ["", "missing_image", ""]


def test_a_store_that_is_down_is_no_tiles_fault(remote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [SOURCES[kind](remote) for kind in ("coco", "yolo", "masks", "images that are located", "pairs")]
    planned = [source.shards() for source in sources]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")  # where nobody listens
    monkeypatch.setattr(s3, "_REQUEST_TRIES", 1)
    s3._client.cache_clear()
    try:
        for source, shards in zip(sources, planned, strict=True):
            with pytest.raises(StoreError, match="see that the store answers, and run the same command again"):
                list(source.read(shards[0]))
            with pytest.raises(StoreError, match="Could not connect"):
                source.shards()
    finally:
        monkeypatch.undo()
        s3._client.cache_clear()


@pytest.mark.parametrize(
    "make",
    [
        lambda base: Images(images=f"{base}/absent"),
        lambda base: Coco(images=f"{base}/absent", annotations=f"{base}/instances.json"),
        lambda base: Coco(images=f"{base}/images", annotations=f"{base}/absent.json"),
        lambda base: Yolo(images=f"{base}/images", labels=f"{base}/labels", classes=f"{base}/absent.txt"),
        lambda base: Captions(images=f"{base}/absent", captions=f"{base}/captions.csv"),
        lambda base: Llava(images=f"{base}/sar", conversations=f"{base}/absent.json"),
        lambda base: Pairs(sar=f"{base}/sar", optical=f"{base}/absent"),
    ],
)
def test_what_is_not_there_is_said_as_of_a_folder(folder: Path, remote: str, make: Make) -> None:
    said: Sequence[str] = []
    for base in (str(folder), remote):
        with pytest.raises(SourceError) as raised:
            make(base).shards()
        said = [*said, str(raised.value).replace(base, "BASE")]
    assert said[0] == said[1]
    assert "\n" not in said[1]


def test_images_of_a_shard_are_fetched_side_by_side(bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "images").mkdir()
    pixels = np.random.default_rng(0).integers(1, 255, (12, 32, 32), dtype=np.uint8)
    for number, some in enumerate(pixels):
        Image.fromarray(some).save(tmp_path / "images" / f"{number:02d}.png")
    source = Images(images=f"{uploaded(tmp_path, bucket)}/images")
    (shard,) = source.shards()
    at_once, read_range, fetched = threading.Barrier(4), s3.S3Store.read_range, list[str]()

    def together(store: s3.S3Store, path: str, start: int, length: int) -> bytes:
        """As it is, when three others ask as well."""
        fetched.append(path)
        at_once.wait(timeout=20)
        return read_range(store, path, start, length)

    monkeypatch.setattr(s3.S3Store, "read_range", together)
    local = results(Images(images=str(tmp_path / "images")))
    assert list(source.read(shard)) == local
    assert len(fetched) == len(set(fetched)) == 12
