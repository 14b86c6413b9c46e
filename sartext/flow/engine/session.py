"""Ray as a job uses it: started here or joined, and ended cleanly whatever happens."""

import contextlib
import errno
import io
import logging
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psutil
import ray
from ray.data import DataContext

from sartext.errors import UserError
from sartext.flow.engine.options import Here
from sartext.flow.engine.ray_private import without_handlers
from sartext.flow.engine.signals import StopRequest

_SHUTDOWN_S = 6.0
_REACH_S = 5.0
_OF_FOLDER = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR)


@contextmanager
def session(engine: Here, stop: StopRequest | None = None) -> Iterator[None]:
    """Ray, joined where RAY_ADDRESS names a cluster, else started here on loopback and ended with all its processes.

    Inside `shared` it is left running for the next session.
    """
    stop = stop or StopRequest()
    if ray.is_initialized():
        yield  # a Ray that the caller started is the caller's to end
        return
    with contextlib.nullcontext() if _OWNER.get() else shared(stop):
        # A stop that cut it short would leave locks of its modules taken, and processes that end this one as they end.
        with stop.held(), _own_signals():
            _start(engine)
        stop.check()
        with contextlib.redirect_stdout(_RayTalk()):
            yield


_OWNER: ContextVar[bool] = ContextVar("owner", default=False)


@contextmanager
def shared(stop: StopRequest) -> Iterator[None]:
    """The sessions inside share one Ray, started by the first of them, if any, and ended here."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    token = _OWNER.set(True)
    try:
        yield
    finally:
        _OWNER.reset(token)
        if ray.is_initialized() or _left(before):
            with stop.held():
                _end(before)


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Ray would put its own SIGTERM handler, which ends the driver without a word, in the place of ours."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with without_handlers():
            yield
    finally:  # what it has in other languages it puts there all the same
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                signal.signal(number, handler)


def _start(engine: Here) -> None:
    address = os.environ.get("RAY_ADDRESS") or "local"
    options: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if address == "local":
        options["num_cpus"] = engine.cpus or os.cpu_count()
        options["object_store_memory"] = engine.object_store_mb * 2**20
        options["include_dashboard"] = False
        options["_node_ip_address"] = "127.0.0.1"
        # Ray ends idle workers beyond one a CPU within a second, and the next build in this Ray waits for others to start: of
        # its tasks half as many again are in flight.
        options["_system_config"] = {"num_workers_soft_limit": 2 * options["num_cpus"]}
    else:
        _reach(address)
    try:
        _init(address, options)
    except Exception as error:  # Ray raises plain ones too, as for a start that takes too long on a busy machine
        fact = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise UserError(f"Ray cannot start at {address}: {fact}; {_remedy(error)}") from error
    _quiet()


def _remedy(error: Exception) -> str:
    """What mends a Ray that does not start."""
    folder = os.environ.get("RAY_TMPDIR") or tempfile.gettempdir()
    if "AF_UNIX path length" in str(error):
        return f"its sockets lie below {folder}, which is too long a name; set TMPDIR or RAY_TMPDIR to a shorter one, as /tmp"
    if isinstance(error, OSError) and error.errno in _OF_FOLDER:
        return f"its files lie below {folder}; free space there, or set TMPDIR or RAY_TMPDIR to a folder that can be written"
    return "check the --engine options, RAY_ADDRESS and the load"


def _init(address: str, options: dict[str, Any]) -> None:
    try:
        ray.init(address, **options)
    except Exception as error:
        if address != "local" or "timed out during startup" not in str(error):
            raise
        ray.shutdown()  # Ray waits 30 s for its processes, which a busy machine may need to load them a first time
        ray.init(address, **options)


def _reach(address: str) -> None:
    """Raises `UserError` where nobody listens at HOST:PORT: Ray itself would try for minutes."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if not port.isdecimal():
        return  # "auto"
    try:
        socket.create_connection((host, int(port)), timeout=_REACH_S).close()
    except (OSError, OverflowError) as error:
        raise UserError(
            f"no Ray cluster answers at RAY_ADDRESS {address} ({error}); start one, or unset it to run here"
        ) from error


class _RayTalk(io.TextIOBase):
    """Takes what Ray prints of its workers' ends, which would run through the progress line, into the log."""

    def write(self, text: str) -> int:
        if text.strip():
            logging.getLogger(__name__).info("%s", text.strip())
        return len(text)


def _quiet() -> None:
    """The job has its own progress line, and raises what Ray Data would log."""
    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.enable_operator_progress_bars = False
    context.target_max_block_size = None  # a shard stays one block
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)


def _left(before: set[int]) -> list[psutil.Process]:
    """The processes that were started since."""
    return [child for child in psutil.Process().children(recursive=True) if child.pid not in before]


def _end(before: set[int]) -> None:
    """Shuts Ray down, then ends by process id whatever it started here and left."""
    ours = _left(before)
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
