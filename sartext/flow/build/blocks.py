"""A shard is a block: one Ray Data read task a shard, one commit a block."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
from ray.data import Datasink, Datasource
from ray.data.block import BlockMetadata
from ray.data.datasource import ReadTask

from sartext.flow.build.commit import commit_shard
from sartext.flow.build.worker.attempts import tell_again
from sartext.flow.build.worker.rows import STAGED
from sartext.flow.build.worker.shard import BuildContext, ShardTask, read_shard
from sartext.flow.engine.tries import try_again
from sartext.store import open_store


class ShardSource(Datasource):
    """Some shards of a source as read tasks, in planned order."""

    def __init__(self, task: BuildContext, window: Sequence[ShardTask]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._task, self._window = task, window

    def get_name(self) -> str:
        return "Shards"

    def estimate_inmemory_data_size(self) -> int | None:
        return None

    def get_read_tasks(
        self, parallelism: int, per_task_row_limit: int | None = None, data_context: object | None = None
    ) -> list[ReadTask]:
        """One task a shard whatever the parallelism, so that a block is a shard. Row limits do not apply to shards."""
        del parallelism, per_task_row_limit, data_context
        return [
            ReadTask(
                _Reader(self._task, work),
                BlockMetadata(num_rows=len(work.shard.items), size_bytes=None, input_files=None, exec_stats=None),
                schema=STAGED,
            )
            for work in self._window
        ]


@dataclass(frozen=True)
class _Reader:
    task: BuildContext
    work: ShardTask

    def __call__(self) -> Iterator[pa.Table]:
        number, store = self.work.shard.number, open_store(self.task.uri)
        read = partial(read_shard, self.task, self.work)
        yield try_again(read, partial(tell_again, store, number))


class ShardSink(Datasink[int]):
    """Commits every block as the shard that it is; what comes back to the driver is the number of commits alone."""

    def __init__(self, task: BuildContext, planned: dict[int, int]) -> None:
        self._uri, self._fingerprint, self._planned = task.uri, task.fingerprint, planned
        self._expected = task.source.card.expected_rejects

    def get_name(self) -> str:
        return "Commit"

    def write(self, blocks: Iterable[pa.Table], ctx: object) -> int:
        """Commits the blocks of one write task."""
        del ctx
        store = open_store(self._uri)
        committed = 0
        for block in blocks:
            if block.num_rows:
                number = block["shard"][0].as_py()
                commit = partial(
                    commit_shard,
                    store,
                    block.cast(STAGED),
                    planned=self._planned[number],
                    fingerprint=self._fingerprint,
                    expected=self._expected,
                )
                try_again(commit, partial(tell_again, store, number))
                committed += 1
        return committed
