"""DOTA's labelTxt files: four corners in pixels, the class, and whether it is difficult; one object a line.

`x1 y1 x2 y2 x3 y3 x4 y4 class difficult`, after an optional head of `imagesource:...` and `gsd:...` (metres a pixel).
The layout is that of DOTA's development kit (Xia et al., CVPR 2018).
"""

import math

from sartext.errors import SourceError
from sartext.formats.annotation import Annotation, lines, number


def parse_dota(data: bytes, file: str) -> tuple[list[Annotation], float | None]:
    """The objects of one file, and its ground sample distance in metres where the head gives one.

    The last column may be left out (not difficult); it is one digit, of which any but 0 is difficult, so that the class
    "Boeing 737" is whole without it. Raises `SourceError` where a line is no object.
    """
    found: list[Annotation] = []
    gsd_m = None
    for line, text in lines(data, file):
        name, colon, rest = text.partition(":")
        if not found and colon and name.strip().lower() in ("imagesource", "gsd"):
            if name.strip().lower() == "gsd":
                stated = number(rest)
                gsd_m = stated if math.isfinite(stated) and stated > 0 else None
            continue
        parts = text.split()
        corners = tuple(number(part) for part in parts[:8])
        if len(corners) < 8 or not all(map(math.isfinite, corners)):
            hint = "; values stand apart by spaces, not commas" if "," in text else ""
            raise SourceError(f"no eight coordinates at its start{hint}", file=file, place=f"line {line}")
        if len(parts) < 9:
            raise SourceError("no class after the coordinates", file=file, place=f"line {line}")
        flagged = len(parts) > 9 and len(parts[-1]) == 1 and parts[-1].isdigit()
        label = " ".join(parts[8:-1] if flagged else parts[8:])
        found.append(Annotation(label, corners, difficult=flagged and parts[-1] != "0", place=f"line {line}"))
    return found, gsd_m
