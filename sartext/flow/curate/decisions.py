"""What was decided, in a file a shard: what becomes of each tile, and which of its captions stay.

decided/00000.parquet   a row a tile of a shard in planned order
"""

import io
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sartext.flow.curate.decide import Decisions
from sartext.flow.curate.facts import facts_path
from sartext.flow.curate.facts_table import FactsTable
from sartext.flow.curate.final_splits import FinalSplits
from sartext.flow.curate.selection import CAPTION_REASONS, TILE_REASONS
from sartext.row_groups import read_table
from sartext.store import Store
from sartext.tile import ROUTES, SPLITS

DECIDED = "decided"
_RULES = (None, "scene", "footprint", "source")
_SCHEMA = pa.schema(
    {
        "key": pa.string(),
        "reason": pa.string(),
        "detail": pa.string(),
        "split": pa.string(),
        "split_by": pa.string(),
        "like": pa.string(),
        "cosine": pa.float32(),
        "refused": pa.list_(pa.struct([("at", pa.int32()), ("reason", pa.string())])),
        "scores": pa.list_(pa.struct([("at", pa.int32()), ("score", pa.float32())])),
    }
)


def decided_path(shard: int) -> str:
    """Where the decisions on a shard are."""
    return f"{DECIDED}/{shard:05d}.parquet"


def put_decisions(store: Store, facts: FactsTable, made: Decisions, splits: FinalSplits) -> None:
    """Commits what was decided, shard by shard."""
    like = _keys(store, facts, made.like[made.like >= 0])
    for shard in range(len(facts.starts) - 1):
        first = int(facts.starts[shard])
        columns = ["key", "reason", "detail", "split", "split_by", "captions"]
        rows = read_table(store, facts_path(shard), columns).to_pylist()
        decided = [_row(row, first + at, facts, made, splits, like) for at, row in enumerate(rows)]
        out = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(decided, schema=_SCHEMA), out, compression="ZSTD")
        store.put(decided_path(shard), out.getvalue())


def _row(
    row: dict[str, Any], tile: int, facts: FactsTable, made: Decisions, splits: FinalSplits, like: dict[int, str]
) -> dict[str, Any]:
    reason, other = TILE_REASONS[made.tile[tile]] or None, like.get(int(made.like[tile]))
    cosine = None if np.isnan(made.cosine[tile]) else float(made.cosine[tile])
    detail = row["detail"] or ""
    if reason is not None and other is not None:
        detail = f"as {other}" + (f", cosine {cosine:.4f}" if cosine is not None else "")
    first = int(facts.caption_starts[tile])
    captions = [(one, CAPTION_REASONS[max(int(made.caption[first + at]), 0)]) for at, one in enumerate(row["captions"] or ())]
    split, rule = int(splits[0][tile]), _RULES[splits[1][tile]]
    return {
        "key": row["key"],
        "reason": reason,
        "detail": detail,
        "split": SPLITS[split] if split >= 0 else None,
        "split_by": rule or row["split_by"],
        "like": other,
        "cosine": cosine,
        "refused": [{"at": one["at"], "reason": why} for one, why in captions if why],
        "scores": [{"at": one["at"], "score": one["score"]} for one, _ in captions if one["score"] is not None],
    }


def _keys(store: Store, facts: FactsTable, tiles: "np.ndarray[Any, np.dtype[np.int64]]") -> dict[int, str]:
    """The keys of some tiles, by number."""
    wanted = np.unique(tiles)
    found: dict[int, str] = {}
    shards = np.searchsorted(facts.starts, wanted, side="right") - 1
    for shard in np.unique(shards).tolist():
        keys = read_table(store, facts_path(shard), ["key"])["key"]
        found |= {number: keys[number - int(facts.starts[shard])].as_py() for number in wanted[shards == shard].tolist()}
    return found


def count_decisions(facts: FactsTable, made: Decisions, splits: FinalSplits) -> dict[str, Any]:
    """What was left out, tiles and captions by reason; how many tiles changed their split; what share a narrator wrote."""
    tiles = Counter(TILE_REASONS[number] for number in made.tile.tolist() if number)
    captions = Counter(CAPTION_REASONS[number] for number in made.caption.tolist() if number > 0)
    with_tile = int((made.caption < 0).sum())
    kept = made.caption == 0
    narrated = int((facts.route[kept] == ROUTES.index("narrator")).sum())
    return {
        "tiles_left_out": dict(sorted(tiles.items())),
        "captions_left_out": dict(sorted((captions + Counter({"tile_left_out": with_tile})).items())),
        "captions_kept": int(kept.sum()),
        "narrator_captions_kept": narrated,
        "moved_to_another_split": int((made.kept & (splits[0] != facts.split)).sum()),
    }
