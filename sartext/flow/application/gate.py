"""The gate before the routes, as plain ASGI: who may come in, and how much they may bring, looked at before a body is read."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sartext.flow.application.limits import BODY_S
from sartext.flow.application.refusal import Refused

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
        """Without a key only requests to a name of this machine come in: a page elsewhere cannot ask in its visitor's name.

        `open_paths` answer without a key.
        """
        self._app, self._key, self._open = app, key, open_paths

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1003})
            return

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_SAFE]
            await send(message)

        headers = {name.lower(): value for name, value in scope["headers"]}
        try:
            self._admit(scope["path"], headers)
        except Refused as refused:
            await refuse(refused, safely)
            return
        await self._app(scope, receive, safely)

    def _admit(self, path: str, headers: dict[bytes, bytes]) -> None:
        """Raises `Refused` for whom the door stays shut."""
        if self._key is None:
            host = headers.get(b"host", b"").decode("latin-1")
            name = host if host.endswith("]") else host.rpartition(":")[0] or host
            if name.lower() not in _LOCAL:
                raise Refused(421, "wrong_host", f"this application is for this machine alone, not for {host[:100]!r}")
            return
        if path in self._open:
            return
        given = headers.get(b"authorization", b"")
        # In a time that says nothing of how much of the key was right.
        if not hmac.compare_digest(given, b"Bearer " + self._key.encode()):
            raise Refused(401, "no_key", "the API key is missing or wrong; send Authorization: Bearer KEY")


class Limited:
    """Gives an application whole bodies of at most so many bytes; what is longer it answers itself, unread."""

    def __init__(self, app: App, *, max_body_bytes: int) -> None:
        self._app, self._most = app, max_body_bytes

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await self._body({name.lower(): value for name, value in scope["headers"]}, receive)
        except Refused as refused:
            await refuse(refused, send)
            return
        if body is not None:
            await self._app(scope, _again(body, receive), send)

    async def _body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes | None:
        """The whole body, at most `max_body_bytes`; None where the client has gone."""
        too_long = Refused(413, "too_long", f"a request may have {self._most:,} bytes; send a smaller image")
        declared = headers.get(b"content-length", b"")
        if declared.isdigit() and int(declared) > self._most:
            raise too_long
        pieces, length = [], 0
        try:
            async with asyncio.timeout(BODY_S):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    pieces.append(message.get("body", b""))
                    length += len(pieces[-1])
                    if length > self._most:
                        raise too_long
                    if not message.get("more_body", False):
                        return b"".join(pieces)
        except TimeoutError:
            raise Refused(408, "too_slow", f"the request did not come within {BODY_S:g} s") from None


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, then what else comes."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


async def refuse(refused: Refused, send: Send) -> None:
    """Says what is said of a request that is not answered."""
    body = refused.encoded()
    headers = {"content-type": "application/json", "content-length": str(len(body)), **refused.headers}
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": refused.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
