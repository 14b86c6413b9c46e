"""Pascal VOC XML: one annotation a file, or one file for a whole set.

A set is either a root with many `annotation` elements, or one `annotation` in which each `filename` begins the next
image. Coordinates are whole pixels counted from 1, both ends inside the box (Everingham et al., the VOC development
kit): the left edge is xmin - 1, the right edge xmax. Read as a stream, without a tree; entities are refused.

`robndbox` is an oriented box, which counts where an object has both: the centre `cx`, `cy`, the sides `w`, `h` and the `angle`
in radians from the x axis toward the y axis, clockwise as seen, in pixel edges from 0, as roLabelImg writes it; or the four
corners of DIOR-R (Cheng et al., IEEE TGRS 60, 2022), `x_left_top`, `y_left_top` and so on.
"""

import codecs
import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from typing import BinaryIO, NamedTuple

from defusedxml.ElementTree import XMLParser

from sartext.errors import SourceError
from sartext.formats.annotation import NO_CORNERS, Annotation, number, whole
from sartext.formats.encoding import no_text, xml_encoding

CHUNK_BYTES = 2**18
MAX_DEPTH = 32  # VOC needs six levels
MAX_TEXT = 4096  # characters of one value
_OF_BOXES = ("bndbox", "robndbox")
_CORNERS = tuple(f"{axis}_{corner}" for corner in ("left_top", "right_top", "right_bottom", "left_bottom") for axis in "xy")


class VocImage(NamedTuple):
    """What one XML says of one image; 0 or absent sizes are None."""

    file: str
    size_px: tuple[int, int] | None  # (width, height)
    annotations: tuple[Annotation, ...]


def parse_voc(stream: BinaryIO, file: str) -> Iterator[VocImage]:
    """The images of a VOC file in its order. Raises `SourceError` where the XML is broken, foreign or declares entities.

    The encoding is that of the declaration, and GBK where the bytes are not of it (see `encoding.xml_encoding`). An object
    without the numbers of a box gets NaN corners, so that it spoils its own image only.
    """
    records = _Records()
    parser = XMLParser(target=records)
    characters = codecs.getincrementaldecoder(xml_encoding(stream, file))()
    try:
        while chunk := stream.read(CHUNK_BYTES):
            parser.feed(characters.decode(chunk))
            yield from records.take()
        parser.feed(characters.decode(b"", final=True))
        parser.close()
    except UnicodeDecodeError as error:
        raise no_text(file, f"after image {records.annotations_seen}") from error
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
        elif parent == "object" or (parent in _OF_BOXES and self._path[-2:-1] == ["object"]):
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
        return Annotation(
            self._object.get("name", ""),
            _oriented(self._object) or _upright(self._object),
            difficult=self._object.get("difficult", "0") not in ("0", "", "false", "False"),
            place=f"object {len(self._annotations) + 1}",
        )


def _upright(said: Mapping[str, str]) -> tuple[float, ...]:
    """The corners of a `bndbox`; NaN where one is no number."""
    left, top, right, bottom = (number(said.get(side)) for side in ("xmin", "ymin", "xmax", "ymax"))
    corners = (left - 1, top - 1, right, bottom)
    return corners if all(value == value for value in corners) else NO_CORNERS


def _oriented(said: Mapping[str, str]) -> tuple[float, ...] | None:
    """The four corners of a `robndbox`, NaN where one of its values is no number, or the angle is beyond a turn and so no
    radians; None where there is none."""
    if any(name in said for name in _CORNERS):
        corners = tuple(number(said.get(name)) for name in _CORNERS)
    elif "angle" in said or "cx" in said:
        x, y, width, height, angle = (number(said.get(name)) for name in ("cx", "cy", "w", "h", "angle"))
        if not abs(angle) <= 2 * math.pi:
            return NO_CORNERS
        across, down = math.cos(angle), math.sin(angle)
        sides = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        halves = [(right * width / 2, below * height / 2) for right, below in sides]
        corners = tuple(v for a, b in halves for v in (x + a * across - b * down, y + a * down + b * across))
    else:
        return None
    return corners if all(map(math.isfinite, corners)) else NO_CORNERS
