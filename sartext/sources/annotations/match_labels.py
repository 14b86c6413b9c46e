"""Folders with one label file an image: which image goes with which label file, and what stands for its content."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress

import numpy as np
import numpy.typing as npt

from sartext.errors import SourceError, TileRejected
from sartext.sources.annotations.match_paths import Matched, matched
from sartext.sources.annotations.packed import Item
from sartext.sources.files.compressed import Compressed
from sartext.sources.files.discover import IMAGE_ENDINGS, read_label_file, walk_files
from sartext.sources.files.keys import composed, keys, stem
from sartext.sources.filesystem import join, real_path
from sartext.sources.split_paths import SplitPaths, by_split, naming_of


def pair(
    images: str,
    labels: str,
    label_endings: str | Iterable[str],
    *,
    source: str,
    pattern: str | None,
    unlabelled: bool,
    classes: tuple[str, ...] = (),
    suffix: str = "",
    aside: Collection[str] = (),
) -> tuple[Sequence[Item], Sequence[str]]:
    """One item an image that has a label file, one a label file without an image (its reading rejects it), in planned
    order; and their image files; both compressed.

    They belong together by their relative path without ending, or by their bare name where only one file of either folder
    has it. Label files may have a `suffix` to it ("_mask"); those that lack it are none, and neither are those `aside`; a label
    file is no image. An image that several label files may belong to has them in `rivals`, for which its reading rejects it.
    With `unlabelled`, images without a label file are planned too. Raises `SourceError` where a folder cannot be listed, or
    every image is a label file. Where label files are by split, so are the items: an image that two splits have is in both.
    """
    endings = (label_endings,) if isinstance(label_endings, str) else label_endings
    every = (file for file in walk_files(labels, endings) if stem(file).endswith(suffix) and file not in aside)
    image_files, label_files = _apart(images, labels, every)
    wanted: Iterable[tuple[str, str]] = ((stem(file).removesuffix(suffix), file) for file in label_files)
    if isinstance(labels, SplitPaths) != isinstance(images, SplitPaths):
        image_files = list(image_files)
        wanted = _renamed(list(wanted), labels, image_files, images)
    found = Compressed.of(matched(image_files, wanted, unlabelled=unlabelled))
    files = Compressed.of(one.file for one in found)
    return Compressed.of(_items(found, keys(source, files, pattern, listed_in=images), labels, classes)), files


def _items(found: Iterable[Matched], named: Iterable[str], labels: str, classes: tuple[str, ...]) -> Iterator[Item]:
    for key, (file, own, rivals) in zip(named, found, strict=True):
        splits = tuple(naming for one in ((own,) if own else rivals) for naming in naming_of(labels, one))
        yield Item(key=key, file=file, label_file=own, classes=classes, rivals=rivals, splits=splits)


def _renamed(
    wanted: Sequence[tuple[str, str]], labels: str, image_files: Iterable[str], images: str
) -> Iterator[tuple[str, str]]:
    """The label files with their paths as the images have them: where one side is in folders by split and the other in one, it
    may have a folder of that split, by whichever name, or none. All paths are held at once, some 500 bytes a file."""
    stems = {composed(stem(file)) for file in image_files}
    if isinstance(labels, SplitPaths):
        for path, file in wanted:
            there = (one for one in _called(path, labels) if composed(one) in stems)
            yield next(there, path.partition("/")[2]), file
    elif isinstance(images, SplitPaths):
        known: dict[str, set[str]] = defaultdict(set)
        for path in stems:
            for one in _called(path, images):
                known[one].add(path)
        for path, file in wanted:
            plain = composed(path)
            yield next(iter(known[plain])) if plain not in stems and len(known.get(plain, ())) == 1 else path, file


def _called(path: str, folders: SplitPaths) -> list[str]:
    """What a file of folders by split may be called in one folder: "val/a" is "val/a", "validation/a" or "a"."""
    split, _, rest = path.partition("/")
    return [path, f"{os.path.basename(os.path.normpath(folders.of[split]))}/{rest}", rest]


def _apart(images: str, labels: str, label_files: Iterable[str]) -> tuple[Iterable[str], Iterable[str]]:
    """The images, without those files that are label files, as images and masks may lie in one folder; and the label files."""
    found, theirs, ours = walk_files(images, IMAGE_ENDINGS), _roots(labels), _roots(images)
    if not any(_below(one, other) or _below(other, one) for one in theirs.values() for other in ours.values()):
        return found, label_files
    label_files = Compressed.of(label_files)
    every = Compressed.of(found)
    taken, own = np.sort(_hashes(theirs, label_files)), _hashes(ours, every)
    at = np.searchsorted(taken, own)
    free = own != np.append(taken, 0)[at]
    free[at == len(taken)] = True
    image_files = Compressed.of(compress(every, free.tolist()))
    if every and not image_files:
        raise SourceError(
            "every image in it is a mask too",
            file=images,
            remedy="give the masks a folder of their own, or say by --source.mask-suffix which files are masks",
        )
    return image_files, label_files


def _roots(folder: str) -> dict[str | None, str]:
    """The real path of a folder, or of each of those by split."""
    return {split: real_path(path) for split, path in by_split(folder)}


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _hashes(roots: Mapping[str | None, str], files: Sequence[str]) -> npt.NDArray[np.int64]:
    """Of the real path of each file."""
    if None in roots:
        paths = (join(roots[None], file) for file in files)
    else:
        paths = (join(roots[split], rest) for split, _, rest in (file.partition("/") for file in files))
    return np.fromiter(map(hash, paths), np.int64, len(files))


def digest(folder: str, label_file: str | None) -> str | None:
    """sha256 of the label file, "unreadable" where it cannot be read, None where there is none."""
    if label_file is None:
        return None
    try:
        return hashlib.sha256(read_label_file(folder, label_file)).hexdigest()
    except TileRejected:
        return "unreadable"
