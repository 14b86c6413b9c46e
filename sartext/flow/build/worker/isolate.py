"""Tile by tile in a child process: how a shard that once ended its worker is tried again, and the guilty tile found.

The parent sends the work on the child's standard input; the child answers with one frame a tile, in order. When the
child dies, the frame that did not come names the tile. A tile that ends three children is rejected as `killed_worker`.
"""

import ctypes
import os
import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import IO

import pyarrow as pa

from sartext.errors import SartextError, StoreError
from sartext.flow.build.worker.rows import limit_memory, narrated, results, staged_result, staged_row, staged_table
from sartext.narrate.rule import BatchRule, Rule
from sartext.sources.source import Shard, Source
from sartext.tile import Reject, Tile

DEATHS = 3
_PR_SET_PDEATHSIG = 1  # prctl(2): the kernel ends the child when its parent is gone
_LENGTH = struct.Struct("<Q")
_STORE = b"StoreError: "  # how a frame begins that is no table: no tile's fault


class CrashCounts:
    """How many children each position of a shard has ended, kept where a dying parent does not lose it."""

    def __init__(self, counts: dict[int, int], keep: Callable[[int], object]) -> None:
        self._counts, self._keep = dict(counts), keep

    def of(self, position: int) -> int:
        return self._counts.get(position, 0)

    def add(self, position: int) -> None:
        self._keep(position)
        self._counts[position] = self.of(position) + 1


@dataclass(frozen=True)
class Portion:
    """Some tiles of a shard, each by its position, and the rules that they go through in a child process.

    They are read there, unless they are given. Where a model is asked about them next, the child also does what `prepares`
    does where tiles are read; what comes of it is done once more beside the model's answers.
    """

    source: Source
    rules: tuple[Rule, ...]
    shard: Shard
    positions: Sequence[int]
    given: Sequence[Tile] | None = None  # one a position
    prepares: BatchRule | None = None

    def key(self, position: int) -> str:
        """The key of the tile at a position of the shard."""
        return self.source.key(self.shard.items[position])

    def after(self, done: int) -> "Portion":
        """The same without the first positions that are done."""
        given = None if self.given is None else self.given[done:]
        return replace(self, positions=self.positions[done:], given=given)

    def results(self) -> Iterator[Tile | Reject]:
        """One result a position, in this order."""
        read: Iterable[Tile | Reject] | None = self.given
        if read is None:
            wanted = Shard(number=self.shard.number, items=[self.shard.items[position] for position in self.positions])
            read = results(self.source, wanted)
        for result in read:
            made = narrated(result, self.rules) if isinstance(result, Tile) else result
            if isinstance(made, Tile) and self.prepares is not None:
                with suppress(Exception):  # it is refused for that where it is prepared again
                    self.prepares.prepare(made)
            yield made


def run_isolated(portion: Portion, *, worker_memory_mb: int, deaths: CrashCounts) -> Iterator[Tile | Reject]:
    """One result a position of the portion, in order."""
    while portion.positions:
        position = portion.positions[0]
        if deaths.of(position) >= DEATHS:
            portion = portion.after(1)
            yield killed(portion.key(position), deaths.of(position), "process")
            continue
        came = 0
        for result in _one_child((portion, worker_memory_mb)):
            came += 1
            yield result
        portion = portion.after(came)
        if portion.positions:
            deaths.add(portion.positions[0])


def killed(key: str, times: int, what: str) -> Reject:
    """The reject of a tile that has ended its worker so often that it is not tried again."""
    detail = f"ended its {what} {times} times"
    return Reject(key=key, stage="worker", reason="killed_worker", detail=detail, tries=times)


def _one_child(work: tuple[Portion, int]) -> Iterator[Tile | Reject]:
    """The results of one child until it ends, of its own or not."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-m", "sartext.flow.build.worker.isolate"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as child:
        try:
            stdin, stdout = child.stdin, child.stdout
            if stdin is None or stdout is None:
                raise SartextError("a child process has no pipes")
            with suppress(BrokenPipeError):  # a child that is gone already gives no first frame either
                pickle.dump(work, stdin)
                stdin.close()
            if _frame(stdout) is None:
                raise SartextError(f"a child process could not start its work (exit status {child.wait()})")
            while (frame := _frame(stdout)) is not None:
                if frame.startswith(_STORE):
                    raise StoreError(frame.removeprefix(_STORE).decode())
                yield staged_result(pa.ipc.open_stream(frame).read_all().to_pylist()[0])
        finally:
            child.kill()


def _frame(stream: IO[bytes]) -> bytes | None:
    """The next frame, or None where the stream ends, also in the middle of one."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


def _send(stream: IO[bytes], body: bytes) -> None:
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def main() -> None:
    """The child: reads the work, answers one frame to say that it has it, then one a tile."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with the frames
    portion, worker_memory_mb = pickle.load(sys.stdin.buffer)
    limit_memory(worker_memory_mb)
    _send(answers, b"")
    try:
        for result in portion.results():
            table = staged_table([staged_row(result, shard=portion.shard.number, generation=0, position=0)])
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, table.schema) as writer:
                writer.write_table(table)
            _send(answers, sink.getvalue().to_pybytes())
    except StoreError as error:
        _send(answers, _STORE + str(error).encode())


if __name__ == "__main__":
    main()
