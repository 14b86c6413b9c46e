"""Folders with one label file an image: which image goes with which label file, and what stands for its content."""

import hashlib
from collections.abc import Iterable

from sartext.errors import TileRejected
from sartext.sources.keys import keys, planned_order, stem
from sartext.sources.listing import IMAGE_ENDINGS, Stems, list_files, read_label_file
from sartext.sources.packed import Item

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
) -> tuple[list[Item], list[str]]:
    """One item an image that has a label file, one a label file without an image (its reading rejects it), in planned
    order; and their image files.

    They belong together by their relative path without ending, or by their bare name where only one folder has it; label
    files may have a `suffix` to it ("_mask").
    With `unlabelled`, images without a label file are planned too. Raises `SourceError` where a folder cannot be listed.
    """
    image_files = list_files(images, IMAGE_ENDINGS)
    of_stem = Stems(image_files)
    label_of: dict[str, str] = {}
    for label_file in list_files(labels, (label_endings,) if isinstance(label_endings, str) else label_endings):
        for image in of_stem.find(_image_stem(label_file, suffix)) or [_image_stem(label_file, suffix) + MISSING]:
            label_of.setdefault(image, label_file)
    files = sorted({*label_of, *(image_files if unlabelled else ())}, key=planned_order)
    named = keys(source, files, pattern, listed_in=images)
    items = [
        Item(key=key, file=file, label_file=label_of.get(file), classes=classes) for key, file in zip(named, files, strict=True)
    ]
    return items, files


def _image_stem(label_file: str, suffix: str) -> str:
    return stem(label_file).removesuffix(suffix)


def digest(folder: str, label_file: str | None) -> str | None:
    """sha256 of the label file, "unreadable" where it cannot be read, None where there is none."""
    if label_file is None:
        return None
    try:
        return hashlib.sha256(read_label_file(folder, label_file)).hexdigest()
    except TileRejected:
        return "unreadable"
