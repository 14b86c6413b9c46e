"""Boxes from Pascal VOC XML."""

import io
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from sartext.errors import SourceError, TileRejected
from sartext.formats.annotation import NAN
from sartext.formats.voc import VocImage, parse_voc
from sartext.imaging.orientation import Size
from sartext.sources.annotations.detection import Annotated, BoxSource
from sartext.sources.annotations.listed import listed_images
from sartext.sources.annotations.match_labels import digest, pair
from sartext.sources.annotations.packed import Item, PackedItems, pack
from sartext.sources.files.discover import read_label_file
from sartext.sources.files.keys import keys
from sartext.sources.filesystem import is_folder, open_file
from sartext.sources.pixels.image import ReadImage
from sartext.sources.split_paths import by_split


@dataclass(frozen=True, kw_only=True)
class Voc(BoxSource):
    """Pascal VOC: a folder with one XML an image, or one XML for a whole set.

    In a folder, every XML is a tile, of the image that has its name (its `filename` is often wrong and not used); an
    image without XML is not part of the set. In one file, every `filename` is a tile, of the one image that it can mean, as
    `Coco` finds it; images that are not there are rejected as missing. `robndbox` is an oriented box. Labels are mapped by the
    common spellings and `label_map`; what is annotated exhaustively is what `exhaustive` says, by default nothing.
    """

    title: ClassVar[str] = "Boxes from Pascal VOC XML"

    annotations: str = field(
        metadata={
            "help": "folder of the XML files, or one XML for the whole set; or such for each split, train=DIR test=DIR",
            "identity": False,
            "by_split": True,
        }
    )
    name: str = field(default="voc", metadata={"help": "name of the dataset: the first segment of every key"})

    @property
    def revision(self) -> int:
        return 3

    def plan(self) -> tuple[Sequence[Item], Sequence[str]]:
        if any(is_folder(path) for _, path in by_split(self.annotations)):
            return pair(self.images, self.annotations, ".xml", source=self.name, pattern=self.scene_pattern, unlabelled=False)
        items = self._whole_set()
        return items, items.files

    def stated_px(self, item: Item) -> Size | None:
        """The size in the image's own XML where it has one, else in the XML of the set."""
        if item.label_file is None:
            return item.size_px
        found = self._own(item.label_file)
        return found[0].size_px if found else None

    def labels_folder(self) -> str | None:
        """The folder of the XML files."""
        return self.annotations

    def annotated(self, item: Item, read: ReadImage) -> Annotated:
        """From the image's own XML where it has one, else from the XML of the set."""
        if item.label_file is None:
            return Annotated(item.annotations)
        found = self._own(item.label_file)
        size_px = found[0].size_px if found else None
        if size_px not in (None, (read.width_px, read.height_px)):
            raise TileRejected(
                "bad_annotation", f"annotated as {size_px}, but the image has {(read.width_px, read.height_px)} px"
            )
        return Annotated(found[0].annotations if found else ())

    def _own(self, label_file: str) -> list[VocImage]:
        """The only image that an XML is of, or none."""
        found = list(parse_voc(io.BytesIO(read_label_file(self.annotations, label_file)), label_file))
        if len(found) > 1:
            raise TileRejected("bad_annotation", f"{label_file}: it is of {len(found)} images")
        return found

    def label_digest(self, item: Item) -> str | None:
        return digest(self.annotations, item.label_file)

    def _whole_set(self) -> PackedItems:
        listed: list[tuple[str | None, str, list[str]]] = []
        numbers: dict[str, int] = {}
        sizes, image, label, number, flags = (array("i") for _ in range(5))
        corners = array("d")
        count = 0  # of images in all files
        for split, path in by_split(self.annotations):
            named: list[str] = []
            listed.append((split, path, named))
            try:
                with open_file(path) as stream:
                    for one in parse_voc(stream, path):
                        if not one.file:
                            raise SourceError("an image without <filename>", file=path, place=f"image {len(named) + 1}")
                        named.append(one.file)
                        sizes.extend(one.size_px or (0, 0))
                        for place, annotation in enumerate(one.annotations, 1):
                            image.append(count)
                            number.append(place)
                            label.append(numbers.setdefault(annotation.label, len(numbers)))
                            flags.append(int(annotation.difficult))
                            corners.extend(annotation.corners_px)
                            corners.extend((NAN,) * (8 - len(annotation.corners_px)))
                        count += 1
            except OSError as error:
                raise SourceError(f"cannot be read, {error.strerror}", file=path) from error
        found = listed_images(self.images, listed)
        position = np.array(found.positions, dtype=np.int32)
        sizes_px = np.zeros((len(found.files), 2), dtype=np.int32)
        sizes_px[position] = np.array(sizes, dtype=np.int32).reshape(-1, 2)
        return pack(
            keys=keys(self.name, found.files, self.scene_pattern, listed_in=self.annotations),
            files=found.files,
            faults=found.faults,
            splits=found.splits,
            sizes_px=sizes_px,
            image=position[np.array(image, dtype=np.int32)],
            labels=tuple(numbers),
            place="object {}",
            label=np.array(label, dtype=np.int32),
            corners_px=np.array(corners, dtype=np.float64).reshape(-1, 8),
            flags=np.array(flags, dtype=np.uint8),
            number=np.array(number, dtype=np.int32),
        )
