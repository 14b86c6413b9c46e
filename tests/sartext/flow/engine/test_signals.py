"""Being asked to stop."""

import os
import signal
import threading

import pytest

from sartext.flow.engine.signals import Stopped, stopping


def test_a_signal_raises_where_nothing_is_held() -> None:
    def work() -> None:
        with stopping():
            os.kill(os.getpid(), signal.SIGTERM)
            threading.Event().wait(5)

    with pytest.raises(Stopped, match="SIGTERM") as stopped:
        work()
    assert stopped.value.exit_status == 143


def test_a_signal_waits_while_something_is_held() -> None:
    reached = []

    def work() -> None:
        with stopping() as request:
            with request.held():
                os.kill(os.getpid(), signal.SIGINT)
                reached.append("the end of what is held")
            reached.append("beyond")

    with pytest.raises(Stopped, match="SIGINT"):
        work()
    assert reached == ["the end of what is held"]


def test_the_handlers_of_before_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stopping():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_outside_the_main_thread_nothing_is_touched() -> None:
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def work() -> None:
        with stopping():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
