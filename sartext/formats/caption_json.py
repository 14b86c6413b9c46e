"""Captions in JSON: COCO's captions, and the layout of Karpathy's splits, in which RSICD, UCM and Sydney captions come.

- COCO captions (Chen et al., arXiv:1504.00325): `images` with `id` and `file_name`, `annotations` with `image_id` and
  `caption`.
- Karpathy: `images` with `filename` (and `filepath`, a folder), `split`, and `sentences` with `raw`, or `tokens` alone.
- NWPU-Captions (Cheng et al. 2022): an array for each class of scenes, whose elements have `filename`, `split` and the
  captions in `raw`, `raw_1` to `raw_4`; images lie in a folder of the class's name.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple

from sartext.errors import SourceError
from sartext.formats.coco import id_text
from sartext.formats.json_stream import Member, read_members, shown
from sartext.formats.text_record import TextRecord, parted

_RAW = re.compile(r"raw(_\d+)?")


class CocoCaption(NamedTuple):
    """One caption of an image, with the size of the image."""

    file: str
    width_px: int
    height_px: int
    caption: str


def write_coco_captions(captions: Iterable[CocoCaption]) -> str:
    """The text of a JSON file of COCO captions; images are numbered from 1, in the order in which they come."""
    images: dict[str, dict[str, Any]] = {}
    annotations = []
    for number, one in enumerate(captions, 1):
        size = {"width": one.width_px, "height": one.height_px}
        image = images.setdefault(one.file, {"id": len(images) + 1, "file_name": one.file, **size})
        annotations.append({"id": number, "image_id": image["id"], "caption": one.caption})
    whole = {"info": {}, "licenses": [], "images": list(images.values()), "annotations": annotations}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def parse_caption_json(stream: BinaryIO, file: str) -> Iterator[TextRecord]:
    """The images in the file's order, each once, but for those that the file itself has twice; and each caption that is no text
    (a number, NaN, the word "nan") as a fault of its own, at its place.

    A name that is missing makes its image unusable; COCO captions of an image that is not listed are one without a name. Raises
    `SourceError` where the file as a whole does not hold together: broken JSON, none of the three layouts, a COCO image without
    id or listed twice.
    """
    images: dict[str, _Listed] = {}
    said: dict[str, list[tuple[Any, str]]] = {}
    seen = told = False
    for member in read_members(stream, file):
        value = member.value
        if member.place is None or not isinstance(value, dict):
            if member.name in ("images", "annotations") and value != []:
                raise SourceError("not a list of objects", file=file, place=_place(member))
            seen = seen or member.name == "images"
        elif "sentences" in value:
            told = True
            yield from _karpathy(value, member)
        elif member.name == "images":
            seen = True
            _take_image(value, images, file, _place(member))
        elif member.name == "annotations":
            image = id_text(value.get("image_id"))
            if image is None:
                yield TextRecord("", place=_place(member), fault="'image_id' is missing, or neither a number nor text")
            else:
                said.setdefault(image, []).append((value.get("caption"), _place(member)))
        elif "filename" in value and any(_RAW.fullmatch(name) for name in value):
            told = True
            yield from _by_class(value, member)
    if not told and not seen:
        raise SourceError("no images with captions in it", file=file, remedy="give COCO captions or Karpathy JSON")
    yield from _grouped(images, said)


def _karpathy(value: dict[str, Any], member: Member) -> list[TextRecord]:
    sentences, place = value["sentences"], _place(member)
    listed = sentences if isinstance(sentences, list) else [None]
    texts = [(_sentence(one), f"{place}.sentences[{at}]") for at, one in enumerate(listed)]
    folder = value.get("filepath")
    name = value.get("filename")
    if isinstance(folder, str) and folder.strip() and isinstance(name, str):
        name = f"{folder.strip()}/{name}"
    return _described(name, texts, value.get("split"), place)


def _sentence(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    tokens = value.get("tokens")
    if "raw" not in value and isinstance(tokens, list) and all(isinstance(token, str) for token in tokens):
        return " ".join(tokens)
    return value.get("raw", value)


def _by_class(value: dict[str, Any], member: Member) -> list[TextRecord]:
    place = _place(member)
    texts = [(text, f"{place}.{name}") for name, text in value.items() if _RAW.fullmatch(name)]
    name = value.get("filename")
    named = f"{member.name}/{name}" if isinstance(name, str) and "/" not in name else name
    return _described(named, texts, value.get("split"), place)


class _Listed(NamedTuple):
    """An image of COCO captions."""

    name: str
    split: Any


def _take_image(value: dict[str, Any], images: dict[str, _Listed], file: str, place: str) -> None:
    image, name = id_text(value.get("id")), value.get("file_name")
    if image is None or not isinstance(name, str) or not name.strip():
        raise SourceError("an image without 'id' or 'file_name'", file=file, place=place)
    if image in images:
        raise SourceError(f"image id {image!r} is there twice", file=file, place=place)
    images[image] = _Listed(name, value.get("split"))


def _grouped(images: dict[str, _Listed], said: dict[str, list[tuple[Any, str]]]) -> Iterator[TextRecord]:
    for image, (name, split) in images.items():
        captions = said.get(image, [])
        place = captions[0][1] if captions else f"image {image}"
        yield from _described(name, captions, split, place)
    for image, captions in said.items():
        if image not in images:
            yield TextRecord(
                "", place=captions[0][1], fault=f"image {image[:60]!r} has captions ({len(captions)}) and is not listed"
            )


def _described(name: Any, texts: list[tuple[Any, str]], split: Any, place: str) -> list[TextRecord]:
    """The image, and what is wrong with some of its captions, (value, place) each; None is a blank one."""
    if not isinstance(name, str) or not name.strip():
        return [TextRecord("", place=place, fault="no name of an image")]
    if split is not None and not isinstance(split, str):
        return [TextRecord(name.strip(), place=place, fault="a split that is no text")]
    return parted(name.strip(), texts, (split.strip() or None) if split is not None else None, place)


def _place(member: Member) -> str:
    name = shown(member.name)
    return name if member.place is None else f"{name}[{member.place}]"
