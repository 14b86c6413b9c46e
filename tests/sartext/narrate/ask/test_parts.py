"""Halves and quarters of the image."""

import pytest

from sartext.narrate.ask.parts import HALF_PAIRS, PAIRS, QUARTER_PAIRS, half_of, halves_of, is_in
from sartext.narrate.facts.tile_facts import facts_of
from tests.support.narration import MakeBox, MakeTile


@pytest.mark.parametrize(
    ("low", "high", "half"),
    [
        (0.1, 0.2, 0),
        (0.3, 0.5, 0),
        (0.4, 0.52, 0),
        (0.44, 0.54, None),  # less than three quarters of it
        (0.3, 0.56, None),  # "in the left half" is not true of it
        (0.46, 0.5, None),  # "in the right half" is not false of it
        (0.49, 0.51, None),
        (0.0, 1.0, None),
        (0.48, 0.6, 1),
        (0.8, 0.9, 1),
    ],
)
def test_an_extent_lies_in_a_half_or_astride_and_in_the_mirror_image_in_the_other(
    low: float, high: float, half: int | None
) -> None:
    assert half_of(low, high) == half
    assert half_of(1 - high, 1 - low) == (None if half is None else 1 - half)


def test_parts_are_mirror_images_of_one_another() -> None:
    assert [tuple(part.words for part in pair.parts) for pair in PAIRS] == [
        ("left half", "right half"),
        ("upper half", "lower half"),
        ("upper left quarter", "upper right quarter"),
        ("lower left quarter", "lower right quarter"),
        ("upper left quarter", "lower left quarter"),
        ("upper right quarter", "lower right quarter"),
    ]
    assert [pair.axes for pair in PAIRS] == ["x", "y", "xy", "xy", "xy", "xy"]


def test_what_is_in_a_part(make_tile: MakeTile, make_box: MakeBox) -> None:
    facts = facts_of(make_tile(make_box("ship", 40, 40, 60, 60), make_box("ship", 40, 120, 60, 180)))
    corner, astride = (halves_of(thing, facts) for thing in facts.objects)
    assert (corner, astride) == ((0, 0), (0, None))
    left, right = HALF_PAIRS["x"].parts
    assert (is_in(corner, left), is_in(corner, right)) == (True, False)
    upper_left, upper_right = QUARTER_PAIRS[0].parts
    assert (is_in(corner, upper_left), is_in(astride, upper_left), is_in(astride, upper_right)) == (True, None, False)
