"""Models that go down while they are asked."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sartext.flow.serve.refusal import Refused
from sartext.flow.serve.routes import ready
from sartext.flow.serve.routes.ready import Watch

NEEDED = {"clip": ["Embedding"], "gpt": ["Engine", "Answering"]}


def run(monkeypatch: pytest.MonkeyPatch, check: Callable[[Watch, set[str]], Awaitable[None]]) -> None:
    running = {"Embedding", "Engine", "Answering"}

    def found(_application: str) -> set[str]:
        if "controller is gone" in running:
            raise RuntimeError
        return set(running)

    monkeypatch.setattr(ready, "_EVERY_S", 0.02)
    monkeypatch.setattr(ready, "_running", found)

    async def all_of_it() -> None:
        await asyncio.wait_for(check(Watch("app", NEEDED), running), 10)

    asyncio.run(all_of_it())


async def forever() -> str:
    await asyncio.sleep(60)
    return "never"


async def at_once() -> str:
    return "answer"


def test_a_model_is_ready_where_all_that_it_needs_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check(one: Watch, running: set[str]) -> None:
        assert await one.state() == {"clip": "ready", "gpt": "ready"}
        running.discard("Engine")
        await asyncio.sleep(0.2)
        assert await one.state() == {"clip": "ready", "gpt": "starting"}

    run(monkeypatch, check)


def test_who_waits_for_a_model_that_goes_down_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check(one: Watch, running: set[str]) -> None:
        assert await one.answer("gpt", at_once()) == "answer"
        waiting = [asyncio.create_task(one.answer("gpt", forever())) for _ in range(3)]
        other = asyncio.create_task(one.answer("clip", asyncio.sleep(0.3, "answer")))
        await asyncio.sleep(0.1)
        running.discard("Answering")
        for refused in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(refused, Refused)
            assert (refused.status, refused.kind, refused.headers) == (503, "unavailable", {"retry-after": "1"})
        with pytest.raises(Refused):
            await one.answer("gpt", forever())
        assert await other == "answer"
        running.add("Answering")
        await asyncio.sleep(0.2)
        assert await one.answer("gpt", at_once()) == "answer"

    run(monkeypatch, check)


def test_a_controller_that_is_gone_takes_no_model_down(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check(one: Watch, running: set[str]) -> None:
        await one.state()
        running.add("controller is gone")
        await asyncio.sleep(0.2)
        assert await one.answer("gpt", at_once()) == "answer"

    run(monkeypatch, check)


def test_a_client_that_goes_away_cancels_what_it_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check(one: Watch, _running: set[str]) -> None:
        await one.state()
        asked = asyncio.ensure_future(forever())
        waiting = asyncio.create_task(one.answer("gpt", asked))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert asked.cancelled()

    run(monkeypatch, check)
