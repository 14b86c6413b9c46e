from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.formats.moment import Moment, gap_s, moment_of_name, parse_moment

DAY = Moment(date(2020, 11, 4))
TIME = Moment(date(2020, 11, 4), datetime(2020, 11, 4, 18, 35, 41, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-11-04", DAY),
        (" 20201104 ", DAY),
        ("2020-11-04T18:35:41Z", TIME),
        ("2020-11-04 18:35:41", TIME),
        ("20201104T183541", TIME),
        ("2020-11-04T20:35:41+02:00", TIME),
        ("04.11.2020", None),  # day and month could be either
        ("11/04/2020", None),
        ("2020-13-04", None),
        ("18251104", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
        ("yesterday", None),
    ],
)
def test_moments(text: str, moment: Moment | None) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("S2A_MSIL1C_20201104T183541_N0209_R027_T11SLT_20201104T203551", TIME),
        ("S1A_IW_GRDH_1SDV_20201104T183541_20201104T183606_035143_041A16_322B", TIME),
        ("tile_20201104T183541_7", TIME),
        ("tile_20201104_7", DAY),
        ("20201104_20201107", None),  # which?
        ("20201104T183541_20201104T203551", None),
        ("P0001_12002000_3", None),
        ("12345678", None),
        ("120201104", None),
        ("ROIs1158_spring_s1_1_p2", None),
        ("", None),
    ],
)
def test_a_name_says_it_only_where_it_is_unambiguous(name: str, moment: Moment | None) -> None:
    assert moment_of_name(name) == moment


def test_gaps() -> None:
    later = Moment(date(2020, 11, 7), datetime(2020, 11, 7, 13, 52, 41, tzinfo=UTC))
    assert gap_s(TIME, later) == 3 * 86400 - 4 * 3600 - 43 * 60
    assert gap_s(later, TIME) == -gap_s(TIME, later)
    assert gap_s(DAY, later) == gap_s(TIME, Moment(later.day)) == 3 * 86400
    assert gap_s(None, later) is gap_s(TIME, None) is None


@given(st.text(max_size=70))
def test_any_text_raises_nothing(text: str) -> None:
    for moment in (parse_moment(text), moment_of_name(text)):
        assert moment is None or moment.day.year >= 1972
