"""Blocks of Ray Data through a pool of actors, each block whole, on CPUs or GPUs."""

from collections.abc import Callable
from typing import Any

from ray.data import ActorPoolStrategy, Dataset

from sartext.flow.engine.ray_private import map_whole_blocks
from sartext.flow.engine.resources import Resources


def map_blocks(
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
