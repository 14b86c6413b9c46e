"""Small datasets for the tests of training, committed as a build commits them, without Ray."""

from collections.abc import Sequence

from sartext.artifact import DATASET
from sartext.config import identity
from sartext.flow.build.build import finish
from sartext.flow.build.commit import commit_shard
from sartext.flow.build.plan import fingerprint_of
from sartext.flow.build.rows import narrated, results, staged_row, staged_table
from sartext.flow.build.watch import BuildRecords
from sartext.flow.run import Run
from sartext.narrate.rule import Rule
from sartext.sources.source import Source
from sartext.tile import Tile


def dataset(source: Source, rules: Sequence[Rule], out: str) -> str:
    """The dataset at `out`, which is returned."""
    shards = source.shards()
    config = {"source": identity(source), "rules": [identity(rule) for rule in rules], "limit": None}
    fingerprint = fingerprint_of(source, config, shards)
    with Run(out, kind="dataset", writes=DATASET) as run:
        run.plan(config, fingerprint=fingerprint, shard_tiles=[len(shard.items) for shard in shards])
        run.reserve()
        for shard in shards:
            rows = [
                staged_row(
                    narrated(one, rules) if isinstance(one, Tile) else one,
                    shard=shard.number,
                    generation=0,
                    position=position,
                    done=True,
                )
                for position, one in enumerate(results(source, shard))
            ]
            commit_shard(run.store, staged_table(rows), planned=len(shard.items), fingerprint=fingerprint)
        return finish(run, BuildRecords(run.store, shards, 1.0)).uri
