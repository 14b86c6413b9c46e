"""Work in a worker that is tried again after an exception, until the same one comes twice."""

import socket
import time
from collections.abc import Callable
from typing import TypeVar

from sartext.errors import SartextError

_T = TypeVar("_T")
_TRIES = 3  # also where the exceptions differ, as they do that hold an address or a time
_PAUSE_S = 1.0
_LONGEST = 500  # characters of a message


def try_again(work: Callable[[], _T], tell: Callable[[str], object]) -> _T:
    """What `work` returns. An exception is told, with this host and its first line, and the work done once more.

    Raises `SartextError` where an exception of the same type and first line comes a second time, or the third of any kind.
    What is raised on purpose is not tried again, nor is what a lack of memory ends.
    """
    seen: set[str] = set()
    for attempt in range(1, _TRIES + 1):
        try:
            return work()
        except (SartextError, MemoryError):
            raise
        except Exception as error:
            said = first_line(error)
            if said in seen or attempt == _TRIES:
                raise SartextError(f"{socket.gethostname()}: {said}; it failed {attempt} times") from error
            seen.add(said)
            tell(f"{socket.gethostname()}: {said}; tried again")
            time.sleep(_PAUSE_S)
    raise AssertionError("a last try returns or raises")


def first_line(error: BaseException) -> str:
    """The type of an exception and the first line of what it says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else 'without a word'}"[:_LONGEST]
