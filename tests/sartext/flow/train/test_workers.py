"""How much of the nodes each of several trainings is given, and what becomes of a worker that dies as it begins."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
import ray

from sartext.errors import SartextError
from sartext.flow.engine.options import Workers
from sartext.flow.train import workers
from sartext.flow.train.workers import even_share


@pytest.mark.parametrize(
    ("nodes", "count", "most", "share"),
    [
        ([2.0], 3, 1.0, 0.6666),  # rounded up, three would not fit
        ([8.0], 3, 2.0, 2.0),  # nobody is given more than the threads that there are
        ([2.0, 1.0, 1.0], 3, 4.0, 1.0),  # a third of them all, 1.3333, would fit one node only
        ([1.0, 1.0], 3, 1.0, 0.5),
        ([0.0, 4.0], 2, 8.0, 2.0),  # a head that takes no work
        ([0.0], 3, 1.0, 1.0),  # is refused, or waited for, elsewhere
    ],
)
def test_workers_have_as_much_as_all_can_have_alike(nodes: list[float], count: int, most: float, share: float) -> None:
    assert even_share(nodes, count, most) == share


class Deadly:
    """A task that kills the worker that unpacks it, as often as there are files left to take."""

    def __init__(self, out: str, lives: str) -> None:
        self.out, self.lives = out, lives

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (self.out, self.lives)


def _unpacked(out: str, lives: str) -> Deadly:
    left = list(Path(lives).iterdir()) if "run_train_fn" in (ray.get_runtime_context().get_task_name() or "") else []
    if left:
        left[0].unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return Deadly(out, lives)


def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, lives: int, restarts: int) -> None:
    """Nothing is learned by one worker, which dies so often as it is told to begin."""

    def learned(config: dict[str, Any]) -> None:
        (Path(config["tasks"][0].out) / "learned").touch()

    monkeypatch.setattr(workers, "_worker", learned)
    for place in ("lives", "out"):
        (tmp_path / place).mkdir()
    for number in range(lives):
        (tmp_path / "lives" / str(number)).touch()
    task: Any = Deadly(str(tmp_path / "out"), str(tmp_path / "lives"))
    workers.run([task], Workers(threads=2, restarts=restarts))


@pytest.mark.long
@pytest.mark.usefixtures("ray_here")
def test_a_worker_that_dies_as_it_is_told_to_begin_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    trained(tmp_path, monkeypatch, lives=1, restarts=1)
    assert (tmp_path / "out" / "learned").exists()
    assert not list((tmp_path / "lives").iterdir())
    assert "a worker died as all were told to begin" in capfd.readouterr().err


@pytest.mark.long
@pytest.mark.usefixtures("ray_here")
def test_it_is_not_started_more_often_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SartextError, match="the training ended: "):
        trained(tmp_path, monkeypatch, lives=2, restarts=1)
