"""Sources -> narrated dataset: shard by shard, committed as they come, then the manifest, then its report and card."""

import sys
from collections.abc import Sequence

from sartext.artifact import DATASET, Artifact, open_artifact
from sartext.errors import UserError, require
from sartext.failpoint import reach
from sartext.flow.build.attempts import forget_attempts
from sartext.flow.build.commit import remove_orphans
from sartext.flow.build.pages.describe import describe
from sartext.flow.build.plan import plan_build, rights_notes
from sartext.flow.build.records import BuildRecords
from sartext.flow.build.shard import BuildContext
from sartext.flow.engine.options import Engine
from sartext.flow.run import Run
from sartext.narrate.rule import BatchRule, Rule
from sartext.sources.source import Source


def build(
    source: Source,
    rules: Sequence[Rule],
    *,
    out: str,
    engine: Engine | None = None,
    limit: int | None = None,
    retry: bool = False,
    max_reject_share: float = 0.05,
) -> Artifact:
    """Builds the dataset at `out`, or what of it is missing, and returns it.

    Only the first `limit` planned tiles where given. With `retry`, tiles that were rejected are tried again. Stops with
    `UserError` when more than `max_reject_share` of all planned tiles are rejected or 100 in a row (1 lifts both; rejects
    that the source's card expects do not count) and when none is kept, `OutputError` when `out` cannot be written or holds
    another dataset, `Stopped` on SIGINT and SIGTERM. The same call goes on from what is committed.
    """
    engine = engine or Engine()
    require("max_reject_share", max_reject_share, 0 <= max_reject_share <= 1, "from 0 to 1")
    _check_actors(rules, engine)
    with Run(out, kind="dataset", writes=DATASET) as run:
        plan = plan_build(source, rules, limit)
        for note in rights_notes(source.card):
            print(f"note: {note}", file=sys.stderr)
        run.plan(plan.config, fingerprint=plan.fingerprint, shard_tiles=plan.shard_tiles)
        plan = plan.cut_as(run.reserve()["shard_tiles"])
        records = BuildRecords(run.store, plan.shards, max_reject_share, source.card.expected_rejects)
        records.resume(plan.fingerprint)
        if not retry:
            records.check_rejects()
        fresh = records.missing()
        work = fresh + (records.retries() if retry else [])
        if work:
            with run.importing():
                from sartext.flow.build.windows import run_windows

            forget_attempts(run.store)
            task = BuildContext(source, plan.rules, run.uri, plan.fingerprint, engine.worker_memory_mb)
            with run.session(engine):
                run_windows(task, work, engine, records, may_stop=bool(fresh))
        run.check_lock()
        records.check_whole()
        if not retry:
            records.check()
        artifact = finish(run, records)
        describe(artifact, {source.card.name: source.card.title}, run.check_lock)
        records.check()  # after a retry the manifest must follow the records, however many tiles are still rejected
        return artifact


def _check_actors(rules: Sequence[Rule], engine: Engine) -> None:
    """Raises `UserError` where there is nobody to load a model."""
    models = [rule.name for rule in rules if isinstance(rule, BatchRule)]
    if models and not engine.actors:
        raise UserError(f"engine.actors is 0, and {models[0]} asks a model, which actors load; give --engine.actors 1 or more")


def finish(run: Run, built: BuildRecords) -> Artifact:
    """Writes the manifest, then removes what no record names."""
    records = [built.records[number] for number in sorted(built.records)]
    shards = [{name: record[name] for name in ("shard", "generation", "rows", "tiles", "rejects")} for record in records]
    reach("before_manifest")
    there = run.finished(("shards",))
    # A finished dataset that is run again keeps the commit that made it.
    if there is None or there["shards"] != shards:
        run.finish(
            parents=[],
            counts=built.totals() | {"places_in_several_splits": built.cut_places()},
            licences=sorted({licence for record in records for licence in record["licences"]}),
            shards=shards,
        )
    reach("after_manifest")
    run.check_lock()
    remove_orphans(run.store, built.records)
    forget_attempts(run.store)
    return open_artifact(run.uri)
