"""Members of an HDF5 file that are its own."""

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from sartext.errors import SourceError
from sartext.sources.readers.hdf5 import member


@pytest.fixture
def file(tmp_path: Path) -> Iterator[h5py.File]:
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["secret"] = np.arange(4)
    with h5py.File(tmp_path / "a.h5", "w") as made:
        made["group/own"] = np.arange(3)
        made["group/linked"] = h5py.ExternalLink("other.h5", "/secret")
        made["group/soft"] = h5py.SoftLink("/group/linked")
        layout = h5py.VirtualLayout(shape=(4,), dtype="i8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "secret", shape=(4,))
        made.create_virtual_dataset("group/virtual", layout)
        made.create_dataset("group/outside", (2,), "u1", external=[(str(tmp_path / "raw"), 0, 2)])
        yield made


def test_what_is_the_files_own_is_found(file: h5py.File) -> None:
    assert member(file, "/group/own", "a.h5")[:].tolist() == [0, 1, 2]
    assert member(file, "/group/none", "a.h5") is None
    assert member(file, "/group/own/deeper", "a.h5") is None


@pytest.mark.parametrize("name", ["linked", "soft", "linked/deeper"])
def test_a_link_is_not_followed(name: str, file: h5py.File) -> None:
    with pytest.raises(SourceError, match="is a link that may lead to another file, which is not followed"):
        member(file, f"/group/{name}", "a.h5")


@pytest.mark.parametrize("name", ["virtual", "outside"])
def test_values_of_other_files_are_not_read(name: str, file: h5py.File) -> None:
    with pytest.raises(SourceError, match="its values are those of other files, which are not read"):
        member(file, f"/group/{name}", "a.h5")
