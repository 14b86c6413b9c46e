"""The life of a job at its output: signals, lock, reservation, resume, work, lock checked, manifest last."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import TracebackType
from typing import Any, Self

from sartext.artifact import MANIFEST, commit_of_code, read_json, readable, reserve, reserved_plan
from sartext.artifact import fingerprint as fingerprint_of
from sartext.errors import SartextError
from sartext.flow.engine.options import Here
from sartext.flow.engine.signals import StopRequest, stopping
from sartext.store import Store, open_store
from sartext.tile import SCHEMA_VERSION


class Run:
    """One run of a job, as a context: SIGINT and SIGTERM raise `Stopped` inside it, and nobody else writes to its output.

    `plan` says what is to be made, `finished` whether it is there, `reserve` takes the output, `session` starts or joins Ray,
    `finish` writes the manifest. What is committed in between stays: the same job goes on from it.
    """

    def __init__(
        self,
        out: str,
        *,
        kind: str,
        writes: Sequence[str],
        stop: StopRequest | None = None,
        part: tuple[int, int] | None = None,
    ) -> None:
        """`writes` are the files and folders that the job makes; runs side by side share who was asked to `stop`.

        A run of a `part`, the pieces from a number to before another, keeps nobody else from other parts.
        """
        self.out, self.kind, self._writes = out, kind, tuple(writes)
        self.store: Store = open_store(out)
        self._contexts, self._given_stop, self._part = ExitStack(), stop, part
        self._plan: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Raises `OutputError` where another run holds the lock or nothing can be written there."""
        with ExitStack() as contexts:
            self.stop = self._given_stop or contexts.enter_context(stopping())
            self.check_lock: Callable[[], None] = contexts.enter_context(self.store.lock(self._part))
            self.store.prepare()
            self._contexts = contexts.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._contexts.__exit__(kind, error, trace)

    @property
    def uri(self) -> str:
        """The whole place of the output."""
        return self.store.uri

    def plan(self, config: Mapping[str, Any], *, fingerprint: str | None = None, **more: Any) -> None:
        """What is to be made; with `more` that is recorded beside the config.

        Raises `OutputError` where the output holds something else; nothing is written yet.
        """
        mark = fingerprint or fingerprint_of(dict(config))
        self._plan = {"fingerprint": mark, "config": dict(config), "schema_version": SCHEMA_VERSION}
        reserved_plan(self.store, self._plan | more, self._writes)
        self._more = more

    def finished(self, fields: Sequence[str] = ()) -> dict[str, Any] | None:
        """The manifest, where the output is finished; it has these fields."""
        try:
            return read_json(self.store, MANIFEST, fields)
        except FileNotFoundError:
            return None

    def reserve(self) -> dict[str, Any]:
        """Takes the output for this plan, after all that may be wrong with the options has been looked at; the plan there."""
        return reserve(self.store, self._plan | self._more, self._writes)

    @contextmanager
    def session(self, resources: Here) -> Iterator[None]:
        """Ray, started here or joined."""
        with self.importing():
            from sartext.flow.engine.session import session
        with session(resources, self.stop):
            yield

    def importing(self) -> AbstractContextManager[None]:
        """Ray and torch take seconds to import, which a signal must not cut short; what is finished and --help do without."""
        return self.stop.held()

    def missing(self, folder: str, path_of: Callable[[int], str], count: int) -> list[int]:
        """The numbers of the pieces, of `count`, whose file below `folder` is not there."""
        there = set(self.store.paths(folder))
        return [number for number in range(count) if path_of(number) not in there]

    def finish(self, files: Mapping[str, bytes] | None = None, **fields: Any) -> dict[str, Any]:
        """Puts the files, then the manifest, with their digests and these fields; the manifest. Raises `OutputError`."""
        self.check_lock()
        for path, data in (files or {}).items():
            self.store.put(path, data)
        digests = {"files": {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}} if files else {}
        manifest = {**self._plan, "kind": self.kind, "commit": commit_of_code(), **fields, **digests}
        self.store.put(MANIFEST, readable(manifest))
        return manifest


def all_there(left: Sequence[int], what: str) -> None:
    """Raises `SartextError` where pieces of work ended without what they were to leave."""
    if left:
        raise SartextError(f"{len(left)} {what}, the first {left[0]}, ended without a result")
