"""Which optical image is the twin of which SAR image, by the names of their files.

By the same relative path without ending. Where a SAR image's path has the part `s1`, as in SEN1-2 and SEN12MS
(`ROIs1158_spring/s1_10/ROIs1158_spring_s1_10_p124.png`), its twin's may have `s2` in all those places; then both may lie in one
folder. Else by the same bare name, where one image alone has it on either side, and the optical one is nobody's by its path.
"""

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sartext.sources.files.keys import composed, stem

# SEN1-2 and SEN12MS name a patch by region, season, sensor, scene and number; the season is no part of the place.
SEN12 = r"(?P<scene>ROIs\d+)_(?P<col>[a-z]+)_s1_(?P<scene_2>\d+)_(?P<row>p\d+)|.*"
_RADAR = re.compile(r"(?<![0-9A-Za-z])([sS])1(?![0-9A-Za-z])")
_OPTICAL = re.compile(r"(?<![0-9A-Za-z])[sS]2(?![0-9A-Za-z])")


class Folders(NamedTuple):
    """The folder of the SAR images and that of the optical ones, as real paths; they may be one, or one in the other."""

    sar: str
    optical: str

    def in_optical(self, file: str) -> str | None:
        """The path of a file of the SAR folder in the optical folder; None where it lies elsewhere."""
        path, folder = f"{self.sar.rstrip('/')}/{file}", f"{self.optical.rstrip('/')}/"
        return path.removeprefix(folder) if path.startswith(folder) else None


def radar_files(files: Iterable[str], folders: Folders) -> list[str]:
    """The files of the SAR folder, but for those that lie in the optical folder too and are named as optical."""
    return [file for file in files if not _OPTICAL.search(file) or _RADAR.search(file) or folders.in_optical(file) is None]


def twins(radar: Sequence[str], optical: Sequence[str], folders: Folders) -> list[tuple[str, ...]]:
    """For each SAR image the files that may be its twin, itself apart: none where it has none, more than one where the names
    do not decide."""
    of_path: dict[str, list[str]] = defaultdict(list)
    for file in sorted(optical):
        of_path[composed(stem(file))].append(file)
    found = _by_path(radar, of_path, folders)
    claimed = {one for files in found for one in files}
    of_name: dict[str, list[list[str]]] = defaultdict(list)
    for path, files in of_path.items():
        of_name[posixpath.basename(path)].append(files)
    # Where the optical folder lies below the SAR folder its images are listed as SAR images too, and make no name less unique.
    there = frozenset(optical) if folders.sar != folders.optical else frozenset()
    times = Counter(
        name for file in radar if folders.in_optical(file) not in there for name in _names(posixpath.basename(file))
    )
    for at, file in enumerate(radar):
        if not found[at]:
            alone = [of_name[name] for name in _names(posixpath.basename(file)) if times[name] == 1 and name in of_name]
            files = [one for paths in alone if len(paths) == 1 for one in paths[0]]
            found[at] = tuple(one for one in files if one not in claimed and one != folders.in_optical(file))
    return found


def _by_path(radar: Sequence[str], of_path: dict[str, list[str]], folders: Folders) -> list[tuple[str, ...]]:
    """The files at the SAR image's own path, and at that with s2 for s1 unless it is only another SAR image's own."""
    same, other = [], []
    for file in radar:
        unchanged, *changed = _names(file)
        # In one folder the own path of a name with s1 is that of SAR images.
        candidates = [] if folders.sar == folders.optical and changed else of_path.get(unchanged, [])
        same.append([one for one in candidates if one != folders.in_optical(file)])
        other.append([one for name in changed for one in of_path.get(name, [])])
    own = {one for files in same for one in files}
    return [(*files, *(one for one in others if files or one not in own)) for files, others in zip(same, other, strict=True)]


def _names(file: str) -> tuple[str, ...]:
    """The name without its ending, and what it is with s2 for s1, if that is another."""
    unchanged = composed(stem(file))
    changed = _RADAR.sub(r"\g<1>2", unchanged)
    return (unchanged,) if changed == unchanged else (unchanged, changed)
