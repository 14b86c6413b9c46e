"""Blocks of Ray Data through a pool of actors, each block whole, on CPUs or GPUs."""

from collections.abc import Callable
from typing import Any

from ray.data import ActorPoolStrategy, Dataset

from sartext.flow.engine.ray_private import map_whole_blocks


def map_blocks(
    blocks: Dataset, actor: Callable[..., Any], arguments: tuple[Any, ...], *, actors: int, cpus: float, gpus: float
) -> Dataset:
    """The blocks after `actor(*arguments)`, constructed once an actor and called with each block as a `pyarrow.Table`.

    `cpus` and `gpus` are those of an actor.
    """
    return map_whole_blocks(
        blocks,
        actor,
        fn_constructor_args=arguments,
        compute=ActorPoolStrategy(size=actors),
        num_cpus=cpus,
        num_gpus=gpus or None,
    )
