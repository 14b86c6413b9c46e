"""Being asked to stop: Ctrl-C and SIGTERM become one exception, raised where that is safe."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class Stopped(BaseException):
    """The job was asked to stop and did; what is committed stays.

    No `Exception`, like `KeyboardInterrupt`: libraries that survive every exception must not survive this one.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.exit_status = 128 + number


class StopRequest:
    """The signal that asked, if one did."""

    def __init__(self) -> None:
        self._number: int | None = None
        self._held = 0

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """Raises `Stopped`, or remembers it while `held`; a second signal ends the process at once."""
        if self._number is not None:
            os._exit(128 + number)
        self._number = number
        if not self._held:
            raise Stopped(number)

    def check(self) -> None:
        """Raises `Stopped` if a stop was asked for: for the case that its first raising was swallowed."""
        if self._number is not None:
            raise Stopped(self._number)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Inside, nothing is raised (importing, starting and ending Ray must not be cut short); afterwards what came is."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if not self._held:
            self.check()


@contextmanager
def stopping() -> Iterator[StopRequest]:
    """SIGINT and SIGTERM raise `Stopped` in the main thread for as long as this is held."""
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


def leave(exit_status: int) -> NoReturn:
    """Ends the process at once, everything said.

    What libraries undo at the end of a process is of no use to anybody, and takes vLLM and torch 3 s on idle cores and 8 on
    busy ones: a job that was told to stop would keep its caller waiting.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(exit_status)
