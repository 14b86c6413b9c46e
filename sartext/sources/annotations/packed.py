"""Planned tiles with their boxes in flat arrays: a slice of it is a shard's, small to hold and to send."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any, NamedTuple, TypeVar, overload

import numpy as np
import numpy.typing as npt

from sartext.formats.annotation import Annotation
from sartext.sources.files.compressed import Compressed
from sartext.sources.files.keys import planned_order
from sartext.sources.split.placing import Place
from sartext.sources.split.splits import Named
from sartext.sources.split_paths import Naming

_Value = TypeVar("_Value")
Fault = tuple[str, str]  # why an item is rejected: reason and detail


class ImageTexts(NamedTuple):
    """What a file of texts says of an image."""

    texts: tuple[str, ...]
    split: str | None  # by that file, of the image or of others of its place; None where it does not say
    faults: tuple[Fault, ...]
    splits: tuple[Naming, ...] = ()  # as that file writes them of the image


class Item(NamedTuple):
    """One planned tile of a detection source."""

    key: str
    file: str  # the image, relative to the images' folder
    label_file: str | None = None  # relative to the labels' folder; None where `annotations` are all there is
    annotations: tuple[Annotation, ...] = ()
    size_px: tuple[int, int] | None = None  # (width, height) by the annotations; None where they do not say
    classes: tuple[str, ...] = ()  # names of the numbers in the label file
    rivals: tuple[str, ...] = ()  # label files of which one is the image's own, and nothing says which
    place: Place | None = None  # what no split may part; None: its scene alone
    said: ImageTexts | None = None
    fault: Fault | None = None  # of its name, for which its reading rejects it
    splits: tuple[Naming, ...] = ()  # as the source's files write them
    named: Named = Named()  # the split by all that names one

    @property
    def rejected(self) -> Fault | None:
        """Why it is no tile, before anything of it is read: for its name, else for its splits."""
        return self.fault or self.named.fault


@dataclass(frozen=True, kw_only=True, eq=False)
class PackedItems(Sequence[Item]):
    """Items of a file that holds the annotations of many images; `place` names where in it one stands."""

    keys: Sequence[str]
    files: Sequence[str]
    sizes_px: npt.NDArray[np.int32]  # (items, 2): width, height; 0 is unknown
    first: npt.NDArray[np.int64]  # (items + 1,): annotations first[i] to first[i + 1] belong to item i
    label: npt.NDArray[np.int32]  # (n,) position in `labels`
    corners_px: npt.NDArray[np.float64]  # (n, 4): left, top, right, bottom; with oriented boxes (n, 8), NaN behind others
    flags: npt.NDArray[np.uint8]  # (n,) 1 difficult + 2 crowd
    number: npt.NDArray[np.int32]  # (n,) what stands in `place`
    labels: tuple[str, ...]
    place: str  # "annotations[{}]"
    places: Sequence[Place | None] | None = None  # (items,) None: each its scene alone
    said: Sequence[ImageTexts] | None = None  # (items,)
    faults: Sequence[Fault | None] | None = None  # (items,) None: none has one
    splits: Sequence[tuple[Naming, ...]] | None = None  # (items,) None: nothing names any
    named: Sequence[Named] | None = None  # (items,)

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> "PackedItems": ...
    def __getitem__(self, index: int | slice) -> "Item | PackedItems":
        if isinstance(index, slice):
            return self._slice(index)
        at = range(len(self))[index]
        width, height = self.sizes_px[at].tolist()
        mine = slice(int(self.first[at]), int(self.first[at + 1]))
        columns = (self.label[mine], self.corners_px[mine], self.flags[mine], self.number[mine])
        before, after = self.place.split("{}")
        return Item(
            key=self.keys[at],
            file=self.files[at],
            annotations=tuple(
                Annotation(
                    self.labels[label],
                    _corners(corners_px),
                    difficult=flags & 1 > 0,
                    crowd=flags & 2 > 0,
                    place=f"{before}{number}{after}",
                )
                for label, corners_px, flags, number in zip(*[column.tolist() for column in columns], strict=True)
            ),
            size_px=(width, height) if width and height else None,
            place=self.places[at] if self.places is not None else None,
            said=self.said[at] if self.said is not None else None,
            fault=self.faults[at] if self.faults is not None else None,
            splits=self.splits[at] if self.splits is not None else (),
            named=self.named[at] if self.named is not None else Named(),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PackedItems) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def _slice(self, index: slice) -> "PackedItems":
        start, stop, step = index.indices(len(self))
        if step != 1:
            raise ValueError(f"a step of {step}; only consecutive items can be cut out")
        stop = max(start, stop)
        low, high = int(self.first[start]), int(self.first[stop])
        return PackedItems(
            keys=self.keys[start:stop],
            files=self.files[start:stop],
            sizes_px=self.sizes_px[start:stop],
            first=self.first[start : stop + 1] - low,
            label=self.label[low:high],
            corners_px=self.corners_px[low:high],
            flags=self.flags[low:high],
            number=self.number[low:high],
            labels=self.labels,
            place=self.place,
            places=self.places[start:stop] if self.places is not None else None,
            said=self.said[start:stop] if self.said is not None else None,
            faults=self.faults[start:stop] if self.faults is not None else None,
            splits=self.splits[start:stop] if self.splits is not None else None,
            named=self.named[start:stop] if self.named is not None else None,
        )

    def chosen(self, positions: Sequence[int], said: Iterable[ImageTexts]) -> "PackedItems":
        """The items at these places alone, in their order, each with what is said of it."""
        rows = np.asarray(positions, np.int64)
        numbers = self.first[rows + 1] - self.first[rows]
        first = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(numbers, out=first[1:])
        mine = np.arange(first[-1]) + np.repeat(self.first[rows] - first[:-1], numbers)
        return PackedItems(
            keys=_at(self.keys, positions),
            files=_at(self.files, positions),
            sizes_px=self.sizes_px[rows],
            first=first,
            label=self.label[mine],
            corners_px=self.corners_px[mine],
            flags=self.flags[mine],
            number=self.number[mine],
            labels=self.labels,
            place=self.place,
            places=_at(self.places, positions) if self.places is not None else None,
            said=Compressed.of(said),
            faults=_at(self.faults, positions) if self.faults is not None else None,
            splits=_at(self.splits, positions) if self.splits is not None else None,
            named=_at(self.named, positions) if self.named is not None else None,
        )


def _at(column: Sequence[_Value], positions: Iterable[int]) -> Sequence[_Value]:
    return Compressed.of(column[at] for at in positions)


def _corners(row: list[float]) -> tuple[float, ...]:
    """The corners of a row of `corners_px`: eight of an oriented box, else the first four."""
    return tuple(row[:4] if all(value != value for value in row[4:]) else row)


def pack(
    *,
    keys: Sequence[str],
    files: Sequence[str],
    sizes_px: npt.NDArray[np.int32],
    image: npt.NDArray[np.int32],
    labels: tuple[str, ...],
    place: str,
    faults: Sequence[Fault | None] = (),
    splits: Sequence[tuple[Naming, ...]] | None = None,
    **columns: npt.NDArray[Any],
) -> PackedItems:
    """The items in planned order. All arguments are in the file's order: `faults` are those of `files`, `image` (n,) says to
    which of them each annotation belongs, and `columns` are the other parallel arrays of `PackedItems`."""
    order = sorted(range(len(files)), key=lambda position: planned_order(files[position]))
    rank = np.empty(len(files), dtype=np.int64)
    rank[order] = np.arange(len(files))
    ranks = rank[image]
    sorting = np.argsort(ranks, kind="stable")
    first = np.zeros(len(files) + 1, dtype=np.int64)
    np.cumsum(np.bincount(ranks, minlength=len(files)), out=first[1:])
    keys = list(keys)  # to be taken in another order, for which what is compressed is slow
    return PackedItems(
        keys=_at(keys, order),
        files=_at(files, order),
        sizes_px=sizes_px[order],
        first=first,
        labels=labels,
        place=place,
        places=None,
        said=None,
        faults=_at(faults, order) if any(faults) else None,
        splits=_at(splits, order) if splits is not None else None,
        named=None,
        **{name: column[sorting] for name, column in columns.items()},
    )


def with_texts(items: Sequence[Item], said: Mapping[str, ImageTexts]) -> Sequence[Item]:
    """The items of whose files something is said, each with that."""
    if isinstance(items, PackedItems):
        positions = [at for at, file in enumerate(items.files) if file in said]
        return items.chosen(positions, (said[file] for file in items.files if file in said))
    return Compressed.of(item._replace(said=said[item.file]) for item in items if item.file in said)


def with_places(items: Sequence[Item], places: Sequence[Place | None]) -> Sequence[Item]:
    """The items, each with its place."""
    if not any(places):
        return items
    if isinstance(items, PackedItems):
        return replace(items, places=Compressed.of(places))
    return Compressed.of(item._replace(place=place) for item, place in zip(items, places, strict=True))


def splits_of(items: Sequence[Item]) -> Sequence[tuple[Naming, ...]] | None:
    """What the source's files write of the split of each item; None where they write of none."""
    if isinstance(items, PackedItems) and items.splits is None and items.said is None:
        return None
    if isinstance(items, PackedItems):
        both = zip(items.splits or repeat(()), items.said or repeat(None), range(len(items)), strict=False)
        written = Compressed.of((*own, *(() if said is None else said.splits)) for own, said, _ in both)
    else:
        written = Compressed.of((*item.splits, *(() if item.said is None else item.said.splits)) for item in items)
    return written if any(written) else None


def with_splits(items: Sequence[Item], named: Sequence[Named] | None) -> Sequence[Item]:
    """The items, each with its split as it is decided."""
    if named is None:
        return items
    if isinstance(items, PackedItems):
        return replace(items, splits=None, named=Compressed.of(named))
    return Compressed.of(item._replace(splits=(), named=one) for item, one in zip(items, named, strict=True))
