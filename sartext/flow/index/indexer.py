"""The work of one shard of an index on an actor: features and thumbnails of its tiles, committed. No Ray."""

import hashlib
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import torch

from sartext.artifact import readable
from sartext.errors import TileRejected
from sartext.flow.predict.index_files import ALL, features_path, index_record_path
from sartext.flow.predict.model import Model
from sartext.imaging.guard import gray_or_rgb, opened
from sartext.row_groups import read_table
from sartext.store import open_store

THUMBNAIL_PX = 192  # the longer side
GROUP_ROWS = 64  # tiles of a row group: what is read to show one of them
_BATCH = 32
_QUALITY = 80


class Indexer:
    """Indexes shard after shard of a dataset with one model."""

    def __init__(self, folder: str, dataset: str, paths: list[str], out: str, split: str, threads: int) -> None:
        torch.set_num_threads(threads)
        self._model = Model(folder)
        self._dataset, self._paths, self._store, self._split = open_store(dataset), paths, open_store(out), split

    def __call__(self, number: int) -> None:
        """Commits the features of a shard, then its record."""
        tiles = read_table(self._dataset, self._paths[number], ["key", "split", "image", "captions"])
        if self._split != ALL:
            tiles = tiles.filter(pc.equal(tiles["split"], self._split))
        rows, skipped = self._rows(tiles)
        record: dict[str, Any] = {"shard": number, "path": features_path(number), "rows": len(rows), "skipped": skipped}
        if rows:
            # What is there already stays: a model's features can differ in their last bits.
            self._store.put_if_absent(features_path(number), _parquet(rows))
            record["sha256"] = hashlib.sha256(self._store.read(features_path(number))).hexdigest()
        self._store.put(index_record_path(number), readable(record))

    def _rows(self, tiles: pa.Table) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        """The rows of an index in the order of the tiles, and the tiles that cannot be read."""
        rows: list[dict[str, Any]] = []
        skipped: list[dict[str, str]] = []
        for batch in tiles.to_batches(max_chunksize=_BATCH):
            tensors = []
            for tile in batch.to_pylist():
                data = tile["image"]["bytes"] or b""
                try:
                    tensors.append(self._model.tensor(data))
                    shown = _thumbnail(data)
                except TileRejected as rejected:
                    skipped.append({"key": tile["key"], "reason": rejected.reason})
                    continue
                rows.append(
                    {"key": tile["key"], "split": tile["split"], "caption": concise(tile["captions"]), "thumbnail": shown}
                )
            if tensors:
                for row, of_row in zip(rows[-len(tensors) :], self._model.embed_images(tensors), strict=True):
                    row["features"] = of_row
        return rows, skipped


def _thumbnail(data: bytes) -> bytes:
    """A small JPEG of a decodable image, gray where the image is gray."""
    small = gray_or_rgb(opened(data))
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def concise(captions: Sequence[dict[str, Any]] | None) -> str | None:
    """What is shown of a tile's captions: the first concise one that is kept, else the first that is kept, else None."""
    kept = [one for one in captions or () if one["kept"]]
    first = next((one for one in kept if one["form"] == "concise"), kept[0] if kept else None)
    return None if first is None else str(first["text"])


def _parquet(rows: list[dict[str, Any]]) -> bytes:
    features = np.stack([row["features"] for row in rows]).astype(np.float32)
    table = pa.table(
        {
            "key": pa.array([row["key"] for row in rows], pa.string()),
            "split": pa.array([row["split"] for row in rows], pa.string()),
            "caption": pa.array([row["caption"] for row in rows], pa.string()),
            "features": pa.FixedSizeListArray.from_arrays(pa.array(features.ravel()), features.shape[1]),
            "thumbnail": pa.array([row["thumbnail"] for row in rows], pa.binary()),
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=GROUP_ROWS, compression="NONE", use_dictionary=False)
    return out.getvalue()
