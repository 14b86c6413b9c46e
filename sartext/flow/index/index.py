"""Checkpoint x dataset -> search index: the features of every tile with what is shown of it, shard by shard.

What lies at the place of an index, beside its manifest:
    features/00000.parquet   a row a tile in planned order: key, split, caption, features, thumbnail
    records/00000.json       written after it: rows, tiles that cannot be read, sha256
"""

from typing import Any

from sartext.artifact import MANIFEST, Artifact, open_artifact, read_json
from sartext.errors import OutputError, UserError
from sartext.flow.engine.options import Pool
from sartext.flow.engine.progress import Progress
from sartext.flow.predict.index_files import ALL, FEATURES, INDEX_RECORDS, Index, index_record_path, open_index
from sartext.flow.run import Run, all_there
from sartext.models.fingerprint import model_fingerprint
from sartext.row_groups import read_table
from sartext.tile import SPLITS

REVISION = 1  # raised whenever the same model and dataset would give another index
_WRITES = (MANIFEST, FEATURES, INDEX_RECORDS)


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

    folder, tiles = model_folder(checkpoint), open_artifact(dataset)
    check_capability(folder, EMBED, "give a model that embeds, as a CLIP or a CoCa")
    pool = pool or Pool()
    with Run(out, kind="index", writes=_WRITES) as run:
        model = model_fingerprint(folder)
        run.plan(config_of(model, tiles.fingerprint, split))
        try:
            return open_index(out)
        except OutputError:
            raise
        except UserError:
            _check_split(tiles, split)
        run.reserve()
        count = len(tiles.paths())

        def missing() -> list[int]:
            return run.missing(INDEX_RECORDS, index_record_path, count)

        if left := missing():
            with run.importing():
                from sartext.flow.engine.pool import map_on_actors
                from sartext.flow.index.indexer import Indexer

            progress = Progress(count, "shards indexed", lambda: count - len(missing()))
            arguments = (str(folder.absolute()), tiles.store.uri, tiles.paths(), run.uri, split, pool.threads)
            with run.session(pool):
                map_on_actors(Indexer, arguments, left, pool, progress)
        all_there(missing(), "shards")
        return _finish(run, tiles, model, split)


def _check_split(tiles: Artifact, split: str) -> None:
    """Raises `UserError` where the dataset has no tile of the split."""
    store = tiles.store
    if not any(split in (ALL, *read_table(store, path, ["split"])["split"].unique().to_pylist()) for path in tiles.paths()):
        raise UserError(f"{tiles.uri} has no tile of the split {split!r}; choose another --split")


def config_of(model: str, dataset: str, split: str) -> dict[str, Any]:
    """What an index is made of, by the fingerprints of its parents: what its output is reserved for."""
    return {"kind": "index", "revision": REVISION, "model": model, "dataset": dataset, "split": split}


def _finish(run: Run, tiles: Artifact, model: str, split: str) -> Index:
    shards = [
        read_json(run.store, index_record_path(number), ("path", "rows", "skipped")) for number in range(len(tiles.paths()))
    ]
    counts = {"tiles": sum(shard["rows"] for shard in shards), "skipped": sum(len(shard["skipped"]) for shard in shards)}
    if counts["tiles"] == 0:
        raise UserError(f"{tiles.uri} has no tile of the split {split!r} that can be read; choose another --split")
    parents = [model, tiles.fingerprint]
    manifest = run.finish(model=model, dataset=tiles.fingerprint, parents=parents, counts=counts, shards=shards)
    return Index(run.uri, manifest)
