"""What the driver of a training hears of its workers, through a real actor."""

from pathlib import Path

import pytest
import ray
from ray.exceptions import RayActorError

from sartext.errors import SartextError, UserError
from sartext.flow.train.failures import Ends, Refusals, committed_step
from sartext.store import open_store

pytestmark = pytest.mark.usefixtures("ray_here")

TEXT = 'Traceback (most recent call last):\n  File "x.py", line 1, in learn\nRuntimeError: the weights are not there\n'


class WithTraceback(Exception):
    """As Ray Train hands on what a worker raised: its text is the traceback."""


def test_what_is_raised_is_said_with_its_host_and_the_second_time_it_ends_the_training() -> None:
    refusals = Refusals()
    refusals.started(0, 0)
    refusals.failed(0, 0, WithTraceback(TEXT))
    (said,) = refusals.check()
    assert said.startswith("worker 0 on ")
    assert said.endswith(" failed after step 0: RuntimeError: the weights are not there")
    assert refusals.check() == []
    refusals.started(0, 0)
    assert refusals.check() == ["the workers were started again and go on from step 0"]
    refusals.failed(0, 0, WithTraceback(TEXT))
    with pytest.raises(SartextError, match="failed 2 times after step 0: RuntimeError: the weights"):
        refusals.check()


def test_what_is_raised_again_after_a_checkpoint_or_by_another_worker_does_not_end_it() -> None:
    refusals = Refusals()
    for rank, step in ((0, 0), (0, 20), (1, 20)):
        refusals.failed(rank, step, ValueError("a tile is odd"))
    assert len(refusals.check()) == 3
    refusals.failed(1, 20, ValueError("another tile is odd"))
    assert len(refusals.check()) == 1


def test_deaths_are_said_and_how_they_look_from_beside_is_not() -> None:
    refusals = Refusals()
    for _ in range(3):
        refusals.failed(0, 5, RayActorError())
        refusals.failed(1, 5, RuntimeError("[../gloo/transport/tcp/pair.cc:534] Connection closed by peer [127.0.0.1]:4"))
    assert refusals.check() == ["worker 0 on a node died after step 5"] * 3


def test_what_a_worker_refuses_ends_the_training_at_once() -> None:
    refusals = Refusals()
    refusals.add(UserError("the loss is nan"))
    with pytest.raises(UserError, match=r"^the loss is nan$"):
        refusals.check()


def test_the_controller_tells_of_the_step_of_each_training(tmp_path: Path) -> None:
    for name, steps in (("one", (10, 20)), ("two", ())):
        store = open_store(str(tmp_path / name))
        for step in steps:
            store.put(f"checkpoints/{step:09d}.json", b"{}")
    assert committed_step(str(tmp_path / "one")) == 20
    refusals = Refusals()
    ends = Ends(refusals, [str(tmp_path / name) for name in ("one", "two")])
    ends.after_exception(None, {1: ValueError("odd"), 0: ValueError("odder")})
    assert [line.partition(" failed ")[2] for line in refusals.check()] == [
        "after step 20: ValueError: odder",
        "after step 0: ValueError: odd",
    ]


def test_a_lost_node_that_kept_what_was_said_ends_no_worker() -> None:
    refusals = Refusals()
    refusals.failed(0, 0, ValueError("odd"))
    ray.kill(refusals._said, no_restart=False)  # as its node is lost: Ray starts it again elsewhere
    refusals.started(0, 20)
    ray.kill(refusals._said)  # and for good
    refusals.started(0, 20)
    refusals.failed(0, 20, ValueError("odd"))
    refusals.add(UserError("the loss is nan"))
    assert refusals.check() == []
