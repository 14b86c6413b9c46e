"""One live line on a terminal; plain lines, now and then, where the output is none."""

import os
import sys
import time
from collections.abc import Callable, Iterator
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
    """How much is done of all there is, its share, rate and time left, and what else there is to say, on standard error."""

    def __init__(
        self,
        total: int,
        unit: str,
        done: Callable[[], int],
        *,
        note: Callable[[], str] | None = None,
        stream: TextIO | None = None,
    ) -> None:
        """`done` counts what is committed, each time that the line is drawn; what it counts now was done by an earlier run."""
        self._total, self._unit, self._done, self._note = total, unit, done, note
        self._line = Line(stream)
        self._first, self._start = done(), time.monotonic()

    def show(self, last: bool = False) -> None:
        """Draws the line."""
        text = line_of(self._total, self._first, self._done(), self._unit, time.monotonic() - self._start)
        said = self._note() if self._note is not None else ""
        self._line.draw(f"{text}  {said}" if said else text, last=last)

    def clear(self) -> None:
        """Leaves an empty line for a message on a terminal."""
        self._line.clear()


def line_of(total: int, first: int, done: int, unit: str, elapsed_s: float) -> str:
    """The line: what was done before this run began, `first`, does not count for its rate."""
    rate = (done - first) / elapsed_s if elapsed_s > 0 else 0.0
    left = duration((total - done) / rate) if rate > 0 else "--:--"
    share = 100 * done / total if total else 100.0
    return f"{done:,} of {total:,} {unit} ({share:.0f}%)  {_rate(rate)} {unit.split()[0]}/s  {left} left"


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 or not rate else f"{rate:.1f}"


def duration(seconds: float) -> str:
    """m:ss, or h:mm:ss from an hour on."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
