"""The keys of a source's images: from file names to `{source}/{scene}/{row}_{col}`."""

import hashlib
import posixpath
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np

from sartext.errors import SourceError
from sartext.sources.files.compressed import Compressed

MAX_SEGMENT = 120  # characters
_SAFE = re.compile(r"[\w-][\w.-]*", re.ASCII)
_UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)


def stem(file: str) -> str:
    """The relative path without its ending: "a/b.jpg" -> "a/b"."""
    return posixpath.splitext(file)[0]


def composed(path: str) -> str:
    """The path in Unicode's composed form (NFC): file systems of Apple and what is zipped there have "u" and its dots apart."""
    return path if path.isascii() else unicodedata.normalize("NFC", path)


def planned_order(file: str) -> tuple[str, str]:
    """What files are sorted by: the same order for every format and file system, whatever the endings."""
    return posixpath.splitext(file)


def segment(text: str) -> str:
    """The text as a key's segment: as it is where it is safe, '/' as '.', and otherwise cleaned, with a digest of the
    whole text, so that two texts never become one by cleaning."""
    dotted = text.replace("/", ".")
    if _SAFE.fullmatch(dotted) and len(dotted) <= MAX_SEGMENT:
        return dotted
    cleaned = _UNSAFE.sub("_", dotted)[: MAX_SEGMENT - 9].lstrip(".")
    return f"{cleaned}-{_digest(text)}"


def keys(source: str, files: Sequence[str], pattern: str | None, *, listed_in: str) -> Sequence[str]:
    """One key a file, in the order of `files`, compressed.

    Without a pattern the scene is the file's relative path without ending, at 0_0. With one, it is matched against the
    whole name without folder and ending, and its groups `scene`, `row` and `col` say so (`scene_2` is a second part of the
    scene's name, where something else stands between the two); a group that is not there or
    did not take part falls back to the former. Files that would share a key (`a.jpg` and `a.png`) all get a digest of
    their path behind the column, so that they stay in one scene. Raises `SourceError` where a name does not match, or a
    file is there twice.
    """
    compiled = re.compile(pattern) if pattern is not None else None
    plain = Compressed.of(_plain(source, file, compiled, listed_in) for file in files)
    shared = _repeated(plain)
    if not shared:
        return plain
    pairs = zip(plain, files, strict=True)
    told = Compressed.of(f"{key}-{_digest(file)}" if key in shared else key for key, file in pairs)
    if twice := _repeated(told):
        taken: set[str] = set()
        for key, file in zip(told, files, strict=True):
            if key in taken:
                raise SourceError(f"{file!r} is there twice", file=listed_in, remedy="name every image once")
            taken |= {key} & twice
    return told


def _repeated(texts: Sequence[str]) -> set[str]:
    """The texts that are there more than once, found in 8 bytes a text: only those with one hash are looked at themselves."""
    hashes = np.fromiter(map(hash, texts), np.int64, len(texts))
    hashes.sort()
    doubtful = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
    times = Counter(text for text in texts if hash(text) in doubtful) if doubtful else {}
    return {text for text, number in times.items() if number > 1}


def _plain(source: str, file: str, pattern: re.Pattern[str] | None, listed_in: str) -> str:
    scene, row, col = stem(file), "0", "0"
    if pattern is not None:
        name = posixpath.basename(scene)
        match = pattern.fullmatch(name)
        if match is None:
            raise SourceError(
                f"the name {name!r} does not match scene_pattern {pattern.pattern!r}",
                file=listed_in,
                remedy="mend the pattern, or add '|.*' to let such an image be its own scene",
            )
        groups = {group: value for group, value in match.groupdict().items() if value}
        scene, row, col = groups.get("scene", scene), groups.get("row", row), groups.get("col", col)
        if "scene_2" in groups:
            scene = f"{scene}_{groups['scene_2']}"
    return f"{source}/{segment(scene)}/{segment(f'{row}_{col}')}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
