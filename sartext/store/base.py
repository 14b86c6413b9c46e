"""Local paths and S3 behind one small interface: put if absent, swap, read ranges, list paths, delete, lock.

Paths inside a place are relative, with '/' between segments. Whatever is put is either wholly there or not at all.
"""

import pathlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import IO, Protocol

from sartext.errors import UserError
from sartext.store.local import LocalStore


class Store(Protocol):
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

    def sizes_bytes(self, prefix: str) -> dict[str, int]:
        """The sizes of the objects below the folder `prefix`, by path."""
        ...

    def delete(self, path: str) -> None:
        """Removes the object; no error where it is not there."""
        ...

    def prepare(self) -> None:
        """Makes the place ready for writing, once, before workers write. Raises `OutputError`."""
        ...

    def lock(self, part: tuple[int, int] | None = None) -> AbstractContextManager[Callable[[], None]]:
        """Held by one writer at a time: of the whole place, or of a part, the numbers from one to before another.

        Parts that overlap exclude each other, and the whole every part. Raises `OutputError` naming the holder where another
        has it.

        What it gives is to be called before anything that cannot be undone: it raises `OutputError` where the lock was
        lost.
        """
        ...


def open_store(uri: str) -> Store:
    """The place that a URI names: `s3://bucket/prefix`, or a local path.

    Raises `UserError` for any other scheme.
    """
    if not uri:
        raise UserError("an empty place; give a folder or s3://bucket/prefix")
    if uri.startswith("s3://"):
        if not uri.removeprefix("s3://").partition("/")[0]:
            raise UserError(f"{uri} names no bucket; give s3://bucket/prefix")
        from sartext.store.s3 import S3Store

        return S3Store(uri)
    if "://" in uri and not uri.startswith("file://"):
        raise UserError(f"{uri}: unknown scheme; give a local path or s3://bucket/prefix")
    return LocalStore(str(pathlib.Path(uri.removeprefix("file://")).expanduser().absolute()))
