"""The work of one shard on a worker: attempts, reading, trying again alone. Plain functions, no Ray."""

from dataclasses import dataclass, field

import pyarrow as pa

from sartext.flow.build.attempts import Attempts
from sartext.flow.build.isolate import CrashCounts, run_isolated
from sartext.flow.build.rows import Portion, collect_seldom, limit_memory, staged_table
from sartext.narrate.rule import Rule
from sartext.row_groups import read_table
from sartext.sources.source import Shard, Source
from sartext.store import Store, open_store


@dataclass(frozen=True)
class ShardTask:
    """One shard to be done: which generation comes out, and which of its tiles are tried (None: all)."""

    shard: Shard
    generation: int = 0
    retried: tuple[int, ...] | None = None  # positions; the rest is taken from the generation before
    tries: dict[int, int] = field(default_factory=dict)  # position -> how often it was tried before
    previous: str | None = None  # path of the tiles of the generation before


@dataclass(frozen=True)
class BuildContext:
    """What every worker must know of the run."""

    source: Source
    rules: tuple[Rule, ...]
    uri: str
    fingerprint: str
    worker_memory_mb: int


def read_shard(task: BuildContext, work: ShardTask, *, narrate: bool) -> pa.Table:
    """The shard as one block in flight; with `narrate` each tile goes through the rules as it comes.

    From the second attempt on tile by tile in a child process, which does the same: a shard that actors narrate goes to them
    from there too, as a model is loaded by them alone.
    """
    collect_seldom()
    store = open_store(task.uri)
    attempts = Attempts(store, work.shard.number, work.generation)
    positions = range(len(work.shard.items)) if work.retried is None else work.retried
    portion = Portion(task.source, task.rules if narrate else (), work.shard, positions, work.generation, done=narrate)
    with attempts.trying("read") as before:
        if before:
            deaths = CrashCounts(attempts.positions("death"), lambda position: attempts.note("death", position))
            fresh = pa.concat_tables(list(run_isolated(portion, worker_memory_mb=task.worker_memory_mb, deaths=deaths)))
        else:
            limit_memory(task.worker_memory_mb)
            fresh = staged_table(portion.rows())
        return _whole(store, work, fresh).combine_chunks()


def _whole(store: Store, work: ShardTask, fresh: pa.Table) -> pa.Table:
    """The block with what a retry leaves alone: kept tiles as they were, tries counted on."""
    if work.retried is None:
        return fresh
    rows = {row["position"]: row for row in fresh.to_pylist()}
    for position, row in rows.items():
        if row["reject"] is not None:
            row["reject"]["tries"] += work.tries[position]
    kept = read_table(store, work.previous).to_pylist() if work.previous else []
    others = [position for position in range(len(work.shard.items)) if position not in rows]
    for position, row in zip(others, kept, strict=True):
        about = {"shard": work.shard.number, "generation": work.generation, "position": position, "done": True}
        rows[position] = {**row, "reject": None, **about}
    return staged_table(rows[position] for position in sorted(rows))
