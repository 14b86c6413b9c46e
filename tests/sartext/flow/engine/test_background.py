"""Work in a second thread, watched from the main one."""

import time

import pytest

from sartext.errors import UserError
from sartext.flow.engine.background import Halted, run_with_monitor


class Monitor:
    """Notes when it was shown, and raises what it is given."""

    def __init__(self, error: Exception | None = None) -> None:
        self.shown: list[bool] = []
        self.cleared = False
        self._error = error

    def show(self, last: bool = False) -> None:
        self.shown.append(last)
        if self._error is not None:
            raise self._error

    def clear(self) -> None:
        self.cleared = True


def test_the_monitor_is_shown_meanwhile_and_at_the_end() -> None:
    monitor = Monitor()
    run_with_monitor(lambda _: time.sleep(1.2), monitor)
    assert len(monitor.shown) >= 2
    assert monitor.shown == [False] * (len(monitor.shown) - 1) + [True]
    assert not monitor.cleared


def test_an_error_of_the_work_is_raised_here_after_the_line_is_cleared() -> None:
    monitor = Monitor()

    def work(_: Halted) -> None:
        raise ZeroDivisionError("of the work")

    with pytest.raises(ZeroDivisionError, match="of the work"):
        run_with_monitor(work, monitor)
    assert monitor.cleared


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_users_error_comes_out_of_what_a_worker_wraps_it_in(wrapped: bool) -> None:
    def work(_: Halted) -> None:
        if wrapped:
            raise RuntimeError("a task failed") from UserError("the disk is full; make room")
        raise RuntimeError("Traceback ...\nsartext.errors.UserError: the disk is full; make room\n")

    with pytest.raises(UserError, match=r"^the disk is full; make room$"):
        run_with_monitor(work, Monitor())


def test_what_the_monitor_raises_halts_the_work() -> None:
    seen: list[bool] = []

    def work(halted: Halted) -> None:
        seen.append(halted.wait(20))

    with pytest.raises(UserError, match="too many rejects"):
        run_with_monitor(work, Monitor(UserError("too many rejects")))
    assert seen == [True]
