"""Checkpoint x dataset -> search index: the features of every tile with what is shown of it, shard by shard.

What lies at the place of an index, beside its manifest:
    features/00000.parquet   a row a tile in planned order: key, split, caption, features, thumbnail
    records/00000.json       written after it: rows, tiles that cannot be read, sha256
"""

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
from sartext.flow.engine.options import Pool
from sartext.flow.engine.progress import Line
from sartext.flow.engine.signals import stopping
from sartext.flow.predict.index_files import ALL, FEATURES, RECORDS, Index, open_index, record_path
from sartext.models.fingerprint import model_fingerprint
from sartext.store import Storage, storage
from sartext.tile import SCHEMA_VERSION, SPLITS

REVISION = 1  # raised whenever the same model and dataset would give another index
_WRITES = (MANIFEST, FEATURES, RECORDS)


def index(checkpoint: str, dataset: str, *, out: str, split: str = ALL, pool: Pool | None = None) -> Index:
    """Indexes the tiles of a dataset, or what of them is missing at `out`.

    `checkpoint` is a training (its last stage is taken) or a folder of a model that embeds, as a CLIP. Raises
    `UserError` where it is none or the split has no tile, `OutputError` where `out` holds another index, `Stopped` on
    SIGINT and SIGTERM. The same call goes on from what is committed.
    """
    if split not in (ALL, *SPLITS):
        raise UserError(f"split is {split!r}; it is one of {', '.join((ALL, *SPLITS))}")
    # torch and the models' libraries take seconds to import: --help does without.
    from sartext.flow.predict.trained import model_folder
    from sartext.models.objective import EMBED
    from sartext.models.weights import check_capability

    folder, tiles, place = model_folder(checkpoint), open_artifact(dataset), storage(out)
    check_capability(folder, EMBED, "give a model that embeds, as a CLIP or a CoCa")
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
                from sartext.flow.engine.pool import each
                from sartext.flow.engine.session import session
                from sartext.flow.index.indexer import Indexer

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


def plan_of(model: str, dataset: str, split: str) -> dict[str, Any]:
    """What an index is made of, by the fingerprints of its parents: what its place is claimed for."""
    config = {"kind": "index", "revision": REVISION, "model": model, "dataset": dataset, "split": split}
    return {"fingerprint": fingerprint_of(config), "config": config, "schema_version": SCHEMA_VERSION}


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
