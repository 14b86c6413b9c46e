from collections.abc import Callable

import pytest

from sartext.narrate.facts import arrangement
from sartext.narrate.facts.tile_facts import Facts, Object, facts_of
from tests.support.narration import MakeBox, MakeTile


@pytest.fixture
def ships(make_tile: MakeTile, make_box: MakeBox) -> Callable[..., tuple[tuple[Object, ...], Facts]]:
    def build(*points: tuple[float, float]) -> tuple[tuple[Object, ...], Facts]:
        facts = facts_of(make_tile(*(make_box("ship", x - 3, y - 3, x + 3, y + 3) for x, y in points)))
        return facts.objects, facts

    return build


ROW = [(30, 40), (90, 62), (150, 80), (210, 102), (270, 120)]
BENT = [(30, 40), (150, 170), (270, 40)]
HEAP = [(40, 40), (52, 48), (44, 60), (60, 62), (50, 52)]
STREWN = [(20, 20), (150, 30), (280, 20), (30, 150), (160, 160), (270, 140), (20, 280), (150, 270), (280, 280)]


ROWS = [(x + step, y) for x in (20, 150, 270) for y in (20, 150, 270) for step in (0, 8)]  # close by twos, all over the tile


def test_objects_in_most_cells_are_scattered_in_whatever_order(
    ships: Callable[..., tuple[tuple[Object, ...], Facts]],
) -> None:
    for points, all_over in ((ROWS, True), (ROWS[:12], False)):
        things, facts = ships(*points)
        assert arrangement.nearest_neighbour_index(arrangement._centres(things), facts) < arrangement.STREWN
        assert arrangement.all_over(things) is all_over
        assert (arrangement.scattered(things, facts) is True) is all_over
        assert (arrangement.word_of(things, facts) == "scattered") is all_over


@pytest.mark.parametrize(
    ("points", "line", "cluster", "scattered"),
    [(ROW, True, False, None), (BENT, False, False, None), (HEAP, False, True, False), (STREWN, False, False, True)],
)
def test_arrangements(
    ships: Callable[..., tuple[tuple[Object, ...], Facts]],
    points: list[tuple[float, float]],
    line: bool | None,
    cluster: bool | None,
    scattered: bool | None,
) -> None:
    things, facts = ships(*points)
    assert arrangement.line(things, facts) is line
    assert arrangement.cluster(things, facts) is cluster
    assert arrangement.scattered(things, facts) is scattered


def test_two_objects_have_no_arrangement(ships: Callable[..., tuple[tuple[Object, ...], Facts]]) -> None:
    things, facts = ships((10, 10), (20, 20))
    assert arrangement.line(things, facts) is arrangement.cluster(things, facts) is arrangement.scattered(things, facts) is None


def test_the_index_of_a_square_grid_is_two(ships: Callable[..., tuple[tuple[Object, ...], Facts]]) -> None:
    points = [(15.0 + 30 * x, 15.0 + 30 * y) for x in range(10) for y in range(10)]
    _, facts = ships(*points)
    assert arrangement.nearest_neighbour_index(points, facts) == pytest.approx(2.0)


def test_coinciding_objects_are_no_line(ships: Callable[..., tuple[tuple[Object, ...], Facts]]) -> None:
    assert arrangement.line(*ships((50, 50), (50, 50), (50, 50))) is False


def test_the_slope_of_a_line(ships: Callable[..., tuple[tuple[Object, ...], Facts]]) -> None:
    falling, _ = ships((30, 40), (90, 100), (150, 160), (210, 220))
    rising, _ = ships((30, 220), (90, 160), (150, 100), (210, 40))
    level, _ = ships(*ROW)
    assert [arrangement.line_slope(one) for one in (falling, rising, level)] == ["falling", "rising", None]
