"""Files and folders that sources read, on the local file system or on S3 (`s3://bucket/key`), by the same functions.

What is not there is a `FileNotFoundError` on both. On S3 a folder is what keys have before a '/', and there are no links. A
store that cannot be used (no such bucket, no rights, down after all tries) is a `StoreError`: it is no fault of a file.
"""

import errno
import hashlib
import os
import posixpath
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sartext.errors import OutputError, StoreError
from sartext.store.ranged import RangedFile
from sartext.store.read_ahead import MOST_BYTES, reading_ahead, taken

if TYPE_CHECKING:
    from sartext.store.s3 import S3Store

_SCHEME = "s3://"
_LISTERS = 16  # folders that are listed at a time
_BUFFER_BYTES = 2**23  # of a file that is read from its beginning to its end


def is_remote(path: str) -> bool:
    """Whether a path is one of S3."""
    return path.startswith(_SCHEME)


def _at(path: str) -> tuple["S3Store", str]:
    """The bucket of a path of S3 and the key in it."""
    from sartext.store.s3 import S3Store  # boto3 takes 0.2 s, and most sources do without

    bucket, _, key = path.removeprefix(_SCHEME).partition("/")
    if not bucket:
        raise StoreError(f"{path} names no bucket; give s3://bucket/prefix")
    return S3Store(_SCHEME + bucket), key


def _folder_at(path: str) -> tuple["S3Store", str]:
    """The bucket of a folder of S3 and what the keys in the folder begin with."""
    store, key = _at(path)
    return store, key.rstrip("/") + "/" if key.strip("/") else ""


def _missing(path: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


@contextmanager
def _asking(path: str) -> Iterator[None]:
    """Says a store's refusal as sources do. Raises `StoreError`, and `FileNotFoundError` as the local file system does."""
    try:
        yield
    except OutputError as error:
        raise StoreError(f"{path}: {error}") from error
    except FileNotFoundError as error:
        raise _missing(path) from error


def join(folder: str, file: str) -> str:
    """Where a file, by its relative path, lies in a folder."""
    return f"{folder.rstrip('/')}/{file}" if is_remote(folder) else os.path.join(folder, file)


def real_path(path: str) -> str:
    """The path without links and without what it goes back by: the same text for the same file."""
    if not is_remote(path):
        return os.path.realpath(path)
    return _SCHEME + posixpath.normpath(path.removeprefix(_SCHEME)).lstrip("/")


def is_file(path: str) -> bool:
    """Whether there is a file at the path."""
    if not is_remote(path):
        return os.path.isfile(path)
    try:
        size_bytes(path)
    except FileNotFoundError:
        return False
    return True


def exists(path: str) -> bool:
    """Whether there is anything at the path: of S3, a file."""
    return is_file(path) if is_remote(path) else os.path.exists(path)


def is_folder(path: str) -> bool:
    """Whether there is a folder at the path: of S3, whether any key lies in it. A bucket is one."""
    if not is_remote(path):
        return os.path.isdir(path)
    store, prefix = _folder_at(path)
    with _asking(path):
        return store.has(prefix) or not prefix


def size_bytes(path: str) -> int:
    """The size of a file. Raises `OSError` where it is not there."""
    if not is_remote(path):
        return os.stat(path).st_size
    store, key = _at(path)
    with _asking(path):
        if not key or key.endswith("/"):
            raise _missing(path)
        return store.size_bytes(key)


def file_number(path: str) -> tuple[int, int]:
    """The same two numbers for two paths that lead to one file, of which the second is above 0; 0 and 0 where there is none.

    Of S3 the paths alone tell, and whether there is a file is not asked.
    """
    if is_remote(path):
        return 0, int.from_bytes(hashlib.blake2b(real_path(path).encode("utf-8", "surrogatepass"), digest_size=8).digest()) | 1
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return 0, 0
    return status.st_dev, status.st_ino


def open_file(path: str) -> BufferedReader:
    """A file to be read, seekable; of S3 only what is read is asked for. Raises `OSError` where it cannot be opened."""
    if not is_remote(path):
        return open(path, "rb")
    return BufferedReader(ranged(path), _BUFFER_BYTES)


def read_file(path: str, most_bytes: int) -> bytes:
    """The file, or as much of its beginning. Raises `OSError` where it cannot be read."""
    if not is_remote(path):
        with open(path, "rb") as stream:
            return stream.read(most_bytes)
    fetched = taken(path)
    if fetched is not None and len(fetched) <= MOST_BYTES:
        return fetched[:most_bytes]
    return _fetched(path, most_bytes)


@contextmanager
def ahead_of(paths: Iterable[str]) -> Iterator[None]:
    """While it lasts, the next of these files that lie on S3 are fetched before `read_file` asks for them in this thread."""
    with reading_ahead([path for path in paths if is_remote(path)], lambda path: _fetched(path, MOST_BYTES + 1)):
        yield


def _fetched(path: str, most_bytes: int) -> bytes:
    """A file of S3, or as much of its beginning. Raises `OSError` where it cannot be read."""
    store, key = _at(path)
    with _asking(path):
        try:
            if not key or key.endswith("/"):
                raise _missing(path)
            return store.read_range(key, 0, most_bytes)
        except FileNotFoundError:
            if not is_folder(path):
                raise
    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)


def ranged(path: str, failed: list[Exception] | None = None, size: int | None = None) -> RangedFile:
    """A raw file over ranges of an object. With `failed` it ends where reading fails, and why is added there: GDAL, which reads
    it from C, can do nothing with what is raised."""
    store, key = _at(path)

    def read(start: int, length: int) -> bytes:
        """As many bytes from a position on."""
        try:
            with _asking(path):
                return store.read_range(key, start, length)
        except (OSError, StoreError) as error:
            if failed is None:
                raise
            failed.append(error)
            return b""

    return RangedFile(read, size_bytes(path) if size is None else size)


@contextmanager
def opened_for_gdal(path: str) -> Iterator[Path | BinaryIO]:
    """What rasterio opens a file by: its path, or a file object that reads ranges of S3.

    Raises `OSError` where there is none, and `StoreError` at the end where the store failed meanwhile, of which GDAL makes
    errors of its own or none.
    """
    if not is_remote(path):
        yield Path(path)
        return
    failed: list[Exception] = []
    try:
        with BufferedReader(ranged(path, failed), 2**18) as stream:
            yield stream
    finally:
        if failed:
            raise failed[0]


def remote_tree(folder: str, as_file: Callable[[str], bool]) -> dict[str, int]:
    """The sizes, by relative path, of all files in a folder of S3 and below it, its folders listed side by side.

    Hidden names are left out, and nothing below them is listed. A folder for whose name `as_file` holds is taken for a file of
    0 bytes. Raises `FileNotFoundError` where nothing is there.
    """
    store, base = _folder_at(folder)
    found: dict[str, int] = {}

    def take(folders: list[str], sizes: dict[str, int]) -> list[str]:
        """Takes in what lies right in one folder; the folders in it that are to be listed."""
        for path, size in sizes.items():
            if not path.endswith("/") and not posixpath.basename(path).startswith("."):
                found[path[len(base) :]] = size
        shown = [path for path in folders if not posixpath.basename(path.rstrip("/")).startswith(".")]
        files = {path for path in shown if as_file(posixpath.basename(path.rstrip("/")))}
        found.update((path[len(base) :].rstrip("/"), 0) for path in files)
        return [path for path in shown if path not in files]

    with _asking(folder), ThreadPoolExecutor(_LISTERS) as pool:
        folders, sizes = store.entries(base)
        if base and not folders and not sizes:
            raise _missing(folder)
        waiting = {pool.submit(store.entries, path) for path in take(folders, sizes)}
        try:
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                waiting |= {pool.submit(store.entries, path) for one in done for path in take(*one.result())}
        finally:
            pool.shutdown(cancel_futures=True)
    return found


def beginning_with(path: str) -> dict[str, int]:
    """The sizes of the files of S3 whose paths begin so and have no '/' behind it."""
    store, key = _at(path)
    with _asking(path):
        return {path[: len(path) - len(key)] + one: size for one, size in store.entries(key)[1].items()}


def there_with(path: str, endings: Iterable[str]) -> list[str]:
    """The files that there are of those at `path` with each of the endings behind it, in their order; one request of S3."""
    wanted = [path + one for one in endings]
    if not is_remote(path):
        return [one for one in wanted if os.path.isfile(one)]
    there = beginning_with(f"{path}.")
    return [one for one in wanted if one in there]


def there_in(folders: Iterable[str]) -> Callable[[str], bool]:
    """What tells whether a path in one of the folders is there; each of S3 is listed once, when first it is asked about."""
    roots = list(folders)
    known: set[str] = set()
    listed: set[str] = set()

    def is_there(path: str) -> bool:
        if not is_remote(path):
            return os.path.exists(path)
        for root in roots:
            if root not in listed and path.startswith(f"{root.rstrip('/')}/"):
                listed.add(root)
                known.update(join(root, file) for file in remote_tree(root, lambda _: False))
        return path in known

    return is_there
