"""The order in which training sees examples: a pure function of seed, epoch and step, whatever the number of workers.

Row groups of the shards are shuffled, then rows within a pool of some row groups, so that a worker reads whole row groups and
still mixes widely. A global batch is a slice of that order; each rank takes its part of it. The last batch of an epoch is
short: what is missing is filled up with examples from the epoch's beginning, which a loss leaves out, so every example is
learned exactly once an epoch by any number of workers, or as often as its dataset's weight says.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sartext.errors import UserError, require

_GOLDEN = 0.6180339887498949  # steps of it fill the interval from 0 to 1 evenly
_Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Order:
    """The order over row groups of so many rows each; an example is its index in the rows one after another.

    `weights` are how often an epoch reads each row group: of 1.5 once, and half of its rows, drawn anew, a second time.
    """

    group_rows: tuple[int, ...]
    seed: int
    batch_size: int  # global: over all workers
    pool_groups: int = 64
    weights: tuple[float, ...] = ()  # none: once

    def __post_init__(self) -> None:
        if self.examples < 1:
            raise UserError("the dataset has no examples to train on; build one with captions, or choose another split")
        for name in ("batch_size", "pool_groups"):
            require(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")

    @property
    def examples(self) -> int:
        """How many an epoch reads."""
        return sum(rows for _, rows in self._passes())

    @property
    def steps_per_epoch(self) -> int:
        """Batches in an epoch, the short last one included."""
        return -(-self.examples // self.batch_size)

    def epoch(self, number: int) -> _Indices:
        """All examples (examples,) in the order of one epoch."""
        random = np.random.Generator(np.random.PCG64([self.seed, number]))
        starts = np.concatenate(([0], np.cumsum(self.group_rows)))
        passes = self._passes()
        shuffled = random.permutation(len(passes))
        pools = []
        for first in range(0, len(shuffled), self.pool_groups):
            some = [passes[one] for one in shuffled[first : first + self.pool_groups]]
            rows = [
                np.arange(starts[group], starts[group + 1])
                if count == self.group_rows[group]
                else starts[group] + random.permutation(self.group_rows[group])[:count]
                for group, count in some
            ]
            pools.append(random.permutation(np.concatenate(rows)))
        whole: _Indices = np.concatenate(pools).astype(np.int64)
        return whole

    def batch(self, order: _Indices, step: int) -> _Indices:
        """The global batch (at most batch_size,) of a step counted from the epoch's start, from `epoch`'s order."""
        found: _Indices = order[step * self.batch_size : (step + 1) * self.batch_size]
        return found

    def _passes(self) -> list[tuple[int, int]]:
        """Each row group as often as an epoch reads it, with how many of its rows are read."""
        found = []
        for group, rows in enumerate(self.group_rows):
            left = self.weights[group] if self.weights else 1.0
            while left > 0:
                found.append((group, rows if left >= 1 else round(left * rows)))
                left -= 1
        return found


def part(batch: _Indices, order: _Indices, batch_size: int, rank: int, world: int) -> _Indices:
    """What one of `world` workers takes of a global batch of an epoch's order: (ceil(batch_size / world),).

    All workers get as many rows in every step, so that none waits for a gradient that another never sends. A row that only
    fills up is `filler` of an example from the order's beginning.
    """
    if not 0 <= rank < world:
        raise ValueError(f"rank is {rank} of {world} workers")
    rows = -(-batch_size // world)
    missing = rows * world - len(batch)
    whole: _Indices = np.concatenate((batch, filler(np.resize(order, missing)))) if missing else batch
    return whole[rank * rows : (rank + 1) * rows]


def filler(index: _Indices) -> _Indices:
    """The mark of rows that only fill up: below 0; of such a mark, the example again."""
    return np.bitwise_not(index)


def drawn(seed: int, epoch: int, index: int, choices: Sequence[float] | int) -> int:
    """Which of an example's texts an epoch takes, the same in every process.

    Of so many, or of equal weights, each has its turn; else each comes as often, over the epochs, as its weight says.
    """
    weights = [1.0] * choices if isinstance(choices, int) else list(choices)
    start = int(np.random.PCG64([seed, index]).random_raw())
    if len(set(weights)) == 1:
        return (start + epoch) % len(weights)
    at = (start / 2**64 + epoch * _GOLDEN) % 1.0 * sum(weights)
    return min(int(np.searchsorted(np.cumsum(weights), at, side="right")), len(weights) - 1)
