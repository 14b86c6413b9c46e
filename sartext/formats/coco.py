"""COCO instance JSON (Lin et al., ECCV 2014): `images`, `annotations` with `bbox` [left, top, width, height], `categories`.

Segmentations are kept as text where they are asked for; else the box stands, run lengths of crowds included. Ids may be
numbers or text ("7" is 7), and so may coordinates. Annotations are held in flat arrays, under 100 bytes each, so that a
million of them fit a driver.
"""

import json
from array import array
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from sartext.errors import SourceError
from sartext.formats.annotation import NO_CORNERS, number, whole
from sartext.formats.json_stream import read_members

REQUIRED = ("images", "annotations", "categories")
MAX_SIDE_PX = 2**31 - 1
_LARGEST_ID = 2**256


@dataclass(frozen=True, kw_only=True, eq=False)
class CocoFile:
    """Images in the file's order; the annotations as parallel arrays of length n, in the file's order."""

    files: list[str]
    sizes_px: npt.NDArray[np.int32]  # (images, 2): width, height; 0 where the file does not say
    labels: tuple[str, ...]
    image: npt.NDArray[np.int32]  # (n,) position in `files`
    label: npt.NDArray[np.int32]  # (n,) position in `labels`
    corners_px: npt.NDArray[np.float64]  # (n, 4): left, top, right, bottom; NaN where the box is not four numbers
    crowd: npt.NDArray[np.bool_]  # (n,)
    segmentations: list[str] | None  # (n,) as JSON text, "null" where there is none; None where they were not asked for


def parse_coco(stream: BinaryIO, file: str, *, segmentations: bool = False) -> CocoFile:
    """The file's images and boxes.

    A broken box spoils its own image only (NaN corners), and so does a category that is not listed (its label is
    "category_id 7"). Raises `SourceError` where the file as a whole does not hold together: broken JSON, a list that is
    missing, an image without id or file name, an id twice, an annotation of an image that is not listed.
    """
    reading = _Reading(file, segmentations)
    seen = set()
    for member in read_members(stream, file):
        if member.name not in REQUIRED:
            continue
        seen.add(member.name)
        if member.place is None:
            if member.value != []:
                raise SourceError("not a list", file=file, place=member.name)
            continue
        place = f"{member.name}[{member.place}]"
        if not isinstance(member.value, dict):
            raise SourceError("not an object", file=file, place=place)
        reading.take(member.name, member.value, place)
    for name in REQUIRED:
        if name not in seen:
            raise SourceError(f"has no {name!r}", file=file, remedy="give COCO instance JSON")
    return reading.result()


class _Reading:
    """Numbers every id as it is first met, for the three lists may come in any order."""

    def __init__(self, file: str, segmentations: bool) -> None:
        self._file = file
        self._segmentations: list[str] | None = [] if segmentations else None
        self._images: dict[str, int] = {}  # image id -> its number
        self._listed: dict[int, int] = {}  # image number -> position in `_files`
        self._files: list[str] = []
        self._sizes_px = array("i")
        self._categories: dict[str, int] = {}  # category id -> its number
        self._names: dict[int, str] = {}  # category number -> name
        self._image = array("i")
        self._category = array("i")
        self._corners_px = array("d")
        self._crowd = array("b")

    def take(self, name: str, value: dict[str, Any], place: str) -> None:
        if name == "annotations":
            self._annotation(value, place)
        elif name == "images":
            self._take_image(value, place)
        else:
            self._take_category(value, place)

    def _take_image(self, value: dict[str, Any], place: str) -> None:
        number_of = _numbered(self._images, self._id(value.get("id"), place, "id"))
        file = value.get("file_name")
        if not isinstance(file, str) or not file:
            raise SourceError("an image without 'file_name'", file=self._file, place=place)
        if number_of in self._listed:
            raise SourceError(f"image id {value['id']!r} is there twice", file=self._file, place=place)
        self._listed[number_of] = len(self._files)
        self._files.append(file)
        for side in ("width", "height"):
            stated = whole(value.get(side)) or 0
            self._sizes_px.append(stated if 0 < stated <= MAX_SIDE_PX else 0)

    def _take_category(self, value: dict[str, Any], place: str) -> None:
        number_of = _numbered(self._categories, self._id(value.get("id"), place, "id"))
        name = value.get("name")
        if not isinstance(name, str) or not name:
            raise SourceError("a category without 'name'", file=self._file, place=place)
        if number_of in self._names:
            raise SourceError(f"category id {value['id']!r} is there twice", file=self._file, place=place)
        self._names[number_of] = name

    def _annotation(self, value: dict[str, Any], place: str) -> None:
        self._image.append(_numbered(self._images, self._id(value.get("image_id"), place, "image_id")))
        self._category.append(_numbered(self._categories, id_text(value.get("category_id")) or "missing"))
        box = value.get("bbox")
        sides = [number(side) for side in box] if isinstance(box, list) and len(box) == 4 else list(NO_CORNERS)
        left, top, width, height = sides
        self._corners_px.extend((left, top, left + width, top + height))
        if self._segmentations is not None:
            self._segmentations.append(json.dumps(value.get("segmentation"), separators=(",", ":")))
        self._crowd.append(value.get("iscrowd") in (1, True, "1", "true"))

    def _id(self, value: Any, place: str, name: str) -> str:
        text = id_text(value)
        if text is None:
            raise SourceError(f"{name!r} is missing, or neither a number nor text", file=self._file, place=place)
        return text

    def result(self) -> CocoFile:
        """Raises `SourceError` where an annotation's image is not listed."""
        position = np.full(len(self._images) + 1, -1, dtype=np.int32)
        for number_of, listed in self._listed.items():
            position[number_of] = listed
        image = position[np.frombuffer(self._image, dtype=np.int32)] if self._image else np.zeros(0, dtype=np.int32)
        unlisted = np.flatnonzero(image < 0)
        if len(unlisted):
            ids = {number_of: key for key, number_of in self._images.items()}
            first = ids[self._image[unlisted[0]]]
            others = len({self._image[at] for at in unlisted.tolist()})
            raise SourceError(
                f"an annotation of image {first[:60]!r}, which is not listed; there are {len(unlisted):,} such annotations, "
                f"of {others:,} images",
                file=self._file,
                place=f"annotations[{unlisted[0]}]",
                remedy="list the images, or leave their annotations out",
            )
        labels = tuple(self._names.get(number_of, f"category_id {key}") for key, number_of in self._categories.items())
        return CocoFile(
            files=self._files,
            sizes_px=np.array(self._sizes_px, dtype=np.int32).reshape(-1, 2),
            labels=labels,
            image=image,
            label=np.array(self._category, dtype=np.int32),
            corners_px=np.array(self._corners_px, dtype=np.float64).reshape(-1, 4),
            crowd=np.array(self._crowd, dtype=np.bool_),
            segmentations=self._segmentations,
        )


def id_text(value: Any) -> str | None:
    """The id as text, the same for 7, 7.0 and "7"; None where it is no id. Whole numbers may be hashes of 64 bits and more."""
    if isinstance(value, str):
        return value.strip()[:200] or None
    if type(value) is int:
        return str(value) if abs(value) < _LARGEST_ID else None
    stated = whole(value)
    return None if stated is None else str(stated)


def _numbered(numbers: dict[str, int], key: str) -> int:
    return numbers.setdefault(key, len(numbers))
