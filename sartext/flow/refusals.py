"""What workers of a training will not go on with, told to the driver through an actor: a full disk cannot keep it."""

from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayActorError

from sartext.errors import SartextError, UserError

_ANSWER_S = 10.0


@ray.remote(num_cpus=0)
class _Said:
    """The first refusal, kept."""

    def __init__(self) -> None:
        self._first: tuple[str, bool] | None = None

    def add(self, message: str, of_user: bool) -> None:
        self._first = self._first or (message, of_user)

    def first(self) -> tuple[str, bool] | None:
        return self._first


class Refusals:
    """Made by the driver, given to the workers.

    Ray starts the workers again whatever ended them, half a minute each time: an error that says what is wrong would be said
    again, the same.
    """

    def __init__(self) -> None:
        self._said: Any = _Said.remote()  # type: ignore[attr-defined]

    def add(self, error: Exception) -> None:
        """Keeps what a worker raised on purpose."""
        ray.get(self._said.add.remote(" ".join(str(error).split()), isinstance(error, UserError)))

    def check(self) -> None:
        """Raises what a worker raised on purpose, if one did."""
        try:
            first = ray.get(self._said.first.remote(), timeout=_ANSWER_S)
        except (RayActorError, GetTimeoutError):
            return  # its node is gone or busy; the next restart says it again
        if first is not None:
            message, of_user = first
            raise (UserError if of_user else SartextError)(message)
