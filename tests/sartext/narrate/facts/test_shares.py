"""Shares as people say them: true in one band, false outside another."""

import pytest

from sartext.narrate.facts import shares
from sartext.narrate.facts.shares import Share, bounded, percent, words


@pytest.mark.parametrize(
    ("stated", "true", "between", "false"),
    [
        (percent(30, 30, 0, ""), (0.295, 0.305), (0.285, 0.315), (0.26, 0.34)),
        (percent(30, 30, 0, "about"), (0.276, 0.324), (0.24, 0.36), (0.1, 0.5)),
        (percent(0.5, 0.5, 1, ""), (0.0046, 0.0054), (0.0042, 0.0058), (0.011, 0.02)),
        (percent(20, 40, 0, ""), (0.2, 0.4), (0.185, 0.415), (0.17, 0.43)),
    ],
)
def test_a_figure_is_true_within_its_rounding_and_false_where_it_is_far_off(
    stated: Share, true: tuple[float, float], between: tuple[float, float], false: tuple[float, float]
) -> None:
    for share in true:
        assert stated.low <= share <= stated.high
    for share in between:
        assert not stated.low <= share <= stated.high
        assert stated.least <= share <= stated.most
    for share in false:
        assert not stated.least <= share <= stated.most


def test_a_bound_is_open_on_one_side() -> None:
    assert percent(30, 30, 0, "at least") == (0.295, 1.0, 0.295, 1.0, False)
    assert percent(30, 30, 0, "at most") == (0.0, 0.305, 0.0, 0.305, False)
    assert percent(30, 30, 0, "more than").low > 0.3
    assert percent(30, 30, 0, "fewer than").high < 0.3
    more = bounded(shares.HALF, "more than")
    assert more is not None
    assert more.low > 0.5
    assert bounded(shares.DOMINANT, "at least") is None
    assert bounded(shares.HALF, "about") is None


def test_what_is_said_of_the_image_alone_names_it() -> None:
    table = words()
    assert table["half of"] == shares.HALF
    assert table["most of the image"] == table["most of this sar image"] == shares.MAJORITY
    assert table["almost the whole scene"] == shares.NEARLY_ALL
    assert "most of" not in table
