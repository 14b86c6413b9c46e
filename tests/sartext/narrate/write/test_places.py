"""Where detailed texts say that the objects of a group are."""

from collections.abc import Callable

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.seeded import Pick
from sartext.narrate.write.nouns import groups_of
from sartext.narrate.write.places import few_parts, places_of
from sartext.tile import Tile
from tests.support.narration import MakeBox, MakeTile

TileWith = Callable[..., Tile]


@pytest.fixture
def tile_with(make_tile: MakeTile, make_box: MakeBox) -> TileWith:
    """A tile of 300 px with a ship of 20 by 10 px at each corner."""
    return lambda *corners, **more: make_tile(*(make_box("ship", x, y, x + 20, y + 10) for x, y in corners), **more)


def places(tile: Tile) -> set[str]:
    """All that may be said of the places of its ships."""
    facts = facts_of(tile)
    (group,) = groups_of(facts)
    found = [places_of(group, facts, Pick(str(seed)), alone=False) for seed in range(40)]
    return {" ".join(one.text for one in wanted) for wanted in found}


def test_few_objects_are_counted_by_cells(tile_with: TileWith) -> None:
    found = places(tile_with((20, 20), (140, 140), (250, 20)))
    assert "Of the ships, one is in the upper left, one in the upper right and one in the center." in found


def test_two_objects_that_are_apart_have_the_cell_of_each(tile_with: TileWith) -> None:
    assert "The ships are in the upper left and in the upper center." in places(tile_with((20, 20), (150, 60)))


def test_a_line_is_not_torn_over_cells(tile_with: TileWith) -> None:
    found = places(tile_with(*[(30 + 45 * step, 145) for step in range(5)]))
    assert found == {"The ships form a line.", "The ships are lined up.", "The ships are arranged in a line."}


def test_of_many_objects_the_cells_are_told_without_numbers(tile_with: TileWith) -> None:
    corners = [(x, y) for x in (10, 140, 260) for y in (110, 140, 160)]
    found = places(tile_with(*corners))
    assert found >= {"The ships are in the middle left, in the center and in the middle right."}
    assert not any("three" in text for text in found), found


def test_one_group_is_not_torn_over_cells(tile_with: TileWith) -> None:
    corners = [(x, y) for x in (60, 90, 120) for y in (70, 90, 110)]
    assert places(tile_with(*corners)) == {
        f"The ships {verb} in the {side} half." for verb in ("are", "are located") for side in ("left", "upper")
    }


def test_of_many_objects_in_many_cells_the_half_is_told_with_most_of_them(tile_with: TileWith) -> None:
    left = [(40 * (n % 3) + 5, y) for n, y in enumerate((10, 20, 40, 60, 110, 130, 140, 160))]
    assert "Most of the ships are in the left half." in places(tile_with(*left, (250, 20), (250, 140)))
    assert "The ships are in the left half." in places(tile_with(*left, (5, 110), (110, 120)))


def test_of_many_objects_in_two_halves_both_are_told(tile_with: TileWith) -> None:
    left = [(x, y) for x in (20, 45) for y in (100, 120, 230, 250)]
    right = [(x, y) for x in (230, 255) for y in (100, 120, 230, 250)]
    found = places(tile_with(*left, *right))
    assert found == {
        f"Of {those} ships, eight {verb} in the left half and eight in the right half."
        for those in ("the", "these")
        for verb in ("lie", "are")
    }


def test_close_objects_are_told_by_their_side_or_half(tile_with: TileWith) -> None:
    assert "The ships are in the upper half." in places(tile_with((118, 88), (119, 112)))


def test_of_numbers_that_are_not_exact_the_cells_are_told(tile_with: TileWith) -> None:
    facts = facts_of(tile_with((20, 20), (140, 140), (10, 60), exhaustive=()))
    assert few_parts(groups_of(facts)[0], facts) == ", in the upper left and in the center"
