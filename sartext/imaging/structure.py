"""The parts that an encoded image is made of, counted before any parser walks them in Python, one after another.

A PNG of a million chunks, a JPEG of millions of segments or of filler, and a TIFF of as many tags are small files that take a
parser seconds, all of it holding the interpreter. What encoders write is far from these bounds.
"""

import struct

from PIL.JpegImagePlugin import MARKER

from sartext.errors import TileRejected

_FREE_PARTS = 1_000  # chunks of a PNG, or segments of a JPEG, that are fine however short they are
_MEAN_BYTES = 1_024  # of the others on average: encoders write 8 kB and more
_MAX_FILLER = 4_096  # bytes of a JPEG before its scan that belong to no segment
_MAX_TAGS = 4_096  # of a TIFF
_MAX_PIECES = 262_144  # strips or tiles of a TIFF
_MAX_VALUES = 65_536  # numbers in the other tags of a TIFF, together

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_BIG = 43
_STRIPS_AND_TILES = frozenset((273, 279, 324, 325))
_NUMBERS = frozenset(
    (3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 16, 17, 18)
)  # types of tags that become a number each; others are bytes
_START_OF_SCAN = 0xFFDA


def check_structure(data: bytes) -> None:
    """Raises `TileRejected`, too_large, where an image has more parts than any encoder writes. Looks at no pixel.

    What is no image at all, or breaks off, is left to the parser.
    """
    if data.startswith(_PNG):
        _check_png(data)
    elif data.startswith(_JPEG):
        _check_jpeg(data)
    elif data[:2] in (b"II", b"MM"):
        _check_tiff(data)


def _check_png(data: bytes) -> None:
    """All chunks, those after the pixels and frames of an animation too: each is read by itself when pixels are decoded."""
    most, count, at = _most_parts(data), 0, len(_PNG)
    while at + 8 <= len(data):
        count += 1
        if count > most:
            raise _too_many(f"a PNG of more than {most:,} chunks")
        at += 12 + int(struct.unpack_from(">I", data, at)[0])


def _check_jpeg(data: bytes) -> None:
    """Segments and filler up to the first scan; the scans are decoded outside Python."""
    most, count, filler, at = _most_parts(data), 0, 0, 2
    while at + 4 <= len(data):
        marker = int.from_bytes(data[at : at + 2])
        if marker >> 8 != 0xFF or marker in (0xFF00, 0xFFFF):
            filler += 1
            at += 1
        elif marker == _START_OF_SCAN or marker not in MARKER:
            return
        else:
            count += 1
            has_length = (
                MARKER[marker][2] is not None
            )  # as Pillow, the parser, sees it: it looks for the next marker inside others
            at += 2 + (max(2, int.from_bytes(data[at + 2 : at + 4])) if has_length else 0)
        if count > most:
            raise _too_many(f"a JPEG of more than {most:,} segments")
        if filler > _MAX_FILLER:
            raise _too_many(f"a JPEG with more than {_MAX_FILLER:,} bytes between its segments")


def _check_tiff(data: bytes) -> None:
    """The tags of the first image, the only one that is decoded."""
    order, big = "<" if data[:2] == b"II" else ">", data[2:3] == bytes([_BIG])
    first, number, entry, size = ("Q", "Q", "HHQ", 20) if big else ("L", "H", "HHL", 12)
    try:
        (at,) = struct.unpack_from(order + first, data, 8 if big else 4)
        (tags,) = struct.unpack_from(order + number, data, at)
        if tags > _MAX_TAGS:
            raise _too_many(f"a TIFF of {tags:,} tags, of at most {_MAX_TAGS:,},")
        at += struct.calcsize(order + number)
        values = 0
        for place in range(at, at + tags * size, size):
            tag, kind, count = struct.unpack_from(order + entry, data, place)
            if tag in _STRIPS_AND_TILES:
                if count > _MAX_PIECES:
                    raise _too_many(f"a TIFF of {count:,} strips or tiles, of at most {_MAX_PIECES:,},")
            elif kind in _NUMBERS:
                values += count
        if values > _MAX_VALUES:
            raise _too_many(f"a TIFF with {values:,} numbers in its tags, of at most {_MAX_VALUES:,},")
    except (struct.error, OverflowError):
        return


def _most_parts(data: bytes) -> int:
    return _FREE_PARTS + len(data) // _MEAN_BYTES


def _too_many(what: str) -> TileRejected:
    return TileRejected("too_large", f"{what} is not decoded; write it again")
