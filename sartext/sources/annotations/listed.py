"""Files that list images with their annotations, one for a whole set or one for each split: each image once, in its splits."""

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sartext.errors import SourceError
from sartext.formats.coco import CocoFile, parse_coco
from sartext.sources.split_paths import Naming, SplitPaths, by_split, named_in


class ListedImages(NamedTuple):
    """The images that files list, each once but where one file has it twice."""

    files: list[str]
    splits: list[tuple[Naming, ...]] | None  # of each; None where the files do not tell
    positions: Sequence[int]  # of each image as it was listed, in `files`


def listed_images(
    images: str,
    listed: Sequence[tuple[str | None, str, Sequence[str]]],
    located: Callable[[list[str]], list[str]] = lambda files: files,
) -> ListedImages:
    """From the split, the path and the images of each file, as it calls them, where they lie in the folder of images.

    `located` says where the images lie whose names are no paths of files.
    """
    if len(listed) == 1 and listed[0][0] is None and not isinstance(images, SplitPaths):
        files = located([posixpath.normpath(name) for name in listed[0][2]])
        return ListedImages(files, None, range(len(files)))
    named = [[named_in(images, posixpath.normpath(name), split) for name in names] for split, _, names in listed]
    there = iter(located([file for names in named for file, _ in names]))
    files = []
    splits: list[tuple[Naming, ...]] = []
    positions: list[int] = []
    of_others: dict[str, int] = {}  # the images of the files before
    for (split, path, _), names in zip(listed, named, strict=True):
        own = () if split is None else (Naming(split, path),)
        start = len(files)
        for (_, others), file in zip(names, there, strict=False):  # as many as there are names
            at = of_others.get(file)
            if at is None:
                at = len(files)
                files.append(file)
                splits.append(own + others)
            else:
                splits[at] = tuple(dict.fromkeys(splits[at] + own))
            positions.append(at)
        if len(listed) > 1:
            of_others |= {file: start + number for number, file in enumerate(files[start:])}
    return ListedImages(files, splits if any(splits) else None, positions)


def read_coco(
    annotations: str, images: str, *, segmentations: bool = False
) -> tuple[CocoFile, list[tuple[Naming, ...]] | None]:
    """The images and annotations of a COCO JSON, or of one for each split as if they were one file; and the images' splits.

    Ids are those of their own file. Raises `SourceError` where a file cannot be read.
    """
    parts = [(split, path, _parsed(path, segmentations)) for split, path in by_split(annotations)]
    found = listed_images(images, [(split, path, part.files) for split, path, part in parts])
    if len(parts) == 1:
        return replace(parts[0][2], files=found.files), found.splits
    positions, columns = np.array(found.positions, dtype=np.int32), [part for _, _, part in parts]
    sizes_px = np.zeros((len(found.files), 2), dtype=np.int32)
    sizes_px[positions] = np.concatenate([part.sizes_px for part in columns])
    starts = np.cumsum([0, *(len(part.files) for part in columns)])
    labels = np.cumsum([0, *(len(part.labels) for part in columns)])
    merged = CocoFile(
        files=found.files,
        sizes_px=sizes_px,
        labels=tuple(label for part in columns for label in part.labels),
        image=np.concatenate([positions[part.image + start] for part, start in zip(columns, starts[:-1], strict=True)]),
        label=np.concatenate([part.label + start for part, start in zip(columns, labels[:-1], strict=True)], dtype=np.int32),
        corners_px=np.concatenate([part.corners_px for part in columns]),
        crowd=np.concatenate([part.crowd for part in columns]),
        segmentations=[text for part in columns for text in part.segmentations or ()] if segmentations else None,
    )
    return merged, found.splits


def _parsed(path: str, segmentations: bool) -> CocoFile:
    try:
        with open(path, "rb") as stream:
            return parse_coco(stream, path, segmentations=segmentations)
    except OSError as error:
        raise SourceError(f"cannot be read, {error.strerror}", file=path) from error
