"""Regions and boxes from the segmentations of a COCO instance JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from sartext.errors import TileRejected
from sartext.formats.annotation import Annotation
from sartext.formats.segmentation import mask_of
from sartext.imaging.run_lengths import Mask
from sartext.sources.annotations.boxes import short
from sartext.sources.annotations.detection import FILES, Annotated, BoxSource
from sartext.sources.annotations.labels import LAND_COVERS, label_table, spelled
from sartext.sources.annotations.listed import read_coco
from sartext.sources.annotations.packed import Item
from sartext.sources.annotations.regions import annotated
from sartext.sources.files.compressed import Compressed
from sartext.sources.files.keys import keys, planned_order
from sartext.sources.pixels.image import ReadImage


@dataclass(frozen=True, kw_only=True)
class CocoMasks(BoxSource):
    """COCO instance JSON with polygons or run lengths: every image that the file lists is a tile, found as `Coco` finds it.

    Each annotation of a thing is a box, by its `bbox`; all of a class are a region; land covers are regions only. A class of
    which one annotation has no outline is no region of that tile, for the others are not all of it; where that is a land cover,
    of which no box tells, none of the tile's land covers is. Pixels that no annotation holds count as unlabelled, unless every
    category is annotated exhaustively. The segmentations are held as text while a file is read, so it takes about its size in
    memory, and compressed afterwards.
    """

    title: ClassVar[str] = "Regions from COCO JSON"

    annotations: str = field(metadata=FILES)
    name: str = field(default="coco", metadata={"help": "name of the dataset: the first segment of every key"})

    @property
    def revision(self) -> int:
        return 4

    def plan(self) -> tuple[Sequence[Item], Sequence[str]]:
        """The images that the JSON lists, with their annotations."""
        found, listed = read_coco(self.annotations, self.images, segmentations=True)
        files = listed.files
        of_image: list[list[Annotation]] = [[] for _ in files]
        texts: list[list[str]] = [[] for _ in files]
        for at, image in enumerate(found.image.tolist()):
            of_image[image].append(
                Annotation(
                    found.labels[found.label[at]],
                    tuple(found.corners_px[at].tolist()),
                    crowd=bool(found.crowd[at]),
                    place=f"annotations[{at}]",
                )
            )
            texts[image].append(found.segmentations[at] if found.segmentations else "null")
        named = list(keys(self.name, files, self.scene_pattern, listed_in=self.annotations))
        known = self._all_known(found.labels)
        items = Compressed.of(
            Item(
                key=named[at],
                file=files[at],
                annotations=tuple(of_image[at]),
                size_px=_size(found.sizes_px[at].tolist()),
                classes=(known, *texts[at]),
                fault=listed.faults[at],
                splits=listed.splits[at] if listed.splits is not None else (),
            )
            for at in sorted(range(len(files)), key=lambda at: planned_order(files[at]))
        )
        return items, Compressed.of(item.file for item in items)

    def _all_known(self, labels: Sequence[str]) -> str:
        """Whether what no annotation holds is none of the categories, as text."""
        table = label_table(self.label_map, covers=True)
        classes = [table.get(label) or table.get(spelled(label)) for label in labels]
        return "all" if classes and all(name in self.exhaustive for name in classes) else "some"

    def annotated(self, item: Item, read: ReadImage) -> Annotated:
        """Boxes, and regions from the segmentations. Raises `TileRejected` where one is broken or its label unknown."""
        labels = label_table(self.label_map, covers=True)
        known, *texts = item.classes
        masks: dict[str, Mask] = {}
        boxes: list[Annotation] = []
        open_labels: set[str] = set()  # of annotations without an outline
        for annotation, text in zip(item.annotations, texts, strict=True):
            label = labels.get(annotation.label) or labels.get(spelled(annotation.label))
            if label is None:
                raise TileRejected("unknown_category", f"{annotation.place}: {short(annotation.label)} is not in the label map")
            mask = mask_of(text, read.height_px, read.width_px, annotation.place)
            if mask.any():
                masks[label] = masks[label] | mask if label in masks else mask
            else:
                open_labels.add(label)
            if label not in LAND_COVERS:
                boxes.append(annotation._replace(label=label))
        open_cover = not open_labels.isdisjoint(LAND_COVERS)
        left_out = open_labels | LAND_COVERS if open_cover else open_labels
        masks = {label: mask for label, mask in masks.items() if label not in left_out}
        held = (
            np.logical_or.reduce(list(masks.values())) if masks else np.zeros((read.height_px, read.width_px), dtype=np.bool_)
        )
        open_px = 0 if known == "all" and not open_cover else int(held.size - held.sum())
        return annotated(masks, boxes, unlabelled_px=open_px, nodata_px=0, size_px=held.size)

    def identity(self, item: Item) -> dict[str, object]:
        return {**super().identity(item), "masks": item.classes}


def _size(sides: Sequence[int]) -> tuple[int, int] | None:
    width, height = sides
    return (width, height) if width and height else None
