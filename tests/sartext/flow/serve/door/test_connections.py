"""Connections as attackers hold them."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from sartext.flow.serve.door import connections
from sartext.flow.serve.door.connections import Connection, bound_connections
from tests.support.client import free_port


async def app(_scope: Any, _receive: Any, send: Any) -> None:
    """Refuses everything unread, as the door does without the key."""
    await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"no"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(connections, "MOST", 8)
    monkeypatch.setattr(connections, "_HEAD_S", 0.5)
    monkeypatch.setattr(connections, "_REST_S", 0.5)
    monkeypatch.setitem(uvicorn.config.HTTP_PROTOCOLS, "auto", "")
    bound_connections()
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", lifespan="off", timeout_keep_alive=60))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    assert server.config.http_protocol_class is Connection
    yield port
    server.should_exit = server.force_exit = True
    thread.join(10)


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def answer(sender: socket.socket) -> bytes:
    """All that comes until the end."""
    said = b""
    try:
        while piece := sender.recv(4096):
            said += piece
    except ConnectionResetError:
        pass
    return said


def flooded(sender: socket.socket, piece: bytes, megabytes: float) -> int:
    """How many bytes were taken."""
    sent = 0
    try:
        while sent < megabytes * 1e6:
            sent += sender.send(piece)
    except (ConnectionResetError, BrokenPipeError):
        pass
    return sent


GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def test_a_request_is_answered_and_the_connection_stays(port: int) -> None:
    with connected(port) as sender:
        for _ in range(3):
            sender.sendall(GET)
            assert b"401" in sender.recv(4096)


@pytest.mark.parametrize("beginning", [b"GET / HTTP/1.1\r\nX-Long: ", b"GET /", b"GET / HTTP/1.1\r\nHost: x\r\nA"])
def test_a_head_without_an_end_is_cut(port: int, beginning: bytes) -> None:
    with connected(port) as sender:
        sender.sendall(beginning)
        assert flooded(sender, b"a" * 60_000, 200) < 20e6


def test_many_headers_are_cut(port: int) -> None:
    with connected(port) as sender:
        sender.sendall(b"GET / HTTP/1.1\r\n")
        assert flooded(sender, b"X-A: b\r\n" * 5000, 100) < 20e6


def test_trailers_and_what_is_behind_lengths_are_cut(port: int) -> None:
    for more in (b"0\r\nX-Long: " + b"a" * 1000, b"1;a=" + b"b" * 5000):
        with connected(port) as sender:
            sender.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + more)
            assert flooded(sender, b"a" * 60_000, 200) < 20e6


def test_a_head_that_drips_is_closed(port: int) -> None:
    with connected(port) as sender:
        began = time.monotonic()
        sender.sendall(b"GET / HT")
        assert answer(sender) == b""
        assert time.monotonic() - began < 3


def test_what_is_left_of_a_refused_body_is_not_taken_for_ever(port: int) -> None:
    with connected(port) as sender:
        began = time.monotonic()
        sender.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 10)
        assert b"401" in answer(sender)
        assert time.monotonic() - began < 3


def test_thousands_of_requests_ahead_are_not_kept(port: int) -> None:
    with connected(port) as sender:
        sender.settimeout(10)
        sender.sendall(GET * 9000)
        assert answer(sender).count(b"HTTP/1.1 401") < 9000


def test_the_oldest_idle_connection_makes_room_for_a_new_one(port: int) -> None:
    idle = [connected(port) for _ in range(8)]
    for one in idle:
        one.sendall(GET)
        assert b"401" in one.recv(4096)
    with connected(port) as newcomer:
        newcomer.sendall(GET)
        assert b"401" in newcomer.recv(4096)
    assert answer(idle[0]) == b""
    idle[-1].sendall(GET)
    assert b"401" in idle[-1].recv(4096)
    for one in idle:
        one.close()
