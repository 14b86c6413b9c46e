"""A folder on a local or shared file system: hard links make commits, flock the lock."""

import errno
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import IO

from sartext.errors import OutputError
from sartext.failpoint import reach

TMP = ".tmp"
LOCK = ".lock"
_PARTS = ".lock-parts"  # held for a moment, by whoever takes a part
PART = re.compile(r"\.lock-(\d{5,})-(\d{5,})")


def writer() -> dict[str, object]:
    """Who is writing, as the lock records it. `machine` tells hosts of one name, and their containers, apart."""
    boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return {"host": socket.gethostname(), "machine": f"{boot} {os.readlink('/proc/self/ns/pid')}", "pid": os.getpid()}


class LocalStore:
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
        """See `Store`. The data is on the disk before the name is."""
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
        """See `Store`. The tag is the SHA-256 of what is there."""
        guard = self._root / TMP / "swap"
        guard.parent.mkdir(parents=True, exist_ok=True)
        with guard.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # so that nobody comes between the look and the put
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
        return sorted(path for path, _ in self._files(prefix))

    def sizes_bytes(self, prefix: str) -> dict[str, int]:
        return {path: file.stat().st_size for path, file in self._files(prefix)}

    def _files(self, prefix: str) -> Iterator[tuple[str, pathlib.Path]]:
        for folder, _, names in os.walk(self._root / prefix):
            for name in names:
                file = pathlib.Path(folder) / name
                yield file.relative_to(self._root).as_posix(), file

    def delete(self, path: str) -> None:
        (self._root / path).unlink(missing_ok=True)
        for folder in (self._root / path).parents:
            if folder == self._root or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()

    def prepare(self) -> None:
        """See `Store`. Proves that hard links work."""
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

    def _remove_temporary(self) -> None:
        """What a killed writer left half written; only the holder of the lock may call this."""
        shutil.rmtree(self._root / TMP, ignore_errors=True)

    @contextmanager
    def lock(self, part: tuple[int, int] | None = None) -> Iterator[Callable[[], None]]:
        """See `Store`. The system frees it when its holder dies, however that happens.

        Who has a part holds the lock of the whole as well, with others that have parts, so that nobody gets it for himself.
        """
        with ExitStack() as files:
            file = files.enter_context(self._opened(LOCK))
            if part is None:
                self._take(file, fcntl.LOCK_EX, self._holder)
                _write(file)
                # Left by who was killed: all that hold a part would be in the way here.
                for path in (*self._parts(), self._root / _PARTS):
                    path.unlink(missing_ok=True)
                self._remove_temporary()
            else:
                self._take(file, fcntl.LOCK_SH, self._holder)
                files.callback(self._take_part(part, files).unlink, missing_ok=True)
            try:
                yield _cannot_be_lost
            finally:
                if part is None:
                    self._remove_temporary()
                    file.truncate(0)

    def _take_part(self, part: tuple[int, int], files: ExitStack) -> pathlib.Path:
        """The file of a part, held as long as `files` are open."""
        with self._opened(_PARTS) as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # waits: whoever takes a part looks at those of others, one after another
            for path, (start, stop) in self._parts().items():
                if start < part[1] and part[0] < stop:
                    with path.open("a+") as other:
                        self._take(other, fcntl.LOCK_EX, partial(_said_in, other))
            name = f"{LOCK}-{part[0]:05d}-{part[1]:05d}"
            file = files.enter_context(self._opened(name))
            self._take(file, fcntl.LOCK_EX, partial(_said_in, file))
            _write(file)
        return self._root / name

    def _parts(self) -> dict[pathlib.Path, tuple[int, int]]:
        """The files of parts, and which."""
        found = {path: PART.fullmatch(path.name) for path in self._root.glob(f"{LOCK}-*")}
        return {path: (int(match[1]), int(match[2])) for path, match in found.items() if match}

    def _holder(self) -> str:
        """Who has the whole place, or a part of it."""
        names = [path.read_text() for path in (self._root / LOCK, *sorted(self._parts())) if path.exists()]
        return next((name for name in names if name.strip()), "")

    def _opened(self, name: str) -> IO[str]:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            return (self._root / name).open("a+")
        except OSError as error:
            raise output_error(self.uri, error) from error

    def _take(self, file: IO[str], kind: int, holder: Callable[[], str]) -> None:
        """Locks a file, without waiting. Raises `OutputError` naming who has it."""
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise output_error(self.uri, error) from error
            who = holder().strip() or "another process"
            raise OutputError(f"{self.uri} is being written by {who}; wait for it, or choose another --out") from error


def _write(file: IO[str]) -> None:
    """Who has the lock."""
    file.truncate(0)
    file.write(json.dumps(writer()))
    file.flush()


def _said_in(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def _cannot_be_lost() -> None:
    """A flock is held until its process ends."""


def output_error(store: str, error: OSError) -> OutputError:
    """The user's line for a place that cannot be written: what the system said, and what to do."""
    remedy = (
        "free space there and run the same command again" if error.errno in FULL else "choose another --out, or mend its rights"
    )
    return OutputError(f"cannot write {store}: {error.strerror or error}; {remedy}")


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _sync_folder(folder: pathlib.Path) -> None:
    """Makes a new name outlive a power cut (POSIX fsync of the directory)."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
