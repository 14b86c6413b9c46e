"""Checkpoint x dataset -> search index: the features of every tile with what is shown of it, shard by shard.

What lies at the place of an index, beside its manifest:
    features/00000.parquet   a row a tile in planned order: key, split, caption, features, thumbnail
    records/00000.json       written after it: rows, tiles that cannot be read, sha256
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sartext.artifact import (
    MANIFEST,
    Artifact,
    claim_place,
    commit_of_code,
    open_artifact,
    plan_at,
    read_json,
    read_table,
    readable,
)
from sartext.artifact import fingerprint as fingerprint_of
from sartext.errors import OutputError, SartextError, UserError
from sartext.flow.engine import Pool
from sartext.flow.progress import Line
from sartext.flow.stop import stopping
from sartext.models.fingerprint import model_fingerprint
from sartext.storage import Storage, storage
from sartext.tile import SCHEMA_VERSION, SPLITS

REVISION = 1  # raised whenever the same model and dataset would give another index
FEATURES, RECORDS = "features", "records"
_WRITES = (MANIFEST, FEATURES, RECORDS)
ALL = "all"


@dataclass(frozen=True)
class Index:
    """A finished index: where it lies and what its manifest says."""

    uri: str
    manifest: dict[str, Any]

    @property
    def tiles(self) -> int:
        return int(self.manifest["counts"]["tiles"])

    def paths(self) -> list[str]:
        """The files of the shards that have tiles, in planned order."""
        return [shard["path"] for shard in self.manifest["shards"] if shard["rows"]]

    def of(self, folder: Path) -> None:
        """Raises `UserError` where the index is of another model than the one in this folder."""
        if self.manifest["model"] != model_fingerprint(folder):
            raise UserError(
                f"{self.uri} was made by another model than {folder}, so their features are not of one space; "
                f"run jobs.index --checkpoint {folder} with another --out"
            )

    def summary(self) -> str:
        """One line for people."""
        line = f"{self.uri}: {self.tiles:,} tiles indexed"
        skipped = self.manifest["counts"]["skipped"]
        return line + (f", {skipped:,} that cannot be read are left out" if skipped else "")


def index(checkpoint: str, dataset: str, *, out: str, split: str = ALL, pool: Pool | None = None) -> Index:
    """Indexes the tiles of a dataset, or what of them is missing at `out`.

    `checkpoint` is a training (its last stage is taken) or a folder of a model that embeds: a CLIP or a CoCa. Raises
    `UserError` where it is none or the split has no tile, `OutputError` where `out` holds another index, `Stopped` on
    SIGINT and SIGTERM. The same call goes on from what is committed.
    """
    if split not in (ALL, *SPLITS):
        raise UserError(f"split is {split!r}; it is one of {', '.join((ALL, *SPLITS))}")
    # torch and the models' libraries take seconds to import: --help does without.
    from sartext.flow.train import model_folder
    from sartext.models.gpt import GPT
    from sartext.models.weights import described

    folder, tiles, place = model_folder(checkpoint), open_artifact(dataset), storage(out)
    if isinstance(described(folder)[0], GPT):
        raise UserError(f"{folder} is a GPT, which embeds nothing; give a CLIP or a CoCa")
    pool = pool or Pool()
    with stopping() as stop, place.lock() as still_ours:
        place.prepare()
        model = model_fingerprint(folder)
        plan = plan_of(model, tiles.fingerprint, split)
        plan_at(place, plan, _WRITES)
        try:
            return open_index(out)
        except OutputError:
            raise
        except UserError:
            _check_split(tiles, split)
        claim_place(place, plan, _WRITES)
        missing = _missing(place, tiles)
        if missing:
            # Ray and torch take seconds to import: a finished index, a wrong option and --help do without.
            with stop.held():
                from sartext.flow.each import each
                from sartext.flow.indexer import Indexer
                from sartext.flow.session import session

            watcher = _Watcher(place, len(tiles.paths()))
            arguments = (str(folder.absolute()), storage(tiles.uri).uri, tiles.paths(), place.uri, split, pool.threads)
            with session(pool, stop):
                each(Indexer, arguments, missing, pool, look=watcher.show, clear=watcher.clear)
        still_ours()
        return _finish(place, plan, tiles, model, split)


def _check_split(tiles: Artifact, split: str) -> None:
    """Raises `UserError` where the dataset has no tile of the split."""
    place = storage(tiles.uri)
    if not any(split in (ALL, *read_table(place, path, ["split"])["split"].unique().to_pylist()) for path in tiles.paths()):
        raise UserError(f"{tiles.uri} has no tile of the split {split!r}; choose another --split")


def open_index(uri: str) -> Index:
    """The index at a place. Raises `UserError` where none is finished there."""
    try:
        manifest = read_json(storage(uri), MANIFEST, ("kind",))
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{uri} has no {MANIFEST}: it is no finished index; run jobs.index to its end") from None
    if manifest["kind"] != "index":
        raise UserError(f"{uri} is a {manifest['kind']}, no index; give the place that jobs.index wrote")
    return Index(storage(uri).uri, manifest)


def plan_of(model: str, dataset: str, split: str) -> dict[str, Any]:
    """What an index is made of, by the fingerprints of its parents: what its place is claimed for."""
    config = {"kind": "index", "revision": REVISION, "model": model, "dataset": dataset, "split": split}
    return {"fingerprint": fingerprint_of(config), "config": config, "schema_version": SCHEMA_VERSION}


def record_path(number: int) -> str:
    """Where the record of a shard lies."""
    return f"{RECORDS}/{number:05d}.json"


def features_path(number: int) -> str:
    """Where the features of a shard lie."""
    return f"{FEATURES}/{number:05d}.parquet"


def _missing(place: Storage, tiles: Artifact) -> list[int]:
    there = set(place.paths(RECORDS))
    return [number for number in range(len(tiles.paths())) if record_path(number) not in there]


def _finish(place: Storage, plan: dict[str, Any], tiles: Artifact, model: str, split: str) -> Index:
    left = _missing(place, tiles)
    if left:
        raise SartextError(f"{len(left)} shards, the first {left[0]}, ended without a record")
    shards = [read_json(place, record_path(number), ("path", "rows", "skipped")) for number in range(len(tiles.paths()))]
    counts = {"tiles": sum(shard["rows"] for shard in shards), "skipped": sum(len(shard["skipped"]) for shard in shards)}
    if counts["tiles"] == 0:
        raise UserError(f"{tiles.uri} has no tile of the split {split!r} that can be read; choose another --split")
    manifest = {
        **plan,
        "kind": "index",
        "model": model,
        "dataset": tiles.fingerprint,
        "parents": [model, tiles.fingerprint],
        "counts": counts,
        "commit": commit_of_code(),
        "shards": shards,
    }
    place.put(MANIFEST, readable(manifest))
    return Index(place.uri, manifest)


class _Watcher:
    """The live line of an indexing, from the records at its place."""

    def __init__(self, place: Storage, shards: int) -> None:
        self._place, self._shards, self._line = place, shards, Line()

    def show(self, last: bool) -> None:
        """Draws the line."""
        done = len(self._place.paths(RECORDS))
        self._line.draw(f"{done:,} of {self._shards:,} shards indexed ({100 * done / self._shards:.0f}%)", last=last)

    def clear(self) -> None:
        """Leaves an empty line for a message on a terminal."""
        self._line.clear()


def concise(captions: Sequence[dict[str, Any]] | None) -> str | None:
    """What is shown of a tile's captions: the first concise one that is kept, else the first that is kept, else None."""
    kept = [one for one in captions or () if one["kept"]]
    first = next((one for one in kept if one["form"] == "concise"), kept[0] if kept else None)
    return None if first is None else str(first["text"])
