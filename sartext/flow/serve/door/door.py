"""The doorstep, as plain ASGI: all that is refused, busy or broken is answered here, before Ray Serve and its queues have it.

A body is read whole and within a bound on all that are held, by those who have the key and find a place. To refuse takes a
hundredth of an answer, so that an application that is asked too much goes on at its own rate. There are no more requests inside
than Serve gives out at once: its routers would sleep between tries.
"""

from collections import Counter
from collections.abc import Awaitable, Callable

from sartext.flow.serve.door.gate import App, Budget, Message, Receive, Send, admit, again, refuse, safely, whole_body
from sartext.flow.serve.door.terms import Terms
from sartext.flow.serve.paths import HEALTH, LIVE, MODEL_OF, PAGE
from sartext.flow.serve.refusal import RETRY_AFTER_S, Refused

OPEN_PATHS = frozenset((*PAGE, HEALTH, LIVE))
_OF_SERVE, _SERVE_HEALTH = "/-/", "/-/healthz"
_UNAVAILABLE = Refused(503, "unavailable", "the application is being started again; try again in a moment")
_RETRY_AFTER = (b"retry-after", str(RETRY_AFTER_S).encode())


class Door:
    """Stands before a proxy of Ray Serve."""

    def __init__(self, app: App, *, terms: Callable[[], Awaitable[Terms | None]], default: Terms) -> None:
        """`terms` says how the application wants to be asked; before it does, its bounds are those of `default`."""
        self._app, self._terms, self._default = app, terms, default
        self._budget, self._inside = Budget(default.max_bodies_bytes), Counter[str]()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == _SERVE_HEALTH:
            await self._app(scope, receive, send)
            return
        try:
            await self._answer(scope, receive, send)
        except Refused as refused:
            await refuse(refused, safely(send))

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        """Raises `Refused` where nothing was answered yet."""
        path, known = scope["path"], await self._terms()
        if path.startswith(_OF_SERVE):  # the proxy would tell anybody the routes of its applications
            raise Refused(404, "no_such_route", f"{path[:100]} is not served")
        if known is not None:
            admit(scope, known.key, OPEN_PATHS)
        terms = known or self._default
        self._budget.most = terms.max_bodies_bytes
        if path in OPEN_PATHS:  # of whomever, so nothing is held of what they send; and no place is asked for, as by the health
            await self._pass_on(scope, _without_body(receive), send)
            return
        model = MODEL_OF.get(path, "")
        self._check_place(model, terms.places)
        body = await whole_body(scope, receive, self._budget, terms.max_body_bytes)
        if body is None:
            return
        length, receive = len(body), again(body, receive)
        del body  # Serve holds it now
        try:
            self._check_place(model, terms.places)
            self._inside[model] += 1
            try:
                await self._pass_on(scope, receive, send)
            finally:
                self._inside[model] -= 1
        finally:
            self._budget.give_back(length)

    def _check_place(self, model: str, places: int) -> None:
        if self._inside[model] >= places:
            raise Refused(503, "busy", "too many requests are waiting; try again in a moment")

    async def _pass_on(self, scope: Message, receive: Receive, send: Send) -> None:
        """Raises `Refused` where the replica that had the request died, which Serve's proxy leaves without an answer."""
        started = gone = False

        async def send_on(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                names = {name.lower() for name, _ in message.get("headers", ())}
                if message["status"] == 503 and b"retry-after" not in names:
                    message["headers"] = [*message.get("headers", ()), _RETRY_AFTER]
            await send(message)

        async def receive_on() -> Message:
            nonlocal gone
            message = await receive()
            gone = gone or message["type"] == "http.disconnect"
            return message

        await self._app(scope, receive_on, send_on)
        if not started and not gone:
            raise _UNAVAILABLE


def _without_body(receive: Receive) -> Receive:
    """Says that there is no body, and drops what comes of one."""

    async def disconnect() -> Message:
        while (message := await receive())["type"] == "http.request":
            continue
        return message

    return again(b"", disconnect)
