"""What each stage runs on."""

import pytest

from sartext.errors import UserError
from sartext.flow.engine.options import Engine, Pool, Workers
from sartext.flow.engine.resources import Resources
from sartext.flow.serve.limits import Replicas


def test_every_stage_says_what_a_process_of_it_has() -> None:
    wanted = Resources(cpus=2.0, gpus=0.5, memory_mb=100)
    of_stage = {"threads": 2, "gpus": 0.5, "memory_mb": 100}
    assert Engine(actors=1, cpus=8, **of_stage).resources == wanted  # type: ignore[arg-type]
    assert Pool(cpus=8, **of_stage).resources == wanted  # type: ignore[arg-type]
    assert Workers(**of_stage).resources == wanted  # type: ignore[arg-type]
    assert Replicas(**of_stage).resources == wanted  # type: ignore[arg-type]


def test_workers_that_train_together_share_no_gpu() -> None:
    assert Workers(workers=2, gpus=1).resources.gpus == 1
    assert Workers(gpus=0.5).resources.gpus == 0.5
    with pytest.raises(UserError, match=r"workers\.gpus is 0\.5; it must be 0 or 1 where there are several workers"):
        Workers(workers=2, gpus=0.5)
