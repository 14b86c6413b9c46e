"""What Ray sets aside for each process of a stage, and whether what a job asks for is there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sartext.errors import UserError, require
from sartext.flow.engine.progress import Line

GPU_HELP = "a fraction shares one GPU among several"  # what every option of GPUs says


@dataclass(frozen=True)
class Resources:
    """Logical CPUs, GPUs and MiB of memory of one process. They are asked of Ray and of nothing else.

    A fraction of a GPU is a share that processes agree on: Ray puts as many on one as fit, and bounds none of them. Memory is
    counted alike; 0 asks for none.
    """

    cpus: float = 1.0
    gpus: float = 0.0
    memory_mb: int = 0

    def options(self) -> dict[str, Any]:
        """What `ray.remote`, Ray Data and Ray Serve call them."""
        return {"num_cpus": self.cpus, "num_gpus": self.gpus, "memory": self.memory_mb * 2**20 or None}

    def bundle(self, count: int = 1) -> dict[str, float]:
        """What `count` processes take together, as Ray counts it."""
        each = {"CPU": self.cpus, "GPU": self.gpus, "memory": float(self.memory_mb * 2**20)}
        return {name: count * amount for name, amount in each.items() if amount}


def check_gpus(name: str, gpus: float) -> None:
    """Raises `UserError` where a process could not use them: each computes on one GPU, or on a share of it."""
    require(name, gpus, 0 <= gpus <= 1, "from 0 to 1, as each process computes on one GPU")


def check_room(what: str, needed: Mapping[str, float], remedy: str) -> None:
    """Raises `UserError` where this Ray can never hold what is `needed`, by Ray's names of resources.

    `remedy` says which options ask for less. Ray itself would wait for ever. A cluster that was joined may still grow: unless
    its autoscaler says that it will not, it is said that it is waited for.
    """
    import ray  # options are made of this too, which do without

    from sartext.flow.engine.ray_private import most_resources

    there, most = ray.cluster_resources(), most_resources()  # type: ignore[no-untyped-call]
    for name, amount in needed.items():
        has = there.get(name, 0.0)
        if has >= amount:
            continue
        unit, shown = ("MiB of memory", 2**20) if name == "memory" else (f"{name}s", 1)
        said = f"{what} need {_plain(amount / shown)} {unit} and Ray has {_plain(has / shown)}"
        if not os.environ.get("RAY_ADDRESS") or (most and max(has, most.get(name, 0.0)) < amount):
            raise UserError(f"{said}; {remedy}")
        Line().draw(f"{said}; waiting for the cluster to grow", last=True)


def room_beside(cpus: float, each: Resources) -> int:
    """How many processes have CPUs in this Ray, or in what it may grow to, beside others that need so many `cpus`."""
    import ray

    from sartext.flow.engine.ray_private import most_resources

    there = max(ray.cluster_resources().get("CPU", 0.0), most_resources().get("CPU", 0.0))  # type: ignore[no-untyped-call]
    return int((there - cpus) / each.cpus)


def _plain(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 1000 else f"{amount:g}"
