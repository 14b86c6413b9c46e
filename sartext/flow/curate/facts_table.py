"""The facts of all tiles of a selection as arrays: some 60 bytes a tile, 24 a caption, and the names of scenes once each."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sartext.flow.curate.facts import facts_path
from sartext.flow.curate.selection import TILE_REASONS
from sartext.row_groups import read_table
from sartext.store import Store
from sartext.tile import ROUTES, SPLITS

_ABOUT = ["key", "source", "scene", "split", "split_by", "footprint", "reason", "digest", "classes", "captions", "questions"]


@dataclass(frozen=True)
class FactsTable:
    """All tiles, numbered through the shards of all datasets, and all kept captions, numbered through the tiles."""

    starts: NDArray[np.int64]  # the number of the first tile of each shard, and of all tiles
    dataset: NDArray[np.int32]  # of a tile, in the order of the datasets
    source: NDArray[np.int32]
    key: NDArray[np.uint64]  # a hash of the seed and the key: an order that means nothing
    digest: NDArray[np.uint64]  # (N, 2)
    reason: NDArray[np.int8]  # of TILE_REASONS
    scene: NDArray[np.int32]  # of `scenes`
    split: NDArray[np.int8]  # of SPLITS, -1 where there is none
    published: NDArray[np.bool_]  # whether the source named its split
    questions: NDArray[np.int32]
    class_starts: NDArray[np.int64]  # of each tile, in `classes`
    classes: NDArray[np.int32]
    caption_starts: NDArray[np.int64]
    text: NDArray[np.uint64]  # of a caption
    route: NDArray[np.int8]  # of ROUTES
    supported: NDArray[np.bool_]
    score: NDArray[np.float32]  # not a number where there is none
    scenes: list[str]  # source/scene
    class_names: list[str]
    outlines: dict[int, str]  # footprints, by the number of the tile

    @property
    def count(self) -> int:
        """Of tiles."""
        return len(self.key)

    @property
    def tile_of_caption(self) -> NDArray[np.int64]:
        """The tile of each caption."""
        return np.repeat(np.arange(self.count), np.diff(self.caption_starts))


def read_facts(store: Store, dataset_of: Sequence[int], seed: int) -> FactsTable:
    """What is known of all tiles, of the shards of all datasets in their order; `dataset_of` each shard."""
    names: dict[str, dict[str, int]] = {"source": {}, "scene": {}, "class": {}}
    columns: dict[str, list[NDArray[np.generic]]] = {}
    outlines: dict[int, str] = {}
    counts: list[int] = []

    def add(name: str, values: Sequence[object], kind: type[np.generic]) -> None:
        columns.setdefault(name, []).append(np.array(values, kind))

    def number(of: str, name: str) -> int:
        return names[of].setdefault(name, len(names[of]))

    for shard, dataset in enumerate(dataset_of):
        rows = read_table(store, facts_path(shard), _ABOUT).to_pylist()
        first = sum(counts)
        counts.append(len(rows))
        captions = [one for row in rows for one in row["captions"] or ()]
        add("dataset", [dataset] * len(rows), np.int32)
        add("source", [number("source", row["source"]) for row in rows], np.int32)
        add("key", [_hash(f"{seed}:{row['key']}") for row in rows], np.uint64)
        digests = b"".join(row["digest"] or bytes(16) for row in rows)
        columns.setdefault("digest", []).append(np.frombuffer(digests, "<u8").reshape(-1, 2))
        add("reason", [TILE_REASONS.index(row["reason"] or "") for row in rows], np.int8)
        add("scene", [number("scene", f"{row['source']}/{row['scene']}") for row in rows], np.int32)
        add("split", [SPLITS.index(row["split"]) if row["split"] else -1 for row in rows], np.int8)
        add("published", [row["split_by"] == "source" and row["split"] is not None for row in rows], np.bool_)
        add("questions", [row["questions"] or 0 for row in rows], np.int32)
        add("class_counts", [len(row["classes"] or ()) for row in rows], np.int64)
        add("classes", [number("class", one) for row in rows for one in row["classes"] or ()], np.int32)
        add("caption_counts", [len(row["captions"] or ()) for row in rows], np.int64)
        add("text", [one["text"] for one in captions], np.uint64)
        add("route", [ROUTES.index(one["route"]) for one in captions], np.int8)
        add("supported", [one["supported"] for one in captions], np.bool_)
        add("score", [np.nan if one["score"] is None else one["score"] for one in captions], np.float32)
        outlines |= {first + at: row["footprint"] for at, row in enumerate(rows) if row["footprint"]}
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    starts = {name: np.concatenate([[0], np.cumsum(joined.pop(f"{name}_counts"))]) for name in ("class", "caption")}
    return FactsTable(
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        class_starts=starts["class"],
        caption_starts=starts["caption"],
        scenes=list(names["scene"]),
        class_names=list(names["class"]),
        outlines=outlines,
        **joined,
    )


def features_in_file(store: Store, facts: FactsTable, folder: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The numbers of the tiles that have features, and these (M, D), in a file that is mapped."""
    path = os.path.join(folder, "features")
    numbers: list[NDArray[np.int64]] = []
    width = 0
    with open(path, "wb") as file:
        for shard in range(len(facts.starts) - 1):
            column: pa.ListArray = read_table(store, facts_path(shard), ["features"])["features"].combine_chunks()
            there = np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False))
            if len(there):
                values = column.flatten().to_numpy().astype(np.float32)
                width = len(values) // len(there)
                file.write(values.tobytes())
                numbers.append(facts.starts[shard] + there)
    if not numbers:
        return np.zeros(0, np.int64), np.zeros((0, 1), np.float32)
    return np.concatenate(numbers), np.memmap(path, np.float32, "r").reshape(-1, width)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
