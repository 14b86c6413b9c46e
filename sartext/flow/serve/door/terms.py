"""What the doorstep in Ray Serve's proxies must know of an application: its key and its bounds.

They go through the store that Ray's head keeps for its cluster, behind the cluster's own token: an environment of a Ray actor
would stand in the arguments of a process for a moment, where everybody on the machine can read a key.
"""

import asyncio
import json
import time
from dataclasses import asdict, dataclass

from ray.experimental.internal_kv import _internal_kv_del, _internal_kv_get, _internal_kv_put

_NAME = "sartext:terms"
_FRESH_S = 5.0  # for which what was read is taken as true: a proxy can outlive the application that it stands before


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How an application wants to be asked."""

    key: str | None  # None: only by a name of this machine
    max_body_bytes: int
    max_bodies_bytes: int  # of all requests of a proxy together
    places: int  # requests for one model that a proxy has inside at once

    def publish(self) -> None:
        """Tells all proxies of this Ray, within seconds."""
        _internal_kv_put(_NAME, json.dumps(asdict(self)))


def withdraw() -> None:
    """Forgets the terms of an application that has ended, its key with them."""
    _internal_kv_del(_NAME)


class KnownTerms:
    """The terms as a proxy knows them; None before any application has published its own."""

    def __init__(self) -> None:
        self._terms, self._read_at = _read(), time.monotonic()

    async def now(self) -> Terms | None:
        """What was read last, where that is not long ago or Ray's head does not answer."""
        if time.monotonic() - self._read_at > _FRESH_S:
            self._read_at = time.monotonic()  # one request reads; the others do not wait for it
            try:
                self._terms = await asyncio.to_thread(_read)
            except Exception:  # the head starts again, or is gone: Ray has many names for it
                return self._terms
        return self._terms


def _read() -> Terms | None:
    found = _internal_kv_get(_NAME)
    return None if found is None else Terms(**json.loads(found))
