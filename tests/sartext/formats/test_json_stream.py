import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.errors import SourceError
from sartext.formats import json_stream
from sartext.formats.json_stream import read_elements, read_members
from tests.support.broken import any_file, only_source_errors

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


SMALL = b'{"images": [{"id": 1, "a\\nb": [0.5e1, null]}, "\xc3\xa9"], "b\\n": {"c": true}}'


def members(data: bytes) -> list[tuple[str, int | None, Any]]:
    return [tuple(member) for member in read_members(io.BytesIO(data), "a.json")]


@pytest.fixture(params=[1, 7, 2**20])
def chunk_bytes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(json_stream, "CHUNK_BYTES", request.param)
    return request.param


@pytest.mark.usefixtures("chunk_bytes")
def test_members_in_order_whatever_the_window() -> None:
    data = b' {"a": [1, 23, {"x": "\xc3\xa9]"}], "b": 456, "c": [], "d": {"e": [1]}, "f": [true]} \n'
    first = [("a", 0, 1), ("a", 1, 23), ("a", 2, {"x": "é]"})]
    expected = [*first, ("b", None, 456), ("c", None, []), ("d", None, {"e": [1]}), ("f", 0, True)]
    assert members(data) == expected
    assert members(b"\xef\xbb\xbf{}") == []


@pytest.mark.usefixtures("chunk_bytes")
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a JSON object"),
        (b"[1]", "not a JSON object"),
        (b'{"a": [1, 2', "a\\[1\\]: the file ends in the middle"),
        (b'{"a": [1, 2}', "a\\[1\\]: a ',' or '\\]' is missing"),
        (b'{"a": [1 2]}', "a\\[0\\]: a ',' or '\\]' is missing"),
        (b'{"a": [1, x]}', "a\\[1\\]: broken JSON"),
        (b'{"a" 1}', "a ':' is missing"),
        (b"{a: 1}", "a name in double quotes is missing"),
        (b'{"a": 1} {}', "text after the end"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": ' + b"[" * 200_000, "JSON that is not read|broken JSON|the file ends"),
        (b'{"a": {"b":' + b"[" * 200_000 + b"]" * 200_000 + b"}}", "a: JSON that is not read"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a: JSON that is not read"),
    ],
)
def test_broken_files_name_the_place(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=f"a.json: .*{message}"):
        members(data)


def test_one_element_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "MAX_ELEMENT_CHARACTERS", 1000)
    monkeypatch.setattr(json_stream, "CHUNK_BYTES", 100)
    assert members(b'{"a": ["' + b"x" * 900 + b'"]}')
    with pytest.raises(SourceError, match="32 M"):
        members(b'{"a": ["' + b"x" * 9000 + b'"]}')


@given(st.lists(JSON, max_size=4), st.integers(1, 40), st.booleans())
def test_elements_of_an_array_or_lines(values: list[Any], chunk: int, lines: bool) -> None:
    data = "\n".join(json.dumps(value) for value in values) if lines else json.dumps(values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK_BYTES", chunk)
        if lines and values and isinstance(values[0], list):  # what begins with an array is one
            return
        assert [tuple(one) for one in read_elements(io.BytesIO(data.encode()), "a.json")] == [
            ("", at, value) for at, value in enumerate(values)
        ]


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=5), st.integers(1, 40))
def test_the_same_as_json_loads(value: dict[str, Any], chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK_BYTES", chunk)
        rebuilt: dict[str, Any] = {name: [] for name, inner in value.items() if isinstance(inner, list)}
        for name, place, inner in members(json.dumps(value, ensure_ascii=False).encode()):
            if place is None:
                rebuilt[name] = inner
            else:
                assert place == len(rebuilt[name])
                rebuilt[name].append(inner)
    assert rebuilt == value


@settings(max_examples=150)
@given(any_file(SMALL) | st.text(alphabet='{}[]":,1e-. abntrue\\', max_size=40).map(str.encode))
def test_any_bytes_raise_nothing_else(data: bytes) -> None:
    with only_source_errors("a.json"):
        found = members(data)
        assert isinstance(json.loads(data.decode("utf-8-sig")), dict) or not found
    with only_source_errors("a.json"):
        list(read_elements(io.BytesIO(data), "a.json"))
