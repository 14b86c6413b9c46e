"""What is known of earlier tries at a shard, whoever asks."""

from pathlib import Path

from sartext.flow.build.attempts import Attempts, forget_attempts, tried_again
from sartext.store.local import LocalStore


def test_a_try_counts_those_before_it_and_is_told_to_the_driver(tmp_path: Path) -> None:
    store = LocalStore(str(tmp_path))
    assert [Attempts(store, 12, 0).begun("read") for _ in range(3)] == [0, 1, 2]
    assert Attempts(store, 12, 1).begun("read") == Attempts(store, 12, 0).begun("narrate") == 0
    assert tried_again(store) == 2


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
        Attempts(store, 12, 0).begun("read")
    forget_attempts(store)
    assert (Attempts(store, 12, 0).begun("read"), tried_again(store)) == (0, 0)
