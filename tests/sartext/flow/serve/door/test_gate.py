"""The gate, as the server calls it."""

import asyncio
import json
from typing import Any

import pytest

from sartext.flow.serve.door import gate
from sartext.flow.serve.door.gate import Gate, Limited

KEY = "a-key-of-some-length"
LIMIT = 1000


async def echo(_scope: Any, receive: Any, send: Any) -> None:
    """Says how many bytes came."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(len(body)).encode()})


def asked(
    path: str = "/v1/caption",
    *,
    headers: dict[str, str] | None = None,
    pieces: tuple[bytes, ...] = (b"",),
    key: str | None = None,
    kind: str = "http",
) -> tuple[int, bytes, dict[bytes, bytes], int]:
    """Status, body and headers of the answer, and how many pieces of the request were read."""
    said: list[dict[str, Any]] = []
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        if read > len(pieces):
            await asyncio.sleep(30)
        return {"type": "http.request", "body": pieces[read - 1], "more_body": read < len(pieces) or pieces[-1] == b"hang"}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    given = {"host": "127.0.0.1:8000", **(headers or {})}
    scope = {"type": kind, "path": path, "headers": [(name.encode(), value.encode()) for name, value in given.items()]}
    guarded = Gate(Limited(echo, max_body_bytes=LIMIT), key=key, open_paths=frozenset(("/healthz",)))
    asyncio.run(asyncio.wait_for(guarded(scope, receive, send), 20))
    if kind != "http":
        return said[0]["code"], b"", {}, read
    return said[0]["status"], said[1]["body"], dict(said[0]["headers"]), read


def kind_of(body: bytes) -> str:
    return str(json.loads(body)["error"]["type"])


def test_a_declared_length_is_refused_before_anything_is_read() -> None:
    status, body, _, read = asked(headers={"content-length": str(LIMIT + 1)}, pieces=(b"x" * LIMIT, b"x"))
    assert (status, kind_of(body), read) == (413, "too_long", 0)


def test_pieces_of_unknown_length_are_counted() -> None:
    status, body, _, read = asked(pieces=(b"x" * 400,) * 100)
    assert (status, kind_of(body), read) == (413, "too_long", 3)
    # A length that lies is not believed either.
    assert asked(headers={"content-length": "5"}, pieces=(b"x" * 400,) * 100)[0] == 413


def test_what_fits_comes_through_whole() -> None:
    assert asked(pieces=(b"x" * 400, b"", b"y" * 600))[:2] == (200, b"1000")


def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "BODY_S", 0.2)
    status, body, _, _ = asked(pieces=(b"hang",))
    assert (status, kind_of(body)) == (408, "too_slow")


@pytest.mark.parametrize("given", ["", KEY, "Bearer ", f"Bearer {KEY[:-1]}", f"Bearer {KEY}x", f"bearer {KEY}"])
def test_without_the_key_nobody_comes_in(given: str) -> None:
    status, body, headers, read = asked(headers={"authorization": given} if given else {}, key=KEY)
    assert (status, kind_of(body), read) == (401, "no_key", 0)
    assert headers[b"www-authenticate"] == b"Bearer"


def test_with_the_key_one_comes_in_by_any_name_of_the_host() -> None:
    assert asked(headers={"authorization": f"Bearer {KEY}", "host": "sar.example"}, key=KEY)[0] == 200
    assert asked("/healthz", key=KEY)[0] == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "LOCALHOST", "[::1]:80", "[::1]"])
def test_without_a_key_this_machine_comes_in(host: str) -> None:
    assert asked(headers={"host": host})[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "evil.example:127.0.0.1", "", "10.0.0.1"])
def test_without_a_key_a_page_that_calls_itself_otherwise_does_not(host: str) -> None:
    status, body, _, read = asked(headers={"host": host})
    assert (status, kind_of(body), read) == (421, "wrong_host", 0)


def test_answers_say_what_a_page_may_do() -> None:
    for headers in (asked()[2], asked(key=KEY)[2]):
        assert b"default-src 'none'" in headers[b"content-security-policy"]
        assert headers[b"x-content-type-options"] == b"nosniff"


def test_sockets_are_closed() -> None:
    assert asked(kind="websocket")[0] == 1003
