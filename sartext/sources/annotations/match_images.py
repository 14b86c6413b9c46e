"""Images that one file of annotations names: which file each name means, or why nothing says which."""

import posixpath
from collections.abc import Sequence
from typing import NamedTuple

from sartext.sources.annotations.match_paths import MISSING
from sartext.sources.annotations.packed import Fault
from sartext.sources.files.discover import IMAGE_ENDINGS, ending, list_files
from sartext.sources.files.resolve import Paths, without_label_ending
from sartext.sources.filesystem import is_file
from sartext.sources.split_paths import path_in


class Located(NamedTuple):
    """In the order of the names."""

    files: list[str]  # the image of each, relative to the folder; the name itself where there is none
    faults: list[Fault | None]


def located(images: str, names: Sequence[str]) -> Located:
    """The image in the folder that each name can mean, as `resolve.Paths` finds it; a missing image keeps its name.

    A name that may be several images, and names of several images that lead to one file, are faults with the reason
    `ambiguous_image` that say both. Raises `SourceError` where the folder cannot be listed.
    """
    leads = Paths(list_files(images, IMAGE_ENDINGS)).resolve(dict.fromkeys(names))
    files: list[str] = []
    faults: list[Fault | None] = []
    for name in names:
        unclear = leads[name].unclear(name)
        found = leads[name].files
        as_named = posixpath.normpath(name)
        if len(found) == 1 and unclear is None and (as_named == found[0] or not _unlisted(images, as_named)):
            files.append(found[0])
        elif ending(as_named) in IMAGE_ENDINGS or _unlisted(images, as_named):
            files.append(as_named)
        else:
            files.append(without_label_ending(as_named) + MISSING)
        faults.append(None if unclear is None else ("ambiguous_image", unclear))
    return Located(files, faults)


def _unlisted(images: str, path: str) -> bool:
    """Whether a file of the folder has this very path, though it is not listed: a hidden one, or of another ending."""
    return not path.startswith(("/", "../")) and is_file(path_in(images, path))
