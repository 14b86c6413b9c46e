"""A store that fails now and then: a proxy before a real server of S3's protocol, which plays the faults of a real one.

One request in ten, by a seed, is answered with 500 or with 503, has its connection dropped before the store sees it, after the
store has done it or in the middle of the answer, or hears nothing for a while.
"""

import http.client
import random
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

FAULTS = ("500", "503", "drop before", "drop after", "drop within", "stall")
_SAID = {
    "500": ("InternalError", "We encountered an internal error. Please try again."),
    "503": ("SlowDown", "Please reduce your request rate."),
    "403": ("AccessDenied", "Access Denied"),
}
_OF_CONNECTION = frozenset(("connection", "keep-alive", "transfer-encoding", "host", "expect"))


class FaultyS3:
    """The proxy; as a context it serves at `url`. `struck` counts the faults by kind."""

    def __init__(
        self, upstream: str, *, seed: int = 0, share: float = 0.1, faults: tuple[str, ...] = FAULTS, stall_s: float = 30.0
    ) -> None:
        self.upstream, self.share, self.faults, self.stall_s = urlsplit(upstream), share, faults, stall_s
        self.requests, self.struck = 0, Counter[str]()
        self._random, self._mutex = random.Random(seed), threading.Lock()
        self.closed, self._down = threading.Event(), threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.closed.set()
        self._server.shutdown()
        self._server.server_close()

    def go_down(self) -> None:
        """From now on no request is answered: connections are dropped."""
        self._down.set()

    def come_back(self) -> None:
        """From now on requests are answered as before."""
        self._down.clear()

    def fault(self) -> str:
        """What happens to the next request; "" for nothing."""
        with self._mutex:
            self.requests += 1
            if self._down.is_set():
                self.struck["down"] += 1
                return "drop before"
            kind = self._random.choice(self.faults) if self._random.random() < self.share else ""
            if kind:
                self.struck[kind] += 1
            return kind


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    proxy: FaultyS3


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests look at what the client says."""

    def _serve(self) -> None:
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = proxy.fault()
        if fault == "stall":
            proxy.closed.wait(proxy.stall_s)
        if fault in ("stall", "drop before"):
            self._drop()
        elif fault in _SAID:
            code, message = _SAID[fault]
            said = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
            self._answer(int(fault), {"Content-Type": "application/xml"}, said)
        else:
            self._forward(body, fault)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815

    def _forward(self, body: bytes, fault: str) -> None:
        """Asks the store, and passes its answer on as far as the fault lets it."""
        upstream = self.server.proxy.upstream
        store = http.client.HTTPConnection(upstream.hostname or "", upstream.port, timeout=120)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OF_CONNECTION}
        try:
            store.request(self.command, self.path, body=body or None, headers={**headers, "Host": self.headers["Host"]})
            answer = store.getresponse()
            data = answer.read()
        finally:
            store.close()
        if fault == "drop after":
            self._drop()
            return
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in _OF_CONNECTION}
        self._answer(answer.status, kept, data, half=fault == "drop within")

    def _answer(self, status: int, headers: dict[str, str], data: bytes, *, half: bool = False) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() != "content-length" or self.command == "HEAD":
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD" and data:
            self.wfile.write(data[: len(data) // 2] if half else data)
        if half:
            self._drop()

    def _drop(self) -> None:
        """Ends the connection without another word."""
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
