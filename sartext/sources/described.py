"""What the sources of images with texts share: each image once, with all that a file says of it, in the split that it names."""

import dataclasses
import os
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sartext.errors import SourceError, TileRejected
from sartext.sources.folder import FolderSource, utf8
from sartext.sources.formats.described import Described
from sartext.sources.image import read_image
from sartext.sources.keys import keys, planned_order
from sartext.sources.label_files import MISSING
from sartext.sources.listing import IMAGE_ENDINGS, list_files, sizes_bytes
from sartext.sources.paths import Paths, tidy
from sartext.sources.source import Shard, cut, split_of
from sartext.tile import SPLITS, Caption, Question, Tile

SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "restval": "train",  # the rest of COCO's validation images, with which Karpathy's splits train
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testing": "test",
}
MAX_TEXT_CHARACTERS = 8192


class TextItem(NamedTuple):
    """One image with what is said of it."""

    key: str
    file: str  # relative to the images' folder; where none is found, as the texts name it
    texts: tuple[str, ...]
    turns: tuple[tuple[str, str], ...]
    splits: tuple[str, ...]  # as written; more than one is a fault
    faults: tuple[tuple[str, str], ...]  # (reason, detail)


@dataclass(frozen=True, kw_only=True)
class DescribedSource(FolderSource):
    """A folder of images and one file of texts. Subclasses parse it and make of a planned item captions or questions.

    Only images of which the file speaks are part of the set; one that it names and that is not there is rejected as missing.
    A path in the file may begin above or below the folder; where two images could be meant, it is rejected as ambiguous.

    The split is the field's where it is set, else the file's, and else by the scene's name, as `split_by` of a tile says.
    """

    images: str = field(metadata={"help": "folder of the images, sub-folders included", "identity": False})
    split: str | None = field(
        default=None,
        metadata={"help": f"the split of all images, {', '.join(SPLITS)} (unset: as the file says, or by scene)"},
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.split is not None and self.split not in SPLITS:
            raise ValueError(f"split is {self.split!r}; it is one of {', '.join(SPLITS)}")

    @abstractmethod
    def texts_file(self) -> str:
        """The path of the file of texts."""

    @abstractmethod
    def parse(self) -> Iterable[Described]:
        """What the file says. Raises `SourceError` where it cannot be understood as a whole."""

    @abstractmethod
    def said(self, item: TextItem) -> tuple[tuple[Caption, ...], tuple[Question, ...]]:
        """The captions and questions of an item. Raises `TileRejected` where there are none."""

    def shards(self) -> list[Shard]:
        """Consecutive images in the order of their names. Raises `SourceError` where a file cannot be understood."""
        if not os.path.isdir(self.images):
            raise SourceError("is no folder that can be read", file=self.images, remedy="give the folder of the images")
        items = self._plan()
        return cut(items, sizes_bytes(self.images, [item.file for item in items]), shard_tiles=self.shard_tiles)

    def identity(self, item: TextItem) -> Any:
        """All that is said of the image; not the image, so that one that is mended is read by a retry of the same dataset."""
        return {
            "texts": item.texts,
            "turns": item.turns,
            "splits": item.splits,
            "faults": [reason for reason, _ in item.faults],
        }

    def tile(self, item: TextItem) -> Tile:
        """The image with what is said of it."""
        if item.faults:
            raise TileRejected(*item.faults[0])
        scene = item.key.split("/")[1]
        split, split_by = self._split(item, scene)
        captions, questions = self.said(item)
        read = read_image(self.images, item.file)
        return Tile(
            key=item.key,
            source=self.name,
            scene=scene,
            split=split,
            split_by=split_by,
            image=dataclasses.replace(read.image, path=utf8(read.image.path or "")),
            height_px=read.height_px,
            width_px=read.width_px,
            rendering=read.rendering,
            sensor=self.sensor(),
            captions=captions,
            questions=questions,
            origin=self.origin(item.file, read.sha256),
        )

    def _split(self, item: TextItem, scene: str) -> tuple[str, str]:
        if self.split is not None:
            return self.split, "source"
        if not item.splits:
            return split_of(scene), "scene"
        named = {SPLIT_NAMES.get(split.lower()) for split in item.splits}
        if None in named:
            unknown = next(split for split in item.splits if split.lower() not in SPLIT_NAMES)
            raise TileRejected("unknown_split", f"{unknown[:60]!r}; name the split of all images with the field split")
        if len(named) > 1:
            raise TileRejected("two_splits", f"it is in {' and in '.join(item.splits[:4])}")
        return str(named.pop()), "source"

    def _plan(self) -> list[TextItem]:
        present = Paths(list_files(self.images, IMAGE_ENDINGS))
        known: dict[str, list[str]] = {}
        found: dict[str, _Gathered] = defaultdict(_Gathered)
        for number, one in enumerate(self.parse()):
            if one.file not in known:  # a table names an image as often as it has captions
                known[one.file] = present.find(one.file) if one.file else []
            files = known[one.file]
            name = files[0] if len(files) == 1 else tidy(one.file) if one.file else f"entry_{number}{MISSING}"
            gathered = found[utf8(name) if not files else name]
            if one.fault is not None:
                gathered.faults.append(("bad_annotation", f"{one.place}: {one.fault}"))
            elif len(files) > 1:
                gathered.faults.append(("ambiguous_image", f"{one.place}: {one.file[:120]!r} is {files[0]} or {files[1]}"))
            gathered.texts.extend(one.texts)
            gathered.turns.extend(one.turns)
            if one.split is not None:
                gathered.splits.setdefault(utf8(one.split))
        files = sorted(found, key=planned_order)
        named = keys(self.name, files, self.scene_pattern, listed_in=self.texts_file())
        return [_item(key, file, found[file]) for key, file in zip(named, files, strict=True)]


class _Gathered:
    """What is said of one image, as it is collected."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.turns: list[tuple[str, str]] = []
        self.splits: dict[str, None] = {}
        self.faults: list[tuple[str, str]] = []


def _item(key: str, file: str, gathered: _Gathered) -> TextItem:
    """Texts that are there twice are there once: some sets repeat a caption until there are five."""
    texts = tuple(dict.fromkeys(utf8(text) for text in gathered.texts))
    turns = tuple(dict.fromkeys((utf8(question), utf8(answer)) for question, answer in gathered.turns))
    faults = [(reason, utf8(detail)) for reason, detail in gathered.faults]
    if any(len(text) > MAX_TEXT_CHARACTERS for text in (*texts, *[text for turn in turns for text in turn])):
        faults.append(("long_text", f"a text of more than {MAX_TEXT_CHARACTERS} characters"))
        texts, turns = tuple(text[:MAX_TEXT_CHARACTERS] for text in texts), ()
    return TextItem(key, file, texts, turns, tuple(gathered.splits), tuple(faults))
