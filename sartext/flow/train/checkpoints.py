"""Checkpoints of a training: put whole or not at all, the last one found again.

checkpoints/000000120.safetensors   model and optimizer after so many steps
checkpoints/000000120.json          written after it: its existence means that the checkpoint is whole
"""

import hashlib
from typing import Any

from sartext.artifact import read_json, readable
from sartext.errors import OutputError
from sartext.failpoint import reach
from sartext.store import Store

CHECKPOINTS = "checkpoints"
_KEPT = 2  # checkpoints: the last one, and the one before it in case the last is damaged


def commit(store: Store, data: bytes, step: int, *, workers: int) -> None:
    """Makes the state after `step` steps of so many workers the last checkpoint; older ones go, but for the one before it."""
    path = f"{CHECKPOINTS}/{step:09d}.safetensors"
    reach("before_checkpoint")
    store.put(path, data)
    reach("after_state")
    whole = {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
    record = {"step": step, "path": path, "workers": workers, **whole}
    store.put(f"{CHECKPOINTS}/{step:09d}.json", readable(record))
    reach("after_checkpoint")
    for old in committed_steps(store)[:-_KEPT]:
        store.delete(f"{CHECKPOINTS}/{old:09d}.json")  # first, so that no record names a state that is gone
        store.delete(f"{CHECKPOINTS}/{old:09d}.safetensors")


def committed_steps(store: Store) -> list[int]:
    """The steps after which there is a checkpoint, rising."""
    names = [path.rsplit("/", 1)[1] for path in store.paths(CHECKPOINTS)]
    return sorted(int(name.removesuffix(".json")) for name in names if name.endswith(".json"))


def latest(store: Store) -> dict[str, Any] | None:
    """The record of the last checkpoint that is whole, or None. Raises `OutputError` where there are some and none is."""
    steps = committed_steps(store)
    for step in reversed(steps):
        record = read_json(store, f"{CHECKPOINTS}/{step:09d}.json", ("step", "path", "sha256"))
        try:
            if hashlib.sha256(store.read(record["path"])).hexdigest() == record["sha256"]:
                return record
        except FileNotFoundError:
            continue
    if steps:
        raise OutputError(f"{store.uri}/{CHECKPOINTS} holds no whole checkpoint; delete that folder to begin anew")
    return None
