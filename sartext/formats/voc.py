"""Pascal VOC XML: one annotation a file, or one file for a whole set.

A set is either a root with many `annotation` elements, or one `annotation` in which each `filename` begins the next
image. Coordinates are whole pixels counted from 1, both ends inside the box (Everingham et al., the VOC development
kit): the left edge is xmin - 1, the right edge xmax. Read as a stream, without a tree; entities are refused.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from defusedxml.ElementTree import XMLParser

from sartext.errors import SourceError
from sartext.formats.annotation import NO_CORNERS, Annotation, number, whole

CHUNK_BYTES = 2**18
MAX_DEPTH = 32  # VOC needs six levels
MAX_TEXT = 4096  # characters of one value


class VocImage(NamedTuple):
    """What one XML says of one image; 0 or absent sizes are None."""

    file: str
    size_px: tuple[int, int] | None  # (width, height)
    annotations: tuple[Annotation, ...]


def parse_voc(stream: BinaryIO, file: str) -> Iterator[VocImage]:
    """The images of a VOC file in its order. Raises `SourceError` where the XML is broken, foreign or declares entities.

    An object without four numbers in its `bndbox` gets NaN corners, so that it spoils its own image only.
    """
    records = _Records()
    parser = XMLParser(target=records)
    try:
        while chunk := stream.read(CHUNK_BYTES):
            parser.feed(chunk)
            yield from records.take()
        parser.close()
    except ElementTree.ParseError as error:
        line, column = error.position
        raise SourceError(f"broken XML, {error.msg}", file=file, place=f"line {line}, column {column}") from error
    except (ValueError, LookupError) as error:  # a forbidden entity, an encoding that is not known
        raise SourceError(f"XML that is not read: {str(error)[:120]}", file=file) from error
    if not records.annotations_seen:
        raise SourceError("no <annotation> element in it", file=file, remedy="give Pascal VOC XML")
    yield from records.take()


class _Records:
    """What the XML parser calls: collects one image at a time and forgets everything else."""

    def __init__(self) -> None:
        self.annotations_seen = 0
        self._done: list[VocImage] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._file = ""
        self._size: dict[str, str] = {}
        self._object: dict[str, str] = {}
        self._annotations: list[Annotation] = []

    def take(self) -> list[VocImage]:
        done, self._done = self._done, []
        return done

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        """An element opens (xml.parsers target interface)."""
        parent = self._path[-1] if self._path else ""
        self._path.append(tag)
        self._text = []
        if len(self._path) > MAX_DEPTH:
            raise ValueError(f"elements nested deeper than {MAX_DEPTH}")
        if tag == "annotation" and parent != "source":  # <source><annotation> is the name of a database
            self.annotations_seen += 1
            self._begin()
        elif tag == "object":
            self._object = {}

    def data(self, text: str) -> None:
        if len(self._text) < MAX_TEXT:
            self._text.append(text[:MAX_TEXT])

    def end(self, tag: str) -> None:
        """An element closes, and its text is known."""
        self._path.pop()
        value, self._text = "".join(self._text).strip(), []
        parent = self._path[-1] if self._path else ""
        if tag == "annotation" and parent != "source":
            self._finish()
        elif tag == "object":
            self._annotations.append(self._made())
        elif tag == "filename" and parent == "annotation":
            if self._file:
                self._finish()
            self._file = value
        elif parent == "size" and tag in ("width", "height"):
            self._size[tag] = value
        elif parent == "object" or (parent == "bndbox" and self._path[-2:-1] == ["object"]):
            self._object[tag] = value

    def close(self) -> None:
        return None

    def _begin(self) -> None:
        self._file, self._size, self._object, self._annotations = "", {}, {}, []

    def _finish(self) -> None:
        if self._file or self._annotations or self._size:
            width, height = whole(self._size.get("width")), whole(self._size.get("height"))
            size = (width, height) if width and height else None
            self._done.append(VocImage(self._file, size, tuple(self._annotations)))
        self._begin()

    def _made(self) -> Annotation:
        left, top, right, bottom = (number(self._object.get(side)) for side in ("xmin", "ymin", "xmax", "ymax"))
        corners = (left - 1, top - 1, right, bottom)
        return Annotation(
            self._object.get("name", ""),
            corners if all(value == value for value in corners) else NO_CORNERS,
            difficult=self._object.get("difficult", "0") not in ("0", "", "false", "False"),
            place=f"object {len(self._annotations) + 1}",
        )
