"""Ray as a job uses it: started here or joined, and ended cleanly whatever happens."""

import contextlib
import io
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

# Under `uv run`, Ray would restart every worker through uv in a copied folder; it reads this when it is imported.
os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
if "RAY_ADDRESS" not in os.environ:
    # A Ray started here stays on loopback; Ray replaces an address of 127.0.0.1 unless it is told that there is no cluster.
    os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")

import ray
from ray.data import DataContext

from sartext.flow.engine import Engine
from sartext.flow.stop import StopRequest

_SHUTDOWN_S = 6.0


@contextmanager
def session(engine: Engine, stop: StopRequest | None = None) -> Iterator[None]:
    """Ray, joined where RAY_ADDRESS names a cluster, else started here on loopback and ended with all its processes."""
    stop = stop or StopRequest()
    if ray.is_initialized():
        yield  # a Ray that the caller started is the caller's to end
        return
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    try:
        with stop.held():
            _start(engine)
        with contextlib.redirect_stdout(_RayTalk()):
            yield
    finally:
        with stop.held():
            _end(before)


def _start(engine: Engine) -> None:
    address = os.environ.get("RAY_ADDRESS", "local")
    if address == "local":
        ray.init(
            "local",
            num_cpus=engine.cpus or os.cpu_count(),
            object_store_memory=engine.object_store_mb * 2**20,
            include_dashboard=False,
            logging_level=logging.ERROR,
            log_to_driver=False,
            _node_ip_address="127.0.0.1",
        )
    else:
        ray.init(address, logging_level=logging.ERROR, log_to_driver=False)
    _quiet()


class _RayTalk(io.TextIOBase):
    """Takes what Ray prints of its workers' ends, which would run through the progress line, into the log."""

    def write(self, text: str) -> int:
        if text.strip():
            logging.getLogger(__name__).info("%s", text.strip())
        return len(text)


def _quiet() -> None:
    """The job has its own progress line; Ray Data's would be drawn over it."""
    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.enable_operator_progress_bars = False
    context.target_max_block_size = None  # a shard stays one block
    for name in ("ray.data", "ray.data.dataset"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _end(before: set[int]) -> None:
    """Shuts Ray down, then ends by process id whatever it started here and left."""
    ours = [child for child in psutil.Process().children(recursive=True) if child.pid not in before]
    done = threading.Thread(target=ray.shutdown, daemon=True)
    done.start()
    done.join(_SHUTDOWN_S)
    deadline = time.monotonic() + 1.0
    _, alive = psutil.wait_procs(ours, timeout=max(0.0, deadline - time.monotonic()))
    for process in alive:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(alive, timeout=2.0)
