"""One live line on a terminal; plain lines, now and then, where the output is none."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

_PLAIN_EVERY_S = 10.0
_TITLE: ContextVar[str] = ContextVar("title", default="")


@contextmanager
def titled(title: str) -> Iterator[None]:
    """Inside, every line begins with the title: which of several jobs it is that speaks."""
    token = _TITLE.set(title)
    try:
        yield
    finally:
        _TITLE.reset(token)


class Line:
    """A line of text on standard error that is drawn over itself on a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._last_plain = time.monotonic()
        self._shown: str | None = None

    def draw(self, line: str, *, last: bool = False) -> None:
        """Draws the line; off a terminal at most every ten seconds, and at the end."""
        now = time.monotonic()
        line = _TITLE.get() + line
        if self._live:
            self._stream.write(f"\r\x1b[K{line if last else line[: self._width()]}" + ("\n" if last else ""))
        elif (last or now - self._last_plain >= _PLAIN_EVERY_S) and line != self._shown:
            self._last_plain, self._shown = now, line
            self._stream.write(line + "\n")
        self._stream.flush()

    def _width(self) -> int | None:
        """How much of a line fits: one that wraps would not be drawn over but added to."""
        try:
            columns = os.get_terminal_size(self._stream.fileno()).columns
        except OSError:
            return None
        return columns - 1 if columns > 1 else None

    def clear(self) -> None:
        """Leaves an empty line for a message on a terminal."""
        if self._live:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


class Progress:
    """Tiles done of planned, tiles/s, time left, kept and rejected, on standard error."""

    def __init__(self, planned: int, done: int, stream: TextIO | None = None) -> None:
        self._planned, self._first = planned, done
        self._line = Line(stream)
        self._start = time.monotonic()

    def show(self, kept: int, rejected: int, *, last: bool = False) -> None:
        """Draws the line."""
        elapsed_s = time.monotonic() - self._start
        self._line.draw(line_of(self._planned, self._first, kept, rejected, elapsed_s), last=last)

    def clear(self) -> None:
        """Leaves an empty line for a message on a terminal."""
        self._line.clear()


def line_of(planned: int, first: int, kept: int, rejected: int, elapsed_s: float) -> str:
    """The line: `first` tiles were done before this run began and do not count for its rate."""
    done = kept + rejected
    here = done - first
    rate = here / elapsed_s if elapsed_s > 0 else 0.0
    left = duration((planned - done) / rate) if rate > 0 else "--:--"
    share = 100 * done / planned if planned else 100.0
    return (
        f"{done:,} of {planned:,} tiles ({share:.0f}%)  {rate:,.0f} tiles/s  {left} left  {kept:,} kept  {rejected:,} rejected"
    )


def duration(seconds: float) -> str:
    """m:ss, or h:mm:ss from an hour on."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
