"""Numbered pieces of work through a pool of actors of Ray Data, each piece committed by the actor that did it."""

import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import pyarrow as pa
import ray
from ray.data import ActorPoolStrategy, Dataset

from sartext.errors import SartextError, UserError
from sartext.flow.engine.background import Halted, Monitor, run_with_monitor
from sartext.flow.engine.options import Pool
from sartext.flow.engine.ray_private import map_whole_blocks
from sartext.flow.engine.resources import Resources, check_room
from sartext.flow.engine.tries import try_again

_SAID = pa.schema([("error", pa.string()), ("of_user", pa.bool_()), ("told", pa.list_(pa.string()))])


class Worker(Protocol):
    """What an actor is made of: a class of this package, constructed once an actor, called once a piece of work."""

    def __call__(self, number: int) -> None:
        """Does the piece of this number and commits it; a piece may be done twice."""
        ...


class _Actor:
    """An actor of Ray Data: a row a piece comes out, with the error that ends the job (Ray would wrap it), and with the
    exceptions after which it was tried again."""

    def __init__(self, make: Callable[..., Worker], arguments: tuple[Any, ...], threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self._make, self._arguments = make, arguments
        self._piece: Worker | None = None

    def __call__(self, table: pa.Table) -> pa.Table:
        return pa.Table.from_pylist([self._do(number) for number in table["number"].to_pylist()], schema=_SAID)

    def _do(self, number: int) -> dict[str, Any]:
        told: list[str] = []
        try:
            try_again(lambda: self._once(number), told.append)
        except UserError as error:
            return {"error": str(error), "of_user": True, "told": told}
        except SartextError as error:
            logging.getLogger(__name__).exception("a piece of work failed")
            return {"error": str(error), "of_user": False, "told": told}
        return {"error": None, "of_user": False, "told": told}

    def _once(self, number: int) -> None:
        if self._piece is None:  # here and not before: what a constructor raises, Ray wraps beyond recognition
            self._piece = self._make(*self._arguments)
        self._piece(number)


def map_on_actors(
    make: Callable[..., Worker], arguments: tuple[Any, ...], numbers: Sequence[int], pool: Pool, monitor: Monitor
) -> None:
    """Does every numbered piece of work once at least, on an actor pool in a session of Ray.

    Raises the `UserError` that a piece raised, and `SartextError` where one failed twice in the same way; what it failed of
    once is said. An actor that dies is started anew by Ray, and its piece done again.
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
        done = _map_blocks(pieces, _Actor, of_actors, actors=actors, each=each)
        for row in done.iter_rows():
            for line in row["told"]:
                monitor.clear()
                print(line, file=sys.stderr)
            if row["error"] is not None:
                raise (UserError if row["of_user"] else SartextError)(row["error"])

    run_with_monitor(work, monitor)


def _map_blocks(
    blocks: Dataset, actor: Callable[..., Any], arguments: tuple[Any, ...], *, actors: int, each: Resources
) -> Dataset:
    """The blocks after `actor(*arguments)`, constructed once an actor and called with each block as a `pyarrow.Table`.

    `each` is what an actor has.
    """
    return map_whole_blocks(
        blocks,
        actor,
        fn_constructor_args=arguments,
        compute=ActorPoolStrategy(size=actors),
        **{name: amount for name, amount in each.options().items() if amount},
    )
