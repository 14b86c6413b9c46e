"""The log of a training: committed with its checkpoints, read in order, and scores beside it."""

import json
from pathlib import Path

from sartext.flow.train.step_log import LIVE, LOG, StepLog, read_log, read_scores
from sartext.store import open_store


def step(number: int, loss: float = 1.0) -> dict[str, object]:
    return {"step": number, "stage": "sar", "loss": loss}


def test_lines_are_there_once_they_are_committed_and_the_later_of_two_counts(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    first = StepLog(store, 0, 6)
    for number in (1, 2, 3):
        first.add(step(number))
    assert read_log(store) == []
    first.commit()
    first.add(step(4))  # lost with its worker
    first.close()
    again = StepLog(store, 2, 6)
    for number in (3, 4):
        again.add(step(number, 0.5))
    again.commit()
    again.close()
    assert [(one["step"], one["loss"]) for one in read_log(store)] == [(1, 1.0), (2, 1.0), (3, 0.5), (4, 0.5)]
    assert sorted(path.name for path in (tmp_path / LOG).iterdir()) == ["000000000.jsonl", "000000002.jsonl"]
    assert json.loads((tmp_path / LIVE).read_text())["total"] == 6


def test_scores_are_read_in_order_and_done_again_are_the_same(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    log = StepLog(store, 0, 20)
    for number in (10, 0, 10):
        log.add_scores(number, "sar", {"loss": 0.5, "first_hit": None, "precision": 0.25})
    log.close()
    assert [one["step"] for one in read_scores(store)] == [0, 10]
    assert read_scores(store)[1] == {"step": 10, "stage": "sar", "loss": 0.5, "first_hit": None, "precision": 0.25}
    assert read_scores(open_store(str(tmp_path / "elsewhere"))) == []
