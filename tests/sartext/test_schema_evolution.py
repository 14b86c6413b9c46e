"""Shards of earlier schema versions, read with the columns of today."""

import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sartext.errors import UserError
from sartext.row_groups import find_rows, group_sizes, read_group, read_group_rows, read_groups, read_table
from sartext.schema_evolution import leaf_paths, stored_columns, upgrade
from sartext.store import Store, open_store
from sartext.tile import SCHEMA_VERSION, TILE, Claim, from_row, from_table
from tests.support.stored_dataset import stored_dataset

SHARD = "tiles/00000-0.parquet"
CLAIM = "captions.list.element.claims.list.element"
ADDED_IN_2 = {
    *("split_by", "unlabelled_share", "nodata_share", "rendering.multilook_px", "rendering.resampling", "rendering.floor"),
    *("boxes.component", "sensor.modality"),
}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_store(stored_dataset(tmp_path_factory.mktemp("version") / "2"))


def raw(store: Store) -> pa.Table:
    return pq.read_table(io.BytesIO(store.read(SHARD)))


def without(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """A row without some of its fields; "boxes.component" is one of each box."""
    kept = {name: one for name, one in row.items() if name not in names}
    for name in names:
        outer, _, inner = name.partition(".")
        for part in (kept[outer] if isinstance(kept.get(outer), list) else [kept.get(outer)]) if inner else ():
            (part or {}).pop(inner, None)
    return kept


def of_version_1(table: pa.Table) -> pa.Table:
    rows = [without(row, ADDED_IN_2) for row in table.to_pylist()]
    return pa.Table.from_pylist(rows).replace_schema_metadata({"sartext_schema": "1"})


def test_version_2_comes_with_every_column_of_today(old: Store) -> None:
    table = read_table(old, SHARD)
    assert table.schema.equals(TILE, check_metadata=True)
    was = raw(old)
    for name in ("key", "image", "boxes", "optical", "questions"):
        assert table[name].to_pylist() == was[name].to_pylist()
    assert table["takedown"].null_count == table.num_rows == 8
    for origin in table["origin"].to_pylist():
        assert origin["licence"] == "CC0-1.0"
        assert origin["annotations"] is origin["texts"] is None


def test_tiles_of_version_2_have_the_defaults(old: Store) -> None:
    tiles = from_table(read_table(old, SHARD))
    claims = [claim for tile in tiles for caption in tile.captions for claim in caption.claims]
    assert len(claims) > 50
    assert {(claim.span, claim.boxes, claim.regions) for claim in claims} == {(None, (), ())}
    assert {(caption.derived_from, caption.confidence) for tile in tiles for caption in tile.captions} == {(None, None)}
    assert [from_row(row) for row in raw(old).to_pylist()] == tiles  # rows that were not upgraded, too


def test_version_1_comes_with_every_column_of_today(old: Store) -> None:
    first = of_version_1(raw(old))
    table = upgrade(first, "there")
    assert table.schema.equals(TILE, check_metadata=True)
    tiles = from_table(table)
    assert [(tile.key, tile.split_by, tile.nodata_share, tile.rendering.floor) for tile in tiles] == [
        (key, None, None, None) for key in first["key"].to_pylist()
    ]
    assert {box.component for tile in tiles for box in tile.boxes} == {False}
    assert {tile.sensor.modality for tile in tiles} == {None}
    assert {tile.sensor.modality for tile in map(from_row, first.to_pylist())} == {"sar"}


def test_rows_lack_whole_columns_and_parts_of_them() -> None:
    row: dict[str, Any] = {"key": "a/b/0_0", "source": "a", "scene": "b", "split": None, "height_px": 1, "width_px": 1}
    row |= {"image": {"bytes": b"x"}, "rendering": {"quantity": "dn"}}
    claim = {"kind": "count", "text": "a ship", "verdict": "supported", "evidence": ""}
    tile = from_row({**row, "captions": [{"text": "A ship.", "route": "human", "claims": [claim]}], "origin": {"uri": "u"}})
    assert (tile.boxes, tile.optical, tile.takedown, tile.sensor.modality) == ((), None, None, "sar")
    assert (tile.rendering.limits, tile.origin.uri, tile.origin.texts) == ((), "u", None)
    assert (tile.captions[0].kept, tile.captions[0].claims) == (True, (Claim(**claim),))
    assert from_row({**row, "captions": None, "origin": None}) == from_row(row)
    with pytest.raises(TypeError, match="width_px"):
        from_row({name: value for name, value in row.items() if name != "width_px"})


def test_columns_that_are_unknown_are_kept(old: Store) -> None:
    table = raw(old).append_column("mine", pa.array(range(8)))
    after = upgrade(table, "there")
    assert after.column_names == [*TILE.names, "mine"]
    assert after["mine"].to_pylist() == list(range(8))
    assert upgrade(table.select(["mine", "key"]), "there", ["mine", "key"]).column_names == ["key", "mine"]


def test_a_newer_version_is_refused_wherever_it_is_read(old: Store, tmp_path: Path) -> None:
    newer = raw(old).replace_schema_metadata({"sartext_schema": "99"})
    (tmp_path / "tiles").mkdir()
    pq.write_table(newer, tmp_path / SHARD)
    store = open_store(str(tmp_path))
    for read in (
        lambda: read_table(store, SHARD),
        lambda: read_group(store, SHARD, 0, ["key"]),
        lambda: list(read_groups(store, SHARD, ["key"])),
        lambda: list(find_rows(store, SHARD, [0], ["key"], batch_rows=1)),
    ):
        with pytest.raises(UserError, match=rf"{SHARD} has schema version 99, this program reads up to {SCHEMA_VERSION}"):
            read()


def test_a_table_of_no_shard_stays_as_it_is() -> None:
    table = pa.table({"key": ["a"]})
    assert upgrade(table, "there") is table
    assert stored_columns(table.schema, ["key", "boxes"]) == ["key", "boxes"]


@pytest.fixture(scope="module")
def upgraded(old: Store) -> dict[str, list[Any]]:
    return upgrade(raw(old), "there").to_pydict()


def only(value: Any, path: list[str]) -> Any:
    """What a value holds at one path of Parquet, in the lists and structs around it."""
    if value is None or not path:
        return value
    if path[:2] == ["list", "element"]:
        return [only(one, path[2:]) for one in value]
    return {path[0]: only(value[path[0]], path[1:])}


@pytest.mark.parametrize("column", leaf_paths(TILE))
def test_each_column_is_that_of_the_upgraded_shard(old: Store, upgraded: dict[str, list[Any]], column: str) -> None:
    """Also one that the shard lacks: there are as many captions, claims and boxes as there were."""
    found = read_table(old, SHARD, [column])
    assert leaf_paths(found.schema) == [column]
    name, *path = column.split(".")
    assert found[name].to_pylist() == [only(value, path) for value in upgraded[name]]


def test_every_reader_of_row_groups_gives_the_columns_of_today(old: Store) -> None:
    columns = ["key", "takedown", "origin.texts", "captions.list.element.confidence", f"{CLAIM}.span", f"{CLAIM}.text"]
    whole = read_table(old, SHARD, columns)
    assert whole.column_names == ["key", "captions", "origin", "takedown"]
    first = whole["captions"][0].as_py()[0]
    assert set(first) == {"confidence", "claims"}
    assert all(set(claim) == {"text", "span"} and claim["span"] is None and claim["text"] for claim in first["claims"])
    assert group_sizes(old, SHARD) == [8]
    assert read_group(old, SHARD, 0, columns) == whole
    assert pa.concat_tables(read_groups(old, SHARD, columns)) == whole
    assert read_group_rows(old, SHARD, 0, (5, 2), columns) == whole.take([5, 2])
    assert list(find_rows(old, SHARD, [6, 1], columns, batch_rows=2)) == [(row, whole.to_pylist()[row]) for row in (1, 6)]
    assert read_group(old, SHARD, 0, ["key", "nothing", "origin.nothing"]).column_names == ["key"]
