"""Which label files belong to which images, by the paths of both: joined in sorted order, in a few bytes a file."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import NamedTuple

from sartext.sources.files.compressed import sorted_values
from sartext.sources.files.keys import composed, planned_order, stem

MISSING = ".*"  # in place of the ending of an image that is not there


class Matched(NamedTuple):
    """An image, there or missing, with its label files."""

    file: str
    own: str | None = None  # its label file
    rivals: tuple[str, ...] = ()  # label files of which one is its own, and nothing says which


class _Path(NamedTuple):
    """What has one path without ending, in whatever form of Unicode."""

    images: list[str]
    labels: list[tuple[str, str]]  # as the path is written, and the file


def matched(images: Iterable[str], labels: Iterable[tuple[str, str]], *, unlabelled: bool) -> Iterator[Matched]:
    """Each image that has label files, and a missing one for label files without an image, in planned order.

    `labels` are the path without ending under which an image of each is looked for, and the label file. An image belongs to the
    label files of its very path, else to that of its bare name where no other image and no other label file has that name, so
    that what lies in "train" is never taken for what lies in "val". With `unlabelled`, images without a label file come too.
    """
    files = (_record(stem(file), 0, file) for file in images)
    lists = (_record(path, 1, file) for path, file in labels)
    by_name = groupby(sorted_values(chain(lists, files)), key=lambda record: record[0])
    found = (one for _, of_name in by_name for one in _of_name(of_name, unlabelled))
    return sorted_values(found, key=lambda one: planned_order(one.file))


# Bare name, the path before it, whether it is a label file, the file, and the path as it is written where that is another.
_Record = tuple[str, str, int, str, str]


def _record(path: str, kind: int, file: str) -> _Record:
    plain = composed(path)
    name = os.path.basename(plain)
    return name, plain.removesuffix(name), kind, file, path if path != plain else ""


def _of_name(records: Iterable[_Record], unlabelled: bool) -> Iterator[Matched]:
    """The images of one bare name; of its paths only those are held that have images or label files alone."""
    asked = there = 0
    alone: list[str] = []
    lost: list[tuple[str, str]] = []
    for _, of_path in groupby(records, key=lambda record: record[1]):
        images, labels = _both(of_path)
        asked, there = asked + bool(labels), there + bool(images)
        if images and labels:
            yield from (_labelled(image, [file for _, file in labels]) for image in images)
        else:
            alone += images
            lost += labels
    if lost and asked == there == 1:
        yield from (_labelled(image, [file for _, file in lost]) for image in alone)
        return
    missing: dict[str, list[str]] = defaultdict(list)
    for path, file in sorted(lost, key=lambda one: one[1]):
        missing[path + MISSING].append(file)
    yield from (_labelled(image, files) for image, files in missing.items())
    near = tuple(sorted(file for _, file in lost))
    if near or unlabelled:
        yield from (Matched(image, rivals=near) for image in alone)


def _both(records: Iterable[_Record]) -> _Path:
    found = _Path([], [])
    for name, before, kind, file, written in records:
        if kind:
            found.labels.append((written or before + name, file))
        else:
            found.images.append(file)
    return found


def _labelled(image: str, labels: list[str]) -> Matched:
    return Matched(image, own=labels[0]) if len(labels) == 1 else Matched(image, rivals=tuple(labels))
