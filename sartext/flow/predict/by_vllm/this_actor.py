"""The actor of Ray that this process is, if it is one: its share of a GPU, and its end where nothing here can go on."""

import contextlib
import os
import signal
import sys
from typing import Any, NoReturn

import psutil

from sartext.errors import SartextError


def share_of_gpu() -> float:
    """How much of a GPU Ray allotted to this process, from 0 to 1; 0 outside of Ray."""
    ray = _ray()
    if ray is None:
        return 0.0
    assigned = ray.get_runtime_context().get_assigned_resources()
    return min(1.0, float(assigned.get("GPU", 0.0)))


def end_actor(why: str) -> NoReturn:
    """Ends this actor with all that it started: Ray starts another, which is given the work again.

    Raises `SartextError` with `why` in a process that is none, as nobody would start it again.
    """
    ray = _ray()
    if ray is None or ray.get_runtime_context().get_actor_id() is None:
        raise SartextError(why)
    print(why, file=sys.stderr, flush=True)  # into the log that Ray keeps of the actor
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            child.kill()
    os.kill(os.getpid(), signal.SIGKILL)
    raise SystemExit(128 + signal.SIGKILL)  # not reached


def _ray() -> Any:
    """Ray, where this process imported and joined it."""
    ray = sys.modules.get("ray")
    return ray if ray is not None and ray.is_initialized() else None
