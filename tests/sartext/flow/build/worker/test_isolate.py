"""Tile by tile in real child processes."""

from dataclasses import replace

import pytest

from sartext.errors import SartextError
from sartext.flow.build.worker.isolate import DEATHS, CrashCounts, Portion, run_isolated
from sartext.tile import Reject, Tile
from tests.chaos.faults import Faulty, Say, Told


def alone(portion: Portion, known: dict[int, int] | None = None) -> tuple[list[Tile | Reject], list[int]]:
    kept: list[int] = []
    return list(run_isolated(portion, worker_memory_mb=1024, deaths=CrashCounts(known or {}, kept.append))), kept


def portion(source: Faulty, *rules: Say) -> Portion:
    (shard,) = source.shards()
    return Portion(source, rules, shard, range(len(shard.items)))


def reasons(made: list[Tile | Reject]) -> list[str | None]:
    return [one.reason if isinstance(one, Reject) else None for one in made]


def test_tiles_that_end_their_process_are_named_and_the_rest_completes() -> None:
    source = Faulty(tiles=6, fates={"1": "exit", "2": "segfault", "4": "memory"})
    made, kept = alone(portion(source, Say()))
    assert reasons(made) == [None, "killed_worker", "killed_worker", None, "killed_worker", None]
    assert kept == [1] * DEATHS + [2] * DEATHS + [4] * DEATHS
    assert [one.key for one in made] == [source.key(at) for at in range(6)]
    assert made[0] == Say().apply(source.tile(0))


def test_a_rule_that_ends_its_process_is_found_too() -> None:
    source = Faulty(tiles=3)
    made, _ = alone(portion(source, Say(fates={source.key(1): "exit"})))
    assert reasons(made) == [None, "killed_worker", None]


def test_what_prepares_a_tile_for_a_model_ends_the_child_and_not_its_parent() -> None:
    source = Faulty(tiles=4)
    rule = Told(unprepared={source.key(1): "segfault", source.key(2): "raise"})
    made, kept = alone(replace(portion(source), prepares=rule))
    assert reasons(made) == [None, "killed_worker", None, None]  # the one that raises is refused where it is asked about
    assert kept == [1] * DEATHS
    assert made[0] == source.tile(0)


def test_tiles_that_are_given_are_not_read_again() -> None:
    source = Faulty(tiles=4, fates={str(at): "exit" for at in range(4)})
    given = [source.tile(at) for at in (1, 3)]
    some = replace(portion(source, Say(fates={source.key(3): "exit"})), positions=(1, 3), given=given)
    made, kept = alone(some)
    assert reasons(made) == [None, "killed_worker"]
    assert made[0] == Say().apply(given[0])
    assert kept == [3] * DEATHS


def test_deaths_of_an_earlier_parent_count() -> None:
    made, kept = alone(portion(Faulty(tiles=2, fates={"0": "exit"}), Say()), known={0: DEATHS - 1})
    assert kept == [0]
    assert isinstance(made[0], Reject)
    assert made[0].tries == DEATHS


def test_a_child_that_cannot_start_accuses_no_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(SartextError, match="could not start its work"):
        alone(portion(Faulty(tiles=1)))
