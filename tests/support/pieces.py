"""Pieces of work for the tests of actor pools, in a module that actors can import."""

import os
import signal
from pathlib import Path

from sartext.errors import UserError


class Noted:
    """Writes a file a piece; one of them ends its actor the first time."""

    def __init__(self, folder: str, fatal: int | None = None, wrong: int | None = None) -> None:
        self._folder, self._fatal, self._wrong = Path(folder), fatal, wrong

    def __call__(self, number: int) -> None:
        if number == self._wrong:
            raise UserError(f"piece {number} is wrong; mend it")
        begun = self._folder / f"begun-{number}"
        if number == self._fatal and not begun.exists():
            begun.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        (self._folder / str(number)).write_text("done")
