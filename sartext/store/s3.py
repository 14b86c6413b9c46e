"""S3, and stores that speak its protocol, through boto3: conditional puts make commits and the lock."""

import io
import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from io import BufferedReader
from typing import IO, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sartext.errors import OutputError
from sartext.failpoint import reach
from sartext.store.local import LOCK, PART, writer

LEASE_S = 60.0
# boto3 sends a checksum with every put, which older stores refuse in words of their own.
_CHECKSUMS = "AWS_REQUEST_CHECKSUM_CALCULATION"
_OF_CHECKSUMS = ("checksum", "contentsha256", "notimplemented", "not implemented", "aws-chunked", "x-amz-trailer", "x-amz-sdk")
_REQUEST_TRIES = 8  # of every request, uploads included, by boto3: a lost connection, throttling, an error of the store
_CONFLICT_TRIES = 5  # of a conditional put that the store answers with 409, a put under way; of a body that breaks off too


@lru_cache(maxsize=1)
def _client(_pid: int) -> Any:
    """One client a process; where it connects comes from the environment, AWS_ENDPOINT_URL included."""
    return boto3.client("s3", config=Config(retries={"max_attempts": _REQUEST_TRIES, "mode": "standard"}))


def _status(error: Exception) -> int:
    answer = error.response if isinstance(error, ClientError) else {}
    return int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


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
            if _status(error) == 404 and operation != "put_object":
                raise FileNotFoundError(f"{self._uri}/{path}") from error
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> OutputError:
        remedy = "check the bucket, the credentials and the rights"
        if any(part in str(error).lower() for part in _OF_CHECKSUMS) and not os.environ.get(_CHECKSUMS):
            remedy = f"a store that refuses checksums in headers takes requests without them: set {_CHECKSUMS}=when_required"
        return OutputError(f"cannot use {self._uri}: {error}; {remedy}")

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
        if length <= 0:
            return b""
        return self._got(path, Range=f"bytes={start}-{start + length - 1}")[0]

    def open(self, path: str) -> IO[bytes]:
        size_bytes = int(self._ask("head_object", path)["ContentLength"])
        return BufferedReader(RangedFile(self, path, size_bytes), 2**20)

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
        start = self._prefix + (prefix.rstrip("/") + "/" if prefix else "")
        sizes: dict[str, int] = {}
        try:
            for page in _client(os.getpid()).get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=start):
                for entry in page.get("Contents", ()):
                    sizes[entry["Key"].removeprefix(self._prefix)] = int(entry["Size"])
        except (ClientError, BotoCoreError) as error:
            raise self._refused(error) from error
        return sizes

    def delete(self, path: str) -> None:
        self._ask("delete_object", path)

    def prepare(self) -> None:
        """Some stores ignore the conditions and would lose data in silence: these are refused here."""
        path = f".probe-{uuid.uuid4().hex}"
        first = self._put_on(path, b"1", IfNoneMatch="*")
        honoured = first is not None and self._put_on(path, b"2", IfNoneMatch="*") is None
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
        for path in self._beginning(LOCK):
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

    def _beginning(self, start: str) -> list[str]:
        """The paths that begin so."""
        pages = _client(os.getpid()).get_paginator("list_objects_v2")
        try:
            found = [
                entry["Key"].removeprefix(self._prefix)
                for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + start)
                for entry in page.get("Contents", ())
            ]
        except (ClientError, BotoCoreError) as error:
            raise self._refused(error) from error
        return found

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
            try:
                there, old = self._store.read_tagged(self.path)
            except FileNotFoundError:  # released since
                there, old = b"{}", ""
            holder = json.loads(there)
            # It is ours where the answer to the first put was lost and that put was tried again.
            if old and holder.get("nonce") != self._nonce and not _free(holder):
                raise self._store._held(holder)
            condition = {"IfMatch": old} if old else {"IfNoneMatch": "*"}
            tag = self._store._put_on(self.path, data, **condition)
        if not tag:
            raise OutputError(f"{self._store.uri} has just been locked by another run; wait for it, or choose another --out")
        self._tag, self._until = tag, until
        self._renewal.start()

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
                try:
                    there, old = self._store.read_tagged(self.path)
                except FileNotFoundError:
                    there, old = b"{}", ""
                tag = (
                    self._store._put_on(self.path, data, IfMatch=old) if json.loads(there).get("nonce") == self._nonce else None
                )
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


class RangedFile(io.RawIOBase):
    """A read-only seekable file over ranged reads, as pyarrow and rasterio take it."""

    def __init__(self, store: S3Store, path: str, size_bytes: int) -> None:
        super().__init__()
        self._store, self._path, self._size, self._position = store, path, size_bytes, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: object) -> int:
        """Fills the buffer from where the file stands; how many bytes that were."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        length = min(len(view), max(0, self._size - self._position))
        if length == 0:
            return 0
        data = self._store.read_range(self._path, self._position, length)
        view[: len(data)] = data
        self._position += len(data)
        return len(data)
