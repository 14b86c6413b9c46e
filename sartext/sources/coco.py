"""Boxes from a COCO instance JSON."""

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from sartext.errors import SourceError
from sartext.formats.coco import parse_coco
from sartext.sources.annotations.detection import DetectionSource
from sartext.sources.annotations.packed import Item, pack
from sartext.sources.files.keys import keys


@dataclass(frozen=True, kw_only=True)
class Coco(DetectionSource):
    """COCO instance JSON: every image that the file lists is a tile, also where it has no annotation.

    `bbox` is the box, also where there is a segmentation; `iscrowd` makes it a crowd. Labels are the categories' names,
    mapped by the common spellings and `label_map`; what is annotated exhaustively is what
    `exhaustive` says, by default nothing.
    """

    title: ClassVar[str] = "Boxes from COCO JSON"

    annotations: str = field(metadata={"help": "the JSON file", "identity": False})
    name: str = field(default="coco", metadata={"help": "name of the dataset: the first segment of every key"})

    def plan(self) -> tuple[Sequence[Item], Sequence[str]]:
        """The images that the JSON lists, with their annotations."""
        try:
            with open(self.annotations, "rb") as stream:
                found = parse_coco(stream, self.annotations)
        except OSError as error:
            raise SourceError(f"cannot be read, {error.strerror}", file=self.annotations) from error
        files = [posixpath.normpath(file) for file in found.files]
        items = pack(
            keys=keys(self.name, files, self.scene_pattern, listed_in=self.annotations),
            files=files,
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
