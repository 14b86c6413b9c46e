"""The splits that a set's authors publish: by folders, by files of annotations or texts, and by lists of images."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import repeat

import numpy as np

from sartext.errors import SourceError
from sartext.formats.split_list import parse_split_list
from sartext.sources.base import FolderSource, first_few, utf8
from sartext.sources.files.compressed import Compressed
from sartext.sources.files.discover import read_source_file
from sartext.sources.files.in_order import in_order
from sartext.sources.files.resolve import Paths, tidy
from sartext.sources.filesystem import file_number
from sartext.sources.split.splits import Named, named_splits
from sartext.sources.split_paths import Naming, SplitPaths, by_split, naming_of, path_in


def authors_splits(
    source: FolderSource,
    images: str,
    files: Sequence[str],
    written: Sequence[Sequence[Naming]] | None,
    places: Iterable[str],
    remedy: str = "write train, val or test",
) -> Sequence[Named] | None:
    """For each image, with what its source's files write of it and its place, its split; None where nothing says any.

    The split of the field `split` is that of all. Else it is what the folder of the image, the source's files and the lists of
    `splits` say, as `named_splits` has it: a place that they have on both sides stays there, an image that they have in two is
    a fault. Raises `SourceError` where a list cannot be read or has none of the images.
    """
    if source.split is not None:
        return Compressed.of(repeat(Named(source.split), len(files)))
    if written is None and source.splits is None and not isinstance(images, SplitPaths):
        return None
    namings = _Namings(written if written is not None else repeat((), len(files)))
    _add_folders(images, files, namings)
    unclear = _add_lists(source.splits, files, namings) if source.splits is not None else {}
    named = named_splits(namings.of, Compressed.of(places), remedy)
    if not unclear:
        return named
    return [
        Named(fault=("ambiguous_image", unclear[file])) if file in unclear else one
        for file, one in zip(files, named, strict=True)
    ]


class _Namings:
    """What is written of the split of each image, in 8 bytes: equal ones are held once."""

    def __init__(self, written: Iterable[Iterable[Naming]]) -> None:
        self._known: dict[tuple[Naming, ...], tuple[Naming, ...]] = {}
        self.of = [self._held(tuple(one)) for one in written]

    def add(self, at: int, more: Iterable[Naming]) -> None:
        """Adds to what is written of an image."""
        self.put(at, (*self.of[at], *more))

    def put(self, at: int, written: Iterable[Naming]) -> None:
        """Takes this as what is written of an image."""
        self.of[at] = self._held(tuple(written))

    def _held(self, one: tuple[Naming, ...]) -> tuple[Naming, ...]:
        return self._known.setdefault(one, one)


def _add_folders(images: str, files: Sequence[str], namings: _Namings) -> None:
    """Adds the splits of the folders; a file that two of them have, as by a link, is in the splits of both."""
    if not isinstance(images, SplitPaths):
        return
    for at, file in enumerate(files):
        namings.add(at, naming_of(images, file))
    for same in _same_files(images, files):
        shared = dict.fromkeys(one for at in same for one in namings.of[at])
        for at in same:
            namings.put(at, shared)


def _same_files(images: str, files: Sequence[str]) -> list[list[int]]:
    """The positions of the files that are one file, of each that is there several times; in 8 bytes a file: only those with
    one hash are looked at themselves."""
    numbers = in_order(lambda file: file_number(path_in(images, file)), files)
    hashes = np.fromiter((hash(one) if one[1] else at for at, one in enumerate(numbers)), np.int64, len(files))
    ordered = np.sort(hashes)
    doubtful = np.isin(hashes, ordered[1:][ordered[1:] == ordered[:-1]])
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at in np.flatnonzero(doubtful).tolist():
        if (number := file_number(path_in(images, files[at])))[1]:
            found[number].append(at)
    return [same for same in found.values() if len(same) > 1]


def _add_lists(lists: str, files: Sequence[str], namings: _Namings) -> dict[str, str]:
    """Adds the splits of the lists; the images of which a list does not say which one it means, each with what is unclear."""
    at = {file: number for number, file in enumerate(files)}
    paths, unclear = Paths(files), {}
    for split, path in by_split(lists):
        naming = Naming(split or "", path)
        names = [tidy(name) for name in parse_split_list(read_source_file(path), path)]
        found, lost = 0, []
        for name, leads in paths.resolve(names).items():
            if not leads.files:
                lost.append(name)
            elif (why := leads.unclear(name)) is not None:
                unclear.update(dict.fromkeys(leads.files, utf8(f"{path}: {why}")))
                found += 1
            else:
                namings.add(at[leads.files[0]], (naming,))
                found += 1
        if names and not found:
            raise SourceError(
                f"of its {len(lost):,} names none is an image of the set{first_few(lost)}",
                file=path,
                remedy="give the list of these images, a name a line",
            )
        if lost:
            print(f"{path}: names of no image, which are left out: {len(lost):,}{first_few(lost)}", file=sys.stderr)
    if silent := [file for file, own in zip(files, namings.of, strict=True) if not own]:
        about = "images that no list names, whose split is that of their place"
        print(f"{lists}: {about}: {len(silent):,}{first_few(silent)}", file=sys.stderr)
    return unclear
