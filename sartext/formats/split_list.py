"""Lists of the images of a split: a name a line, as Pascal VOC's ImageSets and YOLO's train.txt, or a COCO JSON."""

import io
import posixpath
import re

from sartext.errors import SourceError
from sartext.formats.encoding import decoded
from sartext.formats.json_stream import read_members

# Lists of one class (ImageSets/Main/ship_train.txt) have 1, 0 or -1 behind the name: it is there, hard to see, or not there.
_OF_CLASS = re.compile(r"(?P<name>.*\S)\s+-?[01]")
_LABEL_ENDINGS = (".xml", ".txt", ".json")  # lists of label files are lists of their images


def parse_split_list(data: bytes, file: str) -> list[str]:
    """The names of the images, each once, in the list's order; blank lines are none.

    Raises `SourceError` where it is no text, or JSON without a list `images` of which each has a `file_name`.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return list(dict.fromkeys(_of_coco(data, file)))
    lines = [line.strip() for line in decoded(data, file).splitlines()]
    of_class = [_OF_CLASS.fullmatch(line) for line in lines if line]
    names = [one["name"] for one in of_class if one] if all(of_class) else [line for line in lines if line]
    return list(dict.fromkeys(_without_label_ending(name) for name in names))


def _of_coco(data: bytes, file: str) -> list[str]:
    names = []
    for member in read_members(io.BytesIO(data), file):
        if member.name != "images" or member.place is None:
            continue
        name = member.value.get("file_name") if isinstance(member.value, dict) else None
        if not isinstance(name, str) or not name:
            raise SourceError("an image without 'file_name'", file=file, place=f"images[{member.place}]")
        names.append(name)
    if not names:
        raise SourceError("JSON without images", file=file, remedy="give a list with a name a line, or COCO JSON")
    return names


def _without_label_ending(name: str) -> str:
    path, ending = posixpath.splitext(name)
    return path if ending.lower() in _LABEL_ENDINGS else name
