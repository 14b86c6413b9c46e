"""Which optical image is the twin of which SAR image, by the names of their files.

By the same relative path without ending, or the same bare name where only one folder has it. Where a SAR image's path has the
part `s1`, as in SEN1-2 and SEN12MS (`ROIs1158_spring/s1_10/ROIs1158_spring_s1_10_p124.png`), its twin's has `s2` in all those
places; then both may lie in one folder.
"""

import re
from collections.abc import Iterable, Sequence

from sartext.sources.keys import stem
from sartext.sources.listing import Stems

# SEN1-2 and SEN12MS name a patch by region, season, sensor, scene and number; the season is no part of the place.
SEN12 = r"(?P<scene>ROIs\d+)_(?P<col>[a-z]+)_s1_(?P<scene_2>\d+)_(?P<row>p\d+)|.*"
_RADAR = re.compile(r"(?<![0-9A-Za-z])([sS])1(?![0-9A-Za-z])")
_OPTICAL = re.compile(r"(?<![0-9A-Za-z])[sS]2(?![0-9A-Za-z])")


def radar_files(files: Iterable[str]) -> list[str]:
    """The files but for those whose path says that they are optical."""
    return [file for file in files if _RADAR.search(file) or not _OPTICAL.search(file)]


def twins(radar: Sequence[str], optical: Iterable[str], *, one_folder: bool) -> list[tuple[str, ...]]:
    """For each SAR image the files that may be its twin: none where it has none, more than one where the names do not decide.

    `one_folder` says that both lists are of the same folder, where no file is its own twin.
    """
    stems = Stems(optical)
    found = []
    for file in radar:
        candidates = stems.find(_RADAR.sub(r"\g<1>2", stem(file)))
        found.append(tuple(one for one in candidates if not (one_folder and one == file)))
    return found
