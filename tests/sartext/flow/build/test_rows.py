"""One shard through reading and rules, without Ray."""

import pyarrow as pa

from sartext.flow.build.rows import STAGED, narrate_block, narrated, results, staged_row, staged_table
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
