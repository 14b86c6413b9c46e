"""Where scenes lie: the files below a folder, which of them make a scene, and what the scenes are called."""

import os
import posixpath
from collections.abc import Sequence

from sartext.errors import SourceError
from sartext.sources.keys import segment
from sartext.sources.listing import list_files
from sartext.sources.readers.scene import SceneFile

_ENDINGS = (".tif", ".tiff", ".json", ".xml", ".zip", ".h5", ".hdf5", ".nitf", ".ntf")


def listed(path: str, *, list_: bool = True) -> tuple[str, list[str]]:
    """The folder that paths are relative to, and the files in it. A product's own folder, or one file, is seen from outside."""
    path = os.path.normpath(path)
    if os.path.isfile(path):
        return os.path.dirname(path) or ".", [os.path.basename(path)]
    if not os.path.isdir(path):
        raise SourceError("is no folder and no file that can be read", file=path, remedy="give the folder of the scenes")
    whole = path.upper().endswith(".SAFE") or os.path.isfile(os.path.join(path, "productInfo.json"))
    folder, inside = (os.path.dirname(os.path.abspath(path)), os.path.basename(os.path.abspath(path))) if whole else (path, "")
    return folder, [posixpath.join(inside, file) for file in list_files(path, _ENDINGS)] if list_ else []


def found(folder: str, files: Sequence[str]) -> list[SceneFile]:
    """The scenes that the files make; each file belongs to one reader at most."""
    from sartext.sources.readers import gcov, geotiff, safe, sicd  # GDAL takes 0.3 s, and other builds do without

    products = safe.found(folder, files)
    roots = tuple(f"{product.root}/" for product in products if product.inside is None)
    left = [file for file in files if not file.startswith(roots)] if roots else list(files)
    return [*products, *gcov.found(folder, left), *sicd.found(folder, left), *geotiff.found(folder, left)]


def unique(names: Sequence[str]) -> list[str]:
    """The names as segments of keys; those that are there again get their number."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        one = segment(name)
        seen[one] = seen.get(one, 0) + 1
        found.append(one if seen[one] == 1 else segment(f"{one}-{seen[one]}"))
    return found
