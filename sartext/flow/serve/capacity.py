"""What there is to run on, and how many replicas fit.

Autoscaling must not ask for more: a replica that cannot be placed keeps its deployment from ever being well. What other jobs of
a cluster use is not known, and not counted.
"""

import os
from dataclasses import dataclass

import ray

from sartext.errors import UserError
from sartext.flow.engine.progress import Line
from sartext.flow.engine.ray_private import most_resources
from sartext.flow.serve.limits import Replicas
from sartext.flow.serve.model_set import Parts, cpus_needed, cpus_of_each, gpus_needed


@dataclass(frozen=True)
class Room:
    """CPUs and GPUs that Ray has, or may have."""

    cpus: float
    gpus: float

    def replicas(self, parts: Parts, replicas: Replicas) -> int:
        """How many replicas each deployment may grow to, at most `replicas.most`: so many that all may do so at once."""
        spare = (self.cpus - cpus_needed(parts, replicas)) // cpus_of_each(parts, replicas)
        if replicas.gpus and gpus_needed(parts, replicas):
            spare = min(spare, (self.gpus - gpus_needed(parts, replicas)) // gpus_needed(parts, replicas))
        return max(1, min(replicas.most, 1 + int(spare)))


def room() -> Room:
    """What the Ray that this process is in has, or where its autoscaler says so, what it may get."""
    there = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return Room(*(max(there.get(what, 0.0), most_resources().get(what, 0.0)) for what in ("CPU", "GPU")))


def check_room(parts: Parts, replicas: Replicas) -> None:
    """Raises `UserError` where this Ray can never hold one replica of everything, which would be waited for.

    One that has not enough yet, and whose autoscaler may add it, is waited for: that is said.
    """
    there, may_be = ray.cluster_resources(), room()  # type: ignore[no-untyped-call]
    own = not os.environ.get("RAY_ADDRESS")
    for what, needed, most in (
        ("CPU", cpus_needed(parts, replicas), may_be.cpus),
        ("GPU", gpus_needed(parts, replicas), may_be.gpus),
    ):
        has = there.get(what, 0.0)
        said = f"the application needs {needed:g} logical {what}s and this Ray has {has:g}"
        if most < needed:
            other = "serve without --replicas.gpus" if what == "GPU" else "lower --replicas.threads"
            more = f"start it with more, or {other}" if own else f"add a node first, or {other}"
            raise UserError(f"{said}; {more}")
        if has < needed:
            Line().draw(f"{said}; waiting for the cluster to grow", last=True)
