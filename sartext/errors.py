"""The few exceptions of sartext: each names the fact, the value and the remedy."""


class SartextError(Exception):
    """Anything sartext raises on purpose; the message is one line. Exit status 1 unless it is a `UserError`."""


class UserError(SartextError):
    """What is the user's to mend: said in one line on stderr, without a traceback, exit status 2."""


class OptionError(UserError, ValueError):
    """An option's value out of its range; a `ValueError` too, as constructors raise for what a field cannot be."""


def require(name: str, value: object, holds: bool, rule: str) -> None:
    """Raises `OptionError` where an option's value is out of its range: `rule` is the end of "it must be ..."."""
    if not holds:
        raise OptionError(f"{name} is {value}; it must be {rule}")


class SourceError(UserError):
    """A file of a source that cannot be understood as a whole: names the file and the place in it.

    `option` is the field of the source that would mend it, for this file and for all that are like it.
    """

    def __init__(self, fact: str, *, file: str, place: str = "", remedy: str = "", option: str = "") -> None:
        where = f"{file}: {place}" if place else file
        super().__init__(f"{where}: {fact}" + (f"; {remedy}" if remedy else ""))
        self.fact = fact
        self.file = file
        self.place = place
        self.option = option


class OutputError(UserError):
    """An output place that cannot be used: not writable, full, locked by another run, or of another fingerprint."""


class StoreError(UserError):
    """A store that a source cannot be read from, though it was tried again: no such bucket, no rights, or it is down.

    It is the fault of no tile, so that it ends a job, which goes on where it was once the store answers.
    """


class TileRejected(SartextError):
    """One tile that cannot be used. Never ends a job: the tile goes to `rejects` under `reason`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.reason, self.detail)
