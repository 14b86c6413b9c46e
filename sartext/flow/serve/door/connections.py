"""Connections to a proxy, each of which holds a few kB until a request is let in.

uvicorn, which Serve's proxy runs, keeps the head of a request however long it is, waits for it without an end, and takes any
number of connections. Ray Serve has no option for these: `bound_connections` makes it take `Connection` for its own.
"""

import time
from asyncio import BaseTransport, TimerHandle

import uvicorn.config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sartext.flow.serve.refusal import Refused

MOST = 512  # connections of a proxy
_HEAD_BYTES = 32_768  # of the line and the headers of a request, and of what is around the pieces of its body
_HEAD_S = 10.0  # in which the head of a request must have come
_REST_S = 5.0  # for which what is left of a body that was refused is taken and dropped, so that the answer can be read
_AHEAD = 16  # requests of a connection that are sent before the first is answered
_FULL = Refused(503, "busy", "there are too many connections; try again in a moment")
_LONG = Refused(431, "too_long", f"the head of a request may have {_HEAD_BYTES:,} bytes")


class Connection(HttpToolsProtocol):
    """uvicorn's connection with bounds on what comes before a body, and on what comes after an answer."""

    _since = 0.0
    _in_head, _bytes, _of_body = True, 0, 0
    _timer: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Begins the time in which a request must have come; closes the connection where there are too many."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._since = time.monotonic()
        self._within(_HEAD_S)
        if len(self.connections) > MOST:
            idle = [one for one in self.connections if isinstance(one, Connection) and one._is_idle()]
            oldest = min(idle, key=lambda one: one._since)
            if oldest is self:
                self._refuse(_FULL)
            else:
                self.connections.discard(oldest)
                oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._within(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        while data and not self.transport.is_closing():
            piece, data = (data[:_HEAD_BYTES], data[_HEAD_BYTES:]) if self._in_head else (data, b"")
            self._bytes += len(piece)
            super().data_received(piece)
            # Whatever is no body: headers, trailers, lengths of pieces and what may be written behind these.
            if self._bytes - self._of_body > _HEAD_BYTES + self._of_body and not self.transport.is_closing():
                self._refuse(_LONG)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._bytes, self._of_body = True, 0, 0
        self._within(_HEAD_S)

    def on_headers_complete(self) -> None:
        """Raises, which ends the connection, where requests come faster than one after another is answered."""
        if len(self.pipeline) >= _AHEAD:
            raise ValueError(f"{_AHEAD} requests wait on this connection")
        self._in_head = False
        self._within(None)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._of_body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_head, self._bytes, self._of_body = True, 0, 0
        self._within(self.timeout_keep_alive if self.cycle.response_complete else None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._since = time.monotonic()
        super().on_response_complete()
        if not self._in_head:
            self._within(_REST_S)

    def _should_upgrade_to_ws(self) -> bool:
        return False  # no route is a socket

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _within(self, seconds: float | None) -> None:
        """Closes the connection after so many seconds, unless this is called again before."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _refuse(self, refused: Refused) -> None:
        body = refused.encoded()
        lines = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close", **refused.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.transport.write(f"HTTP/1.1 {refused.status} refused\r\n{head}\r\n".encode() + body)
        self.transport.close()


def bound_connections() -> None:
    """From here on this process serves HTTP by `Connection`."""
    uvicorn.config.HTTP_PROTOCOLS["auto"] = f"{__name__}:{Connection.__name__}"
