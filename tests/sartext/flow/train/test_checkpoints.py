"""Checkpoints: whole or passed over, and no more than two of them."""

from pathlib import Path

import pytest

from sartext.artifact import readable
from sartext.errors import OutputError
from sartext.flow.train.checkpoints import CHECKPOINTS, commit, committed_steps, latest
from sartext.store import open_store


def test_the_last_whole_one_is_found_and_older_ones_go(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    assert latest(store) is None
    for step in (2, 4, 6):
        commit(store, b"state after %d" % step, step, workers=3)
    assert committed_steps(store) == [4, 6]
    found = latest(store)
    assert found is not None
    assert (found["step"], found["workers"], store.read(found["path"])) == (6, 3, b"state after 6")
    assert sorted(path.name for path in (tmp_path / CHECKPOINTS).iterdir()) == [
        f"{step:09d}.{kind}" for step in (4, 6) for kind in ("json", "safetensors")
    ]


def test_a_damaged_one_is_passed_over_and_where_none_is_whole_it_is_said(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    for step in (2, 4):
        commit(store, b"state", step, workers=1)
    (tmp_path / CHECKPOINTS / "000000004.safetensors").write_bytes(b"damaged")
    found = latest(store)
    assert found is not None
    assert found["step"] == 2
    (tmp_path / CHECKPOINTS / "000000002.safetensors").unlink()
    with pytest.raises(OutputError, match="no whole checkpoint; delete that folder to begin anew"):
        latest(store)
    store.put(f"{CHECKPOINTS}/000000004.json", readable({"step": 4, "path": "nowhere", "sha256": "0"}))
    with pytest.raises(OutputError, match="no whole checkpoint"):
        latest(store)
