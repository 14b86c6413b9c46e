"""Questions about the size, the orientation and the arrangement of objects."""

from collections.abc import Callable

from sartext.narrate.ask.appearance import arrangements, orientations, sizes
from sartext.narrate.ask.drafts import Draft
from sartext.narrate.ask.known_classes import known_classes
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.seeded import Pick
from sartext.tile import Tile
from tests.reading.recount import Recount
from tests.support.narration import MakeBox, MakeTile

SEEDS = 40


def drafted(ask: Callable[..., list[Draft]], tile: Tile) -> dict[tuple[str, str], set[str]]:
    """By axes and what is asked of first, the answers; each of them is right."""
    facts = facts_of(tile)
    found: dict[tuple[str, str], set[str]] = {}
    for seed in range(SEEDS):
        pick = Pick(str(seed))
        for draft in ask(facts, known_classes(facts), pick):
            assert list(Recount(tile).faults(draft.question(pick))) == []
            first = draft.words["start" if "start" in draft.words else "part"]
            found.setdefault((draft.axes, first), set()).add(draft.answer)
    return found


def test_the_half_of_the_largest(make_tile: MakeTile, make_box: MakeBox) -> None:
    boxes = [make_box("ship", 30, 20, 70, 60), make_box("ship", 200, 200, 220, 220), make_box("ship", 240, 90, 260, 110)]
    assert drafted(sizes, make_tile(*boxes)) == {
        ("x", "left half"): {"yes"},
        ("x", "right half"): {"no"},
        ("y", "upper half"): {"yes"},
        ("y", "lower half"): {"no"},
    }
    equal = make_box("ship", 100, 200, 140, 240)
    cut = make_box("ship", 280, 200, 299, 220)  # an edge may lie a pixel lower, where positions are counted from 1
    for more in (equal, cut):
        assert drafted(sizes, make_tile(*boxes, more)) == {}


def test_aircraft_of_one_type_are_of_one_size(make_tile: MakeTile, make_box: MakeBox) -> None:
    large, small = (60, 60, 100, 100), (200, 200, 230, 230)
    assert drafted(sizes, make_tile(make_box("a330", *large), make_box("a330", *small))) == {}
    assert drafted(sizes, make_tile(make_box("a330", *large), make_box("a220", *small))) != {}


def test_the_diagonal_of_a_turned_object(make_tile: MakeTile, make_turned: Callable[..., object]) -> None:
    falling = make_tile(make_turned("ship", 100, 100, 60, 12, 45))
    assert drafted(orientations, falling) == {("d", "upper left"): {"yes"}, ("d", "lower left"): {"no"}}
    rising = make_tile(make_turned("ship", 100, 100, 60, 12, -45))
    assert drafted(orientations, rising) == {("d", "upper left"): {"no"}, ("d", "lower left"): {"yes"}}
    both = make_tile(make_turned("ship", 100, 100, 60, 12, -45), make_turned("ship", 200, 200, 60, 12, 45))
    assert drafted(orientations, both) == {}


def test_horizontal_here_and_vertical_there(make_tile: MakeTile, make_box: MakeBox) -> None:
    flat, tall = make_box("ship", 30, 50, 90, 60), make_box("ship", 220, 20, 230, 80)
    assert drafted(orientations, make_tile(flat, tall)) == {("x", "left half"): {"yes"}, ("x", "right half"): {"no"}}
    assert drafted(orientations, make_tile(flat, make_box("ship", 200, 50, 260, 60))) == {}


def test_lines_and_clusters(make_tile: MakeTile, make_box: MakeBox) -> None:
    def at(*points: tuple[int, int]) -> Tile:
        return make_tile(*(make_box("ship", x - 4, y - 4, x + 4, y + 4) for x, y in points))

    assert drafted(arrangements, at((60, 60), (120, 120), (180, 180), (240, 240))) == {
        ("d", "upper left"): {"yes"},
        ("d", "lower left"): {"no"},
    }
    assert drafted(arrangements, at((30, 60), (100, 62), (180, 60), (260, 60))) == {
        ("y", "upper half"): {"yes"},
        ("y", "lower half"): {"no"},
    }
    assert drafted(arrangements, at((30, 40), (150, 170), (270, 40))) == {}
    assert set(drafted(arrangements, at((40, 40), (52, 48), (44, 60), (60, 62), (50, 52)))) == {
        *(("x", "left half"), ("x", "right half"), ("y", "upper half"), ("y", "lower half"))
    }
