"""Tiles that an audit has described, as rows and in files, with small partitions."""

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from sartext.dedup import partitions
from sartext.flow.audit.descriptors import DESCRIBED, TileDescriptors, described_path
from sartext.flow.audit.tiles import Tiles
from sartext.store import open_store

SHARDS, EACH = 5, 30
SPLITS = ("train", "val", "test", None)


def described_rows() -> list[dict[str, Any]]:
    """Tiles of all splits, some with the same digest, scene or place."""
    draw = random.Random(4)
    return [
        {
            "key": f"given/s{number}/0_0",
            "source": draw.choice("ab"),
            "scene": f"s{draw.randrange(60)}",
            "split": draw.choice(SPLITS),
            "reject": draw.choice((None, None, "not_an_image")),
            "digest": draw.choice((None, *(bytes([value]) * 32 for value in range(9)), draw.randbytes(32))),
            "bits": [7] * draw.randrange(30),
            "footprint": shapely.box(at := draw.uniform(0, 90), 0, at + 2, 2).wkt if draw.random() < 0.4 else None,
        }
        for number in range(SHARDS * EACH)
    ]


def tiles_in_files(rows: list[dict[str, Any]], folder: Path, patch: pytest.MonkeyPatch) -> Tiles:
    """The tiles as an audit sees them: the last shard is of another set."""
    patch.setattr(partitions, "_ROWS", 8)
    patch.setattr(partitions, "_HELD", 20)
    (folder / DESCRIBED).mkdir()
    (folder / "noted").mkdir()
    for shard in range(SHARDS):
        table = pa.Table.from_pylist(rows[shard * EACH : (shard + 1) * EACH])
        pq.write_table(table, folder / described_path(shard), row_group_size=7)
    return Tiles(TileDescriptors(open_store(str(folder)), SHARDS), [SHARDS - 1, 1], str(folder / "noted"))


def sides(rows: list[dict[str, Any]]) -> list[int]:
    """The side of each tile, by the splits alone."""
    of_split = {"train": 0, "val": 1, "test": 2, None: -1}
    return [of_split[row["split"]] if number < (SHARDS - 1) * EACH else 3 for number, row in enumerate(rows)]
