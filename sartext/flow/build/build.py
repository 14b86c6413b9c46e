"""Sources -> narrated dataset: shard by shard, committed as they come, then the manifest, then its report and card."""

import sys
from collections.abc import Sequence

from sartext.artifact import DATASET, Artifact, open_artifact
from sartext.errors import UserError, require
from sartext.failpoint import reach
from sartext.flow.build.commit import remove_orphans
from sartext.flow.build.pages.describe import describe
from sartext.flow.build.plan import BuildPlan, plan_build, rights_notes
from sartext.flow.build.records import BuildRecords
from sartext.flow.build.shard_range import RangeDone, ShardRange, runs_of
from sartext.flow.build.worker.attempts import forget_attempts
from sartext.flow.build.worker.shard import BuildContext, ShardTask
from sartext.flow.engine.options import Engine
from sartext.flow.run import Run
from sartext.narrate.rule import BatchRule, Rule
from sartext.sources.source import Shard, Source


def build(
    source: Source,
    rules: Sequence[Rule],
    *,
    out: str,
    engine: Engine | None = None,
    limit: int | None = None,
    retry: bool = False,
    max_reject_share: float = 0.05,
    only_finish: bool = False,
) -> Artifact:
    """Builds the dataset at `out`, or what of it is missing, and returns it.

    Only the first `limit` planned tiles where given. With `retry`, tiles that were rejected are tried again. With `only_finish`
    no shard is done: all must be there. Stops with
    `UserError` when more than `max_reject_share` of all planned tiles are rejected or 100 in a row (1 lifts both; rejects
    that the source's card expects do not count) and when none is kept, `OutputError` when `out` cannot be written or holds
    another dataset, `Stopped` on SIGINT and SIGTERM. The same call goes on from what is committed.
    """
    engine = _checked(rules, engine, max_reject_share)
    if retry and only_finish:
        raise UserError("--retry does shards and --finish does none; leave one of them out")
    with Run(out, kind="dataset", writes=DATASET) as run:
        plan = _planned(run, source, rules, limit)
        records = _records(run, plan, plan.shards, max_reject_share)
        if not retry:
            records.check_rejects()
        fresh = records.missing()
        if only_finish and fresh:
            left = runs_of([one.shard.number for one in fresh])
            raise UserError(f"{len(fresh):,} of {len(plan.shards):,} shards are not there; do them by --shards {left}")
        _do(run, plan, records, engine, fresh + (records.retries() if retry else []), None, may_stop=bool(fresh))
        if not retry:
            records.check()
        artifact = finish(run, records)
        describe(artifact, {source.card.name: source.card.title}, run.check_lock)
        records.check()  # after a retry the manifest must follow the records, however many tiles are still rejected
        return artifact


def build_range(
    source: Source,
    rules: Sequence[Rule],
    shards: ShardRange,
    *,
    out: str,
    engine: Engine | None = None,
    limit: int | None = None,
    max_reject_share: float = 0.05,
) -> RangeDone:
    """Does a range of the shards of the dataset at `out`, or what of it is missing, while others may do other ranges.

    The dataset is what `build` makes: no manifest is written before all shards are there. Raises as `build`, the limits on
    rejects being of the range, and `OutputError` where another has a part of the range.
    """
    engine = _checked(rules, engine, max_reject_share)
    with Run(out, kind="dataset", writes=DATASET, part=(shards.start, shards.stop)) as run:
        plan = _planned(run, source, rules, limit)
        records = _records(run, plan, shards.of(plan.shards), max_reject_share)
        records.check_rejects()
        _do(run, plan, records, engine, records.missing(), range(shards.start, shards.stop), may_stop=True)
        records.check()
        return RangeDone(run.uri, shards, len(plan.shards), records.totals())


def _checked(rules: Sequence[Rule], engine: Engine | None, max_reject_share: float) -> Engine:
    """The engine, where it and the rules fit. Raises `UserError` and `ValueError`."""
    engine = engine or Engine()
    require("max_reject_share", max_reject_share, 0 <= max_reject_share <= 1, "from 0 to 1")
    _check_actors(rules, engine)
    return engine


def _planned(run: Run, source: Source, rules: Sequence[Rule], limit: int | None) -> BuildPlan:
    """The plan, for which the output is reserved."""
    plan = plan_build(source, rules, limit)
    for note in rights_notes(source.card):
        print(f"note: {note}", file=sys.stderr)
    run.plan(plan.config, fingerprint=plan.fingerprint, shard_tiles=plan.shard_tiles)
    return plan.cut_as(run.reserve()["shard_tiles"])


def _records(run: Run, plan: BuildPlan, shards: Sequence[Shard], max_reject_share: float) -> BuildRecords:
    """The records of these shards that are there already."""
    records = BuildRecords(run.store, shards, max_reject_share, plan.source.card.expected_rejects)
    records.resume(plan.fingerprint)
    return records


def _do(
    run: Run,
    plan: BuildPlan,
    records: BuildRecords,
    engine: Engine,
    work: Sequence[ShardTask],
    numbers: range | None,
    *,
    may_stop: bool,
) -> None:
    """Does the work, in Ray; afterwards the records of all shards are there. Nobody else does any of these `numbers`."""
    if work:
        with run.importing():
            from sartext.flow.build.windows import run_windows

        forget_attempts(run.store, numbers)
        task = BuildContext(plan.source, plan.rules, run.uri, plan.fingerprint, engine.worker_memory_mb)
        with run.session(engine):
            run_windows(task, work, engine, records, may_stop=may_stop)
    run.check_lock()
    records.check_whole()


def _check_actors(rules: Sequence[Rule], engine: Engine) -> None:
    """Raises `UserError` where there is nobody to load a model, or no model to be loaded."""
    models = [rule.name for rule in rules if isinstance(rule, BatchRule)]
    if models and not engine.actors:
        raise UserError(f"engine.actors is 0, and {models[0]} asks a model, which actors load; give --engine.actors 1 or more")
    if engine.actors and not models:
        raise UserError(f"engine.actors is {engine.actors}, and no rule asks a model; leave --engine.actors out")


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
            **({"taken_down": there["taken_down"]} if there and "taken_down" in there else {}),
        )
    reach("after_manifest")
    run.check_lock()
    remove_orphans(run.store, built.records)
    forget_attempts(run.store)
    return open_artifact(run.uri)
