"""A shard is a block: one Ray Data read task a shard, one commit a block."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from ray.data import Datasink, Datasource
from ray.data.block import BlockMetadata
from ray.data.datasource import ReadTask

from sartext.artifact import read_table
from sartext.flow.commit import Record, commit_shard
from sartext.flow.pipeline import FLIGHT, flight_row, flight_table, limit_memory, narrate_block, results
from sartext.flow.solo import Deaths, rows_alone
from sartext.narrate.rule import Rule
from sartext.sources.source import Shard, Source
from sartext.storage import storage

ATTEMPTS = ".attempts"


@dataclass(frozen=True)
class Work:
    """One shard to be done: which generation comes out, and which of its tiles are tried (None: all)."""

    shard: Shard
    generation: int = 0
    retried: tuple[int, ...] | None = None  # positions; the rest is taken from the generation before
    tries: dict[int, int] = field(default_factory=dict)  # position -> how often it was tried before
    previous: str | None = None  # path of the tiles of the generation before


@dataclass(frozen=True)
class Plan:
    """What every worker must know of the run."""

    source: Source
    rules: tuple[Rule, ...]
    uri: str
    fingerprint: str
    worker_memory_mb: int


def read_shard(plan: Plan, work: Work) -> Iterator[pa.Table]:
    """The shard as one block in flight. From the second attempt on tile by tile, in a child process."""
    place = storage(plan.uri)
    folder = f"{ATTEMPTS}/{work.shard.number:05d}-{work.generation}"
    known = [path.rsplit("/", 1)[1] for path in place.paths(folder)]
    place.put_if_absent(f"{folder}/attempt-{uuid.uuid4().hex}", b"")
    positions = range(len(work.shard.items)) if work.retried is None else work.retried
    if any(name.startswith("attempt-") for name in known):
        counts = Counter(int(name.split("-")[1]) for name in known if name.startswith("death-"))
        deaths = Deaths(counts, lambda position: _note_death(plan.uri, folder, position))
        tables = list(
            rows_alone(
                plan.source,
                plan.rules,
                work.shard,
                positions,
                generation=work.generation,
                worker_memory_mb=plan.worker_memory_mb,
                deaths=deaths,
            )
        )
    else:
        limit_memory(plan.worker_memory_mb)
        tables = [_read_here(plan.source, work, positions)]
    yield _whole(place, work, pa.concat_tables(tables)).combine_chunks()


def _note_death(uri: str, folder: str, position: int) -> None:
    storage(uri).put_if_absent(f"{folder}/death-{position}-{uuid.uuid4().hex}", b"")


def _read_here(source: Source, work: Work, positions: Sequence[int]) -> pa.Table:
    wanted = Shard(number=work.shard.number, items=[work.shard.items[position] for position in positions])
    return flight_table(
        flight_row(result, shard=work.shard.number, generation=work.generation, position=position, done=False)
        for position, result in zip(positions, results(source, wanted), strict=True)
    )


def _whole(place: Any, work: Work, fresh: pa.Table) -> pa.Table:
    """The block with what a retry leaves alone: kept tiles as they were, tries counted on."""
    if work.retried is None:
        return fresh
    rows = {row["position"]: row for row in fresh.to_pylist()}
    for position, row in rows.items():
        if row["reject"] is not None:
            row["reject"]["tries"] += work.tries[position]
    kept = read_table(place, work.previous).to_pylist() if work.previous else []
    others = [position for position in range(len(work.shard.items)) if position not in rows]
    for position, row in zip(others, kept, strict=True):
        about = {"shard": work.shard.number, "generation": work.generation, "position": position, "done": True}
        rows[position] = {**row, "reject": None, **about}
    return flight_table(rows[position] for position in sorted(rows))


class ShardSource(Datasource):
    """Some shards of a source as read tasks, in planned order."""

    def __init__(self, plan: Plan, window: Sequence[Work]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._plan, self._window = plan, window

    def get_name(self) -> str:
        return "Shards"

    def estimate_inmemory_data_size(self) -> int | None:
        return None

    def get_read_tasks(
        self, parallelism: int, per_task_row_limit: int | None = None, data_context: object | None = None
    ) -> list[ReadTask]:
        """One task a shard whatever the parallelism, so that a block is a shard. Row limits do not apply to shards."""
        del parallelism, per_task_row_limit, data_context
        return [
            ReadTask(
                _Reader(self._plan, work),
                BlockMetadata(num_rows=len(work.shard.items), size_bytes=None, input_files=None, exec_stats=None),
                schema=FLIGHT,
            )
            for work in self._window
        ]


@dataclass(frozen=True)
class _Reader:
    plan: Plan
    work: Work

    def __call__(self) -> Iterator[pa.Table]:
        return read_shard(self.plan, self.work)


class Narrator:
    """The rules as Ray Data maps them over blocks, in a task or in an actor."""

    def __init__(self, rules: Sequence[Rule], worker_memory_mb: int) -> None:
        self._rules, self._worker_memory_mb = tuple(rules), worker_memory_mb

    def __call__(self, table: pa.Table) -> pa.Table:
        limit_memory(self._worker_memory_mb)
        return narrate_block(table, self._rules)


class ShardSink(Datasink[list[Record]]):
    """Commits every block as the shard that it is; what comes back to the driver is the number of commits alone."""

    def __init__(self, uri: str, fingerprint: str, planned: dict[int, int]) -> None:
        self._uri, self._fingerprint, self._planned = uri, fingerprint, planned

    def get_name(self) -> str:
        return "Commit"

    def write(self, blocks: Iterable[pa.Table], ctx: object) -> int:  # type: ignore[override]
        """Commits the blocks of one write task."""
        del ctx
        place = storage(self._uri)
        committed = 0
        for block in blocks:
            if block.num_rows:
                number = block["shard"][0].as_py()
                commit_shard(place, block.cast(FLIGHT), planned=self._planned[number], fingerprint=self._fingerprint)
                committed += 1
        return committed
