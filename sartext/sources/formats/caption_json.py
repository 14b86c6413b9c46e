"""Captions in JSON: COCO's captions, and the layout of Karpathy's splits, in which RSICD, UCM and Sydney captions come.

- COCO captions (Chen et al., arXiv:1504.00325): `images` with `id` and `file_name`, `annotations` with `image_id` and
  `caption`.
- Karpathy: `images` with `filename` (and `filepath`, a folder), `split`, and `sentences` with `raw`, or `tokens` alone.
- NWPU-Captions (Cheng et al. 2022): an array for each class of scenes, whose elements have `filename`, `split` and the
  captions in `raw`, `raw_1` to `raw_4`; images lie in a folder of the class's name.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from sartext.errors import SourceError
from sartext.sources.formats.coco import id_text
from sartext.sources.formats.described import Described, plain
from sartext.sources.formats.json_stream import Member, read_members, shown

_RAW = re.compile(r"raw(_\d+)?")


def parse_caption_json(stream: BinaryIO, file: str) -> Iterator[Described]:
    """The images in the file's order, each once, but for those that the file itself has twice.

    A caption that is no text makes its image unusable (`fault`), and so does a name that is missing; COCO captions of an image
    that is not listed are one without a name. Raises `SourceError` where the file as a whole does not hold together: broken
    JSON, none of the three layouts, a COCO image without id or listed twice.
    """
    images: dict[str, _Listed] = {}
    said: dict[str, list[Any]] = {}
    seen = told = False
    for member in read_members(stream, file):
        value = member.value
        if member.place is None or not isinstance(value, dict):
            if member.name in ("images", "annotations") and value != []:
                raise SourceError("not a list of objects", file=file, place=_place(member))
            seen = seen or member.name == "images"
        elif "sentences" in value:
            told = True
            yield _karpathy(value, member)
        elif member.name == "images":
            seen = True
            _take_image(value, images, file, _place(member))
        elif member.name == "annotations":
            image = id_text(value.get("image_id"))
            if image is None:
                yield Described("", place=_place(member), fault="'image_id' is missing, or neither a number nor text")
            else:
                said.setdefault(image, []).append((value.get("caption"), _place(member)))
        elif "filename" in value and any(_RAW.fullmatch(name) for name in value):
            told = True
            yield _by_class(value, member)
    if not told and not seen:
        raise SourceError("no images with captions in it", file=file, remedy="give COCO captions or Karpathy JSON")
    yield from _grouped(images, said)


def _karpathy(value: dict[str, Any], member: Member) -> Described:
    sentences = value["sentences"]
    texts: list[Any] = [_sentence(one) for one in sentences] if isinstance(sentences, list) else [None]
    folder = value.get("filepath")
    name = value.get("filename")
    if isinstance(folder, str) and folder.strip() and isinstance(name, str):
        name = f"{folder.strip()}/{name}"
    return _described(name, texts, value.get("split"), _place(member))


def _sentence(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    tokens = value.get("tokens")
    if "raw" not in value and isinstance(tokens, list) and all(isinstance(token, str) for token in tokens):
        return " ".join(tokens)
    return value.get("raw", 0)


def _by_class(value: dict[str, Any], member: Member) -> Described:
    texts = [text for name, text in value.items() if _RAW.fullmatch(name)]
    name = value.get("filename")
    named = f"{member.name}/{name}" if isinstance(name, str) and "/" not in name else name
    return _described(named, texts, value.get("split"), _place(member))


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


def _grouped(images: dict[str, _Listed], said: dict[str, list[Any]]) -> Iterator[Described]:
    for image, (name, split) in images.items():
        captions = said.get(image, [])
        place = captions[0][1] if captions else f"image {image}"
        yield _described(name, [text for text, _ in captions], split, place)
    for image, captions in said.items():
        if image not in images:
            yield Described(
                "", place=captions[0][1], fault=f"image {image[:60]!r} has captions ({len(captions)}) and is not listed"
            )


def _described(name: Any, texts: list[Any], split: Any, place: str) -> Described:
    """None is a blank caption; other things than text are a fault."""
    fault = None
    if not isinstance(name, str) or not name.strip():
        fault = "no name of an image"
    elif not all(text is None or isinstance(text, str) for text in texts):
        fault = "a caption that is no text"
    elif split is not None and not isinstance(split, str):
        fault = "a split that is no text"
    return Described(
        file=name.strip() if isinstance(name, str) else "",
        texts=tuple(plain(text) for text in texts if isinstance(text, str)) + ("",) * sum(text is None for text in texts),
        split=split.strip() or None if isinstance(split, str) else None,
        place=place,
        fault=fault,
    )


def _place(member: Member) -> str:
    name = shown(member.name)
    return name if member.place is None else f"{name}[{member.place}]"
