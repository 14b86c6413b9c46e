"""What every source of image files shares: the fields that say what the files are, and one result a planned tile."""

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice
from typing import Any, ClassVar, Protocol

from sartext.errors import TileRejected, require
from sartext.rights import declared_rights
from sartext.sources.filesystem import ahead_of
from sartext.sources.source import SHARD_TILES, Card, Shard
from sartext.sources.split_paths import SplitPaths
from sartext.tile import SPLITS, Origin, Reject, Rights, Sensor, Tile

_NAME = re.compile(r"(?!\.\.?$)[\w.-]+", re.ASCII)
_DETAIL_CHARACTERS = 300
_SHOWN = 3  # of the names that a line on the terminal gives
# What the field of a folder of images says of itself.
IMAGE_FOLDER = {
    "help": "folder of the images, sub-folders included, or train=DIR test=DIR",
    "identity": False,
    "by_split": True,
}


class Keyed(Protocol):
    """A planned tile."""

    @property
    def key(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class DeclaredSource(ABC):
    """A dataset whose name, licence and rights the user declares. Subclasses say what is planned and make its tiles.

    Raises `ValueError` where a field cannot be what it says.
    """

    title: ClassVar[str]  # of the format

    name: str = field(default="folder", metadata={"help": "name of the dataset: the first segment of every key"})
    licence: str | None = field(
        default=None, metadata={"help": "licence of the images, as an SPDX identifier or a name such as Copernicus"}
    )
    citation: str | None = field(default=None, metadata={"help": "what to cite for the data"})
    may_train: bool | None = field(
        default=None, metadata={"help": "whether models may be trained on the images (unset: as the licence says)"}
    )
    may_redistribute: bool | None = field(
        default=None, metadata={"help": "whether the images may be passed on (unset: as their licence says)"}
    )
    shard_tiles: int = field(default=512, metadata={"help": f"tiles in a shard, at most {SHARD_TILES}"})

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"name is {self.name!r}; it is letters, digits, '.', '_' and '-'")
        require("shard_tiles", self.shard_tiles, 1 <= self.shard_tiles <= SHARD_TILES, f"from 1 to {SHARD_TILES}")

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
            annotations=self.annotation_rights(),
            texts=self.text_rights(),
        )

    def annotation_rights(self) -> Rights | None:
        """What is declared of the annotations apart from the images."""
        return None

    def text_rights(self) -> Rights | None:
        """What is declared of the texts apart from the images."""
        return None

    def key(self, item: Keyed) -> str:
        return item.key

    def origin(self, file: str, sha256: str | None) -> Origin:
        """Where a tile comes from: a file by its path in the folder, and the digest of its bytes."""
        return Origin(
            licence=self.licence,
            may_train=self.may_train,
            may_redistribute=self.may_redistribute,
            citation=self.citation,
            uri=utf8(file),
            sha256=sha256,
            annotations=self.annotation_rights(),
            texts=self.text_rights(),
        )


@dataclass(frozen=True, kw_only=True)
class AnnotationRights:
    """The rights of annotations, whose makers need not be those of the images; mixed into a source that brings them."""

    annotations_licence: str | None = field(default=None, metadata={"help": "licence of the annotations (unset: not apart)"})
    annotations_citation: str | None = field(default=None, metadata={"help": "what to cite for the annotations"})
    annotations_may_train: bool | None = field(
        default=None, metadata={"help": "whether models may be trained on the annotations (unset: as their licence says)"}
    )
    annotations_may_redistribute: bool | None = field(
        default=None, metadata={"help": "whether the annotations may be passed on (unset: as their licence says)"}
    )

    def annotation_rights(self) -> Rights | None:
        """What is declared of the annotations."""
        return declared_rights(
            self.annotations_licence,
            self.annotations_may_train,
            self.annotations_may_redistribute,
            self.annotations_citation,
        )


@dataclass(frozen=True, kw_only=True)
class TextRights:
    """The rights of texts, whose writers need not be the makers of the images; mixed into a source that brings them."""

    texts_licence: str | None = field(default=None, metadata={"help": "licence of captions or questions (unset: not apart)"})
    texts_citation: str | None = field(default=None, metadata={"help": "what to cite for the captions or questions"})
    texts_may_train: bool | None = field(
        default=None, metadata={"help": "whether models may be trained on the texts (unset: as their licence says)"}
    )
    texts_may_redistribute: bool | None = field(
        default=None, metadata={"help": "whether the texts may be passed on (unset: as their licence says)"}
    )

    def text_rights(self) -> Rights | None:
        """What is declared of the texts."""
        return declared_rights(self.texts_licence, self.texts_may_train, self.texts_may_redistribute, self.texts_citation)


@dataclass(frozen=True, kw_only=True)
class FolderSource(DeclaredSource):
    """Image files in folders. Subclasses say what is planned and make one tile of each item."""

    gsd_m: float | None = field(default=None, metadata={"help": "ground sample distance in metres a pixel (unset: unknown)"})
    scene_pattern: str | None = field(
        default=None,
        metadata={
            "help": "regular expression for the whole name of an image without its ending, with the groups scene, row and col; "
            "a second part of the scene's name is the group scene_2 (unset: every image is a scene of its own)"
        },
    )
    split: str | None = field(
        default=None,
        metadata={"help": f"the split of all images, {', '.join(SPLITS)} (unset: as the source's files say, or by scene)"},
    )
    splits: str | None = field(
        default=None,
        metadata={
            "help": "lists of the images of each split, train=FILE test=FILE: a name a line, or a COCO JSON",
            "identity": False,
            "by_split": True,
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_splits()
        require("gsd_m", self.gsd_m, self.gsd_m is None or 0 < self.gsd_m < float("inf"), "a length above 0 m")
        if self.scene_pattern is not None:
            try:
                groups = re.compile(self.scene_pattern).groupindex
            except (re.error, OverflowError, RecursionError) as error:
                raise ValueError(f"scene_pattern {self.scene_pattern!r} is no regular expression: {error}") from error
            if "scene" not in groups:
                raise ValueError(f"scene_pattern {self.scene_pattern!r} has no group (?P<scene>...)")

    def _check_splits(self) -> None:
        """Raises `ValueError` where the split of an image is said by nothing that is one, or by two that exclude each other."""
        if self.split is not None and self.split not in SPLITS:
            raise ValueError(f"split is {self.split!r}; it is one of {', '.join(SPLITS)}")
        if self.splits is not None and not isinstance(self.splits, SplitPaths):
            raise ValueError(
                f"splits is {self.splits!r}, of which nothing says what split it lists; give it as train={self.splits}"
            )
        given = {one.name: value for one in fields(self) if isinstance(value := getattr(self, one.name), SplitPaths)}
        if self.split is not None and given:
            name, paths = next(iter(given.items()))
            raise ValueError(f"split is {self.split!r}, of all images, and {name} is by split, {paths}; give one of them")
        given.pop("splits", None)
        for name, paths in given.items():
            first = next(iter(given))
            if paths.of.keys() != given[first].of.keys():
                both = f"{first} is given for {', '.join(given[first].of)} and {name} for {', '.join(paths.of)}"
                raise ValueError(f"{both}; give both for the same splits")

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        """One tile or reject an item, in planned order."""
        with ahead_of(path for item in shard.items for path in self.paths_of(item)):
            for item in shard.items:
                try:
                    made: Tile | Reject = self.tile(item)
                except TileRejected as error:
                    made = rejected(item.key, error)
                yield made

    def paths_of(self, item: Any) -> Sequence[str]:  # noqa: ARG002 - subclasses look at it
        """Where the files lie that `tile` reads whole, in this order: those on S3 are fetched while others are decoded."""
        return ()

    @property
    def revision(self) -> int:
        return 2

    @abstractmethod
    def tile(self, item: Any) -> Tile:
        """The tile of a planned item. Raises `TileRejected` where it cannot be made."""

    def sensor(self, gsd_m: float | None = None) -> Sensor:
        """What is known of the sensor: the field's ground sample distance, else the one that is given."""
        known = self.gsd_m if self.gsd_m is not None else gsd_m
        return Sensor(gsd_m=None if known is None else (known, known))


def rejected(key: str, error: TileRejected) -> Reject:
    """The reject of a tile that could not be read."""
    return Reject(key=key, stage="read", reason=error.reason, detail=utf8(error.detail)[:_DETAIL_CHARACTERS])


def entry_key(source: str, entry: str, taken: Collection[str]) -> str:
    """The key of a broken entry of a file, of which no image's key tells: none of those that are taken."""
    key = f"{source}/{entry}/0_0"
    while key in taken:  # an image may be called like that
        key += "-"
    return key


def utf8(text: str) -> str:
    """The text with what UTF-8 cannot hold escaped: file names may have bytes that are no text, and Arrow refuses them."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def first_few(names: Collection[str]) -> str:
    """The first of the names in brackets, for a line on the terminal; nothing of none."""
    more = ", ..." if len(names) > _SHOWN else ""
    return f" ({', '.join(utf8(one) for one in islice(names, _SHOWN))}{more})" if names else ""


def finite(values: Sequence[float]) -> list[float | None]:
    """The values as JSON can hold them: what is infinite or no number is None."""
    # A sum is finite where all are, unless they are too large for it: then each is looked at.
    return list(values) if math.isfinite(sum(values)) else [x if math.isfinite(x) else None for x in values]
