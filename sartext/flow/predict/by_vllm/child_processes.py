"""Child processes of libraries that end with this process, however it ends: a kill -9 leaves none behind to hold memory."""

import multiprocessing
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

_LOOK_S = 0.1
# Reads the ids of processes until its input ends, which happens when the process that started it is gone; then kills these.
_GUARD = 'while read -r pid; do pids="$pids $pid"; done; [ -z "$pids" ] || kill -9 $pids 2>/dev/null'
_GUARDS: list[subprocess.Popen[str]] = []  # kept, as each guard acts when its input is closed


@contextmanager
def ending_with_us() -> Iterator[list[BaseProcess]]:
    """Children that `multiprocessing` starts inside are killed when this process is gone, also in the middle of their start.

    Yields a list that has all of them when the block has ended. Where the block raises, they are killed at once.
    """
    before, children, over = set(multiprocessing.active_children()), list[BaseProcess](), threading.Event()
    # In a session of its own: what is sent to the group of this process, as Ctrl-C, does not reach it.
    guard = subprocess.Popen(["/bin/sh", "-c", _GUARD], stdin=subprocess.PIPE, text=True, start_new_session=True)

    def tell() -> None:
        for child in set(multiprocessing.active_children()).difference(before, children):
            if guard.stdin is not None and child.pid is not None:
                children.append(child)
                print(child.pid, file=guard.stdin, flush=True)

    def keep_telling() -> None:
        while not over.wait(_LOOK_S):
            tell()

    teller = threading.Thread(target=keep_telling, daemon=True)
    teller.start()
    try:
        yield children
    except BaseException:
        _stop(over, teller)
        tell()
        guard.communicate()
        raise
    _stop(over, teller)
    tell()
    _GUARDS.append(guard)


def was_killed(child: BaseProcess) -> bool:
    """Whether a child ended by SIGKILL: nothing of its own makes it end so."""
    return child.exitcode == -signal.SIGKILL


def _stop(over: threading.Event, thread: threading.Thread) -> None:
    over.set()
    thread.join()
