import json

import pytest

from sartext.errors import SourceError
from sartext.formats.split_list import parse_split_list


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"a\nb.png\n\n c d.jpg \r\na\n", ["a", "b.png", "c d.jpg"]),
        ("\ufeffa\n".encode(), ["a"]),
        ("Schiff 1\n".encode("utf-16"), ["Schiff"]),
        (b"000001  1\n000002 -1\n000003  0\n", ["000001", "000002", "000003"]),
        (b"ship 1\nship\n", ["ship 1", "ship"]),
        (b"labels/a.txt\nAnnotations/b.xml\n./images/P0001_0.5\n", ["labels/a", "Annotations/b", "./images/P0001_0.5"]),
        (
            json.dumps({"annotations": [{}], "images": [{"file_name": "x/a.jpg"}, {"file_name": "b"}]}).encode(),
            ["x/a.jpg", "b"],
        ),
        (b"", []),
    ],
)
def test_names_of_a_list(data: bytes, names: list[str]) -> None:
    assert parse_split_list(data, "train.txt") == names


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfea\xd8", "not UTF-8 text"),
        (b'{"images": [{"id": 1}]}', r"images\[0\]: an image without 'file_name'"),
        (b'{"images": [7]}', r"images\[0\]: an image without 'file_name'"),
        (b'{"annotations": []}', "JSON without images"),
        (b"\x89PNG\r\n\x1a\n\xff", "not UTF-8 text"),
    ],
)
def test_what_is_no_list_is_said(data: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        parse_split_list(data, "train.txt")
