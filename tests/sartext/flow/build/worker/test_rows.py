"""One shard through reading and rules, without Ray."""

import pyarrow as pa

from sartext.flow.build.worker.rows import STAGED, narrated, results, staged_result, staged_row, staged_table
from sartext.tile import EncodedImage, Reject, Tile, with_fields
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


def test_a_row_in_flight_is_what_it_was_made_of() -> None:
    source = Faulty(tiles=1)
    both: list[Tile | Reject] = [Say().apply(source.tile(0)), Reject(key="a/b/0_0", stage="read", reason="planted", tries=2)]
    table = staged_table(staged_row(one, shard=0, generation=0, position=at) for at, one in enumerate(both))
    assert table.schema.equals(STAGED)
    assert [staged_result(row) for row in table.to_pylist()] == both


def test_one_rule_that_fails_refuses_one_tile() -> None:
    source = Faulty(tiles=3)
    key = source.key(1)
    for fate, reason in (("raise", "error"), ("reject", "planted"), ("edit", "error")):
        after = [narrated(source.tile(number), [Say(fates={key: fate})]) for number in range(3)]
        rejects = [(one.stage, one.reason) if isinstance(one, Reject) else None for one in after]
        assert rejects == [None, ("say", reason), None]


def test_a_rule_may_change_captions_and_nothing_else() -> None:
    tile = Faulty(tiles=1).tile(0)
    refused = narrated(tile, [Say(fates={tile.key: "edit"})])
    assert isinstance(refused, Reject)
    assert refused.detail == "the rule changed split"


def test_a_table_in_flight_is_as_arrow_would_make_it_of_its_rows() -> None:
    source = Faulty(tiles=3)
    tiles: list[Tile | Reject] = [source.tile(number) for number in range(3)]
    bare = with_fields(source.tile(1), image=EncodedImage(bytes=None, path="a.png"))
    for made in ([], tiles, [Reject(key="a/b/0_0", stage="read", reason="planted"), *tiles, bare]):
        rows = [staged_row(one, shard=0, generation=0, position=at) for at, one in enumerate(made)]
        assert staged_table(rows).equals(pa.Table.from_pylist(rows, schema=STAGED))
        assert staged_table(rows)["image"].to_pylist() == [row.get("image") for row in rows]
