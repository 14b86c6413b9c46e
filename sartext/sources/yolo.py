"""Boxes from YOLO label files."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sartext.errors import SourceError
from sartext.formats.yolo import parse_classes, parse_yolo
from sartext.sources.annotations.detection import Annotated, BoxSource, labels_in
from sartext.sources.annotations.match_labels import digest, pair
from sartext.sources.annotations.packed import Item
from sartext.sources.files.compressed import Compressed
from sartext.sources.files.discover import IMAGE_ENDINGS, ending, read_label_file, read_source_file, walk_files
from sartext.sources.files.in_order import in_order
from sartext.sources.files.keys import stem
from sartext.sources.filesystem import real_path
from sartext.sources.pixels.image import ReadImage
from sartext.sources.split_paths import path_in

_NAMES = "classes.txt"


@dataclass(frozen=True, kw_only=True)
class Yolo(BoxSource):
    """YOLO: a folder of images, a folder of label files, and a file of class names; upright and oriented boxes.

    Every image is a tile; by this format's convention an image whose label file is empty or not there is a background image
    without boxes. A label file without its image is rejected as missing; a list of class names beside them is none. Labels are
    the class names, mapped by the common spellings and `label_map`; what is annotated exhaustively is what `exhaustive` says,
    by default nothing.
    """

    title: ClassVar[str] = "Boxes from YOLO label files"

    labels: str = field(metadata=labels_in("the label files (.txt)"))
    classes: str = field(metadata={"help": "text file with one class name a line", "identity": False})
    name: str = field(default="yolo", metadata={"help": "name of the dataset: the first segment of every key"})

    @property
    def revision(self) -> int:
        return 3

    def plan(self) -> tuple[Sequence[Item], Sequence[str]]:
        """Images and label files together, by their names without ending."""
        if ending(self.classes) in (".yaml", ".yml", ".json"):
            raise SourceError(
                "not a list of class names",
                file=self.classes,
                remedy="give a text file with one name a line, those of its 'names' in the order of their numbers",
            )
        classes = parse_classes(read_source_file(self.classes), self.classes)
        return pair(
            self.images,
            self.labels,
            ".txt",
            source=self.name,
            pattern=self.scene_pattern,
            unlabelled=True,
            classes=classes,
            aside=self._lists_of_names(),
        )

    def _lists_of_names(self) -> set[str]:
        """The text files in the folder of the labels that are lists of class names: the one of `classes`, and `classes.txt`,
        which labelImg writes beside its labels, where no image is called so; another than that of `classes` is told of."""
        files = Compressed.of(walk_files(self.labels, (".txt",)))
        given = real_path(self.classes)
        real = in_order(lambda file: real_path(path_in(self.labels, file)), files)
        aside = {file for file, path in zip(files, real, strict=True) if path == given}
        lists = sorted(file for file in files if os.path.basename(file) == _NAMES and file not in aside)
        images = walk_files(self.images, IMAGE_ENDINGS) if lists else ()
        if lists and not any(stem(os.path.basename(file)) == stem(_NAMES) for file in images):
            print(f"{self.labels}: lists of class names, which are no label files: {', '.join(lists[:3])}", file=sys.stderr)
            aside.update(lists)
        return aside

    def labels_folder(self) -> str | None:
        """The folder of the label files."""
        return self.labels

    def annotated(self, item: Item, read: ReadImage) -> Annotated:
        if item.label_file is None:
            return Annotated(())
        data = read_label_file(self.labels, item.label_file)
        return Annotated(parse_yolo(data, item.classes, read.width_px, read.height_px, item.label_file))

    def label_digest(self, item: Item) -> str | None:
        return digest(self.labels, item.label_file)

    def identity(self, item: Item) -> Any:
        return {**super().identity(item), "classes": item.classes}
