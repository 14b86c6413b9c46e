"""Ray as a job uses it: started here or joined, and ended cleanly whatever happens."""

import contextlib
import io
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

import psutil

# Under `uv run`, Ray would restart every worker through uv in a copied folder; it reads this when it is imported.
os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
if "RAY_ADDRESS" not in os.environ:
    # A Ray started here stays on loopback; Ray replaces an address of 127.0.0.1 unless it is told that there is no cluster.
    os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")

import ray
from ray.data import DataContext

from sartext.errors import SartextError, UserError

_SHUTDOWN_S = 6.0


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What a job runs on. None of it changes what comes out."""

    cpus: int | None = field(
        default=None,
        metadata={"help": "logical CPUs of a Ray started here (default: all of the machine's); unused on a cluster"},
    )
    actors: int = field(default=0, metadata={"help": "actors that narrate; 0 narrates in the tasks that read"})
    worker_memory_mb: int = field(
        default=4096,
        metadata={"help": "MiB that one worker may allocate before it is ended and its tiles are tried alone; 0: no bound"},
    )
    object_store_mb: int = field(default=1024, metadata={"help": "MiB of shared memory of a Ray started here"})
    window_shards: int = field(default=2000, metadata={"help": "shards handed to Ray at a time"})

    def __post_init__(self) -> None:
        for name, least in (("actors", 0), ("worker_memory_mb", 0), ("object_store_mb", 100), ("window_shards", 1)):
            if getattr(self, name) < least:
                raise UserError(f"engine.{name} is {getattr(self, name)}; it must be at least {least}")
        if self.cpus is not None and self.cpus < 1:
            raise UserError(f"engine.cpus is {self.cpus}; it must be at least 1")


class Stopped(SartextError):
    """The job was asked to stop (Ctrl-C or SIGTERM) and did; what is committed stays."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.exit_status = 128 + number


class StopRequest:
    """Remembers the signals that ask a job to stop, so that it can stop where that is safe."""

    def __init__(self) -> None:
        self.number: int | None = None
        self.arrived = threading.Event()

    def handle(self, number: int, _frame: FrameType | None) -> None:
        if self.number is not None:
            os._exit(128 + number)  # asked twice: at once
        self.number = number
        self.arrived.set()

    def check(self) -> None:
        """Raises `Stopped` if a stop was asked for."""
        if self.number is not None:
            raise Stopped(self.number)


@contextmanager
def stopping() -> Iterator[StopRequest]:
    """SIGINT and SIGTERM become a `StopRequest` for as long as this is held (in the main thread)."""
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    before = {number: signal.signal(number, request.handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def session(engine: Engine) -> Iterator[None]:
    """Ray, joined where RAY_ADDRESS names a cluster, else started here on loopback and ended with all its processes."""
    if ray.is_initialized():
        yield  # a Ray that the caller started is the caller's to end
        return
    address = os.environ.get("RAY_ADDRESS", "local")
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    try:
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
        with contextlib.redirect_stdout(_RayTalk()):
            yield
    finally:
        _end(before)


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
