"""What is known of earlier tries at a shard, whoever asks."""

from pathlib import Path

import pytest

from sartext.flow.build.worker.attempts import Attempts, forget_attempts, tried_again
from sartext.store import Store
from sartext.store.local import LocalStore


def tried(store: Store, shard: int, generation: int, what: str) -> int:
    """As a worker that dies before it has ended its try."""
    return Attempts(store, shard, generation).trying(what).__enter__()


def test_what_an_exception_ends_is_no_death(tmp_path: Path) -> None:
    store = LocalStore(str(tmp_path))
    with pytest.raises(OSError, match="away"), Attempts(store, 12, 0).trying("read"):
        raise OSError("away")
    assert tried(store, 12, 0, "read") == 0


def test_a_try_counts_those_before_it_and_is_told_to_the_driver(tmp_path: Path) -> None:
    store = LocalStore(str(tmp_path))
    assert [tried(store, 12, 0, "read") for _ in range(3)] == [0, 1, 2]
    assert tried(store, 12, 1, "read") == tried(store, 12, 0, "narrate") == 0
    again = tried_again(store, range(12, 13))
    assert tried_again(store, range(12)) == []
    assert len(again) == 2
    assert store.read(again[0]).decode().endswith(": read again, as its worker had died")


def test_positions_are_counted_by_kind_and_a_note_is_taken_back(tmp_path: Path) -> None:
    store = LocalStore(str(tmp_path))
    attempts = Attempts(store, 3, 0)
    for position in (7, 7, 2):
        attempts.note("death", position)
    attempts.forget(attempts.note("tried", 2))
    known = Attempts(store, 3, 0)
    assert (known.positions("death"), known.positions("tried")) == ({7: 2, 2: 1}, {})


def test_a_new_run_begins_with_none(tmp_path: Path) -> None:
    store = LocalStore(str(tmp_path))
    for _ in range(2):
        tried(store, 12, 0, "read")
    tried(store, 13, 0, "read")
    forget_attempts(store, range(12, 13))
    assert (tried(store, 12, 0, "read"), tried_again(store, range(12, 13))) == (0, [])
    assert tried(store, 13, 0, "read") == 1  # whoever has that shard may be at it
    forget_attempts(store)
    assert (tried(store, 13, 0, "read"), tried_again(store, range(14))) == (0, [])
