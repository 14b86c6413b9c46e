"""Files that list images with their annotations, one for a whole set or one for each split: each image once, in its splits."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sartext.errors import SourceError
from sartext.formats.coco import CocoFile, parse_coco
from sartext.sources.annotations.match_images import Located, located
from sartext.sources.annotations.packed import Fault
from sartext.sources.filesystem import open_file
from sartext.sources.split_paths import Naming, SplitPaths, by_split


class ListedImages(NamedTuple):
    """The images that files list, each once but where one file has it twice."""

    files: list[str]
    faults: list[Fault | None]  # of their names
    splits: list[tuple[Naming, ...]] | None  # of each; None where the files do not tell
    positions: Sequence[int]  # of each image as it was listed, in `files`


def listed_images(images: str, listed: Sequence[tuple[str | None, str, Sequence[str]]]) -> ListedImages:
    """From the split, the path and the images of each file, as it calls them: those of the folder that they can mean.

    Raises `SourceError` where the folder cannot be listed.
    """
    there = iter(zip(*_located(images, listed), strict=True))
    files: list[str] = []
    faults: list[Fault | None] = []
    splits: list[tuple[Naming, ...]] = []
    positions: list[int] = []
    of_others: dict[str, int] = {}  # the images of the files before
    for split, path, names in listed:
        own = () if split is None else (Naming(split, path),)
        start = len(files)
        for _, (file, fault) in zip(names, there, strict=False):  # as many as there are names
            at = of_others.get(file)
            if at is None:
                at = len(files)
                files.append(file)
                faults.append(fault)
                splits.append(own)
            else:
                faults[at] = faults[at] or fault
                splits[at] = tuple(dict.fromkeys(splits[at] + own))
            positions.append(at)
        if len(listed) > 1:
            of_others |= {file: start + number for number, file in enumerate(files[start:])}
    return ListedImages(files, faults, splits if any(splits) else None, positions)


def _located(images: str, listed: Sequence[tuple[str | None, str, Sequence[str]]]) -> Located:
    """The image of each name of all files, in their order: where images and files are by split, among those of its split."""
    if not isinstance(images, SplitPaths) or any(split is None for split, _, _ in listed):
        return located(images, [name for _, _, names in listed for name in names])
    files: list[str] = []
    faults: list[Fault | None] = []
    for split, _, names in listed:
        found = located(images.of[str(split)], names)
        files += [file if file.startswith("/") else f"{split}/{file}" for file in found.files]
        faults += found.faults
    return Located(files, faults)


def read_coco(annotations: str, images: str, *, segmentations: bool = False) -> tuple[CocoFile, ListedImages]:
    """The images and annotations of a COCO JSON, or of one for each split as if they were one file; and where the images lie.

    Ids are those of their own file. Raises `SourceError` where a file cannot be read, or the folder of images not be listed.
    """
    parts = [(split, path, _parsed(path, segmentations)) for split, path in by_split(annotations)]
    found = listed_images(images, [(split, path, part.files) for split, path, part in parts])
    if len(parts) == 1:
        return replace(parts[0][2], files=found.files), found
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
    return merged, found


def _parsed(path: str, segmentations: bool) -> CocoFile:
    try:
        with open_file(path) as stream:
            return parse_coco(stream, path, segmentations=segmentations)
    except OSError as error:
        raise SourceError(f"cannot be read, {error.strerror}", file=path) from error
