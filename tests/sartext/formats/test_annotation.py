import math

import pytest

from sartext.errors import SourceError
from sartext.formats.annotation import lines, number, whole


@pytest.mark.parametrize(("value", "expected"), [(3, 3), (2.5, 2.5), ("3", 3), (" -2.5e1 ", -25), ("+.5", 0.5), ("7.", 7)])
def test_numbers_also_as_text(value: object, expected: float) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("value", [None, True, "", "nan", "inf", "1_000", "0x10", "٣", "1" * 65, [], {}, 10**400, float("nan")])
def test_what_is_no_number_is_nan(value: object) -> None:
    assert math.isnan(number(value))


def test_whole() -> None:
    assert [whole(value) for value in (3, "3", 3.0, "3.0e0", "0.000e+00")] == [3, 3, 3, 3, 0]
    assert [whole(value) for value in (3.5, "x", None, float("inf"), 1e300)] == [None] * 5


def test_lines() -> None:
    assert lines(b"\xef\xbb\xbfone\r\n\n  two \n", "a.txt") == [(1, "one"), (3, "two")]
    with pytest.raises(SourceError, match=r"a.txt: byte 1: not UTF-8"):
        lines(b"a\xff", "a.txt")
