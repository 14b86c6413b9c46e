"""Work in a second thread, while the main thread shows progress, minds limits and listens for signals."""

import re
import threading
import time
from collections.abc import Callable
from typing import Protocol

from sartext import errors
from sartext.errors import UserError
from sartext.flow.engine.ray_private import end_executions

LOOK_EVERY_S = 0.5
_END_S = 4.0


class Halted(threading.Event):
    """Set when the work is no longer wanted."""


class Monitor(Protocol):
    """What the main thread does meanwhile."""

    def show(self, last: bool = False) -> None:
        """Called now and then, the last time with True; what it raises ends the work."""
        ...

    def clear(self) -> None:
        """Called before an error is raised."""
        ...


def run_with_monitor(work: Callable[[Halted], None], monitor: Monitor) -> None:
    """Does `work` to its end in a second thread, while the main thread shows progress and listens for signals.

    Whatever `work` raises is raised here: a user's error that Ray has wrapped as itself. What the monitor raises, `Stopped`
    too, ends the work.
    """
    failure: list[BaseException] = []
    ended, halted = threading.Event(), Halted()

    def run() -> None:
        try:
            work(halted)
        except BaseException as error:
            failure.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        pause_s = LOOK_EVERY_S
        while not ended.wait(pause_s):
            began = time.monotonic()
            monitor.show()
            # Looking takes longer the more there is to see; it may take a tenth of the time.
            pause_s = max(LOOK_EVERY_S, 9 * (time.monotonic() - began))
        if failure:
            raise _mendable(failure[0])
        monitor.show(last=True)
    except BaseException:
        monitor.clear()
        halted.set()
        end_executions(thread, _END_S)
        raise


# How a traceback that is text ends where one of our errors was raised.
_OURS = re.compile(r"^(?:\S+: )?sartext\.errors\.(?P<name>\w+): (?P<said>.*)$", re.MULTILINE)


def _mendable(error: BaseException) -> BaseException:
    """The user's error where there is one behind it (Ray wraps what its tasks raise); the error itself otherwise."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, UserError):
            return UserError(str(getattr(seen, "cause", seen)).splitlines()[0])  # Ray adds lines of its own
        cause = getattr(seen, "cause", None) or seen.__cause__
        seen = cause if isinstance(cause, BaseException) else None
    # What a function of Ray Data's actors raises comes back as the cause of another error, which pickle loses: its text stays.
    for match in _OURS.finditer(str(error)):
        if issubclass(getattr(errors, match["name"], Exception), UserError):
            return UserError(match["said"])
    return error
