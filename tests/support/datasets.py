"""Small datasets for the tests of training, committed as a build commits them, without Ray."""

from collections.abc import Sequence

from sartext.artifact import claim_place, identity
from sartext.flow.build.build import finish
from sartext.flow.build.commit import commit_shard
from sartext.flow.build.plan import fingerprint_of
from sartext.flow.build.rows import flight_row, flight_table, narrated, results
from sartext.flow.build.watch import Watch
from sartext.narrate.rule import Rule
from sartext.sources.source import Source
from sartext.store import storage
from sartext.tile import SCHEMA_VERSION, Tile


def dataset(source: Source, rules: Sequence[Rule], out: str) -> str:
    """The dataset at `out`, which is returned."""
    place, shards = storage(out), source.shards()
    place.prepare()
    config = {"source": identity(source), "rules": [identity(rule) for rule in rules], "limit": None}
    fingerprint = fingerprint_of(source, config, shards)
    sizes = [len(shard.items) for shard in shards]
    claim_place(place, {"fingerprint": fingerprint, "config": config, "schema_version": SCHEMA_VERSION, "shard_tiles": sizes})
    for shard in shards:
        rows = [
            flight_row(
                narrated(one, rules) if isinstance(one, Tile) else one,
                shard=shard.number,
                generation=0,
                position=position,
                done=True,
            )
            for position, one in enumerate(results(source, shard))
        ]
        commit_shard(place, flight_table(rows), planned=len(shard.items), fingerprint=fingerprint)
    watch = Watch(place, shards, 1.0)
    return finish(place, config, fingerprint, watch, lambda: None).uri
