"""Boxes from a COCO instance JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from sartext.sources.annotations.detection import FILES, BoxSource
from sartext.sources.annotations.listed import read_coco
from sartext.sources.annotations.packed import Item, pack
from sartext.sources.files.keys import keys


@dataclass(frozen=True, kw_only=True)
class Coco(BoxSource):
    """COCO instance JSON: every image that the file lists is a tile, also where it has no annotation.

    A name means the one image that it can: it may have '\\', begin above or below the folder, lack its ending, or have what
    Label Studio and Roboflow add; where it may be two images, or two names lead to one, these are rejected as ambiguous.
    `bbox` is the box, also where there is a segmentation; `iscrowd` makes it a crowd. Labels are the categories' names, mapped
    by the common spellings and `label_map`; what is annotated exhaustively is what `exhaustive` says, by default nothing.
    """

    title: ClassVar[str] = "Boxes from COCO JSON"

    annotations: str = field(metadata=FILES)
    name: str = field(default="coco", metadata={"help": "name of the dataset: the first segment of every key"})

    @property
    def revision(self) -> int:
        return 3

    def plan(self) -> tuple[Sequence[Item], Sequence[str]]:
        """The images that the JSON lists, with their annotations."""
        found, listed = read_coco(self.annotations, self.images)
        items = pack(
            keys=keys(self.name, listed.files, self.scene_pattern, listed_in=self.annotations),
            files=listed.files,
            faults=listed.faults,
            splits=listed.splits,
            sizes_px=found.sizes_px,
            image=found.image,
            labels=found.labels,
            place="annotations[{}]",
            label=found.label,
            corners_px=found.corners_px,
            flags=found.crowd.astype(np.uint8) * 2,
            number=np.arange(len(found.image), dtype=np.int32),
        )
        return items, items.files
