"""Local paths and S3 behind one small interface: put if absent, swap, read ranges, list paths, delete, lock.

Paths inside a place are relative, with '/' between segments. Whatever is put is either wholly there or not at all.
"""

import pathlib
from contextlib import AbstractContextManager
from typing import IO, Protocol

from sartext.errors import UserError
from sartext.storage_local import LocalStorage


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
