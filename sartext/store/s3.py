"""S3, and stores that speak its protocol, through boto3: conditional puts make commits and the lock."""

import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache, partial
from io import BufferedReader
from typing import IO, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from sartext.errors import OutputError
from sartext.failpoint import reach
from sartext.store.local import LOCK, PART, writer
from sartext.store.ranged import RangedFile

LEASE_S = 60.0
# boto3 sends a checksum with every put, which older stores refuse in words of their own.
_CHECKSUMS = "AWS_REQUEST_CHECKSUM_CALCULATION"
_OF_CHECKSUMS = ("checksum", "contentsha256", "notimplemented", "not implemented", "aws-chunked", "x-amz-trailer", "x-amz-sdk")
_REQUEST_TRIES = 8  # of every request, uploads included, by boto3: a lost connection, throttling, an error of the store
_SILENCE_S = 20.0  # in which a store says nothing, then the request is tried again
_CONNECTIONS = 32  # of one process: as many as list in parallel
_CONFLICT_TRIES = 5  # of a conditional put that the store answers with 409, a put under way; of a body that breaks off too


@lru_cache(maxsize=1)
def _client(_pid: int) -> Any:
    """One client a process; where it connects comes from the environment, AWS_ENDPOINT_URL included."""
    return boto3.client(
        "s3",
        config=Config(
            retries={"max_attempts": _REQUEST_TRIES, "mode": "standard"},
            connect_timeout=_SILENCE_S,
            read_timeout=_SILENCE_S,
            max_pool_connections=_CONNECTIONS,
        ),
    )


def _status(error: Exception) -> int:
    answer = error.response if isinstance(error, ClientError) else {}
    return int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _code(error: Exception) -> str:
    answer = error.response if isinstance(error, ClientError) else {}
    return str(answer.get("Error", {}).get("Code", ""))


class S3Store:
    """A prefix of a bucket. The store must honour If-None-Match and If-Match on put; `prepare` proves it."""

    def __init__(self, uri: str) -> None:
        self._uri = uri.rstrip("/")
        self._bucket, _, prefix = self._uri.removeprefix("s3://").partition("/")
        self._prefix = prefix + "/" if prefix else ""

    @property
    def uri(self) -> str:
        return self._uri

    def _ask(self, operation: str, path: str = "", **arguments: Any) -> Any:
        """One request. Raises `FileNotFoundError` for what is not there, `OutputError` for any other refusal."""
        try:
            return getattr(_client(os.getpid()), operation)(Bucket=self._bucket, Key=self._prefix + path, **arguments)
        except (ClientError, BotoCoreError) as error:
            if _status(error) == 404 and operation != "put_object" and _code(error) != "NoSuchBucket":
                raise FileNotFoundError(f"{self._uri}/{path}") from error
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> OutputError:
        remedy = "check the bucket, the credentials and the rights"
        if _status(error) >= 500 or isinstance(error, HTTPClientError | NoConnection):
            remedy = "see that the store answers, and run the same command again"
        if any(part in str(error).lower() for part in _OF_CHECKSUMS) and not os.environ.get(_CHECKSUMS):
            remedy = f"a store that refuses checksums in headers takes requests without them: set {_CHECKSUMS}=when_required"
        return OutputError(f"cannot use {self._uri}: {' '.join(str(error).split())}; {remedy}")

    def _got(self, path: str, **arguments: Any) -> tuple[bytes, str]:
        """An object's bytes and its tag; a body that breaks off is asked for again."""
        tries = 0
        while True:
            answer = self._ask("get_object", path, **arguments)
            try:
                return answer["Body"].read(), str(answer["ETag"])
            except (BotoCoreError, OSError) as error:
                tries += 1
                if tries == _CONFLICT_TRIES:
                    raise self._refused(error) from error
                time.sleep(0.1 * 2**tries)

    def read(self, path: str) -> bytes:
        return self._got(path)[0]

    def read_range(self, path: str, start: int, length: int) -> bytes:
        """See `Store`."""
        if length <= 0:
            return b""
        try:
            return self._got(path, Range=f"bytes={start}-{start + length - 1}")[0]
        except OutputError as error:
            if isinstance(error.__cause__, ClientError) and _status(error.__cause__) == 416:  # nothing begins there
                return b""
            raise

    def size_bytes(self, path: str) -> int:
        """The size of an object. Raises `FileNotFoundError`."""
        return int(self._ask("head_object", path)["ContentLength"])

    def open(self, path: str) -> IO[bytes]:
        return BufferedReader(RangedFile(partial(self.read_range, path), self.size_bytes(path)), 2**20)

    def put_if_absent(self, path: str, data: bytes) -> bool:
        reach("put_temporary")
        return self._put_on(path, data, IfNoneMatch="*") is not None

    def read_tagged(self, path: str) -> tuple[bytes, str]:
        return self._got(path)

    def swap(self, path: str, data: bytes, tag: str) -> bool:
        return self._put_on(path, data, IfMatch=tag) is not None

    def put(self, path: str, data: bytes) -> None:
        self._ask("put_object", path, Body=data)

    def _put_on(self, path: str, data: bytes, **condition: str) -> str | None:
        """The new tag, or None where the condition does not hold. Raises `OutputError`."""
        for again in range(_CONFLICT_TRIES):
            try:
                return str(self._ask("put_object", path, Body=data, **condition)["ETag"])
            except OutputError as error:
                status = _status(error.__cause__) if isinstance(error.__cause__, Exception) else 0
                if status == 412 or (status == 404 and "IfMatch" in condition):
                    return None
                if status != 409 or again == _CONFLICT_TRIES - 1:
                    raise
                time.sleep(0.2 * 2**again)
        return None

    def paths(self, prefix: str) -> list[str]:
        return sorted(self.sizes_bytes(prefix))

    def sizes_bytes(self, prefix: str) -> dict[str, int]:
        """See `Store`. One request a thousand objects."""
        pages = self._pages(prefix.rstrip("/") + "/" if prefix else "")
        return {path: size for page in pages for path, size in self._sizes(page)}

    def entries(self, prefix: str) -> tuple[list[str], dict[str, int]]:
        """What paths that begin with `prefix` go on with, up to a '/': the paths of folders, with their '/', and the sizes of
        objects by path. One request a thousand of both."""
        folders: list[str] = []
        sizes: dict[str, int] = {}
        for page in self._pages(prefix, Delimiter="/"):
            folders += [one["Prefix"].removeprefix(self._prefix) for one in page.get("CommonPrefixes", ())]
            sizes.update(self._sizes(page))
        return folders, sizes

    def has(self, prefix: str) -> bool:
        """Whether any path begins with `prefix`. One request."""
        return any(True for page in self._pages(prefix, PaginationConfig={"MaxItems": 1}) for _ in self._sizes(page))

    def _sizes(self, page: Any) -> Iterator[tuple[str, int]]:
        return ((entry["Key"].removeprefix(self._prefix), int(entry["Size"])) for entry in page.get("Contents", ()))

    def _pages(self, prefix: str, **arguments: Any) -> Iterator[Any]:
        pages = _client(os.getpid()).get_paginator("list_objects_v2")
        try:
            yield from pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix, **arguments)
        except (ClientError, BotoCoreError) as error:
            raise self._refused(error) from error

    def delete(self, path: str) -> None:
        self._ask("delete_object", path)

    def prepare(self) -> None:
        """Some stores ignore the conditions and would lose data in silence: these are refused here."""
        path = f".probe-{uuid.uuid4().hex}"
        self._put_on(path, b"1", IfNoneMatch="*")  # where its answer is lost, it is tried again and finds itself there
        honoured = self._put_on(path, b"2", IfNoneMatch="*") is None
        honoured = honoured and self._put_on(path, b"3", IfMatch='"00000000000000000000000000000000"') is None
        self.delete(path)
        if not honoured:
            raise OutputError(
                f"{self._uri}: the store ignores If-None-Match or If-Match; use one that honours conditional puts"
            )

    @contextmanager
    def lock(self, part: tuple[int, int] | None = None) -> Iterator[Callable[[], None]]:
        """A lease in the object .lock, or one of a part beside it, renewed while it is held and free once it has run out.

        Of two that overlap and begin at once both may be refused; never do both go on, as each looks when its own is there.
        """
        lease = _Lease(self, LOCK if part is None else f"{LOCK}-{part[0]:05d}-{part[1]:05d}")
        lease.acquire()
        try:
            self._alone(lease, part)
            yield lease.check
        finally:
            lease.release()

    def _alone(self, lease: "_Lease", part: tuple[int, int] | None) -> None:
        """Raises `OutputError` where somebody has the whole place, or a part that overlaps; leases that ran out are removed."""
        for path in [path for page in self._pages(LOCK) for path, _ in self._sizes(page)]:
            match = PART.fullmatch(path)
            other = (int(match[1]), int(match[2])) if match else None
            apart = part is not None and other is not None and (part[1] <= other[0] or other[1] <= part[0])
            if path == lease.path or apart:
                continue
            try:
                holder = json.loads(self.read(path))
            except FileNotFoundError:  # given back since
                continue
            if not _free(holder):
                raise self._held(holder)
            if other is not None:
                self.delete(path)

    def _held(self, holder: dict[str, Any]) -> OutputError:
        """What is said where another has a lease."""
        shown = datetime.fromtimestamp(holder["until"], UTC).strftime("%H:%M:%S")
        return OutputError(
            f"{self._uri} is being written by process {holder['pid']} on {holder['host']} "
            f"(lease until {shown} UTC); wait for it, or choose another --out"
        )


class _Lease:
    """The right to write to a place, or a part of it, for `LEASE_S` at a time."""

    def __init__(self, store: S3Store, path: str = LOCK) -> None:
        self._store, self.path = store, path
        self._nonce = uuid.uuid4().hex
        self._mutex, self._stop = threading.Lock(), threading.Event()
        self._tag, self._until = "", 0.0
        self._renewal = threading.Thread(target=self._keep, daemon=True)

    def acquire(self) -> None:
        """Raises `OutputError` naming the holder where another has it."""
        data, until = self._written()
        tag = self._store._put_on(self.path, data, IfNoneMatch="*")
        if not tag:
            holder, old = self._there()
            # It is ours where the answer to the first put was lost and that put was tried again.
            if old and holder.get("nonce") != self._nonce and not _free(holder):
                raise self._store._held(holder)
            condition = {"IfMatch": old} if old else {"IfNoneMatch": "*"}
            tag = self._store._put_on(self.path, data, **condition)
        if not tag:
            holder, old = self._there()
            tag = old if holder.get("nonce") == self._nonce else None  # the answer to the put was lost
        if not tag:
            raise OutputError(f"{self._store.uri} has just been locked by another run; wait for it, or choose another --out")
        self._tag, self._until = tag, until
        self._renewal.start()

    def _there(self) -> tuple[dict[str, Any], str]:
        """What the lock says and its tag; nothing of both where nobody has it any more."""
        try:
            there, tag = self._store.read_tagged(self.path)
        except FileNotFoundError:
            return {}, ""
        return dict(json.loads(there)), tag

    def _written(self) -> tuple[bytes, float]:
        until = time.time() + LEASE_S
        return json.dumps({**writer(), "nonce": self._nonce, "until": until}).encode(), until

    def check(self) -> None:
        """Renews the lease. Raises `OutputError` where it is another's by now: nothing more may be written or deleted."""
        with self._mutex:
            data, until = self._written()
            tag = self._store._put_on(self.path, data, IfMatch=self._tag)
            if not tag:
                # The answer to an earlier renewal may have been lost: then the object is ours all the same.
                holder, old = self._there()
                tag = self._store._put_on(self.path, data, IfMatch=old) if holder.get("nonce") == self._nonce else None
            if not tag:
                raise OutputError(f"{self._store.uri} was taken over by another run; this one stops and leaves it alone")
            self._tag, self._until = tag, until

    def _keep(self) -> None:
        while not self._stop.wait(LEASE_S / 4):
            try:
                self.check()
            except OutputError:
                # A passing fault is tried again until the lease is out; then whoever checks next is told.
                if time.time() > self._until:
                    return

    def release(self) -> None:
        """Gives the lease back, unless it is another's."""
        self._stop.set()
        self._renewal.join()
        try:
            self.check()
        except OutputError:
            return
        self._store.delete(self.path)


def _free(holder: dict[str, Any]) -> bool:
    """Whether the lease has run out, or its holder was a process of this very machine that is no more."""
    if holder["until"] < time.time():
        return True
    me = writer()
    if holder["host"] != me["host"] or holder["machine"] != me["machine"] or holder["pid"] == me["pid"]:
        return False
    try:
        os.kill(holder["pid"], 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
