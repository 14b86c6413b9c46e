"""What lies in a source's folders: images and label files by their relative paths, in an order that no file system decides."""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from sartext.errors import SourceError, TileRejected
from sartext.sources.files.compressed import Compressed, sorted_values
from sartext.sources.files.in_order import in_order
from sartext.sources.files.keys import planned_order
from sartext.sources.filesystem import is_remote, join, open_file, read_file, remote_tree, size_bytes
from sartext.sources.split_paths import SplitPaths, by_split, path_in

# Endings under which images lie in datasets; one that is not read is rejected as a tile, not overlooked.
IMAGE_ENDINGS = frozenset((".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".gif", ".bmp", ".webp", ".jp2"))
MAX_LABEL_BYTES = 2**25  # 32 MB: a label file of one image
_THREADS = 8  # folders that are listed at once


class _Listed(NamedTuple):
    """What is in one folder."""

    number: tuple[int, int] | None  # of its device and of itself: a folder may be reached by several paths
    files: Compressed[str]
    folders: list[str]
    error: OSError | None


def ending(file: str) -> str:
    """The ending in lower case, with its dot: "a/b.JPG" -> ".jpg"."""
    return os.path.splitext(file)[1].lower()


def list_files(folder: str, endings: Iterable[str] | None) -> list[str]:
    """The relative paths, with '/', of everything under `folder` with one of the endings, sub-folders included, sorted.

    Without endings (None) it is all files. Hidden names (".DS_Store", "._a.jpg") are left out. A folder that is named like an
    image counts as one, and is found unreadable later. Raises `SourceError` where a folder cannot be listed.
    """
    return sorted(walk_files(folder, endings))


def planned_files(folder: str, endings: Iterable[str]) -> Sequence[str]:
    """The same files in planned order, compressed. Raises as `list_files`."""
    return Compressed.of(sorted_values(walk_files(folder, endings), key=planned_order))


def walk_files(folder: str, endings: Iterable[str] | None) -> Iterator[str]:
    """The files that `list_files` lists as they are found, so that a listing of millions is never held as a list.

    Raises `SourceError` where a folder cannot be listed.
    """
    wanted = frozenset(endings) if endings is not None else None
    if isinstance(folder, SplitPaths):
        for split, path in by_split(folder):
            for file in walk_files(path, wanted):
                yield f"{split}/{file}"
        return
    if is_remote(folder):
        yield from _remote_sizes(folder, wanted)
        return
    open_folders, visited = [""], set()
    ahead: dict[str, Future[_Listed]] = {}
    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            while open_folders:
                for one in open_folders[-_THREADS:]:  # those that come next, while this thread hands out names
                    if one not in ahead:
                        ahead[one] = pool.submit(_listed, folder, one, wanted)
                here = open_folders.pop()
                listed = ahead.pop(here).result()
                if listed.number is not None and listed.number in visited:  # a link to a folder above it
                    continue
                if listed.number is not None:
                    visited.add(listed.number)
                if listed.error is not None:
                    raise _unlisted(folder, here, listed.error) from listed.error
                yield from (here + file for file in listed.files)
                open_folders += listed.folders
        finally:
            for future in ahead.values():
                future.cancel()


def _listed(folder: str, here: str, wanted: frozenset[str] | None) -> _Listed:
    number, folders = None, list[str]()
    try:
        status = os.stat(os.path.join(folder, here))
        number = status.st_dev, status.st_ino
        return _Listed(number, Compressed.of(_names(folder, here, wanted, folders)), folders, None)
    except OSError as error:
        return _Listed(number, Compressed.of(()), [], error)


def _names(folder: str, here: str, wanted: frozenset[str] | None, folders: list[str]) -> Iterator[str]:
    """The names of the files in one folder; the folders in it are added to `folders`."""
    with os.scandir(os.path.join(folder, here)) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if wanted is not None and ending(entry.name) in wanted:
                yield entry.name
            elif entry.is_dir():
                folders.append(f"{here}{entry.name}/")
            elif wanted is None:
                yield entry.name


def _unlisted(folder: str, here: str, error: OSError) -> SourceError:
    fact = f"cannot list the folder, {error.strerror}"
    return SourceError(fact, file=folder, place=here, remedy="give a folder that can be read")


def _remote_sizes(folder: str, wanted: frozenset[str] | None) -> dict[str, int]:
    """What is listed of a folder of S3, with the sizes in bytes. Raises `SourceError` where nothing is there."""
    try:
        there = remote_tree(folder, lambda name: wanted is not None and ending(name) in wanted)
    except FileNotFoundError as error:
        raise _unlisted(folder, "", error) from error
    return there if wanted is None else {file: size for file, size in there.items() if ending(file) in wanted}


def read_source_file(path: str) -> bytes:
    """The whole file. Raises `SourceError` where it cannot be read."""
    try:
        with open_file(path) as file:
            return file.read()
    except OSError as error:
        raise SourceError(f"cannot be read, {error.strerror}", file=path) from error


def read_label_file(folder: str, file: str) -> bytes:
    """One image's label file. Raises `TileRejected` as `bad_annotation` where it cannot be read or is beyond 32 MB."""
    try:
        data = read_file(path_in(folder, file), MAX_LABEL_BYTES + 1)
    except (OSError, ValueError) as error:
        raise TileRejected("bad_annotation", f"{file}: cannot be read, {getattr(error, 'strerror', None) or error}") from error
    if len(data) > MAX_LABEL_BYTES:
        raise TileRejected("bad_annotation", f"{file}: larger than {MAX_LABEL_BYTES} bytes")
    return data


def sizes_bytes(folder: str, files: Iterable[str]) -> Iterator[int]:
    """The files' sizes in bytes, several asked at once; 0 for one that is not there or cannot be asked, which its reading will
    say."""
    remote = [path for _, path in by_split(folder) if is_remote(path)]
    if not remote:
        return in_order(lambda file: _size_bytes(path_in(folder, file)), files)
    listed = {join(path, file): size for path in remote for file, size in _remote_sizes(path, None).items()}
    paths = (path_in(folder, file) for file in files)
    return (listed.get(path, 0) if is_remote(path) else _size_bytes(path) for path in paths)


def _size_bytes(path: str) -> int:
    try:
        return size_bytes(path)
    except (OSError, ValueError):
        return 0
