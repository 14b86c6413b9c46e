"""Local paths and S3 behind one small interface: put if absent, swap, read ranges, list paths, delete, lock.

Paths inside a place are relative, with '/' between segments. Whatever is put is either wholly there or not at all.
"""

import errno
import fcntl
import hashlib
import io
import json
import os
import pathlib
import shutil
import socket
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Protocol

from sartext.errors import OutputError, UserError
from sartext.failpoint import reach

TMP = ".tmp"
LOCK = ".lock"


class Storage(Protocol):
    """One place. Instances are picklable: clients are made where they are used."""

    @property
    def uri(self) -> str: ...

    def read(self, path: str) -> bytes:
        """The whole object. Raises `FileNotFoundError`."""
        ...

    def read_range(self, path: str, start: int, length: int) -> bytes:
        """`length` bytes from byte `start`; fewer at the end. Raises `FileNotFoundError`."""
        ...

    def open(self, path: str) -> IO[bytes]:
        """A seekable file object that reads only what is asked of it. Raises `FileNotFoundError`."""
        ...

    def put_if_absent(self, path: str, data: bytes) -> bool:
        """True where it was written, False where something was there already (which stays). Raises `OutputError`."""
        ...

    def read_tagged(self, path: str) -> tuple[bytes, str]:
        """The object and a tag for `swap`. Raises `FileNotFoundError`."""
        ...

    def swap(self, path: str, data: bytes, tag: str) -> bool:
        """Replaces the object if it still has this tag; False where another writer came first. Raises `OutputError`."""
        ...

    def put(self, path: str, data: bytes) -> None:
        """Writes or replaces the object. Raises `OutputError`."""
        ...

    def paths(self, prefix: str) -> list[str]:
        """The paths below the folder `prefix` ("" for all), sorted, at any depth; none where it does not exist."""
        ...

    def delete(self, path: str) -> None:
        """Removes the object; no error where it is not there."""
        ...

    def prepare(self) -> None:
        """Makes the place ready for writing, once, before workers write. Raises `OutputError`."""
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Held by one writer at a time. Raises `OutputError` naming the holder where another has it."""
        ...


def storage(uri: str) -> Storage:
    """The place that a URI names: `s3://bucket/prefix`, or a local path.

    Raises `UserError` for any other scheme.
    """
    if uri.startswith("s3://"):
        from sartext.storage_s3 import S3Storage

        return S3Storage(uri)
    if "://" in uri and not uri.startswith("file://"):
        raise UserError(f"{uri}: unknown scheme; give a local path or s3://bucket/prefix")
    return LocalStorage(str(pathlib.Path(uri.removeprefix("file://")).expanduser().absolute()))


def writer() -> dict[str, object]:
    """Who is writing, as the lock records it."""
    return {"host": socket.gethostname(), "pid": os.getpid()}


class LocalStorage:
    """A folder on a local or shared POSIX file system that has hard links and flock."""

    def __init__(self, root: str) -> None:
        self._root = pathlib.Path(root)

    @property
    def uri(self) -> str:
        return str(self._root)

    def read(self, path: str) -> bytes:
        return (self._root / path).read_bytes()

    def read_range(self, path: str, start: int, length: int) -> bytes:
        with (self._root / path).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def open(self, path: str) -> IO[bytes]:
        return (self._root / path).open("rb")

    def put_if_absent(self, path: str, data: bytes) -> bool:
        """See `Storage`. The data is on the disk before the name is."""
        target = self._root / path
        if target.exists():
            return False
        with self._written(target, data) as temporary:
            try:
                # A link, unlike a rename, fails where the name is taken.
                os.link(temporary, target)
            except FileExistsError:
                return False
        return True

    def read_tagged(self, path: str) -> tuple[bytes, str]:
        data = self.read(path)
        return data, hashlib.sha256(data).hexdigest()

    def swap(self, path: str, data: bytes, tag: str) -> bool:
        try:
            if self.read_tagged(path)[1] != tag:
                return False
        except FileNotFoundError:
            return False
        self.put(path, data)
        return True

    def put(self, path: str, data: bytes) -> None:
        target = self._root / path
        with self._written(target, data) as temporary:
            os.replace(temporary, target)

    @contextmanager
    def _written(self, target: pathlib.Path, data: bytes) -> Iterator[pathlib.Path]:
        """A temporary file with the data, safe on the disk, to be given the target's name; the name is made to last too."""
        temporary = self._root / TMP / uuid.uuid4().hex
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.parent.mkdir(exist_ok=True)
            try:
                with temporary.open("xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                reach("put_temporary")
                yield temporary
            finally:
                temporary.unlink(missing_ok=True)
            _sync_folder(target.parent)
        except OSError as error:
            raise output_error(self.uri, error) from error

    def paths(self, prefix: str) -> list[str]:
        paths: list[str] = []
        for folder, _, names in os.walk(self._root / prefix):
            relative = pathlib.Path(folder).relative_to(self._root)
            paths.extend((relative / name).as_posix() for name in names)
        return sorted(paths)

    def delete(self, path: str) -> None:
        (self._root / path).unlink(missing_ok=True)
        for folder in (self._root / path).parents:
            if folder == self._root or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()

    def prepare(self) -> None:
        """See `Storage`. Proves that hard links work, and removes what killed writers left."""
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            probe, twin = self._root / f".probe-{uuid.uuid4().hex}", self._root / f".probe-{uuid.uuid4().hex}"
            try:
                probe.write_bytes(b"probe")
                os.link(probe, twin)
            finally:
                probe.unlink(missing_ok=True)
                twin.unlink(missing_ok=True)
        except OSError as error:
            raise output_error(self.uri, error) from error
        self._remove_temporary()

    def _remove_temporary(self) -> None:
        """What a killed writer left half written; only the holder of the lock may call this."""
        shutil.rmtree(self._root / TMP, ignore_errors=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """See `Storage`. The system frees it when its holder dies, however that happens."""
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            file = (self._root / LOCK).open("a+")
        except OSError as error:
            raise output_error(self.uri, error) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise output_error(self.uri, error) from error
                file.seek(0)
                holder = file.read().strip() or "another process"
                raise OutputError(f"{self.uri} is being written by {holder}; wait for it, or choose another --out") from error
            file.truncate(0)
            file.write(json.dumps(writer()))
            file.flush()
            try:
                yield
            finally:
                self._remove_temporary()
                file.truncate(0)


def output_error(place: str, error: OSError) -> OutputError:
    """The user's line for a place that cannot be written: what the system said, and what to do."""
    remedy = (
        "free space there and run the same command again" if error.errno in FULL else "choose another --out, or mend its rights"
    )
    return OutputError(f"cannot write {place}: {error.strerror or error}; {remedy}")


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _sync_folder(folder: pathlib.Path) -> None:
    """Makes a new name outlive a power cut (POSIX fsync of the directory)."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class RangedFile(io.RawIOBase):
    """A read-only seekable file over ranged reads, as pyarrow and rasterio take it."""

    def __init__(self, place: Storage, path: str, size_bytes: int) -> None:
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
