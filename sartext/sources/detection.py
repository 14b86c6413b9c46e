"""What the sources of boxes share: their fields, and one tile from its image and its annotations."""

import dataclasses
import math
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from sartext.errors import SourceError, TileRejected
from sartext.sources.boxes import tile_boxes
from sartext.sources.formats.annotation import Annotation
from sartext.sources.image import ReadImage, read_image
from sartext.sources.labels import label_table
from sartext.sources.listing import sizes_bytes
from sartext.sources.packed import Item
from sartext.sources.source import SHARD_TILES, Card, Shard, cut, split_of
from sartext.tile import Origin, Region, Reject, Sensor, Tile

_NAME = re.compile(r"(?!\.\.?$)[\w.-]+", re.ASCII)
_DETAIL_CHARACTERS = 300


class Annotated(NamedTuple):
    """What annotations say of one image."""

    annotations: Sequence[Annotation]
    gsd_m: float | None = None  # ground sample distance
    regions: tuple[Region, ...] = ()
    unlabelled_share: float | None = None  # of the image
    nodata_share: float | None = None
    labels: Mapping[str, str] | None = None  # what the labels of the annotations mean; None: as the source's table says


@dataclass(frozen=True, kw_only=True)
class DetectionSource(ABC):
    """A folder of images and their boxes. Subclasses say what is planned and where an image's annotations are.

    Raises `ValueError` where a field cannot be what it says.
    """

    title: ClassVar[str]  # of the format

    images: str = field(metadata={"help": "folder of the images, sub-folders included", "identity": False})
    name: str = field(default="detection", metadata={"help": "name of the dataset: the first segment of every key"})
    licence: str | None = field(default=None, metadata={"help": "licence of the data, as an SPDX identifier"})
    citation: str | None = field(default=None, metadata={"help": "what to cite for the data"})
    may_train: bool | None = field(default=None, metadata={"help": "whether models may be trained on it (unset: unknown)"})
    may_redistribute: bool | None = field(
        default=None, metadata={"help": "whether the images may be passed on (unset: unknown)"}
    )
    label_map: dict[str, str] = field(
        default_factory=dict,
        metadata={"help": "the dataset's labels as classes of the taxonomy, above the common ones that are known"},
    )
    exhaustive: tuple[str, ...] = field(
        default=(), metadata={"help": "classes of the taxonomy of which every visible instance is annotated"}
    )
    gsd_m: float | None = field(default=None, metadata={"help": "ground sample distance in metres a pixel (unset: unknown)"})
    scene_pattern: str | None = field(
        default=None,
        metadata={
            "help": "regular expression for the whole name of an image without its ending, with the groups scene, row and col "
            "(unset: every image is a scene of its own)"
        },
    )
    shard_tiles: int = field(default=512, metadata={"help": f"tiles in a shard, at most {SHARD_TILES}"})

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"name is {self.name!r}; it is letters, digits, '.', '_' and '-'")
        if self.gsd_m is not None and not 0 < self.gsd_m < float("inf"):
            raise ValueError(f"gsd_m is {self.gsd_m}; it must be a length above 0 m")
        if not 1 <= self.shard_tiles <= SHARD_TILES:
            raise ValueError(f"shard_tiles is {self.shard_tiles}; it must be from 1 to {SHARD_TILES}")
        if self.scene_pattern is not None:
            try:
                groups = re.compile(self.scene_pattern).groupindex
            except (re.error, OverflowError, RecursionError) as error:
                raise ValueError(f"scene_pattern {self.scene_pattern!r} is no regular expression: {error}") from error
            if "scene" not in groups:
                raise ValueError(f"scene_pattern {self.scene_pattern!r} has no group (?P<scene>...)")

    @property
    def revision(self) -> int:
        return 1

    @property
    def card(self) -> Card:
        """What the fields say of the dataset."""
        return Card(
            name=self.name,
            title=self.title,
            licence=self.licence,
            may_train=self.may_train,
            may_redistribute=self.may_redistribute,
            citation=self.citation,
            labels=label_table(self.label_map),
            exhaustive=self.exhaustive,
        )

    def shards(self) -> list[Shard]:
        """Consecutive images in the order of their names. Raises `SourceError` where a file cannot be understood."""
        if not os.path.isdir(self.images):
            raise SourceError("is no folder that can be read", file=self.images, remedy="give the folder of the images")
        items, files = self.plan()
        return cut(items, sizes_bytes(self.images, files), shard_tiles=self.shard_tiles)

    def key(self, item: Item) -> str:
        return item.key

    def identity(self, item: Item) -> Any:
        """The annotations, without their places in a file. The image is not part of it: one that is mended or comes later is
        read by a retry of the same dataset."""
        boxes = [[_utf8(a.label), _finite(a.corners_px), a.difficult, a.crowd] for a in item.annotations]
        return {"boxes": boxes, "size_px": item.size_px, "labels": self.label_digest(item)}

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        """One tile or reject an image, in planned order."""
        labels = label_table(self.label_map)
        for item in shard.items:
            try:
                made: Tile | Reject = self._tile(item, labels)
            except TileRejected as error:
                detail = _utf8(error.detail)[:_DETAIL_CHARACTERS]
                made = Reject(key=item.key, stage="read", reason=error.reason, detail=detail)
            yield made

    @abstractmethod
    def plan(self) -> tuple[Sequence[Item], Sequence[str]]:
        """The items in planned order, and the image files in the same order."""

    def annotated(self, item: Item, read: ReadImage) -> Annotated:
        """What the annotations say of the item's image.

        Raises `SourceError` or `TileRejected` where its label file cannot be understood.
        """
        del read
        return Annotated(item.annotations)

    def label_digest(self, item: Item) -> str | None:
        """What stands for the content of the item's label file; None where it has none."""
        del item
        return None

    def _tile(self, item: Item, labels: Mapping[str, str]) -> Tile:
        read = read_image(self.images, item.file)
        try:
            found = self.annotated(item, read)
        except SourceError as error:
            raise TileRejected("bad_annotation", str(error)) from error
        if item.size_px not in (None, (read.width_px, read.height_px)):
            raise TileRejected(
                "bad_annotation", f"annotated as {item.size_px}, but the image has {(read.width_px, read.height_px)} px"
            )
        gsd_m = self.gsd_m if self.gsd_m is not None else found.gsd_m
        _, scene, _ = item.key.split("/")
        return Tile(
            key=item.key,
            source=self.name,
            scene=scene,
            split=split_of(scene),
            split_by="scene",
            image=dataclasses.replace(read.image, path=_utf8(read.image.path or "")),
            height_px=read.height_px,
            width_px=read.width_px,
            rendering=read.rendering,
            sensor=Sensor(gsd_m=None if gsd_m is None else (gsd_m, gsd_m)),
            boxes=tile_boxes(found.annotations, found.labels or labels, width_px=read.width_px, height_px=read.height_px),
            regions=found.regions,
            unlabelled_share=found.unlabelled_share,
            nodata_share=found.nodata_share,
            exhaustive=self.exhaustive,
            origin=Origin(
                licence=self.licence,
                may_train=self.may_train,
                may_redistribute=self.may_redistribute,
                citation=self.citation,
                uri=_utf8(item.file),
                sha256=read.sha256,
            ),
        )


def _finite(values: Sequence[float]) -> list[float | None]:
    """The values as JSON can hold them: what is infinite or no number is None."""
    # A sum is finite where all are, unless they are too large for it: then each is looked at.
    return list(values) if math.isfinite(sum(values)) else [x if math.isfinite(x) else None for x in values]


def _utf8(text: str) -> str:
    """The text with what UTF-8 cannot hold escaped: file names may have bytes that are no text, and Arrow refuses them."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()
