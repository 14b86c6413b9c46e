"""Sources -> narrated dataset: shard by shard, committed as they come, then the manifest, then its report and card."""

from collections.abc import Callable, Sequence
from typing import Any

from sartext.artifact import MANIFEST, Artifact, claim_place, commit_of_code, identity, open_artifact, read_json, readable
from sartext.errors import OutputError, SartextError, UserError, require
from sartext.failpoint import reach
from sartext.flow.build.attempts import forget_attempts
from sartext.flow.build.commit import RECORDS, remove_orphans, totals
from sartext.flow.build.pages.describe import describe
from sartext.flow.build.plan import fingerprint_of, missing, pinned, planned, recut, retries
from sartext.flow.build.shard import Task
from sartext.flow.build.watch import Watch
from sartext.flow.engine.options import Engine
from sartext.flow.engine.signals import stopping
from sartext.narrate.rule import BatchRule, Rule
from sartext.sources.source import Source
from sartext.store import Storage, storage
from sartext.tile import SCHEMA_VERSION


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
    place = storage(out)
    with stopping() as stop, place.lock() as still_ours:
        place.prepare()
        shards, rules = planned(source, limit), pinned(rules)
        config = {"source": identity(source), "rules": [identity(rule) for rule in rules], "limit": limit}
        fingerprint = fingerprint_of(source, config, shards)
        plan = {"fingerprint": fingerprint, "config": config, "schema_version": SCHEMA_VERSION}
        plan["shard_tiles"] = [len(shard.items) for shard in shards]
        shards = recut(shards, claim_place(place, plan)["shard_tiles"])
        watch = Watch(place, shards, max_reject_share, source.card.expected_rejects)
        if any(record["fingerprint"] != fingerprint for record in watch.records.values()):
            raise OutputError(f"{out}/{RECORDS} holds records of another dataset; choose another --out")
        watch.forget_damaged()
        if not retry:
            watch.check()
        fresh = missing(shards, watch.records)
        work = fresh + (retries(place, shards, watch.records) if retry else [])
        if work:
            # Ray takes seconds to import: a finished dataset, a wrong option and --help do without.
            with stop.held():
                from sartext.flow.build.windows import run
                from sartext.flow.engine.session import session

            forget_attempts(place)
            task = Task(source, tuple(rules), place.uri, fingerprint, engine.worker_memory_mb)
            with session(engine, stop):
                run(task, work, engine, watch, may_stop=bool(fresh))
        still_ours()
        watch.reload()
        left = missing(shards, watch.records)
        if left:
            raise SartextError(f"{len(left)} shards, the first {left[0].shard.number}, ended without a record")
        if not retry:
            watch.check()
            watch.check_kept()
        artifact = finish(place, config, fingerprint, watch, still_ours)
        describe(artifact, {source.card.name: source.card.title}, still_ours)
        watch.check()  # after a retry the manifest must follow the records, however many tiles are still rejected
        watch.check_kept()
        return artifact


def _check_actors(rules: Sequence[Rule], engine: Engine) -> None:
    """Raises `UserError` where there is nobody to load a model."""
    models = [rule.name for rule in rules if isinstance(rule, BatchRule)]
    if models and not engine.actors:
        raise UserError(f"engine.actors is 0, and {models[0]} asks a model, which actors load; give --engine.actors 1 or more")


def finish(place: Storage, config: dict[str, Any], fingerprint: str, watch: Watch, still_ours: Callable[[], None]) -> Artifact:
    """Writes the manifest, then removes what no record names."""
    records = [watch.records[number] for number in sorted(watch.records)]
    manifest = {
        "kind": "dataset",
        "schema_version": SCHEMA_VERSION,
        "config": config,
        "fingerprint": fingerprint,
        "parents": [],
        "counts": totals(watch.records),
        "licences": sorted({licence for record in records for licence in record["licences"]}),
        "commit": commit_of_code(),
        "shards": [{name: record[name] for name in ("shard", "generation", "rows", "tiles", "rejects")} for record in records],
    }
    reach("before_manifest")
    try:
        there = read_json(place, MANIFEST, ("shards",))
    except FileNotFoundError:
        there = {"shards": None}
    # A finished dataset that is run again keeps the commit that made it.
    if there["shards"] != manifest["shards"]:
        place.put(MANIFEST, readable(manifest))
    reach("after_manifest")
    still_ours()
    remove_orphans(place, watch.records)
    forget_attempts(place)
    return open_artifact(place.uri)
