"""Annotated images with the captions of a file: what people or models wrote, beside what is annotated of the same images."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sartext.errors import SourceError, TileRejected
from sartext.sources.annotations.detection import DetectionSource
from sartext.sources.annotations.match_paths import MISSING
from sartext.sources.annotations.packed import ImageTexts, Item, with_texts
from sartext.sources.base import TextRights, first_few
from sartext.sources.captions import Captions
from sartext.sources.coco import Coco
from sartext.sources.coco_masks import CocoMasks
from sartext.sources.dota import Dota
from sartext.sources.files.compressed import Compressed
from sartext.sources.llava import Llava, has_conversations
from sartext.sources.masks import Masks
from sartext.sources.source import Card
from sartext.sources.split_paths import Naming
from sartext.sources.text_source import TextItem
from sartext.sources.voc import Voc
from sartext.sources.yolo import Yolo
from sartext.tile import Caption, Tile

if TYPE_CHECKING:
    _Annotated = DetectionSource
else:
    _Annotated = object  # a dataclass that is mixed in brings the defaults of all that it derives from, such as another name

_SENTENCE = 5  # words; an answer with fewer is a name, a number or a place, and says nothing without its question


@dataclass(frozen=True, kw_only=True)
class Captioned(TextRights, _Annotated):
    """The images that have both annotations and captions; mixed into a source of annotations, whose fields stay as they are.

    The captions are of a table (CSV, TSV), of a JSON (COCO captions, Karpathy's layout, NWPU-Captions) or the answers of
    LLaVA's conversations that are sentences, each with the route "human". Images are matched by their paths, as `Captions` does
    it; those that only one side has are left out, which is said with their number. The split is that of the captions' file or
    of the annotations' where one of them names it.
    """

    captions: str = field(
        metadata={
            "help": "the file of the captions: CSV, TSV, COCO or Karpathy JSON, LLaVA's conversations; or one for each split",
            "identity": False,
            "by_split": True,
        }
    )
    image_column: str | None = field(default=None, metadata={"help": "the table's column of images (unset: by usual names)"})
    caption_columns: tuple[str, ...] = field(
        default=(), metadata={"help": "the table's columns of captions (unset: by usual names)"}
    )

    @property
    def card(self) -> Card:
        """What the source of the annotations says of itself."""
        return replace(super().card, title=f"{self.title}, with captions")

    def plan(self) -> tuple[Sequence[Item], Sequence[str]]:
        """The items of the annotations of whose images there are captions. Raises `SourceError` where there is none."""
        items, files = super().plan()  # type: ignore[safe-super]
        described = {item.file: item for item in self._described()}
        broken = [described.pop(file).faults[0][1] for file in list(described) if file.endswith(MISSING)]
        captioned = described.keys() & set(files)
        if not captioned:
            raise SourceError(
                f"of its {len(described):,} images none is among the {len(files):,} that are annotated"
                f"{first_few(described)}{first_few(files)}",
                file=self.captions,
                remedy="give captions and annotations of the same images",
            )
        self._tell("entries that cannot be used", broken)
        self._tell("images with captions and without annotations", [file for file in described if file not in captioned])
        self._tell("annotated images without captions", [file for file in files if file not in captioned])
        own = {
            file: tuple(one if one.by else Naming(one.split, self.captions) for one in item.splits)
            for file, item in described.items()
        }
        said = {file: ImageTexts(item.texts, item.split, item.faults, own[file]) for file, item in described.items()}
        return with_texts(items, said), Compressed.of(file for file in files if file in captioned)

    def _described(self) -> Iterator[TextItem]:
        """What the file says of each image; of conversations the answers that are sentences."""
        about: dict[str, Any] = {"images": self.images, "name": self.name, "scene_pattern": self.scene_pattern}
        if not has_conversations(self.captions):
            about |= {"image_column": self.image_column, "caption_columns": self.caption_columns}
            yield from Captions(captions=self.captions, **about).planned()
            return
        short = 0
        for item in Llava(conversations=self.captions, **about).planned():
            texts = tuple(dict.fromkeys(answer for _, answer in item.turns if len(answer.split()) >= _SENTENCE))
            short += sum(len(answer.split()) < _SENTENCE for _, answer in item.turns)
            yield item._replace(texts=texts)
        if short:
            print(f"{self.captions}: answers of less than {_SENTENCE} words, which are left out: {short:,}", file=sys.stderr)

    def _tell(self, what: str, which: Sequence[str]) -> None:
        if which:
            print(f"{self.captions}: {what}, which are left out: {len(which):,}{first_few(which)}", file=sys.stderr)

    def identity(self, item: Item) -> Any:
        """The annotations and what is said of the image."""
        said = _of(item)
        faults = [reason for reason, _ in said.faults]
        return {**super().identity(item), "texts": said.texts, "split": said.split, "faults": faults}

    def tile(self, item: Item) -> Tile:
        """The image with its annotations and its captions. Raises `TileRejected` where one of the two cannot be used."""
        said = _of(item)
        if said.faults:
            raise TileRejected(*said.faults[0])
        texts = [text for text in said.texts if text]
        if not texts:
            raise TileRejected("blank_captions", "no caption of this image has a text")
        tile = super().tile(item)
        if said.split is not None and tile.split_by != "source":  # by others of its place, some of which are not annotated
            tile = replace(tile, split=said.split, split_by="source")
        return replace(tile, captions=tuple(Caption(text=text, route="human") for text in texts))


def _of(item: Item) -> ImageTexts:
    """What the file of captions says of the item. Raises `ValueError` where the item was planned without one."""
    if item.said is None:
        raise ValueError(f"{item.key} was planned without captions; plan it with `shards`")
    return item.said


@dataclass(frozen=True, kw_only=True)
class CaptionedCoco(Captioned, Coco):
    """Boxes from COCO JSON, with captions."""


@dataclass(frozen=True, kw_only=True)
class CaptionedVoc(Captioned, Voc):
    """Boxes from Pascal VOC XML, with captions."""


@dataclass(frozen=True, kw_only=True)
class CaptionedYolo(Captioned, Yolo):
    """Boxes from YOLO label files, with captions."""


@dataclass(frozen=True, kw_only=True)
class CaptionedDota(Captioned, Dota):
    """Oriented boxes from DOTA label files, with captions."""


@dataclass(frozen=True, kw_only=True)
class CaptionedMasks(Captioned, Masks):
    """Regions from mask images, with captions."""


@dataclass(frozen=True, kw_only=True)
class CaptionedCocoMasks(Captioned, CocoMasks):
    """Regions from COCO JSON, with captions."""
