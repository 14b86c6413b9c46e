"""The tiles that the reader is run over beside the random ones: the embedded archive, and real boxes in four formats."""

from collections.abc import Iterator
from pathlib import Path

from sartext.sources.annotations.detection import DetectionSource
from sartext.sources.coco import Coco
from sartext.sources.dota import Dota
from sartext.sources.synthetic import Synthetic
from sartext.sources.voc import Voc
from sartext.sources.yolo import Yolo
from sartext.tile import Tile

REAL = Path(__file__).parents[2].parent / "shared" / "sar-data"
FORMATS = ("coco", "voc", "yolo", "dota")


def embedded_tiles(count: int, seed: int = 0) -> Iterator[Tile]:
    """Tiles of the embedded archive with their annotations only."""
    source = Synthetic(tiles=count, seed=seed, pixels=False, twin=False)
    return (source.tile(item) for shard in source.shards() for item in shard.items)


def real_tiles(form: str, exhaustive: tuple[str, ...] = (), gsd_m: float | None = None) -> list[Tile]:
    """The real tiles as read from one of FORMATS. Raises `FileNotFoundError` where they are not there."""
    if not REAL.is_dir():
        raise FileNotFoundError(f"the real samples are not at {REAL}")
    source = _source(form, exhaustive, gsd_m)
    read = [item for shard in source.shards() for item in source.read(shard)]
    return [item for item in read if isinstance(item, Tile)]


def _source(form: str, exhaustive: tuple[str, ...], gsd_m: float | None) -> DetectionSource:
    boxes, images = REAL / "det_hrsid_boxes", str(REAL / "seg_hrsid_mini_test" / "images")
    if form == "coco":
        file = str(boxes / "coco" / "instances.json")
        return Coco(images=images, annotations=file, exhaustive=exhaustive, gsd_m=gsd_m)
    if form == "voc":
        return Voc(images=images, annotations=str(boxes / "voc" / "Annotations"), exhaustive=exhaustive, gsd_m=gsd_m)
    if form == "yolo":
        labels, classes = str(boxes / "yolo" / "labels"), str(boxes / "yolo" / "classes.txt")
        return Yolo(images=images, labels=labels, classes=classes, exhaustive=exhaustive, gsd_m=gsd_m)
    if form == "dota":
        return Dota(images=images, labels=str(boxes / "dota" / "labelTxt"), exhaustive=exhaustive, gsd_m=gsd_m)
    raise ValueError(f"format is {form!r}; it is one of {', '.join(FORMATS)}")
