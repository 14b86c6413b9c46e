"""An actor's share of a GPU, and its end: Ray starts another, and what the first had started is gone."""

import subprocess
from pathlib import Path

import psutil
import pytest
import ray

from sartext.errors import SartextError
from sartext.flow.predict.by_vllm.this_actor import end_actor, share_of_gpu
from tests.support.stub_gpu import declared

pytestmark = pytest.mark.long


class Holder:
    """An actor with a child process of its own; it ends itself once."""

    def __init__(self, marker: str) -> None:
        self._marker = Path(marker)
        self._child = subprocess.Popen(["sleep", "300"])

    def share(self) -> float:
        return share_of_gpu()

    def work(self) -> int:
        if not self._marker.exists():
            self._marker.write_text(str(self._child.pid))
            end_actor("the engine died")
        return self._child.pid

    def stop(self) -> None:
        self._child.kill()
        self._child.wait()


def test_shares_and_ends(tmp_path: Path) -> None:
    assert share_of_gpu() == 0.0
    (tmp_path / "notes").mkdir()
    with declared(tmp_path / "notes", cpus=3, gpus=1):  # a GPU that is not there: what Ray allots is its own
        marker = tmp_path / "marker"
        for gpus in (0, 0.5, 1):
            actor = ray.remote(num_cpus=1, num_gpus=gpus)(Holder).remote(str(marker))
            assert ray.get(actor.share.remote()) == gpus
            ray.get(actor.stop.remote())
            ray.kill(actor)
        again = ray.remote(num_cpus=1, max_restarts=1, max_task_retries=1)(Holder).remote(str(marker))
        second = ray.get(again.work.remote())
        first = int(marker.read_text())
        assert first != second
        assert not psutil.pid_exists(first) or psutil.Process(first).status() == psutil.STATUS_ZOMBIE
        ray.get(again.stop.remote())
        with pytest.raises(SartextError, match="the engine died"):  # the driver is no actor
            end_actor("the engine died")
