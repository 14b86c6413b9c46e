"""Finished trainings for the tests of what comes after them, by the plain loop, without Ray."""

from contextlib import ExitStack

import torch
from torch import nn

from sartext.flow.train.loop import learn
from sartext.flow.train.stage import Stage
from sartext.flow.train.train import _prepared
from sartext.flow.train.training import Training
from sartext.models.gather import Alone
from sartext.models.objective import AnyObjective
from sartext.models.optimizer import AdamW


class One:
    """A worker on its own."""

    gather = Alone()
    device = torch.device("cpu")

    def wrap(self, model: nn.Module) -> nn.Module:
        return model

    def committed(self) -> None:
        """Nobody is waited for."""


def stages_of(optical: str, sar: str) -> tuple[Stage, ...]:
    """Both stages, an epoch each."""
    return tuple(
        Stage(name=name, datasets=(dataset,), epochs=1, optimizer=AdamW(peak=2e-3))
        for name, dataset in (("optical", optical), ("sar", sar))
    )


def trained(objective: AnyObjective, optical: str, sar: str, out: str) -> str:
    """A training at `out`, which is returned."""
    stages = stages_of(optical, sar)
    training = Training(objective=objective, stages=stages, batch_size=32, checkpoint_every_steps=1000)
    with ExitStack() as locks:
        prepared = _prepared(training, out, 1, locks)
        assert prepared.task is not None
        learn(prepared.task, One())
        return prepared.finish().uri
