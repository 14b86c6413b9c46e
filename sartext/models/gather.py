"""Rows of all ranks, with their gradients: what makes a loss over several processes that of one process with the whole batch.

A rank's loss is world_size times its share of the global loss, so that the mean over ranks, which is what
`DistributedDataParallel` makes of gradients, is the global loss and its gradients.
"""

from typing import Protocol

import torch
import torch.distributed as dist
import torch.distributed.nn.functional as differentiable


class Gather(Protocol):
    """How a loss sees the other ranks. Every rank calls it in the same order with tensors of the same shape."""

    @property
    def rank(self) -> int: ...

    @property
    def world_size(self) -> int: ...

    def rows(self, local: torch.Tensor) -> torch.Tensor:
        """(N, ...) -> (world_size N, ...) in the order of the ranks; gradients flow back to the rank they are of."""
        ...

    def total(self, local: torch.Tensor) -> torch.Tensor:
        """The sum over ranks, without gradients."""
        ...


class Alone:
    """One process."""

    rank = 0
    world_size = 1

    def rows(self, local: torch.Tensor) -> torch.Tensor:
        return local

    def total(self, local: torch.Tensor) -> torch.Tensor:
        return local.detach()


class Ranks:
    """The processes of torch.distributed's default group, which is there before this is made."""

    def __init__(self) -> None:
        self.rank, self.world_size = dist.get_rank(), dist.get_world_size()

    def rows(self, local: torch.Tensor) -> torch.Tensor:
        if local.requires_grad:
            return torch.cat(differentiable.all_gather(local))  # type: ignore[no-untyped-call]
        parts = [torch.empty_like(local) for _ in range(self.world_size)]
        dist.all_gather(parts, local.contiguous())
        return torch.cat(parts)

    def total(self, local: torch.Tensor) -> torch.Tensor:
        summed = local.detach().clone()
        dist.all_reduce(summed)
        return summed
