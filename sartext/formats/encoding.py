"""The encoding of text files: UTF-8, or UTF-16 where the first bytes say so; others are refused with what to do."""

import codecs

from sartext.errors import SourceError

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
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
