from dataclasses import replace

import pytest

from sartext.narrate.facts import shapes
from sartext.narrate.facts.tile_facts import Facts, Object, facts_of
from sartext.tile import Tile
from tests.support.narration import MakeBox, MakeTile


def only(tile: Tile) -> tuple[Object, Facts]:
    facts = facts_of(tile)
    return facts.objects[0], facts


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        (0.5, "horizontal"),
        (14, "horizontal"),
        (22, None),
        (31, "diagonal"),
        (-45, "diagonal"),
        (59, "diagonal"),
        (67, None),
        (76, "vertical"),
    ],
)
def test_orientation_of_turned_boxes(make_tile: MakeTile, make_turned: MakeBox, degrees: float, expected: str | None) -> None:
    assert shapes.orientation(only(make_tile(make_turned("ship", 150, 150, 100, 20, degrees)))[0]) == expected


@pytest.mark.parametrize(("high", "expected"), [(20, "horizontal"), (26, "horizontal"), (30, None), (60, None), (100, None)])
def test_a_box_along_the_axes_may_hold_a_turned_object(
    make_tile: MakeTile, make_box: MakeBox, high: float, expected: str | None
) -> None:
    assert shapes.orientation(only(make_tile(make_box("ship", 50, 50, 150, 50 + high)))[0]) == expected


def test_length_takes_each_axis_with_its_own_distance(make_tile: MakeTile, make_box: MakeBox) -> None:
    wide = only(make_tile(make_box("ship", 50, 50, 150, 60), gsd_m=(2.0, 3.0)))
    tall = only(make_tile(make_box("ship", 50, 50, 60, 150), gsd_m=(2.0, 3.0)))
    assert shapes.length_m(*wide) == pytest.approx(300)
    assert shapes.length_m(*tall) == pytest.approx(200)


@pytest.mark.parametrize(
    "box",
    [
        (0, 50, 100, 60, {}),  # at the border: it may go on
        (50, 50, 150, 60, {"visible_share": 0.9}),
        (50, 50, 90, 75, {}),  # not elongated
        (50, 50, 59, 53, {}),  # too few pixels
    ],
)
def test_no_length_where_the_labels_do_not_tell(make_tile: MakeTile, make_box: MakeBox, box: tuple) -> None:
    left, top, right, bottom, more = box
    assert shapes.length_m(*only(make_tile(make_box("ship", left, top, right, bottom, **more), gsd_m=(1.0, 1.0)))) is None


def test_no_length_without_a_ground_sample_distance(make_tile: MakeTile, make_box: MakeBox) -> None:
    assert shapes.length_m(*only(make_tile(make_box("ship", 50, 50, 150, 60)))) is None


@pytest.mark.parametrize(("length", "said"), [(12.4, 12), (18.6, 19), (47, 45), (98, 100), (123, 120), (286, 290), (333, 350)])
def test_lengths_are_rounded(length: float, said: float) -> None:
    assert shapes.said_length_m(length) == said
    assert abs(said - length) <= 0.15 * length


def test_area_of_a_turned_box(make_tile: MakeTile, make_turned: MakeBox) -> None:
    assert shapes.area_px(only(make_tile(make_turned("ship", 150, 150, 100, 20, 33)))[0]) == pytest.approx(2000, rel=0.02)


def test_there_is_no_length_on_the_ground_in_slant_range(make_tile: MakeTile, make_box: MakeBox) -> None:
    tile = make_tile(make_box("ship", 50, 50, 150, 60), gsd_m=(2.0, 3.0))
    assert shapes.length_m(*only(replace(tile, geo=replace(tile.geo, grid="ground_range")))) is not None
    assert shapes.length_m(*only(replace(tile, geo=replace(tile.geo, grid="slant_range")))) is None


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0, 300, True), (29, 271, True), (31, 300, None), (80, 220, False), (0, 149, False)]
)
def test_what_spans_comes_near_both_edges(
    make_tile: MakeTile, make_box: MakeBox, low: float, high: float, expected: bool | None
) -> None:
    assert shapes.spans(*across(only(make_tile(make_box("bridge", low, 100, high, 120))))) is expected


def across(found: tuple[Object, Facts]) -> tuple[Object, str, Facts]:
    return found[0], "across", found[1]


@pytest.mark.parametrize(("degrees", "slope"), [(45, "falling"), (-45, "rising"), (135, "rising"), (5, None), (90, None)])
def test_the_slope_of_a_diagonal(make_tile: MakeTile, make_turned: MakeBox, degrees: float, slope: str | None) -> None:
    thing, _ = only(make_tile(make_turned("ship", 100, 100, 60, 12, degrees)))
    assert shapes.slope(thing) == slope
