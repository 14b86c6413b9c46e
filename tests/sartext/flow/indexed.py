"""A small index, made without Ray."""

from pathlib import Path

from sartext.artifact import claim_place, open_artifact
from sartext.flow.index import ALL, Index, index, plan_of
from sartext.flow.indexer import Indexer
from sartext.models.fingerprint import model_fingerprint
from sartext.narrate.a2c import A2C
from sartext.narrate.verify import Verify
from sartext.sources.synthetic import Synthetic
from sartext.storage import storage
from tests.sartext.flow.datasets import dataset


def indexed(model: Path, tiles: Path, out: Path, *, count: int) -> Index:
    """The index at `out` of `count` tiles of the archive, which are made at `tiles`."""
    uri = dataset(Synthetic(tiles=count, size_px=96, twin=False, shard_tiles=20), (A2C(), Verify()), str(tiles))
    place, source = storage(str(out)), open_artifact(uri)
    place.prepare()
    claim_place(place, plan_of(model_fingerprint(model), source.fingerprint, ALL))
    indexer = Indexer(str(model), uri, source.paths(), place.uri, ALL, threads=1)
    for number in range(len(source.paths())):
        indexer(number)
    return index(str(model), uri, out=str(out))  # all that is left to do is the manifest
