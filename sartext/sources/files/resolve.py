"""Files found by the paths under which other files name them: relative to another folder, with '\\', without an ending.

Label Studio and Roboflow add something to the names of images that are uploaded to them, which is read too.
"""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote

from sartext.sources.files.discover import IMAGE_ENDINGS, ending
from sartext.sources.files.keys import composed, stem

# Label Studio puts the first 8 digits of a UUID before the name of an upload; 8 digits that may be a date are none.
_UPLOAD = re.compile(r"(?!(?:19|20)\d{6}-)[0-9a-f]{8}-(?=.)", re.ASCII)
# Roboflow: "name.png" is "name_png.rf.<hash>.jpg" in its exports.
_VERSION = re.compile(r"(.+)_([A-Za-z]{3,4})\.rf\.[0-9A-Za-z]{16,}\.[A-Za-z]{3,4}", re.ASCII)
_LABEL_ENDINGS = frozenset((".xml", ".txt", ".json"))
_LOCAL = "/data/local-files/?d="  # how Label Studio serves files of its own disk


class Resolved(NamedTuple):
    """What a name leads to."""

    files: tuple[str, ...] = ()  # none: it is not there; more than one: nothing says which
    rival: str | None = None  # the name of another image that leads to the same file, which has the path of neither

    def unclear(self, name: str) -> str | None:
        """Why `name`, which led here, does not say which file it means; None where it does, or means none."""
        if len(self.files) > 1:
            return f"{name[:120]!r} is {self.files[0]} or {self.files[1]}"
        return None if self.rival is None else f"{self.files[0]} is {name[:120]!r} or {self.rival[:120]!r}"


class Paths:
    """Files of a folder, by their relative paths."""

    def __init__(self, files: Iterable[str]) -> None:
        self._files = frozenset(files)

    def find(self, named: str) -> list[str]:
        """The file at this path; else the files of which one path ends the other ("Image/SEN12/a.png" and "SEN12/a.png"),
        those that have most of it in common. A name without an image's ending, or with that of a label file, stands for any.
        More than one is ambiguous.

        A name is the same in whatever form of Unicode. One that leads nowhere is read without what Label Studio and Roboflow
        add to names of uploads, on either side; then with its percent codes decoded; then in any case. The first of these that
        leads to a file decides.
        """
        if named in self._files:
            return [named]
        plain = composed(tidy(named))
        decoded = composed(tidy(unquote(named.partition(_LOCAL)[2] or named)))
        return (
            self._written.find(plain)
            or self._written.find(_unmarked(plain))
            or self._marked.find(plain)
            or self._written.find(decoded)
            or self._written.find(_unmarked(decoded))
            or self._caseless.find(decoded.casefold())
        )

    @cached_property
    def _written(self) -> "_Index":
        return _Index((composed(tidy(file)), file) for file in self._files)

    @cached_property
    def _marked(self) -> "_Index":
        spelled = ((composed(tidy(file)), file) for file in self._files)
        return _Index((_unmarked(path), file) for path, file in spelled if _unmarked(path) != path)

    @cached_property
    def _caseless(self) -> "_Index":
        return _Index((composed(tidy(file)).casefold(), file) for file in self._files)

    def resolve(self, names: Iterable[str]) -> dict[str, Resolved]:
        """What each of the names leads to, as `find` has it, but that no file is that of two images: where names that differ in
        more than an ending that is left out lead to one file, the one that is its path has it and the others have none; where
        none is, they are rivals.
        """
        found = {name: Resolved(tuple(self.find(name))) for name in names}
        leading: dict[str, list[str]] = defaultdict(list)
        for name, (files, _) in found.items():
            if len(files) == 1:
                leading[files[0]].append(name)
        for file, of_file in leading.items():
            if len(of_file) == 1:
                continue
            images = {name: _bare(composed(tidy(name))) for name in of_file}
            own = stem(composed(tidy(file)))
            exact = own in images.values()
            for name, image in images.items():
                rival = next((other for other, another in images.items() if another != image), None)
                if rival is not None and image != own:
                    found[name] = Resolved() if exact else Resolved((file,), rival)
        return found


class _Index:
    """Files by one spelling of their paths."""

    def __init__(self, spelled: Iterable[tuple[str, str]]) -> None:
        self._by_path: dict[str, list[str]] = defaultdict(list)
        self._by_name: dict[str, list[str]] = defaultdict(list)  # the paths of a bare name, with and without its ending
        for path, file in sorted(spelled):
            self._by_path[path].append(file)
            name = posixpath.basename(path)
            self._by_name[name].append(path)
            self._by_name[stem(name)].append(path)

    def find(self, wanted: str) -> list[str]:
        """The files at this path, else those of the paths that share most with it, where one ends the other."""
        if wanted in self._by_path:
            return self._by_path[wanted]
        any_ending = ending(wanted) not in IMAGE_ENDINGS
        wanted = without_label_ending(wanted)
        best: list[str] = []
        longest = 0
        for path in dict.fromkeys(self._by_name.get(posixpath.basename(wanted), ())):
            common = _common(stem(path) if any_ending else path, wanted)
            if common > longest:
                best, longest = [], common
            if common and common == longest:
                best += self._by_path[path]
        return best


def tidy(named: str) -> str:
    """The path with '/', relative, without '.' and what it goes back by: "\\data\\.\\a.png" -> "data/a.png"."""
    return posixpath.normpath(named.strip().replace("\\", "/").lstrip("/") or ".")


def without_label_ending(path: str) -> str:
    """The path without an ending of label files: some XML has "1.xml" as the name of the image "1.jpg"."""
    return stem(path) if ending(path) in _LABEL_ENDINGS else path


def _unmarked(path: str) -> str:
    """The path without what tools add to the name of an upload: "4/1a2b3c4d-a.png" -> "4/a.png"."""
    folder, name = posixpath.split(path)
    version = _VERSION.fullmatch(name)
    if version is not None and f".{version.group(2).lower()}" in IMAGE_ENDINGS:
        name = f"{version.group(1)}.{version.group(2)}"
    return posixpath.join(folder, _UPLOAD.sub("", name, count=1) if _UPLOAD.match(name) else name)


def _bare(path: str) -> str:
    """The path without the ending of an image or a label file."""
    return stem(path) if ending(path) in IMAGE_ENDINGS or ending(path) in _LABEL_ENDINGS else path


def _common(have: str, wanted: str) -> int:
    """How many parts, from the name backward, two paths share, where one of them ends the other; else 0."""
    parts, others = have.split("/")[::-1], wanted.split("/")[::-1]
    shared = min(len(parts), len(others))
    return shared if parts[:shared] == others[:shared] else 0
