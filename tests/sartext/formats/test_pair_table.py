import io
from datetime import date

import pytest
from hypothesis import given, settings

from sartext.errors import SourceError
from sartext.formats.moment import Moment
from sartext.formats.pair_table import Pair, parse_pairs
from tests.support.broken import any_file, only_source_errors

VALID = b"optical,sar,sar_date,optical_date\nb.png,a.png,2020-11-07,2020-11-04\nd.png,c.png,,\n"


def parsed(data: bytes) -> list[Pair]:
    return list(parse_pairs(io.BytesIO(data), "a.csv"))


def test_with_a_head_and_without() -> None:
    assert parsed(VALID) == [
        Pair("a.png", "b.png", Moment(date(2020, 11, 7)), Moment(date(2020, 11, 4)), 2),
        Pair("c.png", "d.png", None, None, 3),
    ]
    assert parsed(b"x/a.TIF\ty/a.jpg\nx/b.TIF\ty/b.jpg\n") == [
        Pair("x/a.TIF", "y/a.jpg", None, None, 1),
        Pair("x/b.TIF", "y/b.jpg", None, None, 2),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "an empty table"),
        (b"a,b\nx.png,y.png\n", "line 1: no columns of SAR and optical images among 'a', 'b'"),
        (b"a.png,b.png,c.png\n", "line 1: no columns"),
    ],
)
def test_broken_lists_name_the_place(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=f"^a.csv: {message}"):
        parsed(data)


def test_a_broken_row_spoils_no_other() -> None:
    found = parsed(b"sar,optical,sar_date,split\na.png,,,\na.png,b.png,07.11.2020,\nc.png,d.png,,test\n")
    assert [pair.fault for pair in found] == [
        "a pair of which one name is missing",
        "'07.11.2020' is no date; write dates as in ISO 8601, 2020-11-04",
        None,
    ]
    assert found[2] == Pair("c.png", "d.png", None, None, 4, "test")


@settings(max_examples=120)
@given(any_file(VALID))
def test_any_bytes_raise_nothing_else(data: bytes) -> None:
    with only_source_errors("a.csv"):
        assert all(pair.fault or (pair.sar and pair.optical) for pair in parsed(data))
