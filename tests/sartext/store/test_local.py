"""What is a local folder's alone."""

from pathlib import Path

import pytest

from sartext.errors import OutputError
from sartext.store import open_store
from sartext.store.local import TMP, LocalStore


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    store = LocalStore(str(tmp_path))
    (tmp_path / TMP).mkdir()
    (tmp_path / TMP / "half").write_bytes(b"ha")
    with store.lock():
        store.prepare()
        assert not (tmp_path / TMP).exists()


def test_a_place_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = open_store(str(tmp_path / "file" / "out"))
    for use in (store.prepare, store.lock().__enter__):
        with pytest.raises(OutputError, match="choose another --out"):
            use()
