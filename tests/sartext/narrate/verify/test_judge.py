"""Hand-written statements about hand-made tiles: lies, truths, and what the labels cannot decide."""

from pathlib import Path

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.read.claims import coverage
from sartext.narrate.verify import claims_of, verdict_of
from sartext.tile import Tile


def shown(text: str, tile: Tile) -> str:
    return "\n".join(
        f"{claim.verdict}: {claim.text} ({claim.kind}; {claim.evidence})" for claim in claims_of(text, facts_of(tile))
    )


def test_a_lie_is_contradicted(lie: tuple[str, str], hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles[lie[0]]
    assert verdict_of(claims_of(lie[1], facts_of(tile))) == "contradicted", shown(lie[1], tile)


def test_a_truth_is_supported_and_understood(truth: tuple[str, str], hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles[truth[0]]
    claims = claims_of(truth[1], facts_of(tile))
    assert verdict_of(claims) == "supported", shown(truth[1], tile)
    understood, total = coverage(claims)
    assert understood == total > 0


def test_what_the_labels_cannot_decide_is_unverifiable(undecided: tuple[str, str], hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles[undecided[0]]
    assert verdict_of(claims_of(undecided[1], facts_of(tile))) == "unverifiable", shown(undecided[1], tile)


@pytest.mark.parametrize(("name", "fewest"), [("lies", 90), ("truths", 90), ("undecided", 50)])
def test_there_are_enough_different_statements(name: str, fewest: int) -> None:
    lines = (Path(__file__).parents[1] / "statements" / f"{name}.txt").read_text().splitlines()
    texts = [line for line in lines if line and line[0] not in "#["]
    assert len(set(texts)) >= fewest
