"""Tile by tile in real child processes."""

import pyarrow as pa
import pytest

from sartext.errors import SartextError
from sartext.flow.build.isolate import DEATHS, CrashCounts, run_isolated
from sartext.flow.build.rows import Portion
from tests.chaos.faults import Faulty, Say


def alone(
    source: Faulty, *, rules: tuple[Say, ...] = (Say(),), known: dict[int, int] | None = None
) -> tuple[pa.Table, list[int]]:
    (shard,) = source.shards()
    kept: list[int] = []
    deaths = CrashCounts(known or {}, kept.append)
    portion = Portion(source, rules, shard, range(len(shard.items)), 2, done=bool(rules))
    tables = run_isolated(portion, worker_memory_mb=1024, deaths=deaths)
    return pa.concat_tables(list(tables)), kept


def test_tiles_that_end_their_process_are_named_and_the_rest_completes() -> None:
    table, kept = alone(Faulty(tiles=6, fates={"1": "exit", "2": "segfault", "4": "memory"}))
    reasons = [one and one["reason"] for one in table["reject"].to_pylist()]
    assert reasons == [None, "killed_worker", "killed_worker", None, "killed_worker", None]
    assert kept == [1] * DEATHS + [2] * DEATHS + [4] * DEATHS
    assert table["position"].to_pylist() == list(range(6))
    assert set(table["generation"].to_pylist()) == {2}
    assert table["captions"].to_pylist()[0][0]["text"] == "A ship."


def test_tiles_that_are_read_alone_wait_for_their_narration() -> None:
    table, _ = alone(Faulty(tiles=3, fates={"1": "exit"}), rules=())
    assert table["done"].to_pylist() == [False, True, False]
    assert table["captions"].to_pylist() == [[], None, []]


def test_a_rule_that_ends_its_process_is_found_too() -> None:
    source = Faulty(tiles=3)
    table, _ = alone(source, rules=(Say(fates={source.key(1): "exit"}),))
    assert [one and one["reason"] for one in table["reject"].to_pylist()] == [None, "killed_worker", None]


def test_deaths_of_an_earlier_parent_count() -> None:
    table, kept = alone(Faulty(tiles=2, fates={"0": "exit"}), known={0: DEATHS - 1})
    assert kept == [0]
    assert table["reject"].to_pylist()[0]["tries"] == DEATHS


def test_a_child_that_cannot_start_accuses_no_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(SartextError, match="could not start its work"):
        alone(Faulty(tiles=1))
