"""The progress line."""

import fcntl
import io
import os
import struct
import termios

from sartext.flow.engine.progress import Line, Progress, duration, line_of


def test_the_line_says_done_share_rate_and_time_left() -> None:
    line = line_of(total=5000, first=1000, done=3000, unit="tiles", elapsed_s=10)
    assert line == "3,000 of 5,000 tiles (60%)  200 tiles/s  0:10 left"
    assert "--:--" in line_of(total=10, first=0, done=0, unit="tiles", elapsed_s=1)
    assert "0.5 shards/s" in line_of(total=10, first=0, done=5, unit="shards indexed", elapsed_s=10)


def test_durations() -> None:
    assert [duration(seconds) for seconds in (0, 59.6, 61, 3600, 7325)] == ["0:00", "1:00", "1:01", "1:00:00", "2:02:05"]


def counted(total: int, stream: io.StringIO) -> Progress:
    """The line of work of which one more is done each time that it is drawn."""
    done = iter(range(total + 1))
    return Progress(total, "tiles", lambda: next(done), note=lambda: "all well", stream=stream)


def test_off_a_terminal_lines_are_plain_and_few() -> None:
    stream = io.StringIO()
    progress = counted(10, stream)
    for _ in range(9):
        progress.show()
    progress.show(last=True)
    assert stream.getvalue().count("\n") == 1
    assert "\r" not in stream.getvalue()


def test_on_a_terminal_one_line_is_drawn_over() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress = counted(2, stream)
    progress.show()
    progress.show(last=True)
    assert stream.getvalue().count("\r") == 2
    assert stream.getvalue().endswith("left  all well\n")


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
