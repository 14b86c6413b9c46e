"""The work of one shard on a worker: attempts, reading, trying again alone. Plain functions, no Ray."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pyarrow as pa

from sartext.flow.build.commit import TAKEDOWN, TAKEN_DOWN
from sartext.flow.build.worker.attempts import Attempts, tell_again
from sartext.flow.build.worker.isolate import CrashCounts, Portion, run_isolated
from sartext.flow.build.worker.narrating import RuleModels, Tell, narrate_by
from sartext.flow.build.worker.rows import collect_seldom, limit_memory, results, staged_row, staged_table
from sartext.narrate.rule import BatchRule, Rule
from sartext.row_groups import read_table
from sartext.sources.source import Shard, Source
from sartext.store import Store, open_store
from sartext.tile import Reject, Tile


@dataclass(frozen=True)
class ShardTask:
    """One shard to be done: which generation comes out, and which of its tiles are tried (None: all)."""

    shard: Shard
    generation: int = 0
    retried: tuple[int, ...] | None = None  # positions; the rest is taken from the generation before
    tries: dict[int, int] = field(default_factory=dict)  # position -> how often it was tried before
    previous: str | None = None  # path of the tiles of the generation before
    taken: dict[int, tuple[str, str]] = field(default_factory=dict)  # position -> key and why it was taken down, and stays so


@dataclass(frozen=True)
class BuildContext:
    """What every worker must know of the run."""

    source: Source
    rules: tuple[Rule, ...]
    uri: str
    fingerprint: str
    worker_memory_mb: int
    models: RuleModels | None = None  # where rules that ask one find it


def read_shard(task: BuildContext, work: ShardTask) -> pa.Table:
    """The shard as one block in flight, read and narrated.

    From the second attempt on all but what models do is done tile by tile in child processes; models are asked as ever.
    """
    collect_seldom()
    store, number = open_store(task.uri), work.shard.number
    attempts, tell = Attempts(store, number, work.generation), partial(tell_again, store, number)
    positions = range(len(work.shard.items)) if work.retried is None else work.retried
    with attempts.trying("read") as before:
        if before:
            deaths = CrashCounts(attempts.positions("death"), lambda position: attempts.note("death", position))
            portion = Portion(task.source, task.rules, work.shard, tuple(positions))
            made: Iterable[Tile | Reject] = _in_children(task, portion, deaths, tell)
        else:
            limit_memory(task.worker_memory_mb)
            wanted = Shard(number=number, items=[work.shard.items[position] for position in positions])
            made = narrate_by(results(task.source, wanted), task.rules, task.models, tell)
        about = {"shard": number, "generation": work.generation}
        rows = (staged_row(one, **about, position=at) for at, one in zip(positions, made, strict=True))
        return _whole(store, work, staged_table(rows)).combine_chunks()


def _in_children(task: BuildContext, whole: Portion, deaths: CrashCounts, tell: Tell) -> list[Tile | Reject]:
    """One result a position: what a tile may end is done in a child, and models are asked from here, one rule after another."""
    made: list[Tile | Reject] = []
    start = 0
    while True:
        asks = next((at for at in range(start, len(task.rules)) if isinstance(task.rules[at], BatchRule)), None)
        rule = None if asks is None else task.rules[asks]
        portion = replace(whole, rules=task.rules[start:asks], prepares=rule if isinstance(rule, BatchRule) else None)
        if not start:
            made = list(run_isolated(portion, worker_memory_mb=task.worker_memory_mb, deaths=deaths))
        elif portion.rules or portion.prepares:
            kept = {at: one for at, one in enumerate(made) if isinstance(one, Tile)}
            again = replace(portion, positions=[whole.positions[at] for at in kept], given=list(kept.values()))
            after = run_isolated(again, worker_memory_mb=task.worker_memory_mb, deaths=deaths)
            for (at, before), one in zip(kept.items(), after, strict=True):
                made[at] = _narration_of(one, before)
        if asks is None:
            return made
        made = list(narrate_by(made, task.rules[asks : asks + 1], task.models, tell, first=asks))
        start = asks + 1


def _narration_of(made: Tile | Reject, before: Tile) -> Tile | Reject:
    """What a child made of a tile that it was given, without a second copy of the image."""
    return replace(before, captions=made.captions, questions=made.questions) if isinstance(made, Tile) else made


def _whole(store: Store, work: ShardTask, fresh: pa.Table) -> pa.Table:
    """The block with what a retry leaves alone: kept tiles as they were, tries counted on."""
    if work.retried is None:
        return fresh
    rows = {row["position"]: row for row in fresh.to_pylist()}
    for position, row in rows.items():
        if row["reject"] is not None:
            row["reject"]["tries"] += work.tries[position]
    kept = read_table(store, work.previous).to_pylist() if work.previous else []
    rows |= _taken_down(work)
    others = [position for position in range(len(work.shard.items)) if position not in rows]
    for position, row in zip(others, kept, strict=True):
        about = {"shard": work.shard.number, "generation": work.generation, "position": position}
        rows[position] = {**row, "reject": None, **about}
    return staged_table(rows[position] for position in sorted(rows))


def _taken_down(work: ShardTask) -> dict[int, dict[str, Any]]:
    """The rows of tiles that were taken down since, by position."""
    about = {"shard": work.shard.number, "generation": work.generation}
    rejects = {
        position: Reject(key=key, stage=TAKEDOWN, reason=TAKEN_DOWN, detail=why) for position, (key, why) in work.taken.items()
    }
    return {position: staged_row(reject, **about, position=position) for position, reject in rejects.items()}
