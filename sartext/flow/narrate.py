"""Sources -> narrated dataset, through Ray Data: shard by shard, committed as they come, the manifest last."""

import hashlib
import json
import logging
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sartext.artifact import MANIFEST, Artifact, canonical, claim_place, identity, open_artifact, read_table, readable
from sartext.errors import OutputError, SartextError, UserError
from sartext.failpoint import reach
from sartext.flow.commit import RECORDS, Record, remove_orphans, totals
from sartext.flow.progress import Progress
from sartext.flow.session import Engine, StopRequest, session, stopping
from sartext.flow.shards import ATTEMPTS, Narrator, Plan, ShardSink, ShardSource, Work
from sartext.flow.watch import Watch
from sartext.narrate.rule import Rule
from sartext.sources.source import Shard, Source
from sartext.storage import Storage, output_error, storage
from sartext.tile import SCHEMA_VERSION

LOOK_EVERY_S = 0.5


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
    `UserError` when more than `max_reject_share` of all planned tiles are rejected or 100 in a row (1 lifts both),
    `OutputError` when `out` cannot be written or holds another dataset, `Stopped` on SIGINT and SIGTERM. The same call
    goes on from what is committed.
    """
    engine = engine or Engine()
    if not 0 <= max_reject_share <= 1:
        raise UserError(f"max_reject_share is {max_reject_share}; it must be from 0 to 1")
    place = storage(out)
    with stopping() as stop, writing(place):
        place.prepare()
        shards = limited(source.shards(), limit)
        if not shards:
            raise UserError(f"the source {source.card.name} plans no tiles; check its paths")
        config = {"source": identity(source), "rules": [identity(rule) for rule in rules], "limit": limit}
        fingerprint = fingerprint_of(source, config, shards)
        claim_place(place, {"fingerprint": fingerprint, "config": config, "schema_version": SCHEMA_VERSION})
        watch = Watch(place, shards, max_reject_share)
        if any(record["fingerprint"] != fingerprint for record in watch.records.values()):
            raise OutputError(f"{out}/{RECORDS} holds records of another dataset; choose another --out")
        if not retry:
            watch.check()
        work = missing(shards, watch.records) + (retries(place, shards, watch.records) if retry else [])
        stop.check()
        if work:
            _forget_attempts(place)
            plan = Plan(source, tuple(rules), place.uri, fingerprint, engine.worker_memory_mb)
            with session(engine):
                run(plan, work, engine, watch, stop)
        return finish(place, config, fingerprint, watch)


def limited(shards: Sequence[Shard], limit: int | None) -> list[Shard]:
    """The shards of the first `limit` planned tiles; all where it is None."""
    if limit is None:
        return list(shards)
    if limit < 1:
        raise UserError(f"limit is {limit}; it must be at least 1")
    chosen: list[Shard] = []
    for shard in shards:
        room = limit - sum(len(one.items) for one in chosen)
        if room <= 0:
            break
        chosen.append(Shard(number=shard.number, items=shard.items[:room]))
    return chosen


def fingerprint_of(source: Source, config: dict[str, Any], shards: Sequence[Shard]) -> str:
    """SHA-256 over the configuration and every planned tile: its key, its place in the order, its annotations."""
    digest = hashlib.sha256(canonical({"schema_version": SCHEMA_VERSION, **config}))
    for shard in shards:
        digest.update(f"shard {shard.number}\n".encode())
        for item in shard.items:
            digest.update(canonical([source.key(item), source.identity(item)]) + b"\n")
    return digest.hexdigest()


def missing(shards: Sequence[Shard], records: dict[int, Record]) -> list[Work]:
    """The shards that have no record yet."""
    return [Work(shard) for shard in shards if shard.number not in records]


def retries(place: Storage, shards: Sequence[Shard], records: dict[int, Record]) -> list[Work]:
    """The shards that have rejects, as work on their rejected tiles alone."""
    work = []
    for shard in shards:
        record = records.get(shard.number)
        if record and record["rejects"]:
            table = read_table(place, record["rejects"]["path"])
            tries = dict(zip(table["position"].to_pylist(), table["tries"].to_pylist(), strict=True))
            previous = record["tiles"]["path"] if record["tiles"] else None
            work.append(Work(shard, record["generation"] + 1, tuple(sorted(tries)), tries, previous))
    return work


def run(plan: Plan, work: Sequence[Work], engine: Engine, watch: Watch, stop: StopRequest) -> None:
    """Does the work window by window while the main thread shows progress, minds the limits and listens for signals."""
    failure: list[BaseException] = []
    ended = threading.Event()

    def windows() -> None:
        try:
            for start in range(0, len(work), engine.window_shards):
                run_window(plan, work[start : start + engine.window_shards], engine)
        except BaseException as error:
            failure.append(error)
        finally:
            ended.set()
            stop.arrived.set()

    redone = {one.shard.number for one in work if one.generation > 0}
    pending = {one.shard.number for one in work}
    progress = Progress(watch.planned, sum(_planned(record) for record in watch.records.values()))
    thread = threading.Thread(target=windows, daemon=True)
    thread.start()
    try:
        while not ended.is_set():
            stop.arrived.wait(LOOK_EVERY_S)
            stop.check()
            watch.look(pending)
            counts = totals(watch.records)
            progress.show(counts["kept"], counts["rejected"])
            if not redone:
                watch.check()
        watch.reload(pending)
        if failure:
            raise _mendable(plan.uri, failure[0])
        counts = totals(watch.records)
        progress.show(counts["kept"], counts["rejected"], last=True)
        watch.check()
    except SartextError:
        progress.clear()
        raise


def _planned(record: Record) -> int:
    return int(record["planned"])


def run_window(plan: Plan, window: Sequence[Work], engine: Engine) -> None:
    """One Ray Data execution: read, narrate, commit. With actors the rules get a pool of their own."""
    import ray
    from ray.data import ActorPoolStrategy, TaskPoolStrategy

    strategy = ActorPoolStrategy(size=engine.actors) if engine.actors else TaskPoolStrategy()
    arguments = (plan.rules, plan.worker_memory_mb)
    shards = ray.data.read_datasource(ShardSource(plan, window), override_num_blocks=len(window))
    if engine.actors:
        narrated = shards.map_batches(
            Narrator, fn_constructor_args=arguments, compute=strategy, batch_size=None, batch_format="pyarrow"
        )
    else:
        narrated = shards.map_batches(Narrator(*arguments).__call__, compute=strategy, batch_size=None, batch_format="pyarrow")
    planned = {work.shard.number: len(work.shard.items) for work in window}
    narrated.write_datasink(ShardSink(plan.uri, plan.fingerprint, planned))


def _mendable(uri: str, error: BaseException) -> BaseException:
    """The user's line where the cause is a place that cannot be written; the error itself otherwise."""
    seen: BaseException | None = error
    while seen is not None:
        cause = getattr(seen, "cause", None) or seen.__cause__
        if isinstance(seen, OSError) and seen.errno is not None:
            return output_error(uri, seen)
        seen = cause if isinstance(cause, BaseException) else None
    return error


@contextmanager
def writing(place: Storage) -> Iterator[None]:
    """The place, locked; what the system says while it is written becomes the user's line."""
    with place.lock():
        try:
            yield
        except OSError as error:
            raise output_error(place.uri, error) from error


def _forget_attempts(place: Storage) -> None:
    for path in place.paths(ATTEMPTS):
        place.delete(path)


def finish(place: Storage, config: dict[str, Any], fingerprint: str, watch: Watch) -> Artifact:
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
        there = place.read(MANIFEST)
    except FileNotFoundError:
        there = b""
    # A finished dataset that is run again keeps the commit that made it.
    if not there or json.loads(there)["shards"] != manifest["shards"]:
        place.put(MANIFEST, readable(manifest))
    reach("after_manifest")
    remove_orphans(place, watch.records)
    _forget_attempts(place)
    return open_artifact(place.uri)


def commit_of_code() -> str | None:
    """The revision of this program: SARTEXT_COMMIT, else what git says, else None."""
    if os.environ.get("SARTEXT_COMMIT"):
        return os.environ["SARTEXT_COMMIT"]
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except OSError as error:
        logging.getLogger(__name__).debug("git cannot be run: %s", error)
        return None
    return answer.stdout.strip() or None
