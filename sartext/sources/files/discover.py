"""What lies in a source's folders: images and label files by their relative paths, in an order that no file system decides."""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sartext.errors import SourceError, TileRejected
from sartext.sources.files.keys import composed, stem
from sartext.sources.filesystem import is_remote, join, open_file, read_file, remote_tree, size_bytes
from sartext.sources.split_paths import SplitPaths, by_split, path_in

# Endings under which images lie in datasets; one that is not read is rejected as a tile, not overlooked.
IMAGE_ENDINGS = frozenset((".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".gif", ".bmp", ".webp", ".jp2"))
MAX_LABEL_BYTES = 2**25  # 32 MB: a label file of one image


def ending(file: str) -> str:
    """The ending in lower case, with its dot: "a/b.JPG" -> ".jpg"."""
    return os.path.splitext(file)[1].lower()


def list_files(folder: str, endings: Iterable[str] | None) -> list[str]:
    """The relative paths, with '/', of everything under `folder` with one of the endings, sub-folders included, sorted.

    Without endings (None) it is all files. Hidden names (".DS_Store", "._a.jpg") are left out. A folder that is named like an
    image counts as one, and is found unreadable later. Raises `SourceError` where a folder cannot be listed.
    """
    wanted = frozenset(endings) if endings is not None else None
    if isinstance(folder, SplitPaths):
        return sorted(f"{split}/{file}" for split, path in by_split(folder) for file in list_files(path, wanted))
    if is_remote(folder):
        return sorted(_remote_sizes(folder, wanted))
    found: list[str] = []
    open_folders, visited = [""], set()
    while open_folders:
        here = open_folders.pop()
        try:
            status = os.stat(os.path.join(folder, here))
            if (status.st_dev, status.st_ino) in visited:  # a link to a folder above it
                continue
            visited.add((status.st_dev, status.st_ino))
            with os.scandir(os.path.join(folder, here)) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if wanted is not None and ending(entry.name) in wanted:
                        found.append(here + entry.name)
                    elif entry.is_dir():
                        open_folders.append(f"{here}{entry.name}/")
                    elif wanted is None:
                        found.append(here + entry.name)
        except OSError as error:
            raise _unlisted(folder, here, error) from error
    return sorted(found)


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


def matched(wanted: Sequence[str], files: Iterable[str]) -> list[list[str]]:
    """The files of each wanted path without ending: those at the very path, in whatever form of Unicode, else those of its
    bare name.

    By its bare name a path is found only where no other wanted path and no other file has that name, so that what lies in
    "train" is never taken for what lies in "val".
    """
    at_path: dict[str, list[str]] = defaultdict(list)
    for file in files:
        at_path[composed(stem(file))].append(file)
    asked, there = _by_name(map(composed, wanted)), _by_name(at_path)
    found = []
    for path in map(composed, wanted):
        if path not in at_path:
            name = os.path.basename(path)
            path = next(iter(there[name])) if len(asked[name]) == 1 and len(there.get(name, ())) == 1 else path
        found.append(list(at_path.get(path, ())))
    return found


def _by_name(paths: Iterable[str]) -> dict[str, set[str]]:
    of_name: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        of_name[os.path.basename(path)].add(path)
    return of_name


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


def sizes_bytes(folder: str, files: Iterable[str]) -> list[int]:
    """The files' sizes in bytes; 0 for one that is not there or cannot be asked, which its reading will say."""
    remote = [path for _, path in by_split(folder) if is_remote(path)]
    listed = {join(path, file): size for path in remote for file, size in _remote_sizes(path, None).items()}
    paths = [path_in(folder, file) for file in files]
    return [listed.get(path, 0) if is_remote(path) else _size_bytes(path) for path in paths]


def _size_bytes(path: str) -> int:
    try:
        return size_bytes(path)
    except (OSError, ValueError):
        return 0
