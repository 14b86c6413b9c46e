"""Pieces of work two at a time, so that one begins while another waits for its last part."""

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from sartext.flow.engine.background import Halted
from sartext.flow.engine.ray_private import end_executions

_T = TypeVar("_T")
_AT_A_TIME = 2
_LOOK_S = 0.2


def overlapped(pieces: Iterable[_T], work: Callable[[_T], object], halted: Halted) -> None:
    """Does each piece of work, two at a time, and begins none once it is halted.

    Raises what the first that fails raises; the other is ended, which is a run of Ray Data as well.
    """
    waiting, turn = iter(pieces), threading.Lock()
    stopped = threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        """One piece after another, as long as there are any and nothing failed."""
        try:
            while not (halted.is_set() or stopped.is_set()):
                with turn:
                    piece = next(waiting, None)
                if piece is None:
                    return
                work(piece)
        except BaseException as error:
            failures.append(error)

    # They end with the process, whatever they wait for: one that Python waited for would ask a Ray that is gone.
    threads = [threading.Thread(target=run, daemon=True) for _ in range(_AT_A_TIME)]
    for thread in threads:
        thread.start()
    while alive := [thread for thread in threads if thread.is_alive()]:
        alive[0].join(_LOOK_S)
        if failures and not stopped.is_set():
            stopped.set()
            end_executions()
    if failures:
        raise failures[0]
