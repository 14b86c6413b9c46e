"""What a stage learns with: the module whose loss falls, what of it is locked, its optimizer, and its teacher, if any.

A part that is locked stays as it is, its batch statistics too (locked-image tuning, Zhai et al. 2022, arXiv 2111.07991).
"""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn

from sartext.errors import UserError
from sartext.flow.train.stage import Stage
from sartext.flow.train.training import Training
from sartext.models import state, weights
from sartext.models.distillation import Distillation, Teacher, distillation_loss
from sartext.models.gather import Gather
from sartext.models.image import Preprocess
from sartext.models.objective import Batch, Example, Losses, Taught


def built(training: Training, tokenizer: Any) -> nn.Module:
    """The model before the first stage. Raises `UserError` where it is to start from a model of another shape."""
    model = training.objective.build(tokenizer)
    if training.start:
        there = weights.load(Path(training.start))[1].state_dict()
        here = model.state_dict()
        shapes, wanted = ({name: tuple(value.shape) for name, value in of.items()} for of in (there, here))
        if shapes != wanted:
            name = sorted(shapes.items() ^ wanted.items())[0][0]
            raise UserError(
                f"the model of {training.start} is of another shape than the one to be trained: {name} is "
                f"{shapes.get(name, 'not there')} and {wanted.get(name, 'not there')}; give the same --objective options"
            )
        model.load_state_dict(there)
    return model


class Learner:
    """One stage as one worker learns it; `release` ends it."""

    def __init__(self, training: Training, stage: Stage, model: nn.Module, device: torch.device) -> None:
        objective = training.objective
        self._training, self.model = training, model
        side = cast(Taught[Any], objective).feature_side(model) if stage.teacher else None
        self._teacher = Teacher(Path(stage.teacher), device, side) if stage.teacher else None
        self._taught = sorted(set(objective.taught) - set(stage.locked)) if stage.teacher else []
        parts = set(objective.parts) - set(self._taught) if stage.teacher else set(stage.locked)
        own = lock(model, objective.part_of, parts) if parts else frozenset[str]()
        self.module, self.locked, self._own = model, own, own
        if self._teacher is not None:
            width = self._teacher.width
            self.module = Distillation(cast(Taught[Any], objective), model, self._taught, width, training.seed).to(device)
            self.locked = frozenset(f"student.{name}" for name in own)
        self.optimizer = stage.optimizer.build(self.module)

    @property
    def learns_statistics(self) -> bool:
        """Whether the losses depend on how many workers share a batch."""
        return learns_statistics(self.module)

    def state(self, progress: dict[str, Any]) -> bytes:
        """All that a later worker goes on from."""
        return state.state_bytes(self.module, self.optimizer, progress, self.locked)

    def restore(self, data: bytes) -> None:
        """Goes on from a state."""
        state.restore(data, self.module, self.optimizer, self.locked)

    def collate(self, examples: Sequence[Example], tokenizer: Any, preprocess: Preprocess) -> Batch:
        """The batch of the examples, with the teacher's features of them. Raises `TileRejected` for an unusable image."""
        batch = self._training.objective.collate(examples, tokenizer, preprocess)
        return batch if self._teacher is None else {**batch, **self._teacher.features(examples, self._taught)}

    def loss(self, model: nn.Module, batch: Batch, gather: Gather) -> Losses:
        """The losses of a batch; `model` is `module`, or what wraps it."""
        if self._teacher is not None:
            return distillation_loss(model, batch, gather)
        return self._training.objective.loss(model, batch, gather)

    def release(self) -> None:
        """Unlocks what the stage locked."""
        unlock(self.model, self._own)


def lock(model: nn.Module, part_of: Callable[[str], str], parts: Collection[str]) -> frozenset[str]:
    """The names of the parameters of these parts that were trainable and no longer are; their batch statistics stay too."""
    names = {name for name, value in model.named_parameters() if value.requires_grad and part_of(name) in parts}
    for name, value in model.named_parameters():
        if name in names:
            value.requires_grad_(False)
    for name, module in model.named_modules():
        if _has_statistics(module) and part_of(f"{name}.weight") in parts:
            module.eval()
    return frozenset(names)


def unlock(model: nn.Module, names: Collection[str]) -> None:
    """Makes the parameters of these names trainable again, and all of the model learn."""
    model.train()
    for name, value in model.named_parameters():
        if name in names:
            value.requires_grad_(True)


def learns_statistics(model: nn.Module) -> bool:
    """Whether the model is normalised by the statistics of the batches that it learns from: each worker's are its own."""
    return any(_has_statistics(module) and module.training for module in model.modules())


def _has_statistics(module: nn.Module) -> bool:
    return isinstance(module, torch.nn.modules.batchnorm._BatchNorm)
