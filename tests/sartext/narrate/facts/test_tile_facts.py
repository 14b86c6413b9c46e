import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.errors import TileRejected
from sartext.narrate.facts.tile_facts import CELLS, EDGE_SHARE, bands, facts_of
from sartext.tile import Geo
from tests.support.narration import MakeBox, MakeTile


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_true_word_holds_the_centre_in_its_widened_third(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    true, open_, middle = bands(low, high)
    assert true & ~open_ == 0
    for band in range(3):
        if true >> band & 1:
            assert band / 3 - EDGE_SHARE - 1e-9 <= (low + high) / 2 <= (band + 1) / 3 + EDGE_SHARE + 1e-9
    if high - low <= 0.7:
        assert true >> middle & 1


@pytest.mark.parametrize(
    ("low", "high", "true", "open_"),
    [
        (0.05, 0.15, 0b001, 0b001),
        (0.32, 0.34, 0b011, 0b011),  # on the edge: either word
        (0.29, 0.33, 0b011, 0b011),
        (0.36, 0.45, 0b010, 0b011),  # a part of it is within 5% of the left third
        (0.40, 0.60, 0b010, 0b010),
        (0.0, 1.0, 0b000, 0b111),  # spans
        (0.55, 0.95, 0b100, 0b110),
    ],
)
def test_words_of_an_axis(low: float, high: float, true: int, open_: int) -> None:
    assert bands(low, high)[:2] == (true, open_)


def test_every_cell_is_home_to_a_small_box_in_it(make_tile: MakeTile, make_box: MakeBox) -> None:
    for cell in range(9):
        x, y = 50 + 100 * (cell % 3), 50 + 100 * (cell // 3)
        (thing,) = facts_of(make_tile(make_box("ship", x - 5, y - 5, x + 5, y + 5))).objects
        assert thing.home == cell
        assert CELLS[cell] in ("center", f"{('upper', 'middle', 'lower')[cell // 3]} {('left', 'center', 'right')[cell % 3]}")


def test_crowds_and_cut_boxes_do_not_count(make_tile: MakeTile, make_box: MakeBox) -> None:
    boxes = (
        make_box("ship", 10, 10, 30, 30),
        make_box("ship", 0, 40, 5, 60, visible_share=0.39),
        make_box("ship", 0, 80, 9, 99, visible_share=0.4),
    )
    facts = facts_of(make_tile(*boxes))
    assert facts.count("ship") == (2, 2, 1)
    crowded = facts_of(make_tile(*boxes, make_box("tanker", 100, 100, 200, 200, crowd=True)))
    assert crowded.count("ship") == (2, None, 1)
    assert crowded.crowds == ("tanker",)


def test_numbers_are_exact_only_where_the_class_or_its_parent_is_exhaustive(make_tile: MakeTile, make_box: MakeBox) -> None:
    boxes = (make_box("tanker", 10, 10, 30, 30), make_box("ship", 50, 50, 70, 70))
    exhaustive = facts_of(make_tile(*boxes, exhaustive=("ship",)))
    assert exhaustive.count("ship") == (2, 2, 0)
    assert exhaustive.count("tanker") == (1, 2, 0)  # the other ship may be one
    assert exhaustive.count("tug") == (0, 1, 0)
    assert facts_of(make_tile(*boxes, exhaustive=("tanker",))).count("ship") == (2, None, 0)
    assert facts_of(make_tile(*boxes, exhaustive=())).count("tanker").exact is False


def test_absence_is_provable_only_of_exhaustive_classes_without_any_box(make_tile: MakeTile, make_box: MakeBox) -> None:
    cut = make_box("ship", 0, 0, 5, 5, visible_share=0.1)
    assert facts_of(make_tile(exhaustive=("ship",))).absent("ship")
    assert facts_of(make_tile(exhaustive=("ship",))).absent("tanker")
    assert not facts_of(make_tile(exhaustive=("tanker",))).absent("ship")
    assert not facts_of(make_tile(exhaustive=())).absent("ship")
    assert not facts_of(make_tile(cut, exhaustive=("ship",))).absent("ship")


def test_the_order_and_rounding_of_boxes_do_not_matter(make_tile: MakeTile, make_box: MakeBox) -> None:
    one, other = make_box("ship", 100, 100, 120, 130), make_box("tank", 10, 200, 40, 230)
    rough = make_box("ship", 100.0004, 99.9996, 120.0004, 130.0003)
    first, second = facts_of(make_tile(one, other)), facts_of(make_tile(other, rough))
    assert [thing._replace(box=0) for thing in first.objects] == [thing._replace(box=0) for thing in second.objects]
    assert [thing.box for thing in first.objects] != [thing.box for thing in second.objects]


@pytest.mark.parametrize(("short", "resolvable"), [(3.9, False), (4.0, True), (9.0, True)])
def test_resolvable_is_four_pixels_at_model_size(
    make_tile: MakeTile, make_box: MakeBox, short: float, resolvable: bool
) -> None:
    (thing,) = facts_of(make_tile(make_box("ship", 10, 10, 60, 10 + short * 800 / 224 + 0.07), side=800)).objects
    assert thing.resolvable is resolvable


def test_a_turned_box_is_measured_along_its_own_sides(make_tile: MakeTile, make_turned: MakeBox) -> None:
    (thing,) = facts_of(make_tile(make_turned("ship", 112, 112, 80, 3, 45), side=224)).objects
    assert thing.bottom - thing.top > 50
    assert not thing.resolvable


@pytest.mark.parametrize(
    ("geo", "north_up"),
    [
        (Geo(), False),
        (Geo(grid="map"), False),
        (Geo(grid="map", transform=(10.0, 0.0, 0.0, 0.0, -10.0, 0.0)), True),
        (Geo(grid="map", transform=(10.0, 0.0, 0.0, 0.0, 10.0, 0.0)), False),  # south up
        (Geo(grid="map", transform=(-10.0, 0.0, 0.0, 0.0, -10.0, 0.0)), False),  # mirrored
        (Geo(grid="map", transform=(10.0, 2.0, 0.0, 2.0, -10.0, 0.0)), False),  # turned
        (Geo(grid="ground_range", transform=(10.0, 0.0, 0.0, 0.0, -10.0, 0.0)), False),
    ],
)
def test_north_is_up_only_on_a_map_grid(make_tile: MakeTile, geo: Geo, north_up: bool) -> None:
    assert facts_of(make_tile(geo=geo)).north_up is north_up


def test_a_label_outside_the_taxonomy_rejects_the_tile(make_tile: MakeTile, make_box: MakeBox) -> None:
    with pytest.raises(TileRejected, match="unknown_class: zeppelin"):
        facts_of(make_tile(make_box("zeppelin", 1, 1, 9, 9)))


def test_facts_that_are_kept_are_those_of_the_tile(make_tile: MakeTile, make_box: MakeBox) -> None:
    one, other = make_tile(make_box("ship", 1, 1, 9, 9)), make_tile(make_box("tank", 1, 1, 9, 9))
    assert [facts_of(tile).objects[0].label for tile in (one, other, one, one, other)] == [
        "ship",
        "tank",
        "ship",
        "ship",
        "tank",
    ]
