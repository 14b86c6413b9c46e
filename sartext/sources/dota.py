"""Oriented boxes from DOTA's labelTxt files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from sartext.formats.dota import parse_dota
from sartext.sources.annotations.detection import Annotated, BoxSource, labels_in
from sartext.sources.annotations.match_labels import digest, pair
from sartext.sources.annotations.packed import Item
from sartext.sources.files.discover import read_label_file
from sartext.sources.pixels.image import ReadImage


@dataclass(frozen=True, kw_only=True)
class Dota(BoxSource):
    """DOTA: a folder of images and a folder of labelTxt files with four corners a line.

    Every label file is a tile, also an empty one; an image without label file (those of a test set) is not part of it. The
    head's `gsd` is the ground sample distance where `gsd_m` is unset. Labels are mapped by the common spellings and
    `label_map`; what is annotated exhaustively is what `exhaustive` says, by default nothing.
    """

    title: ClassVar[str] = "Oriented boxes from DOTA label files"

    labels: str = field(metadata=labels_in("the label files (.txt)"))
    name: str = field(default="dota", metadata={"help": "name of the dataset: the first segment of every key"})

    @property
    def revision(self) -> int:
        return 3

    def plan(self) -> tuple[Sequence[Item], Sequence[str]]:
        return pair(self.images, self.labels, ".txt", source=self.name, pattern=self.scene_pattern, unlabelled=False)

    def labels_folder(self) -> str | None:
        """The folder of the label files."""
        return self.labels

    def annotated(self, item: Item, read: ReadImage) -> Annotated:
        del read
        if item.label_file is None:
            return Annotated(())
        return Annotated(*parse_dota(read_label_file(self.labels, item.label_file), item.label_file))

    def label_digest(self, item: Item) -> str | None:
        return digest(self.labels, item.label_file)
