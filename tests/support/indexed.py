"""A small index, made without Ray."""

from pathlib import Path

from sartext.artifact import claim_place, open_artifact
from sartext.flow.index.index import index, plan_of
from sartext.flow.index.indexer import Indexer
from sartext.flow.predict.index_files import ALL, Index
from sartext.models.fingerprint import model_fingerprint
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.store import storage
from tests.support.datasets import dataset


def indexed(model: Path, tiles: Path, out: Path, *, count: int) -> Index:
    """The index at `out` of `count` tiles of the archive, which are made at `tiles`."""
    uri = dataset(Synthetic(tiles=count, size_px=96, twin=False, shard_tiles=20), (A2C(), Verify()), str(tiles))
    return index_of(model, uri, out, split=ALL)


def index_of(model: Path, tiles: str, out: Path, *, split: str) -> Index:
    """The index at `out` of one split of a dataset."""
    place, source = storage(str(out)), open_artifact(tiles)
    place.prepare()
    claim_place(place, plan_of(model_fingerprint(model), source.fingerprint, split))
    indexer = Indexer(str(model), tiles, source.paths(), place.uri, split, threads=1)
    for number in range(len(source.paths())):
        indexer(number)
    return index(str(model), tiles, out=str(out), split=split)  # all that is left to do is the manifest
