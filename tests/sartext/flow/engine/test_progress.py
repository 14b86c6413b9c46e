"""The progress line."""

import fcntl
import io
import os
import struct
import termios

from sartext.flow.engine.progress import Line, Progress, duration, line_of


def test_the_line_says_done_rate_left_kept_and_rejected() -> None:
    line = line_of(planned=5000, first=1000, kept=2900, rejected=100, elapsed_s=10)
    assert line == "3,000 of 5,000 tiles (60%)  200 tiles/s  0:10 left  2,900 kept  100 rejected"
    assert "--:--" in line_of(planned=10, first=0, kept=0, rejected=0, elapsed_s=1)


def test_durations() -> None:
    assert [duration(seconds) for seconds in (0, 59.6, 61, 3600, 7325)] == ["0:00", "1:00", "1:01", "1:00:00", "2:02:05"]


def test_off_a_terminal_lines_are_plain_and_few() -> None:
    stream = io.StringIO()
    progress = Progress(10, 0, stream)
    for kept in range(10):
        progress.show(kept, 0)
    progress.show(10, 0, last=True)
    assert stream.getvalue().count("\n") == 1
    assert "\r" not in stream.getvalue()


def test_on_a_terminal_one_line_is_drawn_over() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress = Progress(10, 0, stream)
    progress.show(5, 0)
    progress.show(10, 0, last=True)
    assert stream.getvalue().count("\r") == 2
    assert stream.getvalue().endswith("rejected\n")


def test_a_line_that_is_wider_than_the_terminal_is_cut_until_it_is_the_last() -> None:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 20, 0, 0))
    with os.fdopen(theirs, "w") as stream:
        line = Line(stream)
        line.draw("0123456789" * 3)
        assert os.read(ours, 1000).decode() == "\r\x1b[K" + "0123456789012345678"
        line.draw("0123456789" * 3, last=True)
        assert os.read(ours, 1000).decode().replace("\r\n", "\n") == "\r\x1b[K" + "0123456789" * 3 + "\n"
    os.close(ours)
