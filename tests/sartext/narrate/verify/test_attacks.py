"""Texts that once were judged wrongly, and texts like them: none of them may be judged as it is not, and none raises."""

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import claims_of, verdict_of
from sartext.tile import Tile
from tests.support.narration import MakeBox, MakeTile

TEXTS = """
three | There are three ships, all in the lower right. | contradicted
three | There are three ships (all in the lower right). | contradicted
three | There are three ships: all in the lower right. | contradicted
three | There are three ships, all of which are in the upper left. | contradicted
three | There are three ships, each on the left. | contradicted
three | There are three ships, all moving. | unverifiable
three | There are ships. They are near them. They are in the upper left. | not supported
three | A ship is near a bridge. It is left of it. They are on the left. | not supported
three | Another ship is near another ship. It is near it. It is in the center. | not supported
three | There are three ships. The bridge is near one of them. They are near the others. | not supported
three | There are three ships. One is near the others. They are in the upper left. | not supported
three | Four ships. One is near another. They are near the others. | contradicted
open | There are two ships in the lower right. One is near the other. They are near the bridge. | unverifiable
four | Two ships are in the upper left, one in the lower right. The other is in the middle left. | not contradicted
four | Two ships are in the upper left, one in the lower right and the other in the middle left. | not contradicted
four | Two ships are in the upper left. One ship is in the lower right. The other ship is in the middle left. | not contradicted
four | One ship is in the lower right, one in the middle left; the others are in the upper left. | not contradicted
four | A ship is in the lower right, a second in the middle left, and the other two are on the left. | not contradicted
four | There are four ships. One is in the lower right, another in the middle left. | not contradicted
four | There are four ships: two in the upper left, one in the lower right and the other in the middle left. | supported
three | There are four ships: two in the upper left, one in the lower right and the other in the middle left. | contradicted
three | There are three ships. Two of them are in the upper left. One of them is in the lower right. | not contradicted
four | All ships are on the left but one. | not contradicted
four | Every ship is on the left but one. | not contradicted
four | No ship but one is in the lower right. | not contradicted
open | All ships are in the lower right but two. | unverifiable
border | Exactly one ship is in the upper right and exactly one in the middle right. | not supported
border | There are four ships: one in the upper right, one in the middle right, one in the upper center. | not supported
border | One ship is in the upper center and three are on the right. | supported
four | A ship is sailing from left to right. | unverifiable
four | A ship is sailing to the left of the image. | unverifiable
open | The only large ship is in the lower right. | unverifiable
open | The only moving ship is in the lower right. | unverifiable
open | All large ships are in the lower right. | unverifiable
"""


@pytest.fixture
def tiles(make_tile: MakeTile, make_box: MakeBox) -> dict[str, Tile]:
    ships = [make_box("ship", 20, 20, 40, 26), make_box("ship", 50, 60, 70, 66), make_box("ship", 240, 250, 260, 256)]
    bridge, more = make_box("bridge", 250, 20, 290, 28), make_box("ship", 20, 140, 40, 146)
    near = [make_box("ship", x - 5, y - 3, x + 5, y + 3) for x, y in ((150, 50), (250, 50), (250, 100), (250, 100))]
    return {
        "three": make_tile(*ships, bridge, exhaustive=("ship", "bridge")),
        "four": make_tile(*ships, bridge, more, exhaustive=("ship", "bridge")),
        "open": make_tile(ships[0], make_box("ship", 130, 130, 150, 136), exhaustive=()),
        "border": make_tile(*near, exhaustive=("ship",)),
    }


@pytest.mark.parametrize("line", TEXTS.strip().splitlines())
def test_verdicts(line: str, tiles: dict[str, Tile]) -> None:
    name, text, expected = (part.strip() for part in line.split("|"))
    claims = claims_of(text, facts_of(tiles[name]))
    verdict = verdict_of(claims)
    assert (verdict != expected[4:]) if expected.startswith("not ") else (verdict == expected), claims
