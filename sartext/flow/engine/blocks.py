"""Blocks of Ray Data through a pool of actors, each block whole, on CPUs or GPUs."""

from collections.abc import Callable
from typing import Any

from ray.data import ActorPoolStrategy, Dataset


def map_blocks(
    blocks: Dataset, actor: Callable[..., Any], arguments: tuple[Any, ...], *, actors: int, cpus: float, gpus: float
) -> Dataset:
    """The blocks after `actor(*arguments)`, constructed once an actor and called with each block as a `pyarrow.Table`.

    `cpus` and `gpus` are those of an actor. Ray Data's `map_batches` wants a `batch_size` where there are GPUs, and then puts
    blocks of fewer rows together and cuts others: a block would no longer be one shard. `map_batches_internal` is the same
    without that demand, as `map_groups` needs it (Ray 2.60).
    """
    return blocks.map_batches_internal(
        actor,
        fn_constructor_args=arguments,
        compute=ActorPoolStrategy(size=actors),
        batch_size=None,
        batch_format="pyarrow",
        num_cpus=cpus,
        num_gpus=gpus or None,
    )
