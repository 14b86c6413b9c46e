"""Random statements: that brute force labels them rightly, and that no verdict disagrees with it."""

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.tile import Tile
from tests.reading.statements.amounts import Amount
from tests.reading.statements.judged import OVERALL, Tallies, statements
from tests.reading.statements.meanings import Again, AnyClause, Clause, Noun, Rest, Shared, outcome_of
from tests.reading.statements.properties import Property
from tests.reading.statements.worlds import Mentioned, label_of
from tests.reading.test_reader import tile_of, upright

SHIPS = (upright("ship", 20, 20, 60, 12), upright("tanker", 120, 130, 50, 10), upright("ship", 220, 240, 10, 50))
FREE = upright("ship", 90, 130, 20, 20)  # as much in the middle left as at the center
MOST_ARGUABLE = 0.15  # of all statements; seeds 0 to 2 have 5% to 7%
CUT = upright("ship", 0, 20, 60, 12, visible=0.3)
UPPER_LEFT, CENTER, MIDDLE_LEFT = Property("cell", 1, 1), Property("cell", 2, 2), Property("cell", 2, 1)
HORIZONTAL, VERTICAL = (Property("orientation", word=word) for word in ("horizontal", "vertical"))


def label(tile: Tile, *clauses: AnyClause) -> str:
    mentioned = Mentioned({"ship", "tanker"}, {"horizontal", "vertical"}, {(1, 1), (2, 2), (2, 1)}, 4, anything=False)
    shares = isinstance(clauses[-1], Shared)
    return label_of(lambda world: outcome_of(clauses, world), facts_of(tile), mentioned, shares)


def ships(word: str, *said: Property, number: int = 0, name: str = "ship") -> Clause:
    return Clause(Amount(word, number), Noun(name), said)


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ((ships("number", number=3),), "true"),
        ((ships("number", number=2),), "false"),
        ((ships("number", number=1, name="tanker"),), "open"),  # a ship may be a tanker
        ((ships("at least", number=1, name="tanker"),), "true"),
        ((ships("number", HORIZONTAL, number=2),), "true"),
        ((ships("all", HORIZONTAL),), "false"),
        ((ships("a", CENTER), Again(Amount("it", 1), (HORIZONTAL,))), "true"),
        ((ships("a", CENTER), Again(Amount("it", 1), (VERTICAL,))), "false"),
        ((ships("a", HORIZONTAL), Rest(Amount("a"), (VERTICAL,))), "true"),
        ((ships("a", UPPER_LEFT), Rest(Amount("a"), (UPPER_LEFT,))), "false"),
        ((ships("the", HORIZONTAL),), "open"),  # two are and one is not
        ((ships("no", Property("cell", 2, 1)),), "true"),
    ],
)
def test_labels_by_brute_force(clauses: tuple[AnyClause, ...], expected: str) -> None:
    assert label(tile_of(*SHIPS), *clauses) == expected


def test_what_labels_leave_open_is_open() -> None:
    assert label(tile_of(*SHIPS, exhaustive=()), ships("number", number=3)) == "open"
    assert label(tile_of(*SHIPS, exhaustive=()), ships("number", number=2)) == "false"
    assert label(tile_of(*SHIPS, CUT), ships("number", number=3)) == "open"
    assert label(tile_of(*SHIPS, CUT), ships("at least", number=3)) == "true"


def test_an_object_near_an_edge_is_in_one_cell() -> None:
    tile, whole = tile_of(*SHIPS[:2], FREE), ships("number", number=3)
    for cells in (((1, CENTER), (1, MIDDLE_LEFT)), ((2, CENTER), (1, UPPER_LEFT))):
        assert label(tile, whole, Shared(tuple((number, (cell,)) for number, cell in cells))) == "true"
    assert label(tile, whole, Shared(((2, (CENTER,)), (1, (MIDDLE_LEFT,))))) == "false"


@pytest.mark.long
def test_no_verdict_disagrees_with_brute_force() -> None:
    tallies = Tallies()
    wrong = []
    for one in statements(600, seed=0):
        tallies.add(one)
        wrong += [str(one)] if one.disagrees else []
    assert wrong == []
    assert tallies.decided() >= OVERALL
    arguable = sum(number for (label, _), number in tallies.labels.items() if label == "arguable")
    assert arguable <= MOST_ARGUABLE * sum(tallies.labels.values())
