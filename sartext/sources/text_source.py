"""What the sources of images with texts share: each image once, with all that a file says of it, in the split that it names."""

import dataclasses
import sys
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sartext.errors import SourceError, TileRejected
from sartext.formats.text_record import TextRecord
from sartext.sources.annotations.match_paths import MISSING
from sartext.sources.base import IMAGE_FOLDER, FolderSource, TextRights, entry_key, utf8
from sartext.sources.files.compressed import Compressed
from sartext.sources.files.discover import IMAGE_ENDINGS, list_files, sizes_bytes
from sartext.sources.files.keys import keys, planned_order
from sartext.sources.files.resolve import Paths, tidy
from sartext.sources.filesystem import there_in
from sartext.sources.pixels.image import read_image
from sartext.sources.source import Shard, cut, split_of
from sartext.sources.split.authors import authors_splits
from sartext.sources.split.placing import Place, geo_at, placed
from sartext.sources.split.splits import Named
from sartext.sources.split_paths import Naming, by_split, named_in, no_folder, path_in
from sartext.tile import MODALITIES, Caption, Question, Tile

MAX_TEXT_CHARACTERS = 8192


class TextItem(NamedTuple):
    """One image with what is said of it."""

    key: str
    file: str  # relative to the images' folder; where none is found, as the texts name it
    texts: tuple[str, ...]
    turns: tuple[tuple[str, str], ...]
    splits: tuple[Naming, ...]  # as written
    faults: tuple[tuple[str, str], ...]  # (reason, detail)
    split: str | None = None  # by the file; None where the place decides
    place: Place | None = None  # None: its scene alone


@dataclass(frozen=True, kw_only=True)
class DescribedSource(TextRights, FolderSource):
    """A folder of images and a file of texts, or one for each split. Subclasses parse it and make of an item captions or
    questions.

    Only images of which the file speaks are part of the set; one that it names and that is not there is rejected as missing.
    A path in the file may begin above or below the folder; where two images could be meant, it is rejected as ambiguous, and so
    are two that could be meant by one path. A faulty entry of an image of which others are good is a reject of its own. Entries
    about no image are left out, which is said with their number.

    The split is the field's where it is set, else the file's (or that of its folder or its list), of the image or of others of
    its place, and else by the place, as `split_by` of a tile says: images whose footprints overlap are one place, and so are
    those of one scene.
    """

    images: str = field(metadata=IMAGE_FOLDER)
    modality: str = field(default="sar", metadata={"help": f"what the images are: {' or '.join(MODALITIES)}"})

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.modality not in MODALITIES:
            raise ValueError(f"modality is {self.modality!r}; it is {' or '.join(MODALITIES)}")

    @abstractmethod
    def texts_file(self) -> str:
        """The path of the file of texts, or those by split."""

    @abstractmethod
    def parse(self, file: str) -> Iterable[TextRecord]:
        """What the file of texts, or that of one split, says. Raises `SourceError` where it cannot be understood as a whole."""

    @abstractmethod
    def said(self, item: TextItem) -> tuple[tuple[Caption, ...], tuple[Question, ...]]:
        """The captions and questions of an item. Raises `TileRejected` where there are none."""

    def shards(self) -> list[Shard]:
        """Consecutive images in the order of their names. Raises `SourceError` where a file cannot be understood."""
        if (lost := no_folder(self.images)) is not None:
            raise SourceError("is no folder that can be read", file=lost, remedy="give the folder of the images")
        items = Compressed.of(self.planned())
        return cut(items, sizes_bytes(self.images, (item.file for item in items)), shard_tiles=self.shard_tiles)

    def identity(self, item: TextItem) -> Any:
        """All that is said of the image; not the image, so that one that is mended is read by a retry of the same dataset."""
        return {
            "texts": item.texts,
            "turns": item.turns,
            "splits": [one.split for one in item.splits],
            "faults": [reason for reason, _ in item.faults],
            "split": item.split,
            "place": item.place,
        }

    def paths_of(self, item: TextItem) -> Sequence[str]:
        """The image."""
        return (path_in(self.images, item.file),)

    def tile(self, item: TextItem) -> Tile:
        """The image with what is said of it."""
        if item.faults:
            raise TileRejected(*item.faults[0])
        scene = item.key.split("/")[1]
        place = item.place or Place(scene, "scene")
        split = item.split
        captions, questions = self.said(item)
        read = read_image(self.images, item.file)
        return Tile(
            key=item.key,
            source=self.name,
            scene=scene,
            split=split or split_of(place.name),
            split_by="source" if split else place.by,
            image=dataclasses.replace(read.image, path=utf8(read.image.path or "")),
            height_px=read.height_px,
            width_px=read.width_px,
            rendering=read.rendering,
            sensor=dataclasses.replace(self.sensor(), modality=self.modality),
            geo=geo_at(self.images, item.file),
            captions=captions,
            questions=questions,
            origin=self.origin(item.file, read.sha256),
        )

    def planned(self) -> list[TextItem]:
        """The images of which the file speaks, in planned order, and its broken entries among them."""
        found, unnamed = self._gather()
        files = sorted(found, key=planned_order)
        named = keys(self.name, files, self.scene_pattern, listed_in=self.texts_file())
        items = self._decided([_item(key, file, found[file]) for key, file in zip(named, files, strict=True)])
        taken = set(named)
        # Beside their image: where many images have one, they are no long row of rejects.
        planned = [
            one for item, file in zip(items, files, strict=True) for one in (item, *self._broken(found[file].apart(), taken))
        ]
        return planned + self._broken(unnamed, taken)

    def _broken(self, entries: Iterable["_Broken"], taken: Collection[str]) -> list[TextItem]:
        """The items of broken entries, each of which is rejected with what is wrong with it."""
        return [
            TextItem(
                entry_key(self.name, f"entry_{number}", taken),
                f"entry_{number}{MISSING}",
                texts=(),
                turns=(),
                splits=(),
                faults=(("bad_annotation", utf8(detail)),),
            )
            for number, detail in sorted(entries)
        ]

    def _gather(self) -> tuple[dict[str, "_Gathered"], list["_Broken"]]:
        """What is said of each file; and the broken entries that name none."""
        said: dict[str, _Gathered] = defaultdict(_Gathered)
        unnamed: list[_Broken] = []
        of_none, is_there = 0, there_in(path for _, path in by_split(self.images))
        for number, (split, path, one) in enumerate(self._entries()):
            if one.file:  # a table names an image as often as it has captions
                name, others = named_in(self.images, tidy(one.file), split, is_there)
                said[name].take(number, one, (*others, *([Naming(split, path)] if split is not None else [])))
            elif one.fault is not None:
                unnamed.append((number, f"{one.place}: {one.fault}"))
            else:
                of_none += 1
        if of_none:
            print(f"{self.texts_file()}: entries about no image, which are left out: {of_none:,}", file=sys.stderr)
        found: dict[str, _Gathered] = defaultdict(_Gathered)
        for name, leads in Paths(list_files(self.images, IMAGE_ENDINGS)).resolve(said).items():
            unclear = leads.unclear(name)
            own = said.pop(name)
            if unclear is not None:
                own.faults.append(("ambiguous_image", f"{own.place}: {unclear}"))
            found[leads.files[0] if len(leads.files) == 1 and unclear is None else utf8(name)].join(own)
        if blank := sum([one.texts.count("") for one in found.values() if any(one.texts)]):
            print(f"{self.texts_file()}: blank captions, which are left out: {blank:,}", file=sys.stderr)
        return found, unnamed

    def _entries(self) -> Iterator[tuple[str | None, str, TextRecord]]:
        """The entries of the file, or of all files by split, each with its split and its file."""
        for split, path in by_split(self.texts_file()):
            for one in self.parse(path):
                yield split, path, one

    def _decided(self, items: list[TextItem]) -> list[TextItem]:
        """The items with their places and their splits."""
        places = placed(self.images, [item.file for item in items], [item.key for item in items])
        names = [item.key.split("/")[1] if place is None else place.name for item, place in zip(items, places, strict=True)]
        written = [item.splits for item in items]
        remedy = "name the split of all images with the field split"
        files = [item.file for item in items]
        splits = authors_splits(self, self.images, files, written if any(written) else None, names, remedy)
        return [
            item._replace(
                place=place, split=named.split, faults=item.faults if named.fault is None else (*item.faults, named.fault)
            )
            for item, place, named in zip(items, places, [Named()] * len(items) if splits is None else splits, strict=True)
        ]


_Broken = tuple[int, str]  # an entry's number, and what is wrong with it


class _Gathered:
    """What is said of one image, as it is collected."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.turns: list[tuple[str, str]] = []
        self.splits: dict[Naming, None] = {}
        self.faults: list[tuple[str, str]] = []
        self.broken: list[_Broken] = []
        self.good = False
        self.place = ""

    def take(self, number: int, one: TextRecord, splits: Iterable[Naming]) -> None:
        """Takes in one entry, with the splits that its file and its folder are of."""
        self.place = self.place or one.place
        if one.fault is not None:
            self.broken.append((number, f"{one.place}: {one.fault}"))
            return
        self.good = True
        self.texts.extend(one.texts)
        self.turns.extend(one.turns)
        if one.split is not None:
            self.splits.setdefault(Naming(utf8(one.split)))
        self.splits |= dict.fromkeys(splits)

    def join(self, other: "_Gathered") -> None:
        """Takes in what is said of the same image under another name."""
        self.texts += other.texts
        self.turns += other.turns
        self.splits |= other.splits
        self.faults += other.faults
        self.broken += other.broken
        self.good = self.good or other.good

    def apart(self) -> list[_Broken]:
        """The broken entries that spoil nothing but themselves."""
        return self.broken if self.good else []


def _item(key: str, file: str, gathered: _Gathered) -> TextItem:
    """Texts that are there twice are there once: some sets repeat a caption until there are five."""
    texts = tuple(dict.fromkeys(utf8(text) for text in gathered.texts))
    turns = tuple(dict.fromkeys((utf8(question), utf8(answer)) for question, answer in gathered.turns))
    broken = [] if gathered.good else [("bad_annotation", detail) for _, detail in gathered.broken]
    faults = [(reason, utf8(detail)) for reason, detail in (*broken, *gathered.faults)]
    if any(len(text) > MAX_TEXT_CHARACTERS for text in (*texts, *[text for turn in turns for text in turn])):
        faults.append(("long_text", f"a text of more than {MAX_TEXT_CHARACTERS} characters"))
        texts, turns = tuple(text[:MAX_TEXT_CHARACTERS] for text in texts), ()
    return TextItem(key, file, texts, turns, tuple(gathered.splits), tuple(faults))
