"""One shard through reading and rules: plain functions, the same in a Ray worker and in a lone child process."""

import gc
import os
import resource
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NoReturn, TypeVar

import numpy as np
import pyarrow as pa

from sartext.errors import StoreError, TileRejected
from sartext.narrate.rule import Rule
from sartext.sources.source import Shard, Source
from sartext.tile import TILE, Reject, Tile, arrow_type, from_row, to_row

_T = TypeVar("_T")
REJECT = pa.struct([field for field in arrow_type(Reject) if field.name != "key"])

# A block in flight: TILE, the reason where the tile is refused, and what the sink must know.
STAGED = pa.schema(
    [
        *TILE,
        ("reject", REJECT),
        ("shard", pa.int32()),
        ("generation", pa.int32()),
        ("position", pa.int32()),
    ],
    metadata=TILE.metadata,
)

_MOST_BINARY_BYTES = 2**31 - 1  # of one Arrow array

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
        except StoreError:  # no tile's fault: it ends the job, which goes on where it was
            raise
        except TileRejected as error:
            yield Reject(key=source.key(shard.items[start]), stage="read", reason=error.reason, detail=error.detail)
            start += 1
        except Exception as error:
            yield Reject(key=source.key(shard.items[start]), stage="read", reason="error", detail=error_line(error))
            start += 1


def narrate_shard(source: Source, rules: Sequence[Rule], shard: Shard) -> Iterator[Tile | Reject]:
    """Exactly one result an item: read, and narrated by the rules in turn."""
    for result in results(source, shard):
        yield narrated(result, rules) if isinstance(result, Tile) else result


def narrated(tile: Tile, rules: Sequence[Rule]) -> Tile | Reject:
    """The tile after every rule in turn, or why it was refused."""
    for rule in rules:
        after = _applied(tile, rule)
        if isinstance(after, Reject):
            return after
        tile = after
    return tile


def _applied(tile: Tile, rule: Rule) -> Tile | Reject:
    after = or_reject(tile, rule, lambda: rule.apply(tile))
    return after if isinstance(after, Reject) else unedited(tile, after, rule)


def or_reject(tile: Tile, rule: Rule, work: Callable[[], _T]) -> _T | Reject:
    """What a rule's work on a tile gives, or the reject of the tile where it raises; a lack of memory ends the process."""
    try:
        return work()
    except MemoryError:
        end_worker()
    except TileRejected as error:
        return Reject(key=tile.key, stage=rule.name, reason=error.reason, detail=error.detail)
    except Exception as error:
        return Reject(key=tile.key, stage=rule.name, reason="error", detail=error_line(error))


def unedited(tile: Tile, after: Tile, rule: Rule) -> Tile | Reject:
    """What a rule made of a tile, refused where it is more than narration."""
    changed = [name for name in _FIXED if getattr(after, name) is not getattr(tile, name)]
    if changed:
        return Reject(key=tile.key, stage=rule.name, reason="error", detail=f"the rule changed {', '.join(changed)}")
    return after


def staged_row(result: Tile | Reject, *, shard: int, generation: int, position: int) -> dict[str, Any]:
    """A row of a block in flight."""
    about = {"shard": shard, "generation": generation, "position": position}
    if isinstance(result, Reject):
        reject = {"stage": result.stage, "reason": result.reason, "detail": result.detail, "tries": result.tries}
        return {"key": result.key, "reject": reject, **about}
    return {**to_row(result), **about}


def staged_table(rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Rows in flight as one table of one chunk.

    Images are most of it. Arrow's builders would double their memory again and again, and each page of that is zeroed first.
    """
    rows = list(rows)
    images = [row["image"]["bytes"] if row.get("image") else None for row in rows]
    if sum(len(one) for one in images if one is not None) > _MOST_BINARY_BYTES:
        return pa.Table.from_pylist(rows, schema=STAGED)
    bare = [{**row, "image": {**row["image"], "bytes": None}} if row.get("image") else row for row in rows]
    table = pa.Table.from_pylist(bare, schema=STAGED).combine_chunks()
    column = table["image"].combine_chunks()
    parts = [_joined(images) if field.name == "bytes" else column.field(field.name) for field in column.type]
    filled = pa.StructArray.from_arrays(parts, fields=list(column.type), mask=column.is_null())
    return table.set_column(table.schema.get_field_index("image"), table.schema.field("image"), filled)


def _joined(images: Sequence[bytes | None]) -> pa.Array:
    """Encoded images as one Arrow array, each byte copied once."""
    there = pa.array([one is not None for one in images], pa.bool_())
    ends = np.cumsum([0, *[len(one or b"") for one in images]], dtype=np.int32)
    joined = b"".join(one for one in images if one is not None)
    return pa.Array.from_buffers(pa.binary(), len(images), [there.buffers()[1], pa.py_buffer(ends), pa.py_buffer(joined)])


def staged_result(row: dict[str, Any]) -> Tile | Reject:
    """What `staged_row` made a row of."""
    return from_row(row) if row["reject"] is None else Reject(key=row["key"], **row["reject"])


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
    gc.set_threshold(200_000, 20, 50)


def end_worker() -> NoReturn:
    """Ends this process at once: after a failed allocation nothing here can be relied upon."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit(128 + signal.SIGKILL)  # not reached


def error_line(error: Exception) -> str:
    """The type of an exception and the first line of what it says."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:500]
