"""What a selection knows of a tile: a file a shard of the datasets, written by the actor that read the shard.

facts/00000.parquet    a row a tile in planned order, of all datasets one after the other: its key and place, whether it may
                       be selected at all (`reason`), a digest of its pixels, its classes, its captions, its features
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sartext.errors import TileRejected
from sartext.flow.curate.requests import TakedownRequest, why_taken
from sartext.flow.curate.selection import Selection, split_half
from sartext.imaging.guard import gray_or_rgb, opened
from sartext.narrate.read.agreement import stated_in
from sartext.rights import TRAIN, forbidden_by, rights_of
from sartext.row_groups import read_groups
from sartext.store import open_store

FACTS = "facts"
_READ = [
    *("key", "source", "scene", "split", "split_by", "image", "geo.footprint", "boxes.list.element.label"),
    *("regions.list.element.label", "captions", "questions.list.element.kept", "origin", "takedown"),
]
_BATCH = 32  # images that a model sees at once
_CAPTION = pa.struct(
    [
        ("at", pa.int32()),
        ("text", pa.uint64()),  # the beginning of a digest of the text
        ("route", pa.string()),
        ("supported", pa.bool_()),
        ("score", pa.float32()),
    ]
)
FACTS_SCHEMA = pa.schema(
    {
        "key": pa.string(),
        "source": pa.string(),
        "scene": pa.string(),
        "split": pa.string(),
        "split_by": pa.string(),
        "footprint": pa.string(),
        "reason": pa.string(),  # None where it may be selected
        "detail": pa.string(),
        "digest": pa.binary(16),
        "classes": pa.list_(pa.string()),
        "captions": pa.list_(_CAPTION),  # the kept ones
        "questions": pa.int32(),  # kept ones
        "features": pa.list_(pa.float32()),
    }
)
_MEASURED = ("val", "test")  # splits that are not learned from


def facts_path(shard: int) -> str:
    """Where what is known of the tiles of a shard is."""
    return f"{FACTS}/{shard:05d}.parquet"


@dataclass(frozen=True, kw_only=True)
class FactsTask:
    """What every actor is told."""

    files: tuple[tuple[str, str], ...]  # of all datasets: the place and the path of each shard
    out: str
    selection: Selection
    requests: tuple[TakedownRequest, ...]
    models: tuple[str, ...]  # folders: none, one, or of two the one that scores half 1 - its number


class FactsWorker:
    """Writes what is to be known of one shard after the other."""

    def __init__(self, task: FactsTask, threads: int) -> None:
        self._task, self._store = task, open_store(task.out)
        self._models: list[Any] = []
        if task.models:
            import torch

            from sartext.flow.predict.model import Model

            torch.set_num_threads(threads)
            self._models = [Model(folder) for folder in task.models]

    def __call__(self, number: int) -> None:
        """Commits the facts of a shard."""
        uri, path = self._task.files[number]
        rows: list[dict[str, Any]] = []
        for table in read_groups(open_store(uri), path, _READ):
            for batch in table.to_batches(max_chunksize=_BATCH):
                rows += self._of(batch.to_pylist())
        out = io.BytesIO()
        pq.write_table(
            pa.Table.from_pylist(rows, schema=FACTS_SCHEMA), out, compression="ZSTD", use_dictionary=["source", "scene"]
        )
        self._store.put_if_absent(facts_path(number), out.getvalue())

    def _of(self, tiles: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        rows = [self._row(tile) for tile in tiles]
        if self._models:
            there = [(row, tile) for row, tile in zip(rows, tiles, strict=True) if row["reason"] is None]
            self._score(there)
        return rows

    def _row(self, tile: Mapping[str, Any]) -> dict[str, Any]:
        reason, detail = self._barred(tile)
        row: dict[str, Any] = {name: tile[name] for name in ("key", "source", "scene", "split", "split_by")}
        row |= {"footprint": (tile["geo"] or {}).get("footprint"), "reason": reason, "detail": detail}
        if reason is not None:  # no more is to be kept of it
            return row
        try:
            row["digest"] = pixel_digest(tile["image"]["bytes"] or b"")
        except TileRejected as error:
            return row | {"reason": "unreadable", "detail": str(error)}
        kept = [one["text"] for one in tile["captions"] or () if one["kept"]]
        annotated = {one["label"] for one in (*(tile["boxes"] or ()), *(tile["regions"] or ()))}
        row["classes"] = sorted(annotated or classes_told(kept))
        row["captions"] = [
            {
                "at": at,
                "text": int.from_bytes(hashlib.blake2b(one["text"].encode(), digest_size=8).digest(), "little"),
                "route": one["route"],
                "supported": all(claim["verdict"] == "supported" for claim in one["claims"] or ()),
                "score": None,
            }
            for at, one in enumerate(tile["captions"] or ())
            if one["kept"]
        ]
        row["questions"] = sum(one["kept"] for one in tile["questions"] or ())
        return row

    def _barred(self, tile: Mapping[str, Any]) -> tuple[str | None, str]:
        """Why a tile may not be selected, whatever the others are: the reason and its detail."""
        selection, rights = self._task.selection, rights_of(tile["origin"])
        if (why := why_taken(self._task.requests, tile)) is not None:
            return "taken_down", why
        if tile["takedown"]:
            return "taken_down", tile["takedown"]
        uses = selection.uses if tile["split"] in _MEASURED else (TRAIN, *selection.uses)
        for use in uses:
            if by := forbidden_by(rights, use):
                return "rights", f"{use}: {by}"
        if selection.licences:
            for one in rights:
                if one.licence not in selection.licences:
                    return "licence", f"{one.of} under {one.licence or 'an unknown licence'}"
        if selection.half is not None and split_half(tile["source"], tile["scene"]) != selection.half:
            return "other_half", ""
        return None, ""

    def _score(self, pairs: Sequence[tuple[dict[str, Any], Mapping[str, Any]]]) -> None:
        """Adds the features of the images, and the scores of the kept captions by a model that never saw their half."""
        tensors = []
        readable = []
        for row, tile in pairs:
            try:
                tensors.append([model.tensor(tile["image"]["bytes"]) for model in self._models])
                readable.append((row, tile))
            except TileRejected as error:
                row.update(reason="unreadable", detail=str(error))
        if not readable:
            return
        images = [model.embed_images([one[at] for one in tensors]) for at, model in enumerate(self._models)]
        for number, (row, tile) in enumerate(readable):
            row["features"] = images[0][number].tolist()
            # Of two models the first learned from half 0: it scores half 1, and the second scores half 0.
            at = 1 - split_half(tile["source"], tile["scene"]) if len(self._models) == 2 else 0
            if row["captions"]:
                texts = self._models[at].embed_texts([tile["captions"][one["at"]]["text"] for one in row["captions"]])
                for one, score in zip(row["captions"], texts @ images[at][number], strict=True):
                    one["score"] = float(score)


def classes_told(texts: Sequence[str]) -> set[str]:
    """The classes that texts say are there: of a tile without annotations all that is known."""
    statements = [one for text in texts for sentence in stated_in(text) for one in sentence.statements]
    return {label for one in statements for label in one.classes}


def pixel_digest(data: bytes) -> bytes:
    """16 bytes that images have in common whose decoded pixels are the same. Raises `TileRejected`."""
    picture = gray_or_rgb(opened(data))
    return hashlib.blake2b(repr((picture.mode, picture.size)).encode() + picture.tobytes(), digest_size=16).digest()
