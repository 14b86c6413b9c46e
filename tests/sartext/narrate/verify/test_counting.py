import pytest

from sartext.narrate.read.lexicon import INFINITE, Quantity, exactly
from sartext.narrate.verify.counting import Tally, fits, worst


@pytest.mark.parametrize(
    ("quantity", "tally", "expected"),
    [
        (exactly(3), Tally(3, 0, 0, 0, 0, True), "supported"),
        (exactly(3), Tally(3, 0, 0, 0, 0, False), "unverifiable"),
        (exactly(3), Tally(4, 0, 0, 0, 0, False), "contradicted"),
        (exactly(3), Tally(2, 0, 0, 0, 0, True), "contradicted"),
        (exactly(3), Tally(2, 0, 0, 0, 0, False), "unverifiable"),
        (exactly(3), Tally(2, 1, 0, 0, 0, True), "supported"),  # one near an edge, counted here
        (exactly(2), Tally(2, 1, 0, 0, 0, True), "supported"),  # or not
        (exactly(3), Tally(2, 0, 1, 0, 0, True), "unverifiable"),
        (exactly(2), Tally(2, 0, 0, 1, 0, True), "supported"),  # one in part, not counted
        (exactly(3), Tally(2, 0, 0, 1, 0, True), "unverifiable"),
        (exactly(2), Tally(2, 0, 0, 0, 1, True), "unverifiable"),  # one that the border cuts off
        (exactly(3), Tally(2, 0, 0, 0, 1, True), "unverifiable"),
        (exactly(4), Tally(2, 0, 0, 0, 1, True), "contradicted"),
        (Quantity(2, INFINITE, 2, INFINITE), Tally(2, 0, 0, 0, 1, True), "supported"),
        (Quantity(0, 3, 0, 3), Tally(2, 0, 0, 0, 1, True), "supported"),  # "at most three"
        (Quantity(0, 2, 0, 2), Tally(2, 0, 0, 0, 1, True), "unverifiable"),
        (Quantity(2, INFINITE, 2, INFINITE), Tally(2, 0, 5, 0, 0, False), "supported"),
        (Quantity(11, INFINITE, 5, INFINITE), Tally(7, 0, 0, 0, 0, True), "unverifiable"),  # "many", of seven
        (Quantity(0, 2, 0, 2), Tally(3, 0, 0, 0, 0, False), "contradicted"),
        (Quantity(0, 2, 0, 2), Tally(1, 0, 0, 0, 0, True), "supported"),
    ],
)
def test_whether_a_number_fits(quantity: Quantity, tally: Tally, expected: str) -> None:
    assert fits(quantity, tally) == expected


def test_the_worst_verdict_counts() -> None:
    assert worst("supported", "unverifiable", "contradicted") == "contradicted"
    assert worst("supported", "unverifiable") == "unverifiable"
    assert worst("supported") == "supported"
