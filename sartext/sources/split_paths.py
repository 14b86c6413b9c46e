"""Paths by split, as sets keep their train, val and test files: folders read as one folder, files one after the other."""

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

from sartext.sources.filesystem import exists, is_folder, join
from sartext.tile import SPLITS

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


class Naming(NamedTuple):
    """A split as a source's file names it."""

    split: str  # as it is written
    by: str = ""  # the file or the folder that is of this split; "" where a file names the split of each image

    def __str__(self) -> str:
        return f"{self.split} ({self.by})" if self.by else self.split


class SplitPaths(str):
    """A folder or a file for each of several splits, where others have one for all; its text is "train=A test=B".

    A file of such folders is named with its split before its path, "train/a.png", as one of a folder above them would be. It is
    a text, so that every field of a source that holds a path may hold paths by split.

    Raises `ValueError` where a split is unknown, is there twice or has no path, or one path is there twice.
    """

    of: dict[str, str]  # in the order of SPLITS

    def __new__(cls, paths: Mapping[str, str]) -> "SplitPaths":
        """From the paths by split; splits may be called as in SPLIT_NAMES."""
        if not paths:
            raise ValueError(f"no path of any split; give one of {', '.join(SPLITS)}")
        named: dict[str, str] = {}
        for written, path in paths.items():
            split = SPLIT_NAMES.get(written.lower())
            if split is None:
                raise ValueError(f"{written!r} is no split; it is one of {', '.join(SPLITS)}")
            if split in named:
                raise ValueError(f"{split} is given twice, as {named[split]!r} and as {path!r}; give it once")
            if not path:
                raise ValueError(f"{written}= has no path behind it")
            named[split] = path
        found: dict[str, str] = {}
        for split, path in named.items():
            if (other := found.setdefault(os.path.normpath(path), split)) != split:
                raise ValueError(f"{other} and {split} are both {path!r}; give each its own")
        ordered = {split: named[split] for split in SPLITS if split in named}
        made = super().__new__(cls, " ".join(f"{split}={path}" for split, path in ordered.items()))
        made.of = ordered
        return made

    def __getnewargs__(self) -> tuple[dict[str, str]]:  # type: ignore[override]  # what is pickled is what it was made from
        return (self.of,)


def by_split(paths: str) -> list[tuple[str | None, str]]:
    """The paths with their splits; one path for all has None."""
    return list(paths.of.items()) if isinstance(paths, SplitPaths) else [(None, paths)]


def path_in(folder: str, file: str) -> str:
    """Where a file of a folder lies, or of folders by split: there is none where its name begins with none of these."""
    split, _, rest = file.partition("/")
    if isinstance(folder, SplitPaths) and split in folder.of:
        return join(folder.of[split], rest.lstrip("/"))
    return join(folder, file)


def no_folder(folder: str) -> str | None:
    """The folder, or the first of folders by split, that is none; None where all are."""
    return next((path for _, path in by_split(folder) if not is_folder(path)), None)


def naming_of(folder: str, file: str) -> tuple[Naming, ...]:
    """The split of a file by the folder that it lies in; nothing where folders do not tell."""
    split = file.partition("/")[0]
    return (Naming(split, folder.of[split]),) if isinstance(folder, SplitPaths) and split in folder.of else ()


def named_in(
    images: str, file: str, split: str | None, is_there: Callable[[str], bool] = exists
) -> tuple[str, tuple[Naming, ...]]:
    """The image that a list of images calls `file`, the list being of this split or (None) of all: in folders by split that of
    its own split, else the one that has it, as `is_there` says of a path. Where several have it, its name leads nowhere, and
    all of them are named.
    """
    if not isinstance(images, SplitPaths) or os.path.isabs(file):
        return file, ()
    if split is not None:
        return f"{split}/{file}", ()
    if file.partition("/")[0] in images.of and is_there(path_in(images, file)):
        return file, ()
    there = [one for one in images.of if is_there(path_in(images, f"{one}/{file}"))]
    return (f"{there[0]}/{file}", ()) if len(there) == 1 else (file, tuple(Naming(one, images.of[one]) for one in there))
