"""The order in which training sees examples: a pure function of seed, epoch and step, whatever the number of workers.

Row groups of the shards are shuffled, then rows within a pool of some row groups, so that a worker reads whole row groups and
still mixes widely. A global batch is a slice of that order; each rank takes its part of it. The last batch of an epoch is
short: what is missing is PADDING, which a loss leaves out, so every example is seen exactly once an epoch by any number of
workers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sartext.errors import UserError, require

PADDING = -1
_Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Order:
    """The order over row groups of so many rows each; an example is its index in the rows one after another."""

    group_rows: tuple[int, ...]
    seed: int
    batch_size: int  # global: over all workers
    pool_groups: int = 64

    def __post_init__(self) -> None:
        if sum(self.group_rows) < 1:
            raise UserError("the dataset has no examples to train on; build one with captions, or choose another split")
        for name in ("batch_size", "pool_groups"):
            require(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")

    @property
    def examples(self) -> int:
        return sum(self.group_rows)

    @property
    def steps_per_epoch(self) -> int:
        """Batches in an epoch, the short last one included."""
        return -(-self.examples // self.batch_size)

    def epoch(self, number: int) -> _Indices:
        """All examples (examples,) in the order of one epoch."""
        random = np.random.Generator(np.random.PCG64([self.seed, number]))
        starts = np.concatenate(([0], np.cumsum(self.group_rows)))
        shuffled = random.permutation(len(self.group_rows))
        pools = []
        for first in range(0, len(shuffled), self.pool_groups):
            groups = shuffled[first : first + self.pool_groups]
            rows = np.concatenate([np.arange(starts[group], starts[group + 1]) for group in groups])
            pools.append(random.permutation(rows))
        whole: _Indices = np.concatenate(pools).astype(np.int64)
        return whole

    def batch(self, order: _Indices, step: int) -> _Indices:
        """The global batch (at most batch_size,) of a step counted from the epoch's start, from `epoch`'s order."""
        found: _Indices = order[step * self.batch_size : (step + 1) * self.batch_size]
        return found


def part(batch: _Indices, batch_size: int, rank: int, world: int) -> _Indices:
    """What one of `world` workers takes of a global batch: (ceil(batch_size / world),), padded with PADDING.

    All workers get as many rows in every step, so that none waits for a gradient that another never sends.
    """
    if not 0 <= rank < world:
        raise ValueError(f"rank is {rank} of {world} workers")
    rows = -(-batch_size // world)
    mine = np.full(rows, PADDING, dtype=np.int64)
    taken = batch[rank * rows : (rank + 1) * rows]
    mine[: len(taken)] = taken
    return mine


def drawn(seed: int, epoch: int, index: int, choices: Sequence[object] | int) -> int:
    """Which of an example's texts an epoch takes: even over epochs, and the same in every process."""
    count = choices if isinstance(choices, int) else len(choices)
    start = int(np.random.PCG64([seed, index]).random_raw())
    return (start + epoch) % count
