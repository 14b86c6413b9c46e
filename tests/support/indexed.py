"""A small index, made without Ray."""

from pathlib import Path

from sartext.artifact import open_artifact
from sartext.flow.index.index import config_of, index
from sartext.flow.index.indexer import Indexer
from sartext.flow.predict.index_files import ALL, Index
from sartext.flow.run import Run
from sartext.models.fingerprint import model_fingerprint
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from tests.support.datasets import dataset


def indexed(model: Path, tiles: Path, out: Path, *, count: int) -> Index:
    """The index at `out` of `count` tiles of the archive, which are made at `tiles`."""
    uri = dataset(Synthetic(tiles=count, size_px=96, twin=False, shard_tiles=20), (A2C(), Verify()), str(tiles))
    return index_of(model, uri, out, split=ALL)


def index_of(model: Path, tiles: str, out: Path, *, split: str) -> Index:
    """The index at `out` of one split of a dataset."""
    source = open_artifact(tiles)
    with Run(str(out), kind="index", writes=()) as run:
        run.plan(config_of(model_fingerprint(model), source.fingerprint, split))
        run.reserve()
    indexer = Indexer(str(model), tiles, source.paths(), run.uri, split, threads=1)
    for number in range(len(source.paths())):
        indexer(number)
    return index(str(model), tiles, out=str(out), split=split)  # all that is left to do is the manifest
