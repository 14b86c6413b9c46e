from collections.abc import Callable

import pytest

from sartext.narrate.facts import relations
from sartext.narrate.facts.tile_facts import Facts, Object, facts_of
from tests.support.narration import MakeBox, MakeTile


@pytest.fixture
def pair(make_tile: MakeTile, make_box: MakeBox) -> Callable[..., tuple[Object, Object, Facts]]:
    def build(x: float, y: float, half: float = 5) -> tuple[Object, Object, Facts]:
        """A ship at (x, y) and a bridge in the center."""
        facts = facts_of(
            make_tile(make_box("ship", x - half, y - half, x + half, y + half), make_box("bridge", 145, 145, 155, 155))
        )
        return facts.of("ship")[0], facts.of("bridge")[0], facts

    return build


@pytest.mark.parametrize(
    ("x", "y", "word", "expected"),
    [
        (50, 150, "left", True),
        (50, 75, "left", True),
        (50, 60, "left", None),  # outside the cone, inside the dead band
        (120, 50, "left", False),  # well above
        (250, 150, "left", False),
        (250, 150, "right", True),
        (150, 50, "above", True),
        (150, 250, "above", False),
        (150, 250, "below", True),
        (148, 150, "left", None),  # they overlap
    ],
)
def test_direction(
    pair: Callable[..., tuple[Object, Object, Facts]], x: float, y: float, word: str, expected: bool | None
) -> None:
    a, b, facts = pair(x, y)
    assert relations.direction(a, b, word, facts) is expected


@pytest.mark.parametrize(
    ("x", "near", "adjacent"), [(130, True, True), (112, True, None), (90, None, None), (70, None, False), (20, False, False)]
)
def test_distance(
    pair: Callable[..., tuple[Object, Object, Facts]], x: float, near: bool | None, adjacent: bool | None
) -> None:
    a, b, facts = pair(x, 150)
    assert relations.near(a, b, facts) is near
    assert relations.adjacent(a, b, facts) is adjacent


@pytest.mark.parametrize(("x", "expected"), [(50, True), (95, True), (103, None), (150, False)])
def test_at(make_tile: MakeTile, make_box: MakeBox, x: float, expected: bool | None) -> None:
    facts = facts_of(make_tile(make_box("ship", x - 5, 45, x + 5, 55), make_box("harbor", 0, 0, 100, 100)))
    assert relations.at(facts.of("ship")[0], facts.of("harbor")[0], facts) is expected


def test_larger(pair: Callable[..., tuple[Object, Object, Facts]]) -> None:
    assert relations.larger(*pair(50, 50, half=8)) is True
    assert relations.larger(*pair(50, 50, half=5.25)) is None
    assert relations.larger(*pair(50, 50, half=5)) is False
