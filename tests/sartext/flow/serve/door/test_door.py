"""The doorstep, as a proxy calls it."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sartext.flow.serve.door.door import Door
from sartext.flow.serve.door.terms import Terms

KEY = "a-key-of-some-length"
TERMS = Terms(key=KEY, max_body_bytes=1000, max_bodies_bytes=2500, places=2)
OURS = {"authorization": f"Bearer {KEY}"}


class Proxy:
    """What stands behind the door: answers once it is let, or never."""

    def __init__(self) -> None:
        self.let, self.bodies, self.silent, self.status = asyncio.Event(), list[bytes](), False, 200

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        self.bodies.append((await receive())["body"])
        await self.let.wait()
        if not self.silent:
            await send({"type": "http.response.start", "status": self.status, "headers": []})
            await send({"type": "http.response.body", "body": b"answer"})


class Request:
    """One request, and what came of it."""

    def __init__(
        self, door: Door, path: str = "/v1/caption", headers: dict[str, str] | None = None, body: tuple[bytes, ...] = (b"x",)
    ) -> None:
        self.read, self.said, self._pieces = 0, list[dict[str, Any]](), body
        given = {"host": "127.0.0.1:8000", **(OURS if headers is None else headers)}
        self._scope = {
            "type": "http",
            "path": path,
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        self._door = door

    async def _receive(self) -> dict[str, Any]:
        self.read += 1
        if self.read > len(self._pieces):
            await asyncio.sleep(60)
        return {"type": "http.request", "body": self._pieces[self.read - 1], "more_body": self.read < len(self._pieces)}

    async def _send(self, message: dict[str, Any]) -> None:
        self.said.append(message)

    async def ask(self) -> "Request":
        await self._door(self._scope, self._receive, self._send)
        return self

    @property
    def outcome(self) -> tuple[int, str]:
        body = self.said[1]["body"]
        return self.said[0]["status"], body.decode() if body == b"answer" else json.loads(body)["error"]["type"]

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.said[0]["headers"])


def run(check: Callable[[Door, Proxy], Any], terms: Terms | None = TERMS) -> None:
    async def known() -> Terms | None:
        return terms

    async def all_of_it() -> None:
        proxy = Proxy()
        await asyncio.wait_for(check(Door(proxy, terms=known, default=replace(TERMS, key=None)), proxy), 20)

    asyncio.run(all_of_it())


async def started(*requests: Request) -> list["asyncio.Task[Request]"]:
    tasks = [asyncio.create_task(one.ask()) for one in requests]
    await asyncio.sleep(0.05)
    return tasks


def test_without_the_key_nothing_is_read_and_nothing_reaches_the_proxy() -> None:
    async def check(door: Door, proxy: Proxy) -> None:
        for path in ("/v1/caption", "/v1/embeddings", "/nowhere", "/openapi.json"):
            for headers in (
                {},
                {"authorization": f"Bearer {KEY}x"},
                {"content-length": "900"},
                {"transfer-encoding": "chunked"},
            ):
                request = await Request(door, path, headers).ask()
                assert (request.outcome, request.read) == ((401, "no_key"), 0)
                assert request.headers[b"x-content-type-options"] == b"nosniff"
        assert proxy.bodies == []

    run(check)


def test_the_page_and_the_health_need_no_key() -> None:
    async def check(door: Door, proxy: Proxy) -> None:
        proxy.let.set()
        for path in ("/", "/page.js", "/healthz", "/livez", "/-/healthz"):
            assert (await Request(door, path, {}).ask()).outcome == (200, "answer")
        assert (await Request(door, "/-/routes").ask()).outcome == (404, "no_such_route")

    run(check)


def test_what_is_sent_to_the_page_without_the_key_is_not_held() -> None:
    async def check(door: Door, proxy: Proxy) -> None:
        (task,) = await started(Request(door, "/", {}, body=(b"x" * 900,) * 2))
        assert (proxy.bodies, door._budget._held) == ([b""], 0)
        proxy.let.set()
        assert (await task).outcome == (200, "answer")

    run(check)


def test_without_any_key_only_names_of_this_machine_come_in() -> None:
    async def check(door: Door, proxy: Proxy) -> None:
        proxy.let.set()
        assert (await Request(door, headers={}).ask()).outcome == (200, "answer")
        assert (await Request(door, headers={"host": "evil.example"}).ask()).outcome == (421, "wrong_host")

    run(check, replace(TERMS, key=None))


def test_before_an_application_says_how_it_wants_to_be_asked_bodies_are_bounded() -> None:
    async def check(door: Door, proxy: Proxy) -> None:
        proxy.let.set()
        assert (await Request(door, headers={"host": "any"}).ask()).outcome == (200, "answer")
        assert (await Request(door, headers={}, body=(b"x" * 600,) * 2).ask()).outcome == (413, "too_long")

    run(check, None)


def test_who_finds_no_place_is_refused_unread_while_other_models_answer() -> None:
    async def check(door: Door, proxy: Proxy) -> None:
        inside = await started(Request(door), Request(door))
        third = await Request(door).ask()
        assert (third.outcome, third.read, third.headers[b"retry-after"]) == ((503, "busy"), 0, b"1")
        others = await started(Request(door, "/v1/vqa"), Request(door, "/healthz"))
        assert len(proxy.bodies) == 4
        proxy.let.set()
        assert [(await task).outcome for task in (*inside, *others)] == [(200, "answer")] * 4
        assert (await Request(door).ask()).outcome == (200, "answer")

    run(check)


def test_all_bodies_together_are_bounded_and_their_room_comes_back() -> None:
    async def check(door: Door, proxy: Proxy) -> None:
        large = {"body": (b"x" * 500,) * 2}
        inside = await started(Request(door, "/v1/vqa", **large), Request(door, "/v1/caption", **large))
        declared = await Request(door, "/v1/search", {**OURS, "content-length": "900"}, body=(b"x" * 900,)).ask()
        assert (declared.outcome, declared.read, declared.headers[b"retry-after"]) == ((503, "busy"), 0, b"1")
        chunked = await Request(door, "/v1/search", **large).ask()
        assert (chunked.outcome, chunked.read) == ((503, "busy"), 2)
        proxy.let.set()
        assert [(await task).outcome for task in inside] == [(200, "answer")] * 2
        for _ in range(3):
            assert (await Request(door, "/v1/search", **large).ask()).outcome == (200, "answer")

    run(check)


def test_the_room_of_a_client_that_goes_away_comes_back() -> None:
    async def check(door: Door, proxy: Proxy) -> None:
        for _ in range(5):
            (task,) = await started(Request(door, body=(b"x" * 900,)))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        proxy.let.set()
        assert (await Request(door, body=(b"x" * 900,)).ask()).outcome == (200, "answer")
        assert door._budget._held == 0
        assert not +door._inside

    run(check)


def test_what_dies_without_an_answer_is_said_to_be_starting_again() -> None:
    async def check(door: Door, proxy: Proxy) -> None:
        proxy.let.set()
        proxy.silent = True
        dead = await Request(door).ask()
        assert (dead.outcome, dead.headers[b"retry-after"]) == ((503, "unavailable"), b"1")
        proxy.silent, proxy.status = False, 503
        refused = await Request(door).ask()
        assert (refused.said[0]["status"], refused.headers[b"retry-after"]) == (503, b"1")

    run(check)
