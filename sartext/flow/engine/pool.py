"""Numbered pieces of work through a pool of actors of Ray Data, each piece committed by the actor that did it."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import pyarrow as pa
import ray

from sartext.errors import UserError
from sartext.flow.engine.background import Halted, Monitor, run_with_monitor
from sartext.flow.engine.blocks import map_blocks
from sartext.flow.engine.options import Pool
from sartext.flow.engine.resources import check_room


class Worker(Protocol):
    """What an actor is made of: a class of this package, constructed once an actor, called once a piece of work."""

    def __call__(self, number: int) -> None:
        """Does the piece of this number and commits it; a piece may be done twice."""
        ...


class _Actor:
    """An actor of Ray Data: a row a piece comes out, with the user's error where there is one (Ray would wrap it)."""

    def __init__(self, make: Callable[..., Worker], arguments: tuple[Any, ...], threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self._make, self._arguments = make, arguments
        self._piece: Worker | None = None

    def __call__(self, table: pa.Table) -> pa.Table:
        said = [self._do(number) for number in table["number"].to_pylist()]
        return pa.table({"error": pa.array(said, pa.string())})

    def _do(self, number: int) -> str | None:
        try:
            if self._piece is None:  # here and not before: what a constructor raises, Ray wraps beyond recognition
                self._piece = self._make(*self._arguments)
            self._piece(number)
        except UserError as error:
            return str(error)
        return None


def map_on_actors(
    make: Callable[..., Worker], arguments: tuple[Any, ...], numbers: Sequence[int], pool: Pool, monitor: Monitor
) -> None:
    """Does every numbered piece of work once at least, on an actor pool in a session of Ray.

    Raises the `UserError` that a piece raised. An actor that dies is started anew by Ray, and its piece done again.
    """
    if not numbers:
        return
    actors, each = min(pool.actors, len(numbers)), pool.resources
    remedy = "lower --pool.actors, --pool.threads or --pool.memory-mb, or leave --pool.gpus out"
    check_room(f"{actors} actors", each.bundle(actors), remedy)

    def work(_: Halted) -> None:
        """One execution of Ray Data, a block a piece."""
        table = pa.table({"number": pa.array(numbers, pa.int64())})
        pieces = ray.data.from_arrow([table.slice(at, 1) for at in range(len(numbers))])
        of_actors = (make, arguments, pool.threads)
        done = map_blocks(pieces, _Actor, of_actors, actors=actors, each=each)
        for row in done.iter_rows():
            if row["error"] is not None:
                raise UserError(row["error"])

    run_with_monitor(work, monitor)
