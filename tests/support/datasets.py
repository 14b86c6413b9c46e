"""Small datasets for the tests of training, committed as a build commits them, without Ray."""

from collections.abc import Sequence

from sartext.artifact import DATASET
from sartext.flow.build.build import finish
from sartext.flow.build.commit import commit_shard
from sartext.flow.build.plan import plan_build
from sartext.flow.build.records import BuildRecords
from sartext.flow.build.worker.rows import narrate_shard, staged_row, staged_table
from sartext.flow.run import Run
from sartext.narrate.rule import Rule
from sartext.sources.source import Source


def dataset(source: Source, rules: Sequence[Rule], out: str) -> str:
    """The dataset at `out`, which is returned."""
    plan = plan_build(source, rules, None)
    with Run(out, kind="dataset", writes=DATASET) as run:
        run.plan(plan.config, fingerprint=plan.fingerprint, shard_tiles=plan.shard_tiles)
        run.reserve()
        for shard in plan.shards:
            made = enumerate(narrate_shard(source, plan.rules, shard))
            rows = staged_table(staged_row(one, shard=shard.number, generation=0, position=at) for at, one in made)
            commit_shard(run.store, rows, planned=len(shard.items), fingerprint=plan.fingerprint)
        return finish(run, BuildRecords(run.store, plan.shards, 1.0)).uri
