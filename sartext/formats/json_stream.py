"""What a large JSON file holds, an element at a time, so that memory does not grow with the file."""

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from sartext.errors import SourceError
from sartext.formats.encoding import encoding_of, no_text

CHUNK_BYTES = 2**20
MAX_ELEMENT_CHARACTERS = 2**25  # one element longer than this (32 M characters) is refused
_SPACE = " \t\n\r"
_IN_NUMBERS = "0123456789.eE+-"


class Member(NamedTuple):
    """One element of the array under `name` with its place in it; or an empty array or another value, whose place is None."""

    name: str
    place: int | None
    value: Any


def read_members(stream: BinaryIO, file: str) -> Iterator[Member]:
    """The members of the object that a JSON file holds, arrays element by element, in the file's order.

    Raises `SourceError` where it is not JSON, not one object, no text, or has an element beyond the limit.
    """
    text = _Text(stream, file)
    if text.peek() != "{":
        raise text.error("not a JSON object")
    text.skip()
    if text.peek() == "}":
        text.skip()
    else:
        yield from _members(text)
    if text.peek():
        raise text.error("text after the end of the JSON object")


def read_elements(stream: BinaryIO, file: str) -> Iterator[Member]:
    """The elements of the array that a JSON file holds, or its values one after another (JSON Lines), each with its place
    and the name "".

    Raises `SourceError` as `read_members` does.
    """
    text = _Text(stream, file)
    if text.peek() != "[":
        index = 0
        while text.peek():
            text.place = f"[{index}]"
            yield Member("", index, text.value())
            index += 1
        return
    for member in _elements(text, ""):
        if member.place is not None:
            yield member
    if text.peek():
        raise text.error("text after the end of the JSON array")


def _members(text: "_Text") -> Iterator[Member]:
    while True:
        if text.peek() != '"':
            raise text.error("a name in double quotes is missing")
        name = text.value()
        if text.peek() != ":":
            raise text.error("a ':' is missing")
        text.skip()
        text.place = shown(name)
        if text.peek() == "[":
            yield from _elements(text, name)
        else:
            yield Member(name, None, text.value())
        if text.ends("}"):
            return


def _elements(text: "_Text", name: str) -> Iterator[Member]:
    text.skip()
    if text.peek() == "]":
        text.skip()
        yield Member(name, None, [])
        return
    index, array = 0, text.place
    while True:
        text.place = f"{array}[{index}]"
        yield Member(name, index, text.value())
        if text.ends("]"):
            text.place = array
            return
        index += 1


def shown(name: str) -> str:
    """A member's name as it stands in a message: short, and in one line."""
    return name[:60] if name.isprintable() else repr(name[:60])


class _Text:
    """A window over the file's text that grows until one element fits."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self._stream = stream
        self._file = file
        self._characters: codecs.IncrementalDecoder | None = None  # chosen by the first bytes
        self._decode = json.JSONDecoder().raw_decode
        self._text = ""
        self._at = 0
        self._ended = False
        self.place = "start"

    def error(self, fact: str) -> SourceError:
        return SourceError(fact, file=self._file, place=self.place)

    def peek(self) -> str:
        """The next character that is not white space, "" at the end of the file."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if self._ended:
                return ""
            self._more(CHUNK_BYTES)

    def skip(self) -> None:
        self._at += 1

    def ends(self, closing: str) -> bool:
        """Whether the list ends here; steps over the ',' or the closing bracket."""
        found = self.peek()
        if found not in (",", closing) or not found:
            raise self.error(f"a ',' or '{closing}' is missing" if found else "the file ends in the middle")
        self.skip()
        return found == closing

    def value(self) -> Any:
        """The JSON value that begins here."""
        self.peek()
        wanted = CHUNK_BYTES
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._ended:
                    fact = "the file ends in the middle" if error.pos >= len(self._text) - 1 else f"broken JSON, {error.msg}"
                    raise self.error(fact) from error
            except (ValueError, RecursionError) as error:
                raise self.error(f"JSON that is not read: {str(error)[:120]}") from error
            else:
                # The window may end inside a number: "1" of "12", "0" of "0.5", and "0." of it.
                if self._ended or (end < len(self._text) and self._text[end] not in _IN_NUMBERS):
                    self._at = end
                    return value
            if len(self._text) - self._at > MAX_ELEMENT_CHARACTERS:
                raise self.error("broken JSON, or one element of more than 32 M characters")
            self._more(wanted)
            wanted *= 2

    def _more(self, wanted_bytes: int) -> None:
        data = self._stream.read(wanted_bytes)
        self._ended = not data
        if self._characters is None:
            self._characters = codecs.getincrementaldecoder(encoding_of(data, self._file))()
        try:
            self._text = self._text[self._at :] + self._characters.decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            raise no_text(self._file, self.place) from error
        self._at = 0
