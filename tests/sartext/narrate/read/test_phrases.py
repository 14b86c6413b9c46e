"""Noun phrases in shapes, and where they end."""

import pytest

from sartext.narrate.read.phrases import Phrases


@pytest.mark.parametrize(
    ("shape", "amount", "refers", "end"),
    [
        ("nK", "number", "", 2),  # two ships
        ("DnK", "these", "", 3),  # the two ships
        ("nfDnK", "number", "of", 5),  # two of the three ships
        ("nfh", "number", "of", 3),  # two of them
        ("ne", "number", "another", 2),  # two others
        ("Den", "either", "rest", 3),  # the other two
        ("NeK", "none", "another", 3),  # no other ships
        ("NnK", "not number", "", 3),  # no two ships
        ("DsfDnK", "extreme", "", 6),  # the largest of the three ships
        ("8nfDnK", "all but", "", 6),  # all but one of the three ships
        ("DJk", "sole", "", 3),  # the only ship
        ("dgfnK", "number", "", 5),  # a cluster of six tanks
    ],
)
def test_amount_and_reference(shape: str, amount: str, refers: str, end: int) -> None:
    one, stop = next(iter(Phrases(shape).phrase(0)))
    assert (one.amount, one.refers, stop) == (amount, refers, end)


def test_what_follows_a_noun_narrows_it_down() -> None:
    found = {end: [one.form for one in phrase.narrowed] for phrase, end in Phrases("nKqDp,RvlW").phrase(0)}
    assert found[5] == ["p"]  # in the center
    assert found[9] == ["p", "l"]  # ..., which are horizontal
    assert found[2] == []


def test_a_noun_that_qualifies_another_is_none() -> None:
    assert list(Phrases("dkj").phrase(0)) == []  # a ship canal
