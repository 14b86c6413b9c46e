"""Work through Ray Data, window by window, while the main thread watches."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import ray

from sartext.flow.build.blocks import ShardSink, ShardSource
from sartext.flow.build.records import BuildRecords
from sartext.flow.build.worker.asking import ModelRules
from sartext.flow.build.worker.shard import BuildContext, ShardTask
from sartext.flow.engine.asked_actors import asked_actors
from sartext.flow.engine.background import Halted, run_with_monitor
from sartext.flow.engine.options import Engine
from sartext.flow.engine.overlap import overlapped
from sartext.flow.engine.progress import Progress
from sartext.flow.engine.resources import check_room, room_beside
from sartext.narrate.rule import BatchRule

# Ray Data looks for finished tasks ten times a second, so between two shards a worker waits 0.17 s for the next, and for the
# disk while it commits: a quarter of a shard of 512 tiles. Half as many tasks again as CPUs keep these busy. (Ray counts in
# steps of 1e-4 and rounds two thirds up, so that three of them would not fit two CPUs.)
_TASK_CPUS = 0.66


def run_windows(
    task: BuildContext, work: Sequence[ShardTask], engine: Engine, records: BuildRecords, *, may_stop: bool
) -> None:
    """Does the work window by window while the main thread shows progress and listens for signals.

    Too many rejects end it at once where it `may_stop`. A retry of what is whole may not: half of it would leave a manifest
    that names other tiles than the records.
    """

    def windows(halted: Halted) -> None:
        """Two at a time, of half the shards each: nobody waits for the last shard of a window."""
        step = max(1, engine.window_shards // 2)
        with _models(task, engine) as with_models:
            pieces = [work[start : start + step] for start in range(0, len(work), step)]
            overlapped(pieces, lambda window: run_window(with_models, window), halted)

    records.expect(work)
    run_with_monitor(windows, _Checked(records) if may_stop else progress_of(records))


def progress_of(records: BuildRecords) -> Progress:
    """The line of a build: tiles that are kept or rejected, of those that are planned."""

    def note() -> str:
        counts = records.totals()
        note = f"{counts['kept']:,} kept  {counts['rejected']:,} rejected"
        times, why = records.tried_again()
        return f"{note}  {times:,} tried again ({why})" if times else note

    return Progress(records.planned, "tiles", records.look, note=note)


class _Checked:
    """The line of a build that ends as soon as too many tiles are rejected."""

    def __init__(self, records: BuildRecords) -> None:
        self._records, self._progress = records, progress_of(records)

    def show(self, last: bool = False) -> None:
        """Draws the line. Raises as `BuildRecords.check_rejects`."""
        self._progress.show(last)
        if not last:
            self._records.check_rejects()

    def clear(self) -> None:
        """Leaves an empty line for a message on a terminal."""
        self._progress.clear()


@contextmanager
def _models(task: BuildContext, engine: Engine) -> Iterator[BuildContext]:
    """The same with the actors that hold the models of its rules, which live as long as the context."""
    rules = {number: rule for number, rule in enumerate(task.rules) if isinstance(rule, BatchRule)}
    if not rules:
        yield task
        return
    remedy = "lower --engine.actors, --engine.threads or --engine.memory-mb, or leave --engine.gpus out"
    check_room(f"{engine.actors} actors", engine.resources.bundle(engine.actors), remedy)
    beside = {"CPU": engine.resources.bundle(engine.actors)["CPU"] + _TASK_CPUS}
    check_room(f"{engine.actors} actors and a task that asks them", beside, remedy)
    most = max(engine.actors, min(engine.most, room_beside(_TASK_CPUS, engine.resources)))
    arguments, grows_mb = (rules, engine.worker_memory_mb), engine.worker_memory_mb // 2
    with asked_actors(ModelRules, arguments, engine.resources, most, grows_mb) as models:
        yield replace(task, models=models)


def run_window(task: BuildContext, window: Sequence[ShardTask]) -> None:
    """One Ray Data execution: a task a shard, which reads, narrates and commits it."""
    share = {"num_cpus": _TASK_CPUS}
    shards = ray.data.read_datasource(ShardSource(task, window), override_num_blocks=len(window), **share)
    planned = {work.shard.number: len(work.shard.items) for work in window}
    shards.write_datasink(ShardSink(task, planned), ray_remote_args=share)
