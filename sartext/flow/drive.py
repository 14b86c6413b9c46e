"""Work through Ray Data, window by window, while the main thread watches."""

import threading
import time
from collections.abc import Sequence

import ray
from ray.data import ActorPoolStrategy
from ray.data._internal.execution.streaming_executor import StreamingExecutor

from sartext.errors import UserError
from sartext.flow.commit import Record, totals
from sartext.flow.engine import Engine
from sartext.flow.progress import Progress
from sartext.flow.shards import Narrator, ShardSink, ShardSource
from sartext.flow.watch import Watch
from sartext.flow.work import Task, Work

LOOK_EVERY_S = 0.5
_END_S = 4.0


def run(task: Task, work: Sequence[Work], engine: Engine, watch: Watch) -> None:
    """Does the work window by window while the main thread shows progress, minds the limits and listens for signals."""
    failure: list[BaseException] = []
    ended, halted = threading.Event(), threading.Event()

    def windows() -> None:
        """The second thread: whatever it raises is raised again in the first."""
        try:
            for start in range(0, len(work), engine.window_shards):
                if halted.is_set():
                    return
                run_window(task, work[start : start + engine.window_shards], engine)
        except BaseException as error:
            failure.append(error)
        finally:
            ended.set()

    watch.expect(work)
    progress = Progress(watch.planned, sum(_planned(record) for record in watch.records.values()))
    thread = threading.Thread(target=windows, daemon=True)
    thread.start()
    try:
        pause_s = LOOK_EVERY_S
        while not ended.wait(pause_s):
            began = time.monotonic()
            show_progress(watch, progress)
            watch.check()
            # Looking takes longer the more records there are; it may take a tenth of the time.
            pause_s = max(LOOK_EVERY_S, 9 * (time.monotonic() - began))
        if failure:
            raise _mendable(failure[0])
        show_progress(watch, progress, last=True)
    except BaseException:
        progress.clear()
        halted.set()
        end_executions(thread)
        raise


def end_executions(thread: threading.Thread) -> None:
    """Ends what Ray Data runs in this process, and waits for the thread that asked for it.

    A thread that still asks Ray for something after its shutdown ends the whole process, with a status of its own. Ray Data
    has no public way to stop a write from outside; its executors are threads, and these can be listed.
    """
    for one in threading.enumerate():
        if isinstance(one, StreamingExecutor):
            one.shutdown(force=True)
    thread.join(_END_S)


def show_progress(watch: Watch, progress: Progress, *, last: bool = False) -> None:
    """Takes in the records that have come, and draws the line."""
    watch.look()
    counts = totals(watch.records)
    progress.show(counts["kept"], counts["rejected"], last=last)


def _planned(record: Record) -> int:
    return int(record["planned"])


def run_window(task: Task, window: Sequence[Work], engine: Engine) -> None:
    """One Ray Data execution: read, narrate, commit.

    Without actors all three are one task a shard, and a tile is narrated before it becomes a row. With actors the rules get
    a pool of their own.
    """
    source = ShardSource(task, window, narrate=engine.actors == 0)
    shards = ray.data.read_datasource(source, override_num_blocks=len(window))
    if engine.actors:
        arguments, pool = (task.rules, task.worker_memory_mb), ActorPoolStrategy(size=engine.actors)
        shards = shards.map_batches(
            Narrator, fn_constructor_args=arguments, compute=pool, batch_size=None, batch_format="pyarrow"
        )
    planned = {work.shard.number: len(work.shard.items) for work in window}
    shards.write_datasink(ShardSink(task.uri, task.fingerprint, planned))


def _mendable(error: BaseException) -> BaseException:
    """The user's error where there is one behind it (Ray wraps what its tasks raise); the error itself otherwise."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, UserError):
            return UserError(str(getattr(seen, "cause", seen)).splitlines()[0])  # Ray adds lines of its own
        cause = getattr(seen, "cause", None) or seen.__cause__
        seen = cause if isinstance(cause, BaseException) else None
    return error
