"""The splits that a set's authors publish: by folders, by files of annotations or texts, and by lists of images."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from sartext.errors import SourceError
from sartext.formats.split_list import parse_split_list
from sartext.sources.base import FolderSource, first_few, utf8
from sartext.sources.files.discover import read_source_file
from sartext.sources.files.resolve import Paths, tidy
from sartext.sources.filesystem import file_number
from sartext.sources.split.splits import Named, named_splits
from sartext.sources.split_paths import Naming, SplitPaths, by_split, naming_of, path_in


def authors_splits(
    source: FolderSource,
    images: str,
    files: Sequence[str],
    written: Sequence[Sequence[Naming]] | None,
    places: Sequence[str],
    remedy: str = "write train, val or test",
) -> list[Named] | None:
    """For each image, with what its source's files write of it and its place, its split; None where nothing says any.

    The split of the field `split` is that of all. Else it is what the folder of the image, the source's files and the lists of
    `splits` say, as `named_splits` has it: a place that they have on both sides stays there, an image that they have in two is
    a fault. Raises `SourceError` where a list cannot be read or has none of the images.
    """
    if source.split is not None:
        return [Named(source.split)] * len(files)
    if written is None and source.splits is None and not isinstance(images, SplitPaths):
        return None
    namings = [list(one) for one in written] if written is not None else [[] for _ in files]
    _add_folders(images, files, namings)
    unclear = _add_lists(source.splits, files, namings) if source.splits is not None else {}
    return [
        Named(fault=("ambiguous_image", unclear[file])) if file in unclear else named
        for file, named in zip(files, named_splits(namings, places, remedy), strict=True)
    ]


def _add_folders(images: str, files: Sequence[str], namings: Sequence[list[Naming]]) -> None:
    """Adds the splits of the folders; a file that two of them have, as by a link, is in the splits of both."""
    if not isinstance(images, SplitPaths):
        return
    for file, own in zip(files, namings, strict=True):
        own.extend(naming_of(images, file))
    for same in _same_files([path_in(images, file) for file in files]):
        shared = list(dict.fromkeys(one for at in same for one in namings[at]))
        for at in same:
            namings[at][:] = shared


def _same_files(paths: Iterable[str]) -> list[list[int]]:
    """The numbers of the paths that lead to one file, of each file that has several."""
    numbers = np.array([file_number(path) for path in paths], dtype=np.uint64).reshape(-1, 2)
    _, which, times = np.unique(numbers, axis=0, return_inverse=True, return_counts=True)
    found: dict[int, list[int]] = defaultdict(list)
    for at in np.flatnonzero((times[which.reshape(-1)] > 1) & (numbers[:, 1] > 0)).tolist():
        found[int(which.reshape(-1)[at])].append(at)
    return list(found.values())


def _add_lists(lists: str, files: Sequence[str], namings: Sequence[list[Naming]]) -> dict[str, str]:
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
                namings[at[leads.files[0]]].append(naming)
                found += 1
        if names and not found:
            raise SourceError(
                f"of its {len(lost):,} names none is an image of the set{first_few(lost)}",
                file=path,
                remedy="give the list of these images, a name a line",
            )
        if lost:
            print(f"{path}: names of no image, which are left out: {len(lost):,}{first_few(lost)}", file=sys.stderr)
    if silent := [file for file, own in zip(files, namings, strict=True) if not own]:
        about = "images that no list names, whose split is that of their place"
        print(f"{lists}: {about}: {len(silent):,}{first_few(silent)}", file=sys.stderr)
    return unclear
