"""S3, and stores that speak its protocol, through boto3: conditional puts make commits and the lock."""

import io
import json
import os
import threading
import time
import uuid
from collections.abc import Iterator
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
from sartext.storage_local import LOCK, writer

LEASE_S = 60.0
_TRIES = 5  # of a conditional put that the store answers with 409, a conflict with a put under way


@lru_cache(maxsize=1)
def _client(_pid: int) -> Any:
    """One client a process; where it connects comes from the environment, AWS_ENDPOINT_URL included."""
    return boto3.client("s3", config=Config(retries={"max_attempts": 8, "mode": "standard"}))


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


class S3Storage:
    """A prefix of a bucket. The store must honour If-None-Match and If-Match on put; `prepare` proves it."""

    def __init__(self, uri: str) -> None:
        self._uri = uri.rstrip("/")
        self._bucket, _, prefix = self._uri.removeprefix("s3://").partition("/")
        self._prefix = prefix + "/" if prefix else ""

    @property
    def uri(self) -> str:
        return self._uri

    @property
    def _s3(self) -> Any:
        return _client(os.getpid())

    def _get(self, path: str, **options: Any) -> Any:
        try:
            return self._s3.get_object(Bucket=self._bucket, Key=self._prefix + path, **options)
        except ClientError as error:
            if _status(error) == 404:
                raise FileNotFoundError(f"{self._uri}/{path}") from error
            raise

    def read(self, path: str) -> bytes:
        data: bytes = self._get(path)["Body"].read()
        return data

    def read_range(self, path: str, start: int, length: int) -> bytes:
        if length <= 0:
            return b""
        data: bytes = self._get(path, Range=f"bytes={start}-{start + length - 1}")["Body"].read()
        return data

    def open(self, path: str) -> IO[bytes]:
        try:
            head = self._s3.head_object(Bucket=self._bucket, Key=self._prefix + path)
        except ClientError as error:
            if _status(error) == 404:
                raise FileNotFoundError(f"{self._uri}/{path}") from error
            raise
        return BufferedReader(RangedFile(self, path, int(head["ContentLength"])), 2**20)

    def put_if_absent(self, path: str, data: bytes) -> bool:
        reach("put_temporary")
        return self._put_on(path, data, IfNoneMatch="*") is not None

    def read_tagged(self, path: str) -> tuple[bytes, str]:
        answer = self._get(path)
        return answer["Body"].read(), str(answer["ETag"])

    def swap(self, path: str, data: bytes, tag: str) -> bool:
        return self._put_on(path, data, IfMatch=tag) is not None

    def put(self, path: str, data: bytes) -> None:
        self._put_on(path, data)

    def _put_on(self, path: str, data: bytes, **condition: str) -> str | None:
        """The new tag, or None where the condition does not hold. Raises `OutputError`."""
        for again in range(_TRIES):
            try:
                answer = self._s3.put_object(Bucket=self._bucket, Key=self._prefix + path, Body=data, **condition)
                return str(answer["ETag"])
            except ClientError as error:
                if _status(error) == 412 or (_status(error) == 404 and "IfMatch" in condition):
                    return None
                if _status(error) != 409 or again == _TRIES - 1:
                    raise self._cannot_write(error) from error
                time.sleep(0.2 * 2**again)
            except BotoCoreError as error:
                raise self._cannot_write(error) from error
        return None

    def _cannot_write(self, error: Exception) -> OutputError:
        return OutputError(f"cannot write {self._uri}: {error}; check the bucket, the credentials and the rights")

    def paths(self, prefix: str) -> list[str]:
        start = self._prefix + (prefix.rstrip("/") + "/" if prefix else "")
        paths: list[str] = []
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=start):
            paths.extend(entry["Key"].removeprefix(self._prefix) for entry in page.get("Contents", ()))
        return sorted(paths)

    def delete(self, path: str) -> None:
        self._s3.delete_object(Bucket=self._bucket, Key=self._prefix + path)

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
    def lock(self) -> Iterator[None]:
        """A lease in the object .lock, renewed while it is held and free to take once it has run out."""
        tag = self._acquire()
        stop = threading.Event()
        held = [tag]
        renewal = threading.Thread(target=self._renew, args=(held, stop), daemon=True)
        renewal.start()
        try:
            yield
        finally:
            stop.set()
            renewal.join()
            if held[0]:
                self.delete(LOCK)

    def _acquire(self) -> str:
        tag = self._put_on(LOCK, _lease(), IfNoneMatch="*")
        if tag:
            return tag
        data, old = self.read_tagged(LOCK)
        holder = json.loads(data)
        if not _free(holder):
            until = datetime.fromtimestamp(holder["until"], UTC).strftime("%H:%M:%S")
            raise OutputError(
                f"{self._uri} is being written by process {holder['pid']} on {holder['host']} (lease until {until} UTC); "
                "wait for it, or choose another --out"
            )
        tag = self._put_on(LOCK, _lease(), IfMatch=old)
        if not tag:
            raise OutputError(f"{self._uri} has just been locked by another run; wait for it, or choose another --out")
        return tag

    def _renew(self, held: list[str], stop: threading.Event) -> None:
        while not stop.wait(LEASE_S / 4):
            held[0] = self._put_on(LOCK, _lease(), IfMatch=held[0]) or ""
            if not held[0]:
                return  # somebody else took it over; commits stay safe, since every put is conditional


def _lease() -> bytes:
    return json.dumps({**writer(), "until": time.time() + LEASE_S}).encode()


def _free(holder: dict[str, Any]) -> bool:
    """Whether the lease has run out, or its holder was a process of this host that is no more."""
    if holder["until"] < time.time():
        return True
    me = writer()
    if holder["host"] != me["host"] or holder["pid"] == me["pid"]:
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

    def __init__(self, place: S3Storage, path: str, size_bytes: int) -> None:
        super().__init__()
        self._place, self._path, self._size, self._position = place, path, size_bytes, 0

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
        data = self._place.read_range(self._path, self._position, length)
        view[: len(data)] = data
        self._position += len(data)
        return len(data)
