"""The line of trainings: what one says of itself, and what several side by side do."""

import io
from pathlib import Path

import pytest

from sartext.artifact import readable
from sartext.flow.engine.progress import Line
from sartext.flow.train.progress import Watcher
from sartext.flow.train.step_log import LIVE
from sartext.store import open_store


def says(folder: Path, stage: str, step: int, loss: float) -> None:
    open_store(str(folder)).put(LIVE, readable({"stage": stage, "step": step, "total": 100, "loss": loss}))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("sartext.flow.train.progress.time.monotonic", lambda: now[0])
    return now


def drawn(watcher: Watcher, stream: io.StringIO) -> str:
    watcher.show(last=True)
    return stream.getvalue().splitlines()[-1]


def of(*folders: Path) -> tuple[Watcher, io.StringIO]:
    stream = io.StringIO()
    return Watcher([open_store(str(folder)) for folder in folders], Line(stream)), stream


def test_one_training_says_all_there_is_to_say(tmp_path: Path, clock: list[float]) -> None:
    watcher, stream = of(tmp_path)
    watcher.show(last=True)
    assert stream.getvalue() == ""  # nothing to say yet
    says(tmp_path, "optical", 1, 3.25)
    assert drawn(watcher, stream) == "optical: step 1 of 100 (1%)  0.0 steps/s  --:-- left  loss 3.2500"
    clock[0] = 1.0
    says(tmp_path, "optical", 10, 3.0)
    assert "0.0 steps/s  --:-- left" in drawn(watcher, stream)
    clock[0] = 11.0
    says(tmp_path, "sar", 50, 2.5)
    assert drawn(watcher, stream) == "sar: step 50 of 100 (50%)  4.0 steps/s  0:12 left  loss 2.5000"


def test_steps_that_are_done_again_do_not_count_from_what_an_earlier_run_said(tmp_path: Path, clock: list[float]) -> None:
    watcher, stream = of(tmp_path)
    says(tmp_path, "sar", 40, 2.0)
    assert "--:-- left" in drawn(watcher, stream)
    clock[0] = 30.0  # the workers have started, and go on from the last checkpoint
    says(tmp_path, "sar", 21, 2.2)
    assert "--:-- left" in drawn(watcher, stream)
    clock[0] = 35.0
    says(tmp_path, "sar", 31, 2.1)
    assert drawn(watcher, stream) == "sar: step 31 of 100 (31%)  2.0 steps/s  0:34 left  loss 2.1000"


def test_several_take_as_long_as_the_slowest(tmp_path: Path, clock: list[float]) -> None:
    clip, gpt = tmp_path / "clip", tmp_path / "gpt"
    watcher, stream = of(clip, gpt)
    says(clip, "optical", 10, 3.25)
    assert drawn(watcher, stream) == "5%  --:-- left  clip optical 10/100 loss 3.250"
    clock[0] = 5.0
    says(gpt, "optical", 1, 1.0)
    assert "--:-- left" in drawn(watcher, stream)  # of a training that has just been seen no rate is known
    clock[0] = 10.0
    says(gpt, "optical", 6, 0.75)
    drawn(watcher, stream)
    clock[0] = 20.0
    says(clip, "sar", 100, 2.5)
    says(gpt, "optical", 26, 0.5)
    assert drawn(watcher, stream) == "63%  0:37 left  clip sar 100/100 loss 2.500  gpt optical 26/100 loss 0.500"
