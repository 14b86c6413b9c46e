"""Files that are fetched before they are asked for, so that a reader does not wait for a far store with each of them."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

_FILES = 8  # under way or waiting to be asked for
MOST_BYTES = 2**24  # of a file; of a larger one what was fetched is thrown away

_of_thread = threading.local()


class _Ahead:
    """The next files of one reader, in the order in which it will ask for them."""

    def __init__(self, paths: Sequence[str], fetch: Callable[[str], bytes], pool: ThreadPoolExecutor) -> None:
        self._waiting, self._fetch, self._pool = deque(paths), fetch, pool
        self._coming: deque[tuple[str, Future[bytes]]] = deque()
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting and len(self._coming) < _FILES:
            path = self._waiting.popleft()
            self._coming.append((path, self._pool.submit(self._fetch, path)))

    def take(self, path: str) -> bytes | None:
        """The file, where it is one of the next; those before it are not asked for any more."""
        if all(path != one for one, _ in self._coming):
            return None
        while True:
            found, future = self._coming.popleft()
            self._go_on()
            if found == path:
                return future.result()
            future.cancel()


def taken(path: str) -> bytes | None:
    """A file that this thread has fetched before, or is fetching; None of others. Raises what fetching it raised."""
    ahead: _Ahead | None = getattr(_of_thread, "ahead", None)
    return None if ahead is None else ahead.take(path)


@contextmanager
def reading_ahead(paths: Sequence[str], fetch: Callable[[str], bytes]) -> Iterator[None]:
    """While it lasts, `taken` in this thread has these files, eight of them ahead of what is asked for, by threads."""
    if not paths:
        yield
        return
    pool = ThreadPoolExecutor(_FILES, thread_name_prefix="read-ahead")
    _of_thread.ahead = _Ahead(paths, fetch, pool)
    try:
        yield
    finally:
        _of_thread.ahead = None
        pool.shutdown(wait=False, cancel_futures=True)
