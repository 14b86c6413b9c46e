"""A raster on S3 as GDAL reads it: ranges of the object, and of those beside it that have its name."""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from typing import Any, BinaryIO

import rasterio
from rasterio.abc import FileContainer

from sartext.errors import SourceError, StoreError
from sartext.sources.filesystem import beginning_with, is_remote, ranged

_BUFFER_BYTES = 2**18  # as much as most blocks of a raster take


class RemoteFiles(FileContainer):  # type: ignore[misc]  # rasterio has no types
    """What rasterio asks of a file system, about one raster and the files beside it (masks, .aux.xml, overviews).

    Where the store fails a file ends for GDAL: why is kept, and said by `checked`.
    """

    def __init__(self, path: str) -> None:
        self._there = beginning_with(f"{posixpath.splitext(path)[0]}.")
        self._failed: list[Exception] = []

    def dataset(self, path: str) -> Any:
        """The open raster. Raises rasterio's errors, and `StoreError`."""
        with self.checked(), rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="FALSE"):  # its list is that of `ls`, already here
            return rasterio.open(_named(path), driver="GTiff", opener=self)

    @contextmanager
    def checked(self) -> Iterator[None]:
        """Raises `StoreError` where the store failed meanwhile, whatever GDAL made of that."""
        try:
            yield
        finally:
            failed = next((one for one in self._failed if isinstance(one, StoreError)), None)
            if failed is not None:
                raise failed

    def open(self, path: str, mode: str = "r", **_: Any) -> BinaryIO:
        """A file to be read. Raises `FileNotFoundError`."""
        del mode
        uri = _uri(path)
        if uri not in self._there:
            raise FileNotFoundError(uri)
        return BufferedReader(ranged(uri, self._failed, self._there[uri]), _BUFFER_BYTES)

    def isfile(self, path: str) -> bool:
        """Whether it is one of the files."""
        return _uri(path) in self._there

    def isdir(self, path: str) -> bool:
        """Whether one of the files is in it."""
        return any(one.startswith(f"{_uri(path)}/") for one in self._there)

    def ls(self, path: str) -> list[str]:
        """The names of the files, where it is their folder."""
        return [posixpath.basename(one) for one in self._there if posixpath.dirname(one) == _uri(path)]

    def mtime(self, path: str) -> int:
        """Nothing depends on it."""
        del path
        return 0

    def size(self, path: str) -> int:
        """Bytes; 0 of what is not there."""
        return self._there.get(_uri(path), 0)

    def rm(self, path: str) -> None:
        """Nothing is removed. Raises `PermissionError`."""
        raise PermissionError(_uri(path))


def refuse_remote(path: str, shown: str, what: str) -> None:
    """Raises `SourceError` where a file of this kind is on S3, from which it is not read."""
    if is_remote(path):
        raise SourceError(f"{what} is not read from S3", file=shown, remedy="copy it to a folder")


def _named(path: str) -> str:
    """The path without its scheme, by which rasterio would look for credentials of its own."""
    return path.removeprefix("s3://")


def _uri(name: str) -> str:
    return f"s3://{name.strip('/')}"
