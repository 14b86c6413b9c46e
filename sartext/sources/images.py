"""A folder of images that nobody has annotated."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from sartext.sources.annotations.detection import DetectionSource
from sartext.sources.annotations.packed import Item
from sartext.sources.files.compressed import Compressed
from sartext.sources.files.discover import IMAGE_ENDINGS, planned_files
from sartext.sources.files.keys import keys


@dataclass(frozen=True, kw_only=True)
class Images(DetectionSource):
    """Images without annotations, sub-folders included: nothing is known of what they show.

    Raises `ValueError` where labels are mapped or said to be exhaustive: there are none, and an absence would be claimed.
    """

    title: ClassVar[str] = "Images without annotations"

    name: str = field(default="images", metadata={"help": "name of the dataset: the first segment of every key"})

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.exhaustive or self.label_map:
            raise ValueError("images without annotations have no labels; leave out exhaustive and label_map")
        if self.annotation_rights() is not None:
            raise ValueError("images without annotations have no rights of these; leave out annotations_licence and its like")

    def plan(self) -> tuple[Sequence[Item], Sequence[str]]:
        """Every image, in the order of the names."""
        files = planned_files(self.images, IMAGE_ENDINGS)
        named = keys(self.name, files, self.scene_pattern, listed_in=self.images)
        return Compressed.of(Item(key=key, file=file) for key, file in zip(named, files, strict=True)), files
