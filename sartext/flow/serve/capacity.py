"""What there is to run on, and how many replicas fit.

Autoscaling must not ask for more: a replica that cannot be placed keeps its deployment from ever being well. What other jobs of
a cluster use is not known, and not counted.
"""

import os
from dataclasses import dataclass

import ray

from sartext.flow.engine.ray_private import most_resources
from sartext.flow.engine.resources import check_room
from sartext.flow.serve.limits import Replicas
from sartext.flow.serve.model_set import Parts, cpus_needed, cpus_of_each, gpus_needed, memory_needed


@dataclass(frozen=True)
class Room:
    """CPUs, GPUs and memory that Ray has, or may have."""

    cpus: float
    gpus: float
    memory: float = 0.0  # bytes

    def replicas(self, parts: Parts, replicas: Replicas) -> int:
        """How many replicas each deployment may grow to, at most `replicas.most`: so many that all may do so at once."""
        spare = (self.cpus - cpus_needed(parts, replicas)) // cpus_of_each(parts, replicas)
        if replicas.gpus and gpus_needed(parts, replicas):
            spare = min(spare, (self.gpus - gpus_needed(parts, replicas)) // gpus_needed(parts, replicas))
        if taken := memory_needed(parts, replicas):
            spare = min(spare, (self.memory - taken) // taken)
        return max(1, min(replicas.most, 1 + int(spare)))


def room() -> Room:
    """What the Ray that this process is in has, or where its autoscaler says so, what it may get."""
    there = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return Room(*(max(there.get(what, 0.0), most_resources().get(what, 0.0)) for what in ("CPU", "GPU", "memory")))


def check_capacity(parts: Parts, replicas: Replicas) -> None:
    """Raises `UserError` where this Ray can never hold one replica of everything, which would be waited for.

    One that has not enough yet, and whose autoscaler may add it, is waited for: that is said.
    """
    more = "add a node first" if os.environ.get("RAY_ADDRESS") else "start it with more"
    remedy = f"{more}, lower --replicas.threads or --replicas.memory-mb, or serve without --replicas.gpus"
    needed = {
        "CPU": float(cpus_needed(parts, replicas)),
        "GPU": gpus_needed(parts, replicas),
        "memory": memory_needed(parts, replicas),
    }
    check_room("the application's replicas", needed, remedy)
