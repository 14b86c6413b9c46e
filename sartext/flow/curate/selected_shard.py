"""The work of one shard of a selection on an actor: its tiles as they were, without what is left out, committed. No Ray."""

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sartext.flow.build.commit import commit_shard
from sartext.flow.build.worker.rows import REJECT
from sartext.flow.curate.decisions import decided_path
from sartext.flow.curate.selection import STAGE, TILE_REASONS
from sartext.row_groups import read_table
from sartext.store import open_store
from sartext.tile import TILE

SCORES, DUPLICATES = "tables/scores", "tables/duplicates"
_SCORES = pa.schema({"key": pa.string(), "caption": pa.int32(), "score": pa.float32()})
_DUPLICATES = pa.schema({"key": pa.string(), "reason": pa.string(), "like": pa.string(), "cosine": pa.float32()})
REFUSED = STAGE + ": "  # how the reason of a caption that is left out begins


class ShardSelector:
    """Commits one shard after the other as it was decided."""

    def __init__(self, files: tuple[tuple[str, str], ...], out: str, fingerprint: str) -> None:
        """`files` are the place and the path of each shard of the datasets."""
        self._files, self._store, self._fingerprint = files, open_store(out), fingerprint

    def __call__(self, number: int) -> None:
        """Commits the tables beside a shard, then the shard and its record."""
        uri, path = self._files[number]
        tiles = read_table(open_store(uri), path)
        decided = read_table(self._store, decided_path(number)).to_pylist()
        scores = [
            {"key": row["key"], "caption": one["at"], "score": one["score"]}
            for row in decided
            for one in row["scores"]
            if row["reason"] is None
        ]
        self._put(f"{SCORES}/{number:05d}.parquet", scores, _SCORES)
        same = [row for row in decided if row["reason"] is not None and row["like"] is not None]
        self._put(f"{DUPLICATES}/{number:05d}.parquet", same, _DUPLICATES)
        block = selected_block(tiles, decided, number)
        commit_shard(self._store, block, planned=len(decided), fingerprint=self._fingerprint, expected=TILE_REASONS[1:])

    def _put(self, path: str, rows: list[dict[str, Any]], schema: pa.Schema) -> None:
        if rows:
            out = io.BytesIO()
            pq.write_table(pa.Table.from_pylist(rows, schema=schema), out, compression="ZSTD")
            self._store.put(path, out.getvalue())


def selected_block(tiles: pa.Table, decided: list[dict[str, Any]], shard: int) -> pa.Table:
    """The shard in flight: splits as they are final, captions marked that are left out, a reject where the tile is."""
    tiles = tiles.select(TILE.names)
    for name in ("split", "split_by"):
        column = pa.array([row[name] for row in decided], pa.string())
        tiles = tiles.set_column(TILE.get_field_index(name), TILE.field(name), column)
    if any(row["refused"] for row in decided):
        captions = tiles["captions"].to_pylist()
        for row, of_tile in zip(decided, captions, strict=True):
            for one in row["refused"]:
                of_tile[one["at"]] |= {"kept": False, "reason": REFUSED + one["reason"].replace("_", " ")}
        field = TILE.field("captions")
        tiles = tiles.set_column(TILE.get_field_index("captions"), field, pa.array(captions, field.type))
    rejects = [
        None if row["reason"] is None else {"stage": STAGE, "reason": row["reason"], "detail": row["detail"], "tries": 1}
        for row in decided
    ]
    count = len(decided)
    return (
        tiles.append_column("reject", pa.array(rejects, REJECT))
        .append_column("shard", pa.array([shard] * count, pa.int32()))
        .append_column("generation", pa.array([0] * count, pa.int32()))
        .append_column("position", pa.array(range(count), pa.int32()))
    )
