"""One shard through reading and rules: plain functions, the same in a Ray worker and in a lone child process."""

import gc
import logging
import os
import resource
import signal
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import pyarrow as pa

from sartext.errors import TileRejected
from sartext.narrate.rule import BatchRule, Rule
from sartext.sources.source import Shard, Source
from sartext.tile import TILE, Reject, Tile, arrow_type, from_row, to_row

REJECT = pa.struct([field for field in arrow_type(Reject) if field.name != "key"])

# A block in flight: TILE, the reason where the tile is refused, and what the sink must know. `done` rows have had
# their narration already (in a child process, or in an earlier generation) and pass the rules untouched.
STAGED = pa.schema(
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


def narrated_all(tiles: Sequence[Tile], rules: Sequence[Rule]) -> list[Tile | Reject]:
    """The same for many tiles, which a `BatchRule` gets at once; where it fails, in halves, so that the others go on."""
    results: list[Tile | Reject] = list(tiles)
    for rule in rules:
        open_ = {at: result for at, result in enumerate(results) if isinstance(result, Tile)}
        several = list(open_.values())
        made = _applied_to_all(several, rule) if isinstance(rule, BatchRule) else [_applied(tile, rule) for tile in several]
        for at, result in zip(open_, made, strict=True):
            results[at] = result
    return results


def _applied_to_all(tiles: Sequence[Tile], rule: BatchRule) -> list[Tile | Reject]:
    """The tiles after a rule that takes many at once; a tile that it cannot take is found by halves."""
    if len(tiles) <= 1:
        return [_applied(tile, rule) for tile in tiles]
    try:
        after = rule.apply_all(tiles)
    except MemoryError:
        end_worker()
    except Exception as error:
        logging.getLogger(__name__).info("%s takes %d tiles in halves: %s", rule.name, len(tiles), _described(error))
        middle = len(tiles) // 2
        return _applied_to_all(tiles[:middle], rule) + _applied_to_all(tiles[middle:], rule)
    return [_unedited(tile, made, rule) for tile, made in zip(tiles, after, strict=True)]


def _applied(tile: Tile, rule: Rule) -> Tile | Reject:
    try:
        after = rule.apply(tile)
    except MemoryError:
        end_worker()
    except TileRejected as error:
        return Reject(key=tile.key, stage=rule.name, reason=error.reason, detail=error.detail)
    except Exception as error:
        return Reject(key=tile.key, stage=rule.name, reason="error", detail=_described(error))
    return _unedited(tile, after, rule)


def _unedited(tile: Tile, after: Tile, rule: Rule) -> Tile | Reject:
    """What a rule made of a tile, refused where it is more than narration."""
    changed = [name for name in _FIXED if getattr(after, name) is not getattr(tile, name)]
    if changed:
        return Reject(key=tile.key, stage=rule.name, reason="error", detail=f"the rule changed {', '.join(changed)}")
    return after


def staged_row(result: Tile | Reject, *, shard: int, generation: int, position: int, done: bool) -> dict[str, Any]:
    """A row of a block in flight."""
    about = {"shard": shard, "generation": generation, "position": position, "done": done}
    if isinstance(result, Reject):
        reject = {"stage": result.stage, "reason": result.reason, "detail": result.detail, "tries": result.tries}
        return {"key": result.key, "reject": reject, **about}
    return {**to_row(result), **about}


@dataclass(frozen=True)
class Portion:
    """Some tiles of a shard, the rules that they go through, and the generation that comes out."""

    source: Source
    rules: tuple[Rule, ...]
    shard: Shard
    positions: Sequence[int]
    generation: int
    done: bool  # whether these are all the rules that there are

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows in flight, one a position, in this order."""
        wanted = Shard(number=self.shard.number, items=[self.shard.items[position] for position in self.positions])
        made = narrate_shard(self.source, self.rules, wanted)
        number = self.shard.number
        for position, result in zip(self.positions, made, strict=True):
            yield staged_row(result, shard=number, generation=self.generation, position=position, done=self.done)


def staged_table(rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Rows in flight as one table of one chunk."""
    return pa.Table.from_pylist(list(rows), schema=STAGED)


def narrate_block(table: pa.Table, rules: Sequence[Rule]) -> pa.Table:
    """A block in flight with every row narrated that is neither refused nor done."""
    rows = table.to_pylist()
    open_ = [at for at, row in enumerate(rows) if not row["done"] and row["reject"] is None]
    if not open_:
        return table
    about = ("shard", "generation", "position")
    for at, result in zip(open_, narrated_all([from_row(rows[at]) for at in open_], rules), strict=True):
        rows[at] = staged_row(result, **{name: rows[at][name] for name in about}, done=True)
    return staged_table(rows)


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


def end_worker() -> NoReturn:
    """Ends this process at once: after a failed allocation nothing here can be relied upon."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit(128 + signal.SIGKILL)  # not reached


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:500]
