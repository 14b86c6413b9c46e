from collections.abc import Iterator
from contextlib import suppress

import pytest

from sartext.narrate.read.clauses import Clauses
from sartext.narrate.read.lexicon import LEXICON
from sartext.narrate.read.meaning import UNREAD
from sartext.narrate.read.parser import read
from sartext.narrate.read.readings import MOST_STEPS, Ruled, TooManyReadings, rule
from sartext.narrate.read.tokenizer import tokenize

ASKED: list[int] = []
CODES = "".join({code for code, _ in LEXICON.values()}) + "nPu"


class Numbers(Ruled):
    @rule()
    def below(self, at: int) -> Iterator[tuple[int, int]]:
        for number in range(at):
            ASKED.append(number)
            yield number, at


def test_what_a_rule_finds_is_found_once_and_as_far_as_it_is_asked_for() -> None:
    ASKED.clear()
    numbers = Numbers("")
    assert next(iter(numbers.below(5))) == (0, 5)
    assert ASKED == [0]
    assert [one for one, _ in numbers.below(5)] == [one for one, _ in numbers.below(5)] == [0, 1, 2, 3, 4]
    assert ASKED == [0, 1, 2, 3, 4]


def test_a_grammar_gives_up_in_the_end() -> None:
    with pytest.raises(TooManyReadings):
        list(Numbers("").below(MOST_STEPS + 1))


def test_a_rule_knows_with_what_it_begins() -> None:
    """What is left out by its first code is what the rule would not have found."""
    codes = sorted(set(CODES))
    for name in ("image", "place", "places", "unit", "in_image", "units", "kind", "noun"):
        kept = getattr(Clauses, name)
        for first in codes:
            for rest in ("", "p", "I", "k", "S", "L", "dI", "fL", "Dp", "qk", "rk", "IS", "gfk", "qDI"):
                clauses = Clauses(first + rest)
                assert bool(next(iter(kept.__wrapped__(clauses, 0)), None)) == bool(
                    next(iter(kept(Clauses(first + rest), 0)), None)
                )


@pytest.mark.parametrize(
    ("begin", "again", "end"),
    [
        ("A ship", " near the ship", " is visible."),
        ("A ship", " near the ship", " of of."),
        ("A ship in the upper left", " in the center, next to a bridge", " of of."),
        ("The ship is in the upper left", " and in the center", " of of."),
        ("A ship", " which is next to a ship", "."),
        ("A ship", ", a ship", " of of."),
    ],
)
def test_a_chain_is_read_or_given_up(begin: str, again: str, end: str) -> None:
    for times in (20, 60, 90):
        clauses = Clauses(shape := tokenize(begin + again * times + end).shape)
        with suppress(TooManyReadings):
            next(iter(clauses.sentence(0)), None)
        assert clauses.steps <= MOST_STEPS + 1
        if end == " of of.":
            assert read(shape).kinds == (UNREAD,)
