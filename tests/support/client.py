"""A client of the application, and what it does to the memory of its processes."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True)
class Client:
    """Asks one application."""

    port: int
    key: str | None = None

    def ask(self, path: str, body: Any = None, *, method: str | None = None) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON (or bytes) and headers of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            data = None if body is None else json.dumps(body).encode()
            given = headers | {"content-type": "application/json"}
            connection.request(method or ("GET" if body is None else "POST"), path, data, given)
            response = connection.getresponse()
            said = response.read()
        finally:
            connection.close()
        plain = response.getheader("content-type", "").startswith("application/json")
        return response.status, json.loads(said) if plain else said, dict(response.getheaders())

    def flood(self, path: str, megabytes: int, *, chunked: bool) -> int:
        """The status that answers a body of so many MB, sent for as long as somebody takes it."""
        length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {megabytes * 10**6}"
        key = f"Authorization: Bearer {self.key}\r\n" if self.key else ""
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{key}Content-Type: application/json\r\n{length}\r\n\r\n"
        piece = b" " * 10**6
        framed = f"{len(piece):x}\r\n".encode() + piece + b"\r\n" if chunked else piece
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as sender:
            sender.sendall(head.encode())
            answer = sender.makefile("rb")
            done = threading.Event()

            def send() -> None:
                try:
                    for _ in range(megabytes):
                        if done.is_set():
                            return
                        sender.sendall(framed)
                except OSError:  # the application has closed the door, as it should
                    return

            sending = threading.Thread(target=send)
            sending.start()
            status = int(answer.readline().split()[1])
            done.set()
            sender.shutdown(socket.SHUT_RDWR)
            sending.join(30)
        return status

    def long_head(self, megabytes: int) -> int:
        """The status that answers a header of so many MB; 431 too where the connection was cut while it was sent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as sender:
            try:
                sender.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ")
                for _ in range(megabytes):
                    sender.sendall(b"a" * 10**6)
                return int(sender.makefile("rb").readline().split()[1])
            except (ConnectionResetError, BrokenPipeError):
                return 431

    def drip(self, path: str, length: int, seconds: float) -> int:
        """The status that answers a body that comes byte by byte."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as sender:
            sender.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n".encode())
            over = time.monotonic() + seconds
            try:
                while time.monotonic() < over:
                    sender.sendall(b" ")
                    time.sleep(0.1)
            except (ConnectionResetError, BrokenPipeError):
                pass
            return int(sender.makefile("rb").readline().split()[1])


@contextmanager
def growth(processes: list[psutil.Process]) -> Iterator[list[float]]:
    """In the list, at the end, by how many MB the memory of the processes grew at its highest; what they share counts once."""
    grown: list[float] = []
    over = threading.Event()

    def resident_mb() -> float:
        return sum(_pss_bytes(one.pid) for one in processes) / 1e6

    before = resident_mb()
    highest = [before]

    def look() -> None:
        while not over.is_set():
            highest[0] = max(highest[0], resident_mb())
            time.sleep(0.2)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield grown
    finally:
        over.set()
        looking.join()
        grown.append(highest[0] - before)


def _pss_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (OSError, ProcessLookupError):
        return 0
    # Without the pages of libraries, whose share grows when a process that has nothing to do with it ends.
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
