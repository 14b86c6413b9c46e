"""Files that are broken in every way that a fuzzer can think of: made from valid ones, or from nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import strategies as st

from sartext.errors import SourceError

# What parsers stumble over: brackets, quotes, separators, numbers beyond all bounds, bytes that are no text, entities.
TOKENS = [
    *(b"{ } [ ] ( ) < > \" ' , : ; \\ / & = # \t \n \r\n \0".split(b" ")),
    b" ",
    b"\n",
    b"\t",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\\u0000",
    b"null",
    b"true",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-1",
    b"0",
    b"9" * 400,
    b"9" * 5000,
    b"[" * 3000,
    b'{"a":' * 3000,
    b"<a>" * 200,
    b"&x;",
    b"&#0;",
    b"<!DOCTYPE a [<!ENTITY x 'xxxxxxxx'>]>",
    b"<![CDATA[",
    b"<!--",
    b"<?xml",
    b'""',
    b"a" * 200_000,
]


@st.composite
def broken(draw: st.DrawFn, valid: bytes) -> bytes:
    """The valid file with some bytes changed, cut out, doubled or replaced by tokens, and perhaps cut short."""
    data = bytearray(valid)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(["token", "byte", "cut", "double"])):
            case "token":
                data[at:at] = draw(st.sampled_from(TOKENS))
            case "byte":
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case "cut":
                del data[at : at + draw(st.integers(1, 40))]
            case _:
                data[at:at] = data[at : at + draw(st.integers(1, 40))]
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


def any_file(valid: bytes) -> st.SearchStrategy[bytes]:
    """Broken valid files, and bytes from nothing."""
    tokens = st.lists(st.sampled_from(TOKENS[:-6]), max_size=12).map(b"".join)
    return broken(valid) | tokens | st.binary(max_size=80)


@contextmanager
def only_source_errors(file: str) -> Iterator[None]:
    """Lets a `SourceError` of this file end the block, and nothing else."""
    try:
        yield
    except SourceError as error:
        message = str(error)
        if error.file != file or not message.startswith(f"{file}: ") or "\n" in message or len(message) > 2000:
            raise AssertionError(f"an error that does not name its file in one line: {message[:2000]!r}") from error
