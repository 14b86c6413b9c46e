"""Folders with one label file an image: which image goes with which label file, and what stands for its content."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Collection, Iterable

from sartext.errors import SourceError, TileRejected
from sartext.sources.annotations.packed import Item
from sartext.sources.files.discover import IMAGE_ENDINGS, list_files, matched, read_label_file
from sartext.sources.files.keys import composed, keys, planned_order, stem
from sartext.sources.filesystem import join, real_path
from sartext.sources.split_paths import SplitPaths, by_split, naming_of

MISSING = ".*"  # in place of the ending of an image that is not there


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
) -> tuple[list[Item], list[str]]:
    """One item an image that has a label file, one a label file without an image (its reading rejects it), in planned
    order; and their image files.

    They belong together by their relative path without ending, or by their bare name where only one file of either folder
    has it. Label files may have a `suffix` to it ("_mask"); those that lack it are none, and neither are those `aside`; a label
    file is no image. An image that several label files may belong to has them in `rivals`, for which its reading rejects it.
    With `unlabelled`, images without a label file are planned too. Raises `SourceError` where a folder cannot be listed, or
    every image is a label file. Where label files are by split, so are the items: an image that two splits have is in both.
    """
    endings = (label_endings,) if isinstance(label_endings, str) else label_endings
    label_files = [file for file in list_files(labels, endings) if stem(file).endswith(suffix) and file not in aside]
    image_files = _no_labels(images, labels, label_files)
    labels_of: dict[str, list[str]] = defaultdict(list)
    lost: dict[str, list[str]] = defaultdict(list)
    wanted = _paths([stem(file).removesuffix(suffix) for file in label_files], labels, image_files, images)
    for path, label_file, found in zip(wanted, label_files, matched(wanted, image_files), strict=True):
        if not found:
            lost[composed(os.path.basename(path))].append(label_file)
        for image in found or [path + MISSING]:
            labels_of[image].append(label_file)
    rivals = {image: tuple(several) for image, several in labels_of.items() if len(several) > 1}
    for image in image_files:
        if image not in labels_of and (near := lost.get(composed(os.path.basename(stem(image))))):
            rivals[image] = tuple(near)
    files = sorted({*labels_of, *rivals, *(image_files if unlabelled else ())}, key=planned_order)
    items = []
    for key, file in zip(keys(source, files, pattern, listed_in=images), files, strict=True):
        own = labels_of[file][0] if file in labels_of and file not in rivals else None
        several = rivals.get(file, ())
        splits = tuple(naming for one in ((own,) if own else several) for naming in naming_of(labels, one))
        items.append(Item(key=key, file=file, label_file=own, classes=classes, rivals=several, splits=splits))
    return items, files


def _paths(wanted: list[str], labels: str, image_files: list[str], images: str) -> list[str]:
    """The paths of the label files as the images have them: where one side is in folders by split and the other in one, it may
    have a folder of that split, by whichever name, or none."""
    stems = {composed(stem(file)) for file in image_files}
    if isinstance(labels, SplitPaths) and not isinstance(images, SplitPaths):
        return [
            next((one for one in _called(path, labels) if composed(one) in stems), path.partition("/")[2]) for path in wanted
        ]
    if not isinstance(images, SplitPaths) or isinstance(labels, SplitPaths):
        return wanted
    known: dict[str, set[str]] = defaultdict(set)
    for path in sorted(stems):
        for one in _called(path, images):
            known[one].add(path)
    return [
        next(iter(known[composed(path)])) if composed(path) not in stems and len(known.get(composed(path), ())) == 1 else path
        for path in wanted
    ]


def _called(path: str, folders: SplitPaths) -> list[str]:
    """What a file of folders by split may be called in one folder: "val/a" is "val/a", "validation/a" or "a"."""
    split, _, rest = path.partition("/")
    return [path, f"{os.path.basename(os.path.normpath(folders.of[split]))}/{rest}", rest]


def _no_labels(images: str, labels: str, label_files: list[str]) -> list[str]:
    """The images, without those files that are label files: images and masks may lie in one folder."""
    found = list_files(images, IMAGE_ENDINGS)
    taken = _real(labels, label_files)
    image_files = [file for file, path in zip(found, _real(images, found), strict=True) if path not in taken]
    if found and not image_files:
        raise SourceError(
            "every image in it is a mask too",
            file=images,
            remedy="give the masks a folder of their own, or say by --source.mask-suffix which files are masks",
        )
    return image_files


def _real(folder: str, files: list[str]) -> list[str]:
    """Where the files of a folder lie, as real paths."""
    roots = {split: real_path(path) for split, path in by_split(folder)}
    if None in roots:
        return [join(roots[None], file) for file in files]
    return [join(roots[split], rest) for split, _, rest in (file.partition("/") for file in files)]


def digest(folder: str, label_file: str | None) -> str | None:
    """sha256 of the label file, "unreadable" where it cannot be read, None where there is none."""
    if label_file is None:
        return None
    try:
        return hashlib.sha256(read_label_file(folder, label_file)).hexdigest()
    except TileRejected:
        return "unreadable"
