"""One shard through reading and rules, without Ray."""

from collections.abc import Sequence
from typing import Self

import pyarrow as pa

from sartext.errors import TileRejected
from sartext.flow.build.rows import STAGED, narrate_block, narrated, narrated_all, results, staged_row, staged_table
from sartext.tile import Reject, Tile, from_row
from tests.chaos.faults import Faulty, Say


def reasons(source: Faulty) -> list[str]:
    (shard,) = source.shards()
    return [one.reason if isinstance(one, Reject) else "" for one in results(source, shard)]


def test_every_item_gets_one_result_whatever_the_source_does() -> None:
    assert reasons(Faulty(tiles=5)) == [""] * 5
    assert reasons(Faulty(tiles=5, fates={"1": "raise", "3": "reject"})) == ["", "error", "", "planted", ""]
    assert reasons(Faulty(tiles=4, fates={"0": "short", "3": "short"})) == ["error", "", "", "error"]


def test_a_reject_says_which_tile_and_why() -> None:
    source = Faulty(tiles=2, fates={"1": "raise"})
    (shard,) = source.shards()
    reject = list(results(source, shard))[1]
    assert reject == Reject(
        key="faulty/s00001/0_0", stage="read", reason="error", detail="RuntimeError: the source has a fault"
    )


def block(tiles: list[Tile | Reject]) -> pa.Table:
    return staged_table(
        staged_row(tile, shard=0, generation=0, position=number, done=False) for number, tile in enumerate(tiles)
    )


def test_rules_pass_over_what_is_refused_or_done() -> None:
    source = Faulty(tiles=2)
    before = block([source.tile(0), Reject(key="a/b/0_0", stage="read", reason="planted"), source.tile(1)])
    after = narrate_block(before, [Say()])
    assert after.schema.equals(STAGED)
    assert after["done"].to_pylist() == [True, False, True]
    assert [len(captions or []) for captions in after["captions"].to_pylist()] == [1, 0, 1]
    assert narrate_block(after, [Say()]).equals(after)
    assert from_row(after.to_pylist()[0]).image == source.tile(0).image


def test_one_rule_that_fails_refuses_one_tile() -> None:
    source = Faulty(tiles=3)
    key = source.key(1)
    for fate, reason in (("raise", "error"), ("reject", "planted"), ("edit", "error")):
        after = narrate_block(block([source.tile(number) for number in range(3)]), [Say(fates={key: fate})])
        rejects = after["reject"].to_pylist()
        assert [one and (one["stage"], one["reason"]) for one in rejects] == [None, ("say", reason), None]


def test_a_rule_may_change_captions_and_nothing_else() -> None:
    tile = Faulty(tiles=1).tile(0)
    refused = narrated(tile, [Say(fates={tile.key: "edit"})])
    assert isinstance(refused, Reject)
    assert refused.detail == "the rule changed split"


class Batched(Say):
    """A rule that takes many tiles at once, and none where one of them is planted; it notes how many it was given."""

    def __init__(self, bad: set[str]) -> None:
        self.bad, self.asked = bad, list[int]()

    def pinned(self) -> Self:
        return self

    def load(self) -> None:
        """Nothing has to be there."""

    def apply(self, tile: Tile) -> Tile:
        return self.apply_all([tile])[0]

    def apply_all(self, tiles: Sequence[Tile]) -> list[Tile]:
        self.asked.append(len(tiles))
        if any(tile.key in self.bad for tile in tiles):
            raise TileRejected("planted")
        return [Say().apply(tile) for tile in tiles]


def test_a_tile_that_a_batch_cannot_take_is_found_by_halves() -> None:
    source = Faulty(tiles=64)
    tiles = [source.tile(number) for number in range(64)]
    rule = Batched({tiles[37].key})
    made = narrated_all(tiles, [rule])
    assert [one.reason if isinstance(one, Reject) else "" for one in made] == [""] * 37 + ["planted"] + [""] * 26
    assert [one for one in made if isinstance(one, Tile)] == [Say().apply(tile) for tile in tiles if tile.key not in rule.bad]
    assert len(rule.asked) <= 2 * 6 + 1  # and not once for each of the 64
