"""The log of a training: a line a step, committed with each checkpoint, the same for TensorBoard, and a line for people.

log/000000000.jsonl         a line a step, from this step to the next checkpoint; committed before the checkpoint
live.json                   where the training is, for people; replaced every few seconds
tensorboard/...             the same lines for TensorBoard, as they come
validation/000000120.json   what the model was worth after so many steps; after a crash it is written again, the same
"""

import json
import time
from typing import Any

from tensorboardX import SummaryWriter

from sartext.artifact import readable
from sartext.store import Store

LOG, LIVE, BOARD, VALIDATION = "log", "live.json", "tensorboard", "validation"
_LIVE_EVERY_S = 2.0


class StepLog:
    """The log of the steps since the last checkpoint, the same for TensorBoard, and the line for people."""

    def __init__(self, store: Store, done: int, total: int) -> None:
        self._store, self._start, self._total = store, done, total
        self._lines: list[str] = []
        self._shown = 0.0
        # What was written of steps that are going to be done again is hidden.
        self._board = SummaryWriter(f"{store.uri}/{BOARD}", purge_step=done + 1)

    def add(self, step: dict[str, Any]) -> None:
        """Takes in one step."""
        self._lines.append(json.dumps(step, sort_keys=True))
        for name, value in step.items():
            if isinstance(value, float):
                self._board.add_scalar(f"{step['stage']}/{name}", value, step["step"])
        if time.monotonic() - self._shown > _LIVE_EVERY_S or step["step"] == self._total:
            self._shown = time.monotonic()
            self._board.flush()
            self._store.put(LIVE, readable({**step, "total": self._total}))

    def add_scores(self, step: int, stage: str, scores: dict[str, Any]) -> None:
        """Puts what a model was worth after a step."""
        self._store.put(f"{VALIDATION}/{step:09d}.json", readable({"step": step, "stage": stage, **scores}))
        for name in ("loss", "first_hit", "precision"):
            if isinstance(value := scores.get(name), float):
                self._board.add_scalar(f"{VALIDATION}/{name}", value, step)

    def commit(self) -> None:
        """Puts the lines before the checkpoint that ends them: after a crash in between they are written again, the same."""
        self._store.put(f"{LOG}/{self._start:09d}.jsonl", ("\n".join(self._lines) + "\n").encode())
        self._start += len(self._lines)
        self._lines.clear()

    def close(self) -> None:
        """Ends the files of TensorBoard."""
        self._board.close()


def read_scores(store: Store) -> list[dict[str, Any]]:
    """What the model was worth after each step at which it was measured, in order."""
    return [json.loads(store.read(path)) for path in sorted(store.paths(VALIDATION))]


def read_log(store: Store) -> list[dict[str, Any]]:
    """All committed steps, in order; of one that was done twice, after a checkpoint was damaged, the later."""
    lines = [json.loads(line) for path in store.paths(LOG) for line in store.read(path).decode().splitlines()]
    return [step for _, step in sorted({line["step"]: line for line in lines}.items())]
