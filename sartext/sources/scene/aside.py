"""What lies in a folder of scenes and is none, told in a line each: layers beside scenes, and files that no reader takes."""

import sys
from collections.abc import Collection, Iterable

from sartext.sources.base import utf8
from sartext.sources.scene.files import Found

READ = (
    "GeoTIFF (.tif, .tiff), Sentinel-1 GRD (SAFE folder or its .zip), NISAR GCOV (.h5), SICD (.nitf, .ntf), STAC items (.json)"
)
_SHOWN, _CHARACTERS = 3, 60


def tell(found: Found, folder: str, named: Collection[str]) -> None:
    """Says on the terminal what is left aside; the files that are `named` by an option are not."""
    for line in left_aside(found, named):
        print(f"{folder}: {line}", file=sys.stderr)


def left_aside(found: Found, named: Collection[str] = ()) -> list[str]:
    """What there is to say, a line each and bounded."""
    said = []
    if found.layers:
        shown = _shown(f"{_short(file)} ({what})" for file, what in found.layers.items())
        said.append(f"layers beside scenes, which are left aside: {shown}; --source.take names files that are scenes")
    unread = [file for file in found.unread if file not in named]
    if unread:
        said.append(f"files that no reader takes: {_shown(map(_short, unread))}; what is read: {READ}")
    return said


def _shown(names: Iterable[str]) -> str:
    """How many there are, and the first of them."""
    every = list(names)
    more = ", ..." if len(every) > _SHOWN else ""
    return f"{len(every):,}, {', '.join(every[:_SHOWN])}{more}"


def _short(file: str) -> str:
    """The end of a path, on one line."""
    text = " ".join(utf8(file).split())
    return text if len(text) <= _CHARACTERS else f"...{text[-_CHARACTERS:]}"
