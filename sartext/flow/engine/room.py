"""Whether what a job asks of Ray is there, looked at before anything waits for it."""

import os

import ray

from sartext.errors import UserError
from sartext.flow.engine.progress import Line


def check_room(what: str, *, count: int, cpus: float, gpus: float, remedy: str) -> None:
    """Raises `UserError` where this Ray can never hold `count` of `what`, with so many CPUs and GPUs each.

    `remedy` says which options ask for less. Ray itself would wait for ever. A cluster that was joined may still grow: there
    it is said that it is waited for.
    """
    there = ray.cluster_resources()  # type: ignore[no-untyped-call]
    for name, needed in (("CPU", count * cpus), ("GPU", count * gpus)):
        has = there.get(name, 0.0)
        if has >= needed:
            continue
        said = f"{count} {what} need {needed:g} {name}s and Ray has {has:g}"
        if not os.environ.get("RAY_ADDRESS"):
            raise UserError(f"{said}; {remedy}")
        Line().draw(f"{said}; waiting for the cluster to grow", last=True)
