"""Regions from mask images: one value or colour a class, or one an instance."""

import os
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sartext.errors import SourceError, TileRejected, require
from sartext.imaging.orientation import Size
from sartext.sources.annotations.detection import Annotated, DetectionSource, labels_in
from sartext.sources.annotations.labels import label_table, spelled
from sartext.sources.annotations.mask_image import ENDINGS, mask_size_px, read_mask, unreadable_kind, values_of
from sartext.sources.annotations.mask_table import canonical_table, from_canonical, read_class_table
from sartext.sources.annotations.match_labels import digest, pair
from sartext.sources.annotations.packed import Item
from sartext.sources.annotations.regions import classes_annotated, instances_annotated
from sartext.sources.files.discover import IMAGE_ENDINGS, list_files
from sartext.sources.files.keys import stem
from sartext.sources.filesystem import real_path, there_with
from sartext.sources.pixels.image import ReadImage
from sartext.sources.split_paths import path_in

_OTHERS = sorted(one for lower in IMAGE_ENDINGS - set(ENDINGS) for one in (lower, lower.upper()))  # of masks not read


@dataclass(frozen=True, kw_only=True)
class Masks(DetectionSource):
    """A folder of images and a folder of masks with the same names: PNG or TIFF, gray, palette or RGB.

    `classes` says what the values or colours mean; "background" is labelled as none of the classes, "unlabelled" may be
    anything, "nodata" was not measured. Land covers become regions. Things (ships, buildings) become regions too, and boxes
    around their connected parts; objects that touch are one part, so their number is never said exactly. With
    `instances_of` every value but 0 is one object, of RGB every colour but black. What is annotated exhaustively is what
    `exhaustive` says, by default nothing.

    Raises `ValueError` where both `classes` and `instances_of` are given.
    """

    title: ClassVar[str] = "Regions from mask images"

    masks: str = field(metadata=labels_in("the masks (.png, .tif)"))
    classes: str | None = field(
        default=None,
        metadata={
            "help": 'what the values mean: a JSON file, or JSON such as {"water": 1}, {"water": {"values": [1, 2, 3]}} or '
            '{"ship": [0, 255, 0]}',
            "identity": False,
        },
    )
    instances_of: str | None = field(default=None, metadata={"help": "the class of which every value but 0 is one instance"})
    mask_suffix: str = field(default="", metadata={"help": "what the names of masks have behind those of images: _mask"})
    min_area_px: int = field(default=1, metadata={"help": "pixels that a connected part must have to get a box"})
    name: str = field(default="masks", metadata={"help": "name of the dataset: the first segment of every key"})

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.classes is not None and self.instances_of is not None:
            raise ValueError("classes and instances_of exclude each other; give one of them")
        require("min_area_px", self.min_area_px, self.min_area_px >= 1, "at least 1")

    @property
    def revision(self) -> int:
        return 4

    def plan(self) -> tuple[Sequence[Item], Sequence[str]]:
        """Images and masks together, by their names without ending; with the class table in every item."""
        labels = label_table(self.label_map, covers=True)
        return pair(
            self.images,
            self.masks,
            ENDINGS,
            source=self.name,
            pattern=self.scene_pattern,
            unlabelled=True,
            classes=(self._meaning(labels),),
            suffix=self.mask_suffix,
        )

    def _meaning(self, labels: Mapping[str, str]) -> str:
        """The class table as text, or the class of all instances."""
        if self.instances_of is not None:
            label = labels.get(self.instances_of) or labels.get(spelled(self.instances_of))
            if label is None:
                raise SourceError(
                    f"{self.instances_of!r} is no class that is known", file=self.masks, remedy="see --source.label-map"
                )
            return label
        if self.classes is None:
            raise SourceError(
                f"nothing says what the values of the masks mean{self._example()}",
                file=self.masks,
                remedy="give --source.classes or --source.instances-of",
            )
        return canonical_table(read_class_table(self.classes, labels))

    def _example(self) -> str:
        """The values of the first mask, for a message."""
        found = [file for file in list_files(self.masks, ENDINGS) if stem(file).endswith(self.mask_suffix)]
        values = values_of(path_in(self.masks, found[0])) if found else []
        return f"; {found[0]} has {', '.join(values)}" if values else ""

    def stated_px(self, item: Item) -> Size | None:
        """The size of the mask."""
        return None if item.label_file is None else mask_size_px(self.masks, item.label_file)

    def labels_folder(self) -> str | None:
        """The folder of the masks."""
        return self.masks

    def annotated(self, item: Item, read: ReadImage) -> Annotated:
        """Regions and boxes from the mask. Raises `TileRejected` where there is none, or it is broken."""
        if item.label_file is None:
            raise self._no_mask(item.file)
        table = None if self.instances_of is not None else from_canonical(item.classes[0])
        values = read_mask(
            self.masks,
            item.label_file,
            width_px=read.width_px,
            height_px=read.height_px,
            colours=table.colours if table is not None else None,
        )
        if table is None:
            return instances_annotated(values, item.classes[0], item.label_file)
        return classes_annotated(values, table, item.label_file, min_area_px=self.min_area_px)

    def _no_mask(self, file: str) -> TileRejected:
        """Why an image has no mask that is read: there is none, or it is of another kind."""
        path = f"{stem(file)}{self.mask_suffix}"
        for name in dict.fromkeys((path, os.path.basename(path))):
            for mask in there_with(path_in(self.masks, name), _OTHERS):
                if real_path(mask) != real_path(path_in(self.images, file)):
                    return unreadable_kind(name + posixpath.splitext(mask)[1])
        return TileRejected("missing_mask", f"{file} has no mask")

    def label_digest(self, item: Item) -> str | None:
        return digest(self.masks, item.label_file)

    def identity(self, item: Item) -> Any:
        return {**super().identity(item), "classes": item.classes}
