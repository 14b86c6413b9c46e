"""What numbers in a text are of."""

import pytest

from sartext.narrate.read.figures import Length, quantity_of
from sartext.narrate.read.lexicon import INFINITE, Quantity
from sartext.narrate.read.tokenizer import tokenize


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ("", (7, 7, 7, 7)),
        ("at least", (7, INFINITE, 7, INFINITE)),
        ("more than", (8, INFINITE, 8, INFINITE)),
        ("fewer than", (0, 6, 0, 6)),
        ("about", (6, 8, 4, 10)),
    ],
)
def test_bounds(bound: str, expected: tuple[int, int, int, int]) -> None:
    assert quantity_of(bound, 7, 7) == Quantity(*expected)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("seven 500 m long ships", "nLK"),  # a number and a length, no range
        ("2-4 ships", "nK"),
        ("some thirty-odd ships", "nK"),
        ("3x ship", "nk"),
        ("ship x 3", "k:n"),
        ("two 90 ships", "nnK"),
        ("30 m of water", "ufk"),
    ],
)
def test_numbers_side_by_side(text: str, shape: str) -> None:
    assert tokenize(text).shape == shape


def test_a_length_in_other_units() -> None:
    (length,) = [value for value in tokenize("a ship 100 feet long").values if isinstance(value, Length)]
    assert length.low == pytest.approx(30.48)
