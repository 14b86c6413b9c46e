"""Three small datasets of different kinds, with one image in two of them, and selections of them without Ray."""

import csv
import json
from pathlib import Path

from PIL import Image

from sartext.artifact import open_artifact
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.captions import Captions
from sartext.sources.coco import Coco
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile, from_table
from tests.support.datasets import dataset


def tiles_of(uri: str) -> list[Tile]:
    """All tiles of a dataset."""
    return [tile for table in open_artifact(uri).tables() for tile in from_table(table)]


def three_sets(folder: Path) -> tuple[str, str, str]:
    """The archive with boxes, a COCO set and a set of captions; the last two have an image of the first each."""
    archive = dataset(
        Synthetic(tiles=30, size_px=64, twin=False, shard_tiles=12), (A2C(), Verify(), Questions()), str(folder / "archive")
    )
    first = tiles_of(archive)
    images = folder / "images"
    images.mkdir()
    for at in range(8):
        Image.effect_noise((64, 64), 40 + at).save(images / f"noise{at}.png")
    (images / "same.png").write_bytes(first[0].image.bytes or b"")
    names = sorted(path.name for path in images.iterdir())
    coco = {
        "images": [{"id": at, "file_name": name, "width": 64, "height": 64} for at, name in enumerate(names)],
        "annotations": [
            {"id": at, "image_id": at, "category_id": 1, "bbox": [20, 20, 16, 16], "area": 256, "iscrowd": 0}
            for at in range(len(names))
        ],
        "categories": [{"id": 1, "name": "ship"}],
    }
    (folder / "coco.json").write_text(json.dumps(coco))
    boxes = Coco(images=str(images), annotations=str(folder / "coco.json"), name="boxes")
    coco_set = dataset(boxes, (A2C(), Verify()), str(folder / "coco"))
    others = folder / "others"
    others.mkdir()
    for at in range(6):
        Image.effect_noise((64, 64), 90 + at).save(others / f"text{at}.png")
    (others / "copy.png").write_bytes(first[1].image.bytes or b"")
    with open(folder / "captions.csv", "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["filepath", "title"])
        rows.writerows([path.name, "A harbour with ships at the quay."] for path in sorted(others.iterdir()))
    texts = Captions(images=str(others), captions=str(folder / "captions.csv"), name="texts")
    return archive, coco_set, dataset(texts, (), str(folder / "texts"))
