"""A pool of actors that are asked, as models are, and who of them is asked next.

What asks is a task of Ray Data, and what is asked waits for neither its reading nor its writing. One actor of no CPU, the desk,
knows them all: it gives each question to the actor that has the fewest, starts another in the place of one that died, and asks
again what that one had. A question under which two actors have ended is asked item by item; an item that has ended three
actors that had answered nothing before it is given back as such.
"""

import asyncio
import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import psutil
import ray
from ray import ObjectRef
from ray.exceptions import RayActorError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from sartext.errors import SartextError, UserError
from sartext.flow.engine.resources import Resources
from sartext.flow.engine.tries import first_line

FRESH_DEATHS = 3  # of actors that an item ended, and nothing else can have
_WHOLE_DEATHS = 2  # of actors under a question as a whole
_EACH = 2  # questions of an actor at a time: one is answered, the next is got ready
_STARTS = 5  # of an actor that ends before it can be asked, one after another
_PAUSE_S = 1.0
_ASKERS = 10_000  # tasks that may wait at the desk


class Answerer(Protocol):
    """What an actor is made of: a class of this package, constructed and loaded once an actor."""

    def load(self, tell: Callable[[str], object]) -> None:
        """Takes what it needs into memory; what had to be tried again is told."""
        ...

    def ready(self, of: int, items: Sequence[Any]) -> Any:
        """What `answer` takes; a thread does it while another question is answered."""
        ...

    def answer(self, of: int, items: Sequence[Any], ready: Any) -> list[Any]:
        """An answer an item. Raises `MemoryError` where memory ran out: the actor ends."""
        ...


@dataclass(frozen=True)
class Asked:
    """The answers to a question: of an item that ended its actors, how often it did (an int)."""

    said: list[Any]
    told: list[str]


@dataclass
class _Reply:
    """What an actor says; `error` ends the job."""

    said: list[Any]
    told: list[str]
    error: str | None = None
    of_user: bool = False
    grown: bool = False  # it holds so much more than when it had loaded that it is better started anew


class AskedActor:
    """One of the actors. What is raised comes back in its reply, as Ray would wrap it."""

    def __init__(self, make: Callable[..., Answerer], arguments: tuple[Any, ...], threads: int, grows_mb: int) -> None:
        import torch

        from sartext.flow.engine.device import keep_freed_memory

        torch.set_num_threads(threads)
        keep_freed_memory()
        self._made, self._grows_mb, self._loaded_mb = make(*arguments), grows_mb, 0.0
        self._turn = threading.Lock()

    def load(self) -> tuple[str, _Reply]:
        """Its host, when it can be asked, and what had to be tried again for it."""
        told: list[str] = []
        try:
            self._made.load(told.append)
        except SartextError as error:
            return socket.gethostname(), _Reply([], told, str(error), isinstance(error, UserError))
        self._loaded_mb = _held_mb()
        return socket.gethostname(), _Reply([], told)

    def answer(self, of: int, items: list[ObjectRef[Any]], only: int | None) -> _Reply:
        """Answers to all items of a question, which lie in Ray, or to one of them."""
        try:
            wanted = ray.get(items[0])
            wanted = wanted if only is None else wanted[only : only + 1]
            ready = self._made.ready(of, wanted)
            with self._turn:
                said = self._made.answer(of, wanted, ready)
        except MemoryError:
            os.kill(os.getpid(), signal.SIGKILL)  # after a failed allocation nothing here can be relied upon
            raise
        except SartextError as error:
            return _Reply([], [], str(error), isinstance(error, UserError))
        return _Reply(said, [], grown=self._has_grown())

    def _has_grown(self) -> bool:
        return self._grows_mb > 0 and _held_mb() > self._loaded_mb + self._grows_mb


def _held_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


class _Seat:
    """The place of one actor, whichever is there."""

    def __init__(self) -> None:
        self.actor: Any = None
        self.host = ""
        self.asked: list[object] = []  # what the actor has, the first of it first
        self.ready = self.reserved = False
        self.fresh = True  # whether it has answered nothing yet
        self.suspect: object = None  # what the actor before had in hand when it died


class AskedDesk:
    """Knows the actors; an actor itself, whose methods run side by side."""

    def __init__(
        self,
        make: Callable[..., Answerer],
        arguments: tuple[Any, ...],
        each: Resources,
        most: int,
        grows_mb: int,
    ) -> None:
        self._arguments = (make, arguments, max(1, int(each.cpus)), grows_mb)
        self._each, self._most = each, most
        self._seats: list[_Seat] = []
        self._broken: _Reply | None = None  # why no actors can be had
        self._told: list[str] = []  # what had to be tried again for an actor to start
        self._changed = asyncio.Condition()
        self._starts: set[asyncio.Task[None]] = set()

    async def ask(self, of: int, items: list[ObjectRef[Any]], count: int) -> _Reply:
        """The answers to a question of `count` items."""
        told: list[str] = []
        deaths = 0
        while deaths < _WHOLE_DEATHS:
            seat = await self._free()
            if seat is None:
                return self._answer([], told)
            reply, accused = await self._put(seat, of, items, None)
            if reply is not None:
                return self._answer(reply.said, told, reply)
            deaths += accused
            told.append(f"{seat.host}: an actor died, and {count} items are asked again")
        return await self._one_by_one(of, items, count, told)

    async def _one_by_one(self, of: int, items: list[ObjectRef[Any]], count: int, told: list[str]) -> _Reply:
        """Each item alone, on an actor that has nothing else: what ends it is known."""
        seat = await self._alone()
        said: list[Any] = []
        try:
            for number in range(count):
                deaths = 0
                while deaths < FRESH_DEATHS:
                    if not await self._is_ready(seat):
                        return self._answer([], told)
                    fresh = seat.fresh
                    reply, _ = await self._put(seat, of, items, number)
                    if reply is not None:
                        if reply.error is not None:
                            return self._answer([], told, reply)
                        said += reply.said
                        break
                    deaths += fresh
                else:
                    said.append(deaths)
        finally:
            seat.reserved = False
            await self._tell()
        return self._answer(said, told)

    async def _put(self, seat: _Seat, of: int, items: list[ObjectRef[Any]], only: int | None) -> tuple[_Reply | None, bool]:
        """The reply of the actor at a seat; None where it died, and whether it had this in hand then."""
        turn, actor = object(), seat.actor
        seat.asked.append(turn)
        try:
            reply: _Reply = await actor.answer.remote(of, items, only)
        except RayActorError:
            if seat.actor is actor and seat.ready:  # the first to hear of it
                seat.suspect = seat.asked[0]
                self._restart(seat)
            return None, seat.suspect is turn
        finally:
            seat.asked.remove(turn)
            await self._tell()
        seat.fresh = False
        if reply.grown and seat.actor is actor and seat.ready:
            self._restart(seat)
        return reply, False

    def _restart(self, seat: _Seat) -> None:
        seat.ready = False
        task = asyncio.get_running_loop().create_task(self._start(seat))
        self._starts.add(task)
        task.add_done_callback(self._starts.discard)

    async def _start(self, seat: _Seat) -> None:
        """Another actor at a seat, when the one before has answered what it has."""
        async with self._changed:
            await self._changed.wait_for(lambda: not seat.asked)
        if seat.actor is not None:
            ray.kill(seat.actor)
        for start in range(1, _STARTS + 1):
            # Not started again by Ray: what an actor had in hand would be asked again without our knowing that it died.
            seat.actor = (
                ray.remote(AskedActor)
                .options(**self._each.options(), max_restarts=0, max_task_retries=0, max_concurrency=_EACH + 1)
                .remote(*self._arguments)
            )
            try:
                seat.host, reply = await seat.actor.load.remote()
            except RayActorError as error:
                if start == _STARTS:
                    self._give_up(seat, f"actors end as they start: {first_line(error)}")
                await asyncio.sleep(_PAUSE_S)
            else:
                self._told += reply.told
                if reply.error is not None:
                    self._broken = reply
                break
        seat.fresh, seat.ready = True, self._broken is None and seat in self._seats
        await self._tell()

    def _give_up(self, seat: _Seat, why: str) -> None:
        """Goes on without a seat, as on a machine that is broken; the last of those that have answered ends the job."""
        if seat.reserved or not any(other.host for other in self._seats if other is not seat):
            self._broken = _Reply([], [], why)
            return
        self._seats.remove(seat)
        self._told.append(f"{seat.host or 'Ray'}: {why}; it goes on with fewer")

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _free(self) -> _Seat | None:
        """The seat with the fewest questions, as soon as there is one that takes another; None where actors cannot be had."""
        if not self._seats:
            self._seats = [_Seat() for _ in range(self._most)]
            for seat in self._seats:
                self._restart(seat)

        def open_() -> list[_Seat]:
            return [seat for seat in self._seats if seat.ready and not seat.reserved and len(seat.asked) < _EACH]

        async with self._changed:
            await self._changed.wait_for(lambda: self._broken or open_())
            return None if self._broken else min(open_(), key=lambda seat: len(seat.asked))

    async def _alone(self) -> _Seat:
        """A seat that nothing else is put at from now on, when it has answered what it has: one at which an actor has been, as
        Ray may never have room for the others."""

        def open_() -> list[_Seat]:
            return [seat for seat in self._seats if seat.host and not seat.reserved]

        async with self._changed:
            await self._changed.wait_for(open_)
            seat = min(open_(), key=lambda seat: (not seat.ready, len(seat.asked)))
            seat.reserved = True
            await self._changed.wait_for(lambda: not seat.asked)
            return seat

    async def _is_ready(self, seat: _Seat) -> bool:
        async with self._changed:
            await self._changed.wait_for(lambda: self._broken or seat.ready)
            return seat.ready

    def _answer(self, said: list[Any], told: list[str], reply: _Reply | None = None) -> _Reply:
        """The answers, or why there are none: an error of the actor's, or of starting any."""
        told, self._told = self._told + told, []
        wrong = reply or self._broken
        return _Reply(said, told, wrong.error, wrong.of_user) if wrong else _Reply(said, told)


@dataclass(frozen=True)
class AskedActors:
    """The actors as tasks see them; picklable."""

    desk: Any

    def ask(self, of: int, items: Sequence[Any], /) -> "PendingAnswers":
        """Begins to ask."""
        there = ray.put(list(items))
        return PendingAnswers(self.desk.ask.remote(of, [there], len(items)), there)


@dataclass
class PendingAnswers:
    """A question that is under way; what is asked stays in Ray as long as this does."""

    _reply: ObjectRef[Any]
    _items: ObjectRef[Any]

    def wait(self) -> Asked:
        """The answers. Raises the `UserError` or `SartextError` that ends the job."""
        reply: _Reply = ray.get(self._reply)
        if reply.error is not None:
            raise (UserError if reply.of_user else SartextError)(reply.error)
        return Asked(reply.said, reply.told)


@contextmanager
def asked_actors(
    make: Callable[..., Answerer], arguments: tuple[Any, ...], each: Resources, most: int, grows_mb: int
) -> Iterator[AskedActors]:
    """Up to `most` actors of `make(*arguments)` in a session of Ray, as many as it has room for; they end with the context.

    An actor that holds `grows_mb` MiB more than when it had loaded is started anew between two questions; 0: never.
    """
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=True)
    desk: Any = (
        ray.remote(AskedDesk)
        .options(num_cpus=0, max_restarts=-1, max_task_retries=-1, max_concurrency=_ASKERS, scheduling_strategy=here)
        .remote(make, arguments, each, most, grows_mb)
    )
    try:
        yield AskedActors(desk)
    finally:
        with contextlib.suppress(Exception):  # Ray may be gone, and they with it
            ray.kill(desk)
