"""What is known of earlier tries at a shard, kept at the output where a worker that dies does not lose it.

.attempts/00012-0/read-<id>               a try at shard 12, of which generation 0 comes out
.attempts/00012-0/death-7-<id>            position 7 ended the child process that it was alone in
.attempts/again/00012-<id>                a try that was not the first, and why: few, so that the driver may list them all
"""

import socket
import uuid
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress

from sartext.store import Store

ATTEMPTS = ".attempts"
_AGAIN = f"{ATTEMPTS}/again"


class Attempts:
    """The notes of one shard."""

    def __init__(self, store: Store, shard: int, generation: int) -> None:
        self._store, self._shard, self._folder = store, shard, f"{ATTEMPTS}/{shard:05d}-{generation}"
        self._names = [path.rsplit("/", 1)[1] for path in store.paths(self._folder)]

    @contextmanager
    def trying(self, what: str) -> Iterator[int]:
        """A try at `what` (read, narrate), which counts unless it ends by an exception; how often one died before."""
        note = self.note(what)
        before = sum(name.startswith(f"{what}-") for name in self._names)
        if before:
            tell_again(self._store, self._shard, f"{socket.gethostname()}: {what} again, as its worker had died")
        try:
            yield before
        except Exception:
            with suppress(Exception):  # a store that fails here too is not what ended the try
                self.forget(note)
            raise

    def positions(self, what: str) -> Counter[int]:
        """Of each position how many notes of this kind were there when this was made."""
        return Counter(int(name.split("-")[1]) for name in self._names if name.startswith(f"{what}-"))

    def note(self, what: str, position: int | None = None) -> str:
        """Leaves a note; what `forget` takes it back by."""
        name = "-".join([what, *([] if position is None else [str(position)]), uuid.uuid4().hex])
        self._store.put_if_absent(f"{self._folder}/{name}", b"")
        return name

    def forget(self, name: str) -> None:
        """Takes a note back."""
        self._store.delete(f"{self._folder}/{name}")


def tell_again(store: Store, shard: int, why: str) -> None:
    """Tells the driver that a shard was begun again, and why."""
    store.put_if_absent(f"{_AGAIN}/{shard:05d}-{uuid.uuid4().hex}", why.encode())


def tried_again(store: Store, shards: Container[int]) -> list[str]:
    """A path a try of this run that was not the first at its shard, of these shards; what is there says why."""
    return [path for path in store.paths(_AGAIN) if int(path.rsplit("/", 1)[1].split("-")[0]) in shards]


def forget_attempts(store: Store, shards: Container[int] | None = None) -> None:
    """A new run begins with no attempts, at these shards; at any where none are given."""
    for path in store.paths(ATTEMPTS):
        if shards is None or int(path.removeprefix(f"{_AGAIN}/").removeprefix(f"{ATTEMPTS}/").split("-")[0]) in shards:
            store.delete(path)
