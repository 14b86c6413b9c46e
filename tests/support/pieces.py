"""Pieces of work for the tests of actor pools, in a module that actors can import."""

import os
import signal
from pathlib import Path

from sartext.errors import UserError


class Noted:
    """Writes a file a piece; one of them ends its actor the first time."""

    def __init__(
        self, folder: str, fatal: int | None = None, wrong: int | None = None, fails: int | None = None, times: int = 0
    ) -> None:
        self._folder, self._fatal, self._wrong, self._fails, self._times = Path(folder), fatal, wrong, fails, times

    def __call__(self, number: int) -> None:
        if number == self._wrong:
            raise UserError(f"piece {number} is wrong; mend it")
        if number == self._fails and self._times:
            self._times -= 1
            raise OSError(f"the disk of piece {number} is away\nand more is said")
        begun = self._folder / f"begun-{number}"
        if number == self._fatal and not begun.exists():
            begun.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        (self._folder / str(number)).write_text("done")
