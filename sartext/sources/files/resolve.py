"""Files found by the paths under which other files name them: relative to another folder, with '\\', without an ending."""

import posixpath
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sartext.sources.files.discover import IMAGE_ENDINGS, ending
from sartext.sources.files.keys import stem


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
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for file in sorted(self._files):
            name = posixpath.basename(file)
            self._by_name[name].append(file)
            self._by_name[stem(name)].append(file)

    def find(self, named: str) -> list[str]:
        """The file at this path; else the files of which one path ends the other ("Image/SEN12/a.png" and "SEN12/a.png"),
        those that have most of it in common. A name without an image's ending stands for any. More than one is ambiguous.
        """
        wanted = tidy(named)
        if wanted in self._files:
            return [wanted]
        any_ending = ending(wanted) not in IMAGE_ENDINGS
        best: list[str] = []
        longest = 0
        for file in self._by_name.get(posixpath.basename(wanted), ()):
            common = _common(stem(file) if any_ending else file, wanted)
            if common > longest:
                best, longest = [], common
            if common and common == longest:
                best.append(file)
        return best

    def resolve(self, names: Iterable[str]) -> dict[str, Resolved]:
        """What each of the tidy names leads to, as `find` has it, but that no file is that of two images: where names that
        differ in more than an ending that is left out lead to one file, the one that is its path has it and the others have
        none; where none is, they are rivals.
        """
        found = {name: Resolved(tuple(self.find(name))) for name in names}
        leading: dict[str, list[str]] = defaultdict(list)
        for name, (files, _) in found.items():
            if len(files) == 1:
                leading[files[0]].append(name)
        for file, of_file in leading.items():
            images = {name: stem(name) if ending(name) in IMAGE_ENDINGS else name for name in of_file}
            exact = stem(file) in images.values()
            for name, image in images.items():
                rival = next((other for other, another in images.items() if another != image), None)
                if rival is not None and image != stem(file):
                    found[name] = Resolved() if exact else Resolved((file,), rival)
        return found


def tidy(named: str) -> str:
    """The path with '/', relative, without '.' and what it goes back by: "\\\\data\\\\.\\\\a.png" -> "data/a.png"."""
    return posixpath.normpath(named.strip().replace("\\", "/").lstrip("/") or ".")


def _common(have: str, wanted: str) -> int:
    """How many parts, from the name backward, two paths share, where one of them ends the other; else 0."""
    parts, others = have.split("/")[::-1], wanted.split("/")[::-1]
    shared = min(len(parts), len(others))
    return shared if parts[:shared] == others[:shared] else 0
