"""One shard through reading and rules: plain functions, the same in a Ray worker and in a lone child process."""

import gc
import os
import resource
import signal
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from sartext.errors import TileRejected
from sartext.narrate.rule import Rule
from sartext.sources.source import Shard, Source
from sartext.tile import TILE, Reject, Tile, from_row, to_row

REJECT = pa.struct(
    [
        ("stage", pa.string()),
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("tries", pa.int32()),
    ]
)

# A block in flight: TILE, the reason where the tile is refused, and what the sink must know. `done` rows have had
# their narration already (in a child process, or in an earlier generation) and pass the rules untouched.
FLIGHT = pa.schema(
    [
        *TILE,
        ("reject", REJECT),
        ("shard", pa.int32()),
        ("generation", pa.int32()),
        ("position", pa.int32()),
        ("done", pa.bool_()),
    ],
    metadata=TILE.metadata,
)

# What a rule may change; everything else must come out as the very same object.
_NARRATION = ("captions", "questions")
_FIXED = tuple(name for name in TILE.names if name not in _NARRATION)


def results(source: Source, shard: Shard) -> Iterator[Tile | Reject]:
    """Exactly one result an item, whatever the source does: an exception of its own code rejects one tile only."""
    start = 0
    while start < len(shard.items):
        try:
            for result in source.read(Shard(number=shard.number, items=shard.items[start:])):
                yield result
                start += 1
            if start < len(shard.items):
                yield Reject(key=source.key(shard.items[start]), stage="read", reason="error", detail="the source gave no tile")
                start += 1
        except MemoryError:
            end_worker()
        except TileRejected as error:
            yield Reject(key=source.key(shard.items[start]), stage="read", reason=error.reason, detail=error.detail)
            start += 1
        except Exception as error:
            yield Reject(key=source.key(shard.items[start]), stage="read", reason="error", detail=_described(error))
            start += 1


def narrated(tile: Tile, rules: Sequence[Rule]) -> Tile | Reject:
    """The tile after every rule in turn, or why it was refused."""
    for rule in rules:
        try:
            after = rule.apply(tile)
        except MemoryError:
            end_worker()
        except TileRejected as error:
            return Reject(key=tile.key, stage=rule.name, reason=error.reason, detail=error.detail)
        except Exception as error:
            return Reject(key=tile.key, stage=rule.name, reason="error", detail=_described(error))
        changed = [name for name in _FIXED if getattr(after, name) is not getattr(tile, name)]
        if changed:
            return Reject(key=tile.key, stage=rule.name, reason="error", detail=f"the rule changed {', '.join(changed)}")
        tile = after
    return tile


def flight_row(result: Tile | Reject, *, shard: int, generation: int, position: int, done: bool) -> dict[str, Any]:
    """A row of a block in flight."""
    about = {"shard": shard, "generation": generation, "position": position, "done": done}
    if isinstance(result, Reject):
        reject = {"stage": result.stage, "reason": result.reason, "detail": result.detail, "tries": result.tries}
        return {"key": result.key, "reject": reject, **about}
    return {**to_row(result), **about}


def flight_table(rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Rows in flight as one table of one chunk."""
    return pa.Table.from_pylist(list(rows), schema=FLIGHT)


def narrate_block(table: pa.Table, rules: Sequence[Rule]) -> pa.Table:
    """A block in flight with every row narrated that is neither refused nor done."""
    rows = table.to_pylist()
    if all(row["done"] or row["reject"] is not None for row in rows):
        return table
    about = ("shard", "generation", "position")
    narrated_rows = []
    for row in rows:
        if not row["done"] and row["reject"] is None:
            row = flight_row(narrated(from_row(row), rules), **{name: row[name] for name in about}, done=True)
        narrated_rows.append(row)
    return flight_table(narrated_rows)


def limit_memory(worker_memory_mb: int) -> None:
    """Bounds what this process may allocate beyond what it has now; 0 lifts nothing and bounds nothing.

    The bound is on private writable memory (RLIMIT_DATA, setrlimit(2)), so shared object stores do not count.
    """
    if worker_memory_mb <= 0 or resource.getrlimit(resource.RLIMIT_DATA)[0] != resource.RLIM_INFINITY:
        return
    with open("/proc/self/status") as file:
        held_kb = next(int(line.split()[1]) for line in file if line.startswith("VmData"))
    bound = held_kb * 1024 + worker_memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (bound, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def collect_seldom() -> None:
    """Lets Python look for cycles less often in this process: tiles have none, and looking took a sixth of the time."""
    gc.set_threshold(50_000, 20, 50)


def end_worker() -> None:
    """Ends this process at once: after a failed allocation nothing here can be relied upon."""
    os.kill(os.getpid(), signal.SIGKILL)


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:500]
