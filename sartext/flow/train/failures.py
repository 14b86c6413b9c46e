"""What workers of a training raise, told to the driver through an actor: a full disk cannot keep it."""

import contextlib
import socket
from collections import Counter
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayActorError, RayError
from ray.train import UserCallback

from sartext.errors import SartextError, UserError
from sartext.flow.train.checkpoints import committed_steps
from sartext.store import open_store

_ANSWER_S = 10.0
_LONGEST = 500  # characters of a message
_TIMES = 2  # that the same is raised with nothing committed in between, before it ends the training
# What gloo and NCCL raise in a worker whose neighbour has died: it says nothing of the worker itself.
_OF_NEIGHBOURS = (
    "connection closed by peer",
    "connection reset by peer",
    "distbackenderror",
    "distnetworkerror",
    "gloo",
    "nccl",
)


@ray.remote(num_cpus=0, max_restarts=-1)
class _Said:
    """The first error that ends the training, and lines for people."""

    def __init__(self) -> None:
        self._first: tuple[str, bool] | None = None
        self._lines: list[str] = []
        self._raised: Counter[tuple[int, int, str]] = Counter()
        self._hosts: dict[int, str] = {}
        self._starts = 0

    def end(self, message: str, of_user: bool) -> None:
        self._first = self._first or (message, of_user)

    def started(self, rank: int, host: str, step: int) -> None:
        self._hosts[rank] = host
        if rank == 0:
            self._starts += 1
            if self._starts > 1:
                self._lines.append(f"the workers were started again and go on from step {step:,}")

    def failed(self, rank: int, step: int, message: str) -> None:
        self._raised[rank, step, message] += 1
        who = f"worker {rank} on {self._hosts.get(rank, 'a node')}"
        self._lines.append(f"{who} failed after step {step:,}: {message}")
        if (times := self._raised[rank, step, message]) >= _TIMES:
            self.end(f"{who} failed {times} times after step {step:,}: {message}", False)

    def died(self, rank: int, step: int) -> None:
        self._lines.append(f"worker {rank} on {self._hosts.get(rank, 'a node')} died after step {step:,}")

    def fell(self) -> None:
        self._lines.append("a worker died as all were told to begin")

    def news(self) -> tuple[tuple[str, bool] | None, list[str]]:
        lines, self._lines = self._lines, []
        return self._first, lines


class Refusals:
    """Made by the driver, given to the workers and to the controller that starts them again.

    Ray starts the workers again whatever ended them, half a minute each time. A worker that died is worth it; an error that
    says what is wrong would be said again, the same.
    """

    def __init__(self) -> None:
        self._said: Any = _Said.remote()  # type: ignore[attr-defined]

    def started(self, rank: int, step: int) -> None:
        """Called by a worker as it begins: after how many steps."""
        self._tell(self._said.started.remote(rank, socket.gethostname(), step))

    def add(self, error: SartextError) -> None:
        """Keeps what a worker raised on purpose, which ends the training."""
        self._tell(self._said.end.remote(_one_line(str(error)), isinstance(error, UserError)))

    def failed(self, rank: int, step: int, error: Exception) -> None:
        """Keeps what else ended a worker; `step` is that of the last checkpoint.

        What the same worker raises twice with no checkpoint in between ends the training; deaths do not.
        """
        if isinstance(error, RayActorError):
            self._tell(self._said.died.remote(rank, step))
            return
        message = _one_line(_said(error))
        if not any(part in message.lower() for part in _OF_NEIGHBOURS):
            self._tell(self._said.failed.remote(rank, step, message))

    def fell(self) -> None:
        """Keeps that one died of which Ray tells nothing more."""
        self._tell(self._said.fell.remote())

    @staticmethod
    def _tell(told: Any) -> None:
        """Waits until it is kept. Where its node is lost there is nobody to tell: no worker ends for that."""
        with contextlib.suppress(RayError):
            ray.get(told, timeout=_ANSWER_S)

    def check(self) -> list[str]:
        """What is new, a line each. Raises what ends the training, if anything does."""
        try:
            first, lines = ray.get(self._said.news.remote(), timeout=_ANSWER_S)
        except (RayActorError, GetTimeoutError):
            return []  # its node is gone or busy; the next restart says it again
        if first is not None:
            message, of_user = first
            raise (UserError if of_user else SartextError)(message)
        return list(lines)


class Ends(UserCallback):
    """What Ray Train's controller is told of workers that ended, before it starts them again."""

    def __init__(self, refusals: Refusals, outs: list[str]) -> None:
        """`outs` are where the trainings lie: one of all workers together, or one a worker."""
        self._refusals, self._outs = refusals, outs

    def after_exception(self, run_context: object, worker_exceptions: dict[int, Exception]) -> None:
        """Called by Ray with what each worker raised, by rank."""
        del run_context
        for rank, error in sorted(worker_exceptions.items()):
            out = self._outs[rank if len(self._outs) > 1 else 0]
            self._refusals.failed(rank, committed_step(out), error)


def committed_step(out: str) -> int:
    """After how many steps the last checkpoint at a place was made; 0 before the first."""
    return next(reversed(committed_steps(open_store(out))), 0)


def _said(error: Exception) -> str:
    """What an error says, its type first; Ray gives a traceback as the text of some, whose last line that is."""
    lines = [line for line in str(error).splitlines() if line.strip() and not line.startswith(" ")]
    return lines[-1] if lines and lines[0].startswith("Traceback") else f"{type(error).__name__}: {error}"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]
