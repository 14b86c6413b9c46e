"""The gate before the routes, as plain ASGI: who may come in, and how much they may bring, looked at before a body is read."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sartext.flow.serve.limits import BODY_S
from sartext.flow.serve.refusal import Refused

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_LOCAL = frozenset(("localhost", "127.0.0.1", "[::1]"))
# Headers of every answer: the page runs what came with it, and talks to nobody but this application.
_SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
)


class Gate:
    """Lets requests through to an application; the others it answers itself."""

    def __init__(self, app: App, *, key: str | None, open_paths: frozenset[str]) -> None:
        """As `admit` says."""
        self._app, self._key, self._open = app, key, open_paths

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1003})
            return
        try:
            admit(scope, self._key, self._open)
        except Refused as refused:
            await refuse(refused, safely(send))
            return
        await self._app(scope, receive, safely(send))


def safely(send: Send) -> Send:
    """Sends answers with the headers that all of them have."""

    async def send_safely(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_SAFE]
        await send(message)

    return send_safely


def admit(scope: Message, key: str | None, open_paths: frozenset[str]) -> None:
    """Raises `Refused` for whom the door stays shut. `open_paths` answer without a key.

    Without a key only requests to a name of this machine come in: a page elsewhere cannot ask in its visitor's name.
    """
    headers = headers_of(scope)
    if key is None:
        host = headers.get(b"host", b"").decode("latin-1")
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if name.lower() not in _LOCAL:
            raise Refused(421, "wrong_host", f"this application is for this machine alone, not for {host[:100]!r}")
        return
    # In a time that says nothing of how much of the key was right.
    if scope["path"] not in open_paths and not hmac.compare_digest(
        headers.get(b"authorization", b""), b"Bearer " + key.encode()
    ):
        raise Refused(401, "no_key", "the API key is missing or wrong; send Authorization: Bearer KEY")


def headers_of(scope: Message) -> dict[bytes, bytes]:
    """The headers of a request; of one that is given twice, the last."""
    return {name.lower(): value for name, value in scope["headers"]}


class Budget:
    """Bytes of bodies that may be held at once, by all that share it."""

    def __init__(self, most: int) -> None:
        self.most, self._held = most, 0

    def take(self, count: int) -> None:
        """Raises `Refused` where there is no room for so many more."""
        if self._held + count > self.most:
            raise Refused(503, "busy", "the requests that are being read fill the memory for them; try again in a moment")
        self._held += count

    def give_back(self, count: int) -> None:
        self._held -= count


class Limited:
    """Gives an application whole bodies of at most so many bytes; what is longer it answers itself, unread."""

    def __init__(self, app: App, *, max_body_bytes: int) -> None:
        self._app, self._most = app, max_body_bytes

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await whole_body(scope, receive, Budget(self._most), self._most)
        except Refused as refused:
            await refuse(refused, send)
            return
        if body is not None:
            receive = again(body, receive)
            del body  # what is not held here can go as soon as it is read
            await self._app(scope, receive, send)


async def whole_body(scope: Message, receive: Receive, budget: Budget, most: int) -> bytes | None:
    """The whole body, of at most `most` bytes, which the budget has then given; None where the client has gone.

    Raises `Refused`, and then nothing of the budget is taken.
    """
    too_long = Refused(413, "too_long", f"a request may have {most:,} bytes; send a smaller image")
    declared = headers_of(scope).get(b"content-length", b"")
    if declared.isdigit() and int(declared) > most:
        raise too_long
    if declared.isdigit():  # refused before it is read, where there is no room for it as yet
        budget.take(int(declared))
        budget.give_back(int(declared))
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    budget.give_back(len(body))
                    return None
                piece = message.get("body", b"")
                if len(body) + len(piece) > most:
                    raise too_long
                budget.take(len(piece))
                body += piece
                if not message.get("more_body", False):
                    return bytes(body)
    except (TimeoutError, Refused, asyncio.CancelledError) as error:
        budget.give_back(len(body))
        if isinstance(error, TimeoutError):
            raise Refused(408, "too_slow", f"the request did not come within {BODY_S:g} s") from None
        raise


def again(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, once and without keeping it, then what else comes."""
    left = [body]

    async def receive_again() -> Message:
        return {"type": "http.request", "body": left.pop(), "more_body": False} if left else await receive()

    return receive_again


async def refuse(refused: Refused, send: Send) -> None:
    """Says what is said of a request that is not answered."""
    body = refused.encoded()
    headers = {"content-type": "application/json", "content-length": str(len(body)), **refused.headers}
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": refused.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
