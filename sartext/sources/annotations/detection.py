"""What the sources of boxes share: their fields, and one tile from its image and its annotations."""

import dataclasses
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sartext.errors import SourceError, TileRejected
from sartext.formats.annotation import Annotation
from sartext.imaging.orientation import Size
from sartext.sources.annotations.boxes import tile_boxes
from sartext.sources.annotations.labels import label_table
from sartext.sources.annotations.packed import Item, PackedItems, splits_of, with_places, with_splits
from sartext.sources.base import IMAGE_FOLDER, AnnotationRights, FolderSource, finite, utf8
from sartext.sources.files.compressed import Compressed
from sartext.sources.files.discover import sizes_bytes
from sartext.sources.pixels.image import ReadImage, read_image
from sartext.sources.source import Card, Shard, cut, split_of
from sartext.sources.split.authors import authors_splits
from sartext.sources.split.placing import Place, geo_at, placed
from sartext.sources.split_paths import no_folder, path_in
from sartext.tile import Box, Region, Tile

# What the field of a file that lists annotations says of itself.
FILES = {"help": "the JSON file, or train=FILE test=FILE", "identity": False, "by_split": True}


def labels_in(what: str) -> dict[str, Any]:
    """What the field of a folder of label files says of itself."""
    return {"help": f"folder of {what}, or train=DIR test=DIR", "identity": False, "by_split": True}


class Annotated(NamedTuple):
    """What annotations say of one image."""

    annotations: Sequence[Annotation]
    gsd_m: float | None = None  # ground sample distance
    regions: tuple[Region, ...] = ()
    unlabelled_share: float | None = None  # of the image
    nodata_share: float | None = None
    labels: Mapping[str, str] | None = None  # what the labels of the annotations mean; None: as the source's table says


@dataclass(frozen=True, kw_only=True)
class DetectionSource(AnnotationRights, FolderSource):
    """A folder of images and their boxes. Subclasses say what is planned and where an image's annotations are.

    Where a GeoTIFF lies is in its tile; images whose footprints overlap, of whatever date, are one place and share a split, as
    those of one scene do. Where the set's authors name splits, by folders, files of annotations or lists, these are kept.

    Raises `ValueError` where a field cannot be what it says.
    """

    images: str = field(metadata=IMAGE_FOLDER)
    name: str = field(default="detection", metadata={"help": "name of the dataset: the first segment of every key"})
    label_map: dict[str, str] = field(
        default_factory=dict,
        metadata={"help": "the dataset's labels as classes of the taxonomy, above the common ones that are known"},
    )
    exhaustive: tuple[str, ...] = field(
        default=(), metadata={"help": "classes of the taxonomy of which every visible instance is annotated"}
    )

    @property
    def card(self) -> Card:
        """What the fields say of the dataset."""
        return dataclasses.replace(super().card, labels=label_table(self.label_map), exhaustive=self.exhaustive)

    def shards(self) -> list[Shard]:
        """Consecutive images in the order of their names. Raises `SourceError` where a file cannot be understood."""
        if (lost := no_folder(self.images)) is not None:
            raise SourceError("is no folder that can be read", file=lost, remedy="give the folder of the images")
        items, files = self.plan()
        keys = items.keys if isinstance(items, PackedItems) else Compressed.of(item.key for item in items)
        places = placed(self.images, files, keys)
        pairs = zip(keys, places, strict=True)
        named = (key.split("/")[1] if place is None else place.name for key, place in pairs)
        decided = authors_splits(self, self.images, files, splits_of(items), named)
        items = with_splits(with_places(items, places), decided)
        return cut(items, sizes_bytes(self.images, files), shard_tiles=self.shard_tiles)

    def identity(self, item: Item) -> Any:
        """The annotations, without their places in a file. The image is not part of it: one that is mended or comes later is
        read by a retry of the same dataset."""
        boxes = [[utf8(a.label), finite(a.corners_px), a.difficult, a.crowd] for a in item.annotations]
        rivals = {"rivals": [utf8(file) for file in item.rivals]} if item.rivals else {}
        more = {"place": item.place, "split": item.named.split, "fault": item.rejected and item.rejected[0]}
        known = {name: value for name, value in more.items() if value is not None}
        return {"boxes": boxes, "size_px": item.size_px, "labels": self.label_digest(item), **rivals, **known}

    @abstractmethod
    def plan(self) -> tuple[Sequence[Item], Sequence[str]]:
        """The items in planned order, and the image files in the same order."""

    def annotated(self, item: Item, read: ReadImage) -> Annotated:
        """What the annotations say of the item's image.

        Raises `SourceError` or `TileRejected` where its label file cannot be understood.
        """
        del read
        return Annotated(item.annotations)

    def stated_px(self, item: Item) -> Size | None:
        """The size of the image that the annotations hold on, as they state it; None where they do not.

        It is asked for where viewers turn the image. Raises as `annotated` does.
        """
        return item.size_px

    def boxes(
        self, annotations: Sequence[Annotation], labels: Mapping[str, str], *, width_px: int, height_px: int
    ) -> tuple[Box, ...]:
        """The boxes of the tile. Raises `TileRejected` as `boxes.tile_boxes` does."""
        return tile_boxes(annotations, labels, width_px=width_px, height_px=height_px)

    def label_digest(self, item: Item) -> str | None:
        """What stands for the content of the item's label file; None where it has none."""
        del item
        return None

    def paths_of(self, item: Item) -> Sequence[str]:
        """The image, and the file of its annotations where it has one of its own."""
        image, labels = path_in(self.images, item.file), self.labels_folder()
        return (image, path_in(labels, item.label_file)) if labels and item.label_file else (image,)

    def labels_folder(self) -> str | None:
        """Where the files lie that each hold the annotations of one image; None where they are all in one file."""
        return None

    def tile(self, item: Item) -> Tile:
        """The tile of an image with its boxes."""
        if item.rejected is not None:
            raise TileRejected(*item.rejected)
        try:
            read = read_image(self.images, item.file, lambda: self.stated_px(item))
            if item.rivals:
                several = ", ".join(map(utf8, item.rivals))
                raise TileRejected("bad_annotation", f"nothing says which label file is that of {utf8(item.file)}: {several}")
            found = self.annotated(item, read)
        except SourceError as error:
            raise TileRejected("bad_annotation", str(error)) from error
        if item.size_px not in (None, (read.width_px, read.height_px)):
            raise TileRejected(
                "bad_annotation", f"annotated as {item.size_px}, but the image has {(read.width_px, read.height_px)} px"
            )
        labels = label_table(self.label_map) if found.labels is None else found.labels
        _, scene, _ = item.key.split("/")
        place = item.place or Place(scene, "scene")
        return Tile(
            key=item.key,
            source=self.name,
            scene=scene,
            split=item.named.split or split_of(place.name),
            split_by="source" if item.named.split else place.by,
            image=dataclasses.replace(read.image, path=utf8(read.image.path or "")),
            height_px=read.height_px,
            width_px=read.width_px,
            rendering=read.rendering,
            sensor=self.sensor(found.gsd_m),
            geo=geo_at(self.images, item.file),
            boxes=self.boxes(found.annotations, labels, width_px=read.width_px, height_px=read.height_px),
            regions=found.regions,
            unlabelled_share=found.unlabelled_share,
            nodata_share=found.nodata_share,
            exhaustive=self.exhaustive,
            origin=self.origin(item.file, read.sha256),
        )


@dataclass(frozen=True, kw_only=True)
class BoxSource(DetectionSource):
    """Boxes that people drew, of which some reach beyond their image: patches of a larger image keep those of the whole."""

    cut_boxes: bool = field(
        default=False,
        metadata={
            "help": "cut boxes at the edge of their image, and record what share of each is left (unset: an image with a box "
            "beyond its edge is rejected)"
        },
    )

    def boxes(
        self, annotations: Sequence[Annotation], labels: Mapping[str, str], *, width_px: int, height_px: int
    ) -> tuple[Box, ...]:
        """The boxes of the tile, cut where that is asked for. Raises `TileRejected` as `boxes.tile_boxes` does."""
        return tile_boxes(
            annotations,
            labels,
            width_px=width_px,
            height_px=height_px,
            cut=self.cut_boxes,
            remedy="; --source.cut-boxes cuts boxes at the edge",
        )
