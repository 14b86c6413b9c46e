"""Tiles of an audit, whose values lie in files, beside a list of them."""

from typing import Any

from sartext.flow.audit.tiles import Tiles
from tests.support.described_tiles import sides


def test_sides_and_tiles_by_number(rows: list[dict[str, Any]], tiles: Tiles) -> None:
    assert tiles.side.tolist() == sides(rows)
    assert tiles.names == ("train", "val", "test", "against-1")
    assert {side: tiles.on[side] for side in range(-1, 4)} == {side: sides(rows).count(side) for side in range(-1, 4)}
    wanted = [149, 3, 3, 60, 31]
    assert tiles.rows(wanted, ["key"]) == {number: {"key": rows[number]["key"]} for number in wanted}
    assert tiles.rows([], ["key"]) == {}
