"""The encoding of text files: UTF-8, or UTF-16 where the first bytes say so; others are refused with what to do.

XML declares its own.
"""

import codecs
import re
from typing import BinaryIO

from sartext.errors import SourceError

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_CHUNK_BYTES = 2**20
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_CHINESE = ("gb2312", "gbk")
_REMEDY = "save it as UTF-8, as 'iconv -f GB18030 -t UTF-8' does where it is GBK or GB2312"


def encoding_of(head: bytes, file: str) -> str:
    """The name of the encoding by the first bytes of a file, of which four are enough; UTF-8 where none tells.

    Raises `SourceError` for UTF-32, and for UTF-16 without a byte order mark.
    """
    if head.startswith(_UTF_32) or (b"\0" in head[:2] and not head.startswith(_UTF_16)):
        raise SourceError("text in UTF-16 or UTF-32 without the mark of UTF-16", file=file, remedy="save it as UTF-8")
    return "utf-16" if head.startswith(_UTF_16) else "utf-8-sig"


def decoded(data: bytes, file: str) -> str:
    """The text of a whole file. Raises `SourceError` where it is in neither of the two."""
    try:
        return data.decode(encoding_of(data, file))
    except UnicodeDecodeError as error:
        raise no_text(file, f"byte {error.start}") from error


def no_text(file: str, place: str) -> SourceError:
    """What is said of a file with bytes that its encoding does not have."""
    return SourceError("not UTF-8 text", file=file, place=place, remedy=_REMEDY)


def xml_encoding(stream: BinaryIO, file: str) -> str:
    """The name of the encoding of an XML file, which is read from its start once and is at its start again.

    It is what the first bytes say, else the declaration; GB2312 and GBK are read as GB18030, of which they are parts, and so is
    a file whose bytes are not UTF-8 where nothing else is declared: labelImg on Windows writes paths in the encoding of the
    system. Raises `SourceError` where the declared encoding is not known, or the bytes are neither UTF-8 nor GB18030.
    """
    head = stream.read(1024)
    stream.seek(0)
    if head.startswith(_UTF_16) or head[:2] in (b"<\0", b"\0<"):
        return "utf-16" if head.startswith(_UTF_16) else "utf-16-le" if head[:1] == b"<" else "utf-16-be"
    encoding = encoding_of(head, file)
    declared = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    if declared is not None:
        name = declared.group(1).decode("ascii", "replace").lower()
        try:
            known = codecs.lookup(name).name
            "".encode(known)  # some codecs are of bytes
        except LookupError as error:
            raise SourceError(f"text in {name!r}, which is not known", file=file, remedy=_REMEDY) from error
        if known in _CHINESE:
            return "gb18030"
        if not known.startswith(("utf", "ascii")):  # the declaration itself is bytes of ASCII, so it is no UTF-16
            return known
    for candidate in (encoding, "gb18030"):
        if _decodes(stream, candidate):
            return candidate
    raise no_text(file, "its bytes")


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    """Whether all bytes are text in this encoding; the stream is at its start again."""
    characters = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := stream.read(_CHUNK_BYTES):
            characters.decode(chunk)
        characters.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True
