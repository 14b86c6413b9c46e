"""Pairs of a SAR and an optical image with what is known of the optical one: texts of it, masks or boxes made on it."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sartext.errors import SourceError, TileRejected
from sartext.imaging.guard import open_bounded
from sartext.sources.annotations.labels import label_table
from sartext.sources.annotations.mask_image import ENDINGS, MaskValues, mask_size_px, read_mask
from sartext.sources.annotations.mask_table import UNLABELLED, MaskTable, canonical_table, from_canonical, read_class_table
from sartext.sources.annotations.match_labels import digest, pair
from sartext.sources.annotations.match_paths import MISSING
from sartext.sources.annotations.regions import classes_annotated
from sartext.sources.base import AnnotationRights, TextRights, first_few
from sartext.sources.captions import Captions
from sartext.sources.files.discover import read_label_file
from sartext.sources.pairs import PairItem, Pairs
from sartext.sources.twin import MOST_FACTOR, about_file
from sartext.sources.twin_boxes import LASTING_LABELS, ListedBoxes, read_twin_boxes, said_of_boxes
from sartext.tile import OF_OPTICAL_TWIN, Caption, Tile


@dataclass(frozen=True, kw_only=True)
class DescribedPairs(TextRights, AnnotationRights, Pairs):
    """Pairs, to which texts, masks and boxes of the optical images may be given.

    Texts are matched to the optical images by their paths, as `Captions` does it. They come into the tile as captions that are
    not kept, with the reason `of_optical_twin`: they are of another image. Masks are matched by their names, as `Masks` does
    it, and become regions of lasting classes alone, without boxes: all else was labelled on another day and is unlabelled.

    Boxes of the optical images become a text of the twin too, of the route `a2c`: which lasting classes there are and where,
    never how many. None becomes a box of the tile, which would be held to be there in the SAR image, counted and asked about.
    """

    captions: str | None = field(
        default=None,
        metadata={
            "help": "texts of the optical images: CSV, TSV, COCO or Karpathy JSON; or one for each split, train=FILE test=FILE",
            "identity": False,
            "by_split": True,
        },
    )
    image_column: str | None = field(default=None, metadata={"help": "the table's column of images (unset: by usual names)"})
    caption_columns: tuple[str, ...] = field(
        default=(), metadata={"help": "the table's columns of captions (unset: by usual names)"}
    )
    masks: str | None = field(
        default=None,
        metadata={
            "help": "folder of masks (.png, .tif) of the optical images, by their names, or train=DIR test=DIR",
            "identity": False,
            "by_split": True,
        },
    )
    classes: str | None = field(
        default=None,
        metadata={
            "help": 'what the values of those masks mean: a JSON file, or JSON such as {"water": 1} or {"water": [0, 0, 255]}',
            "identity": False,
        },
    )
    mask_suffix: str = field(default="", metadata={"help": "what the names of masks have behind those of images: _mask"})
    boxes: str | None = field(
        default=None,
        metadata={
            "help": "boxes of the optical images, of which lasting classes and their places are taken: a COCO JSON, or one for "
            "each split, train=FILE test=FILE",
            "identity": False,
            "by_split": True,
        },
    )
    label_map: dict[str, str] = field(
        default_factory=dict, metadata={"help": "labels of the classes that are not known, each with its class: sea=water"}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.masks is None) != (self.classes is None):
            raise ValueError("masks and classes belong together: give both --source.masks and --source.classes, or none")

    def planned(self) -> list[PairItem]:
        """All pairs with what is said of their twins. Raises `SourceError` where that is of none of them."""
        items = super().planned()
        if self.captions is not None:
            items = self._with_texts(items, self.captions)
        if self.masks is not None:
            items = self._with_masks(items, self.masks)
        if self.boxes is not None:
            items = self._with_boxes(items, self.boxes)
        return items

    def _with_texts(self, items: list[PairItem], captions: str) -> list[PairItem]:
        described = Captions(
            images=self.optical,
            captions=captions,
            name=self.name,
            image_column=self.image_column,
            caption_columns=self.caption_columns,
        ).planned()
        broken = [f"{item.faults[0][0]}: {item.faults[0][1]}" for item in described if item.faults]
        texts = {item.file: item.texts for item in described if any(item.texts) and not item.faults}
        twins = {item.optical[0] for item in items if len(item.optical) == 1}
        named = list(texts) or [item.file for item in described]
        if not twins & texts.keys():
            raise SourceError(
                f"of its {len(described):,} images none is the twin of a pair{first_few(named)}{first_few(sorted(twins))}",
                file=captions,
                remedy="name the optical images in it",
            )
        _tell(captions, "entries that cannot be used", [text for text in broken if MISSING not in text])
        _tell(captions, "images with texts that are no twin of a pair", [file for file in texts if file not in twins])
        _tell(captions, "twins without a text", sorted(twins - texts.keys()))
        return [
            item._replace(texts=tuple(text for text in texts.get(item.optical[0], ()) if text))
            if len(item.optical) == 1
            else item
            for item in items
        ]

    def _with_masks(self, items: list[PairItem], masks: str) -> list[PairItem]:
        _ = self._table()  # raises where it cannot be
        found, _ = pair(
            self.optical,
            masks,
            ENDINGS,
            source=self.name,
            pattern=None,
            unlabelled=False,
            suffix=self.mask_suffix,
        )
        of = {one.file: one.label_file for one in found if one.label_file is not None and not one.rivals}
        twins = {item.optical[0] for item in items if len(item.optical) == 1}
        if not twins & of.keys():
            raise SourceError(
                f"of its {len(of):,} masks none has the name of an optical image{first_few(sorted(of.values()))}",
                file=masks,
                remedy="name masks as the optical images, or give --source.mask-suffix",
            )
        _tell(masks, "twins without a mask", sorted(twins - of.keys()))
        return [item._replace(mask=of.get(item.optical[0])) if len(item.optical) == 1 else item for item in items]

    def _with_boxes(self, items: list[PairItem], boxes: str) -> list[PairItem]:
        listed: ListedBoxes = read_twin_boxes(boxes, self.optical, self.label_map)
        twins = {item.optical[0] for item in items if len(item.optical) == 1}
        if not twins & (listed.of.keys() | set(listed.broken)):
            raise SourceError(
                f"of its {len(listed.of):,} images none is the twin of a pair{first_few(sorted(listed.of))}",
                file=boxes,
                remedy="name the optical images in it",
            )
        _tell(boxes, "labels of no class that is known, for which --source.label-map has one", listed.unknown)
        _tell(boxes, "images with a box or a name that is none", listed.broken)
        _tell(boxes, "twins without boxes", sorted(twins - listed.of.keys()))
        return [item._replace(labelled=listed.of.get(item.optical[0])) if len(item.optical) == 1 else item for item in items]

    def _table(self) -> str:
        """The class table as text, in which classes that may have moved or changed since have no label."""
        table = read_class_table(self.classes or "", label_table(self.label_map, covers=True))
        return canonical_table(replace(table, labels=tuple(_lasting(label) for label in table.labels)))

    def identity(self, item: PairItem) -> Any:
        """That of the pair, its texts, its mask with the class table, and its boxes."""
        more: Mapping[str, Any] = {"texts": list(item.texts)} if item.texts else {}
        if item.mask is not None:
            more = {**more, "mask": digest(self.masks or "", item.mask), "classes": self._table()}
        if item.labelled is not None:
            more = {**more, "boxes": [list(one) for one in item.labelled.boxes]}
        return {**super().identity(item), **more}

    def tile(self, item: PairItem) -> Tile:
        """The pair with its texts and regions; one that has no twin has neither."""
        tile = super().tile(item)
        if tile.optical is None:
            return tile
        texts = tuple(Caption(text=text, route="human", kept=False, reason=OF_OPTICAL_TWIN) for text in item.texts)
        tile = replace(tile, captions=(*texts, *self._of_boxes(tile, item)))
        return tile if item.mask is None else self._with_regions(tile, item, item.mask)

    def _of_boxes(self, tile: Tile, item: PairItem) -> tuple[Caption, ...]:
        """What the boxes of a twin say, as a text of it; none of no boxes."""
        if item.labelled is None or not item.labelled.boxes:
            return ()
        self._check_grids(item, "twin_boxes_not_warped", "boxes")
        size_px = self._labelled_px(item.optical[0], item.labelled.size_px) or (tile.width_px, tile.height_px)
        text = said_of_boxes(item.labelled.boxes, size_px)
        return (Caption(text=text, route="a2c", kept=False, reason=OF_OPTICAL_TWIN),)

    def _labelled_px(self, file: str, listed_px: tuple[int, int]) -> tuple[int, int] | None:
        """The size of an optical image as it was labelled; None where neither it nor the list says it.

        Raises `TileRejected` where they say different sizes.
        """
        try:
            size_px = open_bounded(read_label_file(self.optical, file)).size
        except TileRejected:  # not a picture, as of many bands
            return None if listed_px == (0, 0) else listed_px
        if listed_px not in ((0, 0), size_px):
            raise TileRejected(
                "twin_boxes_size",
                f"{file} has {size_px[0]} x {size_px[1]} px, the image of its boxes {listed_px[0]} x {listed_px[1]}",
            )
        return size_px

    def _check_grids(self, item: PairItem, reason: str, what: str) -> None:
        """Raises `TileRejected` where the twin was warped, and what was made on it was not."""
        grids = about_file(self.sar, item.file).grid, about_file(self.optical, item.optical[0]).grid
        if None not in grids and grids[0] != grids[1]:
            raise TileRejected(reason, f"the twin was warped to the SAR image's grid, and {what} are not; warp both")

    def _with_regions(self, tile: Tile, item: PairItem, mask: str) -> Tile:
        table = from_canonical(self._table())
        self._check_grids(item, "twin_mask_not_warped", "masks")
        values = _values(self.masks or "", mask, table, tile.width_px, tile.height_px)
        found = classes_annotated(values, table, mask, min_area_px=_NO_BOXES)
        return replace(tile, regions=found.regions, unlabelled_share=found.unlabelled_share, nodata_share=found.nodata_share)


_NO_BOXES = 1 << 62  # pixels that a part must have to get a box


def _lasting(label: str) -> str:
    special = label in ("background", UNLABELLED, "nodata")
    return label if special or label in LASTING_LABELS else UNLABELLED


def _values(folder: str, file: str, table: MaskTable, width_px: int, height_px: int) -> MaskValues:
    """The mask at the size of the SAR image: of a larger one the pixels in the middle of those that become one."""
    size = mask_size_px(folder, file) or (width_px, height_px)
    factor = size[0] // width_px
    if size != (width_px * factor, height_px * factor) or not 1 <= factor <= MOST_FACTOR:
        raise TileRejected("twin_mask_size", f"{file} has {size[0]} x {size[1]} px, the SAR image {width_px} x {height_px}")
    values = read_mask(folder, file, width_px=size[0], height_px=size[1], colours=table.colours)
    return np.ascontiguousarray(values[factor // 2 :: factor, factor // 2 :: factor])


def _tell(file: str, what: str, which: Sequence[str]) -> None:
    if which:
        print(f"{file}: {what}: {len(which):,}{first_few(which)}", file=sys.stderr)
