"""The rules in actors that die: by a tile that ends them, and by nothing that a tile can help. Children stand for actors."""

import multiprocessing
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from sartext.errors import SartextError
from sartext.flow.build.attempts import ATTEMPTS
from sartext.flow.build.isolate import DEATHS
from sartext.flow.build.narrating import NarrationWorker
from sartext.flow.build.rows import staged_row, staged_table
from sartext.store import open_store
from tests.chaos.faults import Faulty, Say, Unloadable

SOURCE = Faulty(tiles=6)
SPAWN = multiprocessing.get_context("spawn")


def block(tiles: int = 6, refused: Sequence[int] = ()) -> pa.Table:
    about = {"shard": 3, "generation": 0}
    rows = [staged_row(SOURCE.tile(at), **about, position=at, done=at in refused) for at in range(tiles)]
    return staged_table(rows)


def narrate(rules: tuple[Say, ...], uri: str, table: pa.Table, path: str) -> None:
    """What an actor does with one block."""
    made = NarrationWorker(rules, uri, 0)(table)
    with pa.OSFile(path, "wb") as file, pa.ipc.new_file(file, made.schema) as writer:
        writer.write_table(made)


def by_actors(rules: tuple[Say, ...], folder: Path, table: pa.Table) -> tuple[pa.Table, int]:
    """The block, and how many actors it took."""
    open_store(str(folder)).prepare()
    for actors in range(1, 20):
        path = folder / "made.arrow"
        child = SPAWN.Process(target=narrate, args=(rules, str(folder), table, str(path)))
        child.start()
        child.join(60)
        if child.exitcode == 0:
            with pa.OSFile(str(path)) as file:
                return pa.ipc.open_file(file).read_all(), actors
    raise AssertionError("it was not narrated by 20 actors")


def reasons(table: pa.Table) -> list[str | None]:
    return [one and one["reason"] for one in table["reject"].to_pylist()]


@pytest.mark.parametrize("fate", ["exit", "segfault"])
def test_a_tile_that_ends_its_actors_is_found_and_the_others_are_narrated(tmp_path: Path, fate: str) -> None:
    made, actors = by_actors((Say(fates={SOURCE.key(2): fate}),), tmp_path, block())
    assert reasons(made) == [None, None, "killed_worker", None, None, None]
    assert [row["captions"][0]["text"] for row in made.to_pylist() if not row["reject"]] == ["A ship."] * 5
    assert made["position"].to_pylist() == list(range(6))
    assert all(made["done"].to_pylist())
    # Twice as a whole, once to find it among others, alone until it is refused, and the rest.
    assert actors == 2 + 1 + DEATHS + 1
    assert made["reject"].to_pylist()[2]["detail"] == f"ended its actor {DEATHS} times"


def test_two_tiles_that_end_their_actors_are_both_found(tmp_path: Path) -> None:
    fates = {SOURCE.key(0): "exit", SOURCE.key(4): "exit"}
    made, _ = by_actors((Say(fates=fates),), tmp_path, block())
    assert reasons(made) == ["killed_worker", None, None, None, "killed_worker", None]


def test_what_is_refused_or_done_already_is_left_as_it_is(tmp_path: Path) -> None:
    table = block(refused=(1, 3))
    for attempt in range(3):  # of actors that were ended from outside
        open_store(str(tmp_path)).put_if_absent(f"{ATTEMPTS}/00003-0/narrate-{attempt}", b"")
    made, actors = by_actors((Say(),), tmp_path, table)
    assert actors == 1
    assert [len(one) for one in made["captions"].to_pylist()] == [1, 0, 1, 0, 1, 1]
    assert not [path for path in open_store(str(tmp_path)).paths(ATTEMPTS) if "alone" in path or "tried" in path]


def test_deaths_that_no_tile_can_help_accuse_none(tmp_path: Path) -> None:
    """Actors that are killed before, between and while tiles are narrated, twice at the same one."""
    store = open_store(str(tmp_path))
    store.prepare()
    for name in ("narrate-a", "narrate-b", "narrate-c", "narrate-d", "tried-5-a", "alone-5-b", "alone-5-c"):
        store.put_if_absent(f"{ATTEMPTS}/00003-0/{name}", b"")
    made, actors = by_actors((Say(),), tmp_path, block())
    assert (reasons(made), actors) == ([None] * 6, 1)


def test_a_block_without_rows_stays_one(tmp_path: Path) -> None:
    assert NarrationWorker((Say(),), str(tmp_path), 0)(block(0)).num_rows == 0


def test_a_model_that_cannot_be_loaded_once_is_loaded_again(tmp_path: Path) -> None:
    faults = tmp_path / "faults"
    faults.mkdir()
    store = open_store(str(tmp_path / "out"))
    store.prepare()
    worker = NarrationWorker((Unloadable(folder=str(faults)),), str(tmp_path / "out"), 0)
    assert reasons(worker(block())) == [None] * 6
    told = [store.read(path).decode() for path in store.paths(ATTEMPTS) if "again" in path]
    assert [line for line in told if "OSError: the weights end early; tried again" in line] == told != []


def test_a_model_that_cannot_be_loaded_ends_the_job_with_its_reason(tmp_path: Path) -> None:
    faults = tmp_path / "faults"
    faults.mkdir()
    open_store(str(tmp_path / "out")).prepare()
    with pytest.raises(SartextError, match="OSError: the weights end early; it failed 2 times"):
        NarrationWorker((Unloadable(folder=str(faults), times=9),), str(tmp_path / "out"), 0)(block())
