"""Named places where a crash matters, so that a test can end the process exactly there.

Nothing happens unless SARTEXT_FAILPOINT is set to `NAME:MARKER:ACTION`. The first process that reaches NAME creates the
file MARKER and then, by ACTION, ends itself with SIGKILL (`kill`) or waits to be ended from outside (`hold`). Later
arrivals find the marker and pass, so that what is tried again can succeed.
"""

import os
import signal
import time

_HOLD_S = 60.0


def reach(name: str) -> None:
    """Dies or waits here where SARTEXT_FAILPOINT says so."""
    wanted = os.environ.get("SARTEXT_FAILPOINT")
    if not wanted:
        return
    where, marker, action = wanted.split(":")
    if where != name:
        return
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(_HOLD_S)
