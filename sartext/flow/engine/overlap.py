"""Pieces of work two at a time, so that one begins while another waits for its last part."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

from sartext.flow.engine.background import Halted
from sartext.flow.engine.ray_private import end_executions

_T = TypeVar("_T")
_AT_A_TIME = 2


def overlapped(pieces: Iterable[_T], work: Callable[[_T], object], halted: Halted) -> None:
    """Does each piece of work, two at a time, and begins none once it is halted.

    Raises what the first that fails raises; the other is ended, which is a run of Ray Data as well.
    """
    waiting, turn = iter(pieces), threading.Lock()
    stopped = threading.Event()

    def run() -> None:
        while not (halted.is_set() or stopped.is_set()):
            with turn:
                piece = next(waiting, None)
            if piece is None:
                return
            work(piece)

    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        runs = [pool.submit(run) for _ in range(_AT_A_TIME)]
        wait(runs, return_when=FIRST_EXCEPTION)
        failed = next((error for one in runs if one.done() and (error := one.exception())), None)
        if failed is not None:
            stopped.set()
            end_executions()
    if failed is not None:
        raise failed
