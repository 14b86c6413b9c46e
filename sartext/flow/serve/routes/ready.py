"""Which models are up, as Ray Serve's controller sees them: what is down is said at once, instead of waited for."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from ray import serve

from sartext.flow.engine.ray_private import running_deployments
from sartext.flow.serve.refusal import unavailable

_EVERY_S = 1.0
_FIRST_S = 2.0  # for which who asks at the very beginning waits for the first look
_STALE_S = 30.0  # after which it is not known any more whether a model that was up is
_T = TypeVar("_T")


class Watch:
    """Looks at the deployments behind each model for as long as its replica lives."""

    def __init__(self, application: str, deployments: Mapping[str, Sequence[str]]) -> None:
        """`deployments` of each model, all of which it needs."""
        self._application, self._deployments = application, deployments
        self._up: set[str] = set()
        self._seen_at: float | None = None
        self._seen = asyncio.Event()
        self._pending: dict[str, set[asyncio.Future[Any]]] = {model: set() for model in deployments}
        self._looker = ThreadPoolExecutor(1, "watch")
        self._task: asyncio.Task[None] | None = None

    async def state(self) -> dict[str, str]:
        """ready, starting, or unknown, by model."""
        self._start()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._seen.wait(), _FIRST_S)
        if self._seen_at is None or time.monotonic() - self._seen_at > _STALE_S:
            return dict.fromkeys(self._deployments, "unknown")
        return {model: "ready" if model in self._up else "starting" for model in self._deployments}

    async def answer(self, model: str, asked: Awaitable[_T]) -> _T:
        """What a model answers. Raises `Refused` where it is down, or goes down meanwhile."""
        self._start()
        task = asyncio.ensure_future(asked)
        if self._is_down(model):
            task.cancel()
        self._pending[model].add(task)
        try:
            return await task
        except asyncio.CancelledError:
            if task.cancelled() and self._is_down(model):
                raise unavailable() from None
            task.cancel()  # the client has gone
            raise
        finally:
            self._pending[model].discard(task)

    def _is_down(self, model: str) -> bool:
        """False where it is not known: a controller that starts again takes no model down."""
        return self._seen_at is not None and model not in self._up

    def _start(self) -> None:
        """Here, because a loop runs only once requests come."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        while True:
            with contextlib.suppress(Exception):  # the controller starts again, or is busy: what was seen last holds
                running = await asyncio.get_running_loop().run_in_executor(self._looker, _running, self._application)
                self._up = {model for model, names in self._deployments.items() if running.issuperset(names)}
                self._seen_at = time.monotonic()
                self._seen.set()
                for model in self._deployments.keys() - self._up:
                    for task in self._pending[model]:
                        task.cancel()
            await asyncio.sleep(_EVERY_S)


def _running(application: str) -> set[str]:
    """Deployments of which a replica runs."""
    found = serve.status().applications.get(application)
    return running_deployments({} if found is None else found.deployments)
