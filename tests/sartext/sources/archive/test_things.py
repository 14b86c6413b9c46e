import itertools
import math

import pytest

from sartext.sources.archive.draws import Draws
from sartext.sources.archive.things import Thing, arrange, moved


def _left(x: float, y: float, reach: float) -> bool:
    return x + reach < 120.0 and y < 128.0


@pytest.mark.parametrize("arrangement", ["row", "cluster", "scattered"])
@pytest.mark.parametrize("count", [1, 3, 12])
def test_things_are_apart_and_where_they_are_allowed(arrangement: str, count: int) -> None:
    full = 0
    for seed in range(30):
        places = arrange(Draws("t", seed), count, lambda: (12.0, 5.0), _left, (6.0, 122.0), arrangement, None)
        assert len(places) <= count
        full += len(places) == count
        assert all(x + 6.0 < 120.0 for x, *_ in places)
        for i, (x, y, *_) in enumerate(places):
            assert all(math.hypot(x - a, y - b) > 5.0 for a, b, *_ in places[:i])
    assert full > (20 if arrangement == "scattered" or count < 12 else 5)


def test_a_row_stands_side_by_side() -> None:
    places = arrange(Draws("row"), 5, lambda: (20.0, 6.0), _left, (0.0, 128.0), "row", 0.0)
    assert len(places) == 5
    ys = [y for _, y, *_ in places]
    assert max(x for x, *_ in places) - min(x for x, *_ in places) < 4.0
    assert min(b - a for a, b in itertools.pairwise(ys)) > 6.0


def test_on_another_day_the_fixed_stay_and_the_movable_move_or_leave() -> None:
    things = [Thing("tank", 10.0, 10.0, 0.0, 8.0, 8.0, 3.0)] + [Thing("ship", 50.0, 50.0, 1.0, 20.0, 4.0, 1.0)] * 200
    later = moved(things, Draws("later"), ("ship",))
    assert later[0] == things[0]
    assert 80 < len(later) - 1 < 160
    assert all(thing.x != 50.0 for thing in later[1:])
