"""Named, complete configs, as functions; the only place with real dataset and model names. "" is what a user must give."""

from collections.abc import Callable
from dataclasses import replace

from jobs.build import Config
from sartext.narrate.a2c import A2C
from sartext.narrate.verify import Verify
from sartext.sources.coco import Coco
from sartext.sources.dota import Dota
from sartext.sources.source import Source
from sartext.sources.synthetic import Synthetic
from sartext.sources.voc import Voc
from sartext.sources.yolo import Yolo


def _narrated(source: Source) -> Config:
    return Config(source=source, rules=(A2C(), Verify()), out="")


def synthetic() -> Config:
    """The embedded archive: scenes drawn from physics, with oriented boxes, land covers and optical twins."""
    return _narrated(Synthetic(tiles=2000))


def coco() -> Config:
    """Boxes from a COCO instance JSON."""
    return _narrated(Coco(images="", annotations=""))


def voc() -> Config:
    """Boxes from Pascal VOC: a folder with one XML an image, or one XML for the whole set."""
    return _narrated(Voc(images="", annotations=""))


def yolo() -> Config:
    """Boxes or oriented boxes from YOLO label files."""
    return _narrated(Yolo(images="", labels="", classes=""))


def dota() -> Config:
    """Oriented boxes from DOTA label files."""
    return _narrated(Dota(images="", labels=""))


def hrsid() -> Config:
    """HRSID (Wei et al. 2020): ships in 800 px chips of Sentinel-1B, TerraSAR-X and TanDEM-X, COCO JSON."""
    # Chips are named by scene and place in it: P0001_1200_2000_9600_10400 is rows 1200 to 2000, columns 9600 to 10400.
    config = coco()
    source = Coco(
        images="",
        annotations="",
        name="hrsid",
        licence="GPL-3.0-only",
        citation="Wei, Zeng, Qu, Wang, Su, Shi: HRSID: A High-Resolution SAR Images Dataset for Ship Detection and Instance "
        "Segmentation. IEEE Access 8, 2020",
        exhaustive=("ship",),
        scene_pattern=r"(?P<scene>P\d+)_(?P<row>\d+)_\d+_(?P<col>\d+)_\d+",
    )
    return replace(config, source=source)


BUILD: dict[str, Callable[[], Config]] = {recipe.__name__: recipe for recipe in (synthetic, coco, voc, yolo, dota, hrsid)}
