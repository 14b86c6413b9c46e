"""Members of an HDF5 file that are its own: no link that may lead to another file is followed, no value of another is read.

An external link leads to any file of the machine, and a dataset can be made of other files' datasets or bytes. Links are looked
at before they are followed, and how a dataset is stored before it is read.
"""

from typing import Any

import h5py

from sartext.errors import SourceError


def member(file: h5py.File, path: str, shown: str) -> Any:
    """The group or dataset at an absolute path; None where there is none.

    Raises `SourceError` where a link on the way is not a hard one, or the dataset's bytes are not the file's own.
    """
    at: Any = file
    way = ""
    for name in path.strip("/").split("/"):
        way += f"/{name}"
        if not isinstance(at, h5py.Group):
            return None
        try:
            link = at.get(name, getlink=True)
        except TypeError:  # a kind of link that a library registers
            link = h5py.ExternalLink("", "")
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            raise SourceError("is a link that may lead to another file, which is not followed", file=shown, place=way)
        at = at[name]
    if isinstance(at, h5py.Dataset) and (at.is_virtual or at.external):
        raise SourceError("its values are those of other files, which are not read", file=shown, place=way)
    return at
