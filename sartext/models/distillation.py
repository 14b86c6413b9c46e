"""Distillation (Hinton et al. 2015, arXiv 1503.02531): features of another model learned, of images and of their texts.

The loss is one minus the cosine of both features. Where their widths differ, a matrix that is learned beside the model and
left behind with the stage stands between them.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, cast

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from sartext.models.gather import Gather
from sartext.models.objective import Batch, Embeds, Example, Losses, Taught
from sartext.models.weights import load

_IMAGE, _TEXT, _THERE = "image", "text", "teacher_"


class Teacher:
    """A model that embeds, whose features are learned."""

    def __init__(self, folder: Path, device: torch.device) -> None:
        """Raises `UserError` where the folder is no finished model."""
        objective, model, self._tokenizer, self._preprocess = load(folder)
        self._objective, self._device = cast(Embeds[Any], objective), device
        self._model = model.to(device).eval()

    @property
    def width(self) -> int:
        """Of its features."""
        size = self._preprocess.size_px
        return int(self._objective.embed_images(self._model, torch.zeros(1, 3, size, size, device=self._device)).shape[1])

    def features(self, examples: Sequence[Example], parts: Collection[str]) -> Batch:
        """Features (N, width) of the examples by part. Raises `TileRejected` for an unusable image."""
        found = {}
        if _IMAGE in parts:
            images = self._preprocess.batch([one.image for one in examples]).to(self._device)
            found[_THERE + _IMAGE] = self._objective.embed_images(self._model, images)
        if _TEXT in parts:
            texts = [one.text for one in examples]
            found[_THERE + _TEXT] = self._objective.embed_texts(self._model, texts, self._tokenizer)
        return found


class Distillation(nn.Module):
    """A model that learns features of another width, and the matrix between them."""

    def __init__(self, objective: Taught[Any], student: nn.Module, parts: Collection[str], width: int, seed: int) -> None:
        super().__init__()
        self.objective, self.parts = objective, sorted(parts)
        self.student = student
        own = objective.feature_width(student)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.between: nn.Module = nn.Identity() if own == width else nn.Linear(own, width, bias=False)

    def forward(self, batch: Batch) -> Batch:
        """Features (N, width of the teacher) by part."""
        return {part: self.between(one) for part, one in self.objective.features(self.student, batch, self.parts).items()}


def distillation_loss(model: nn.Module, batch: Batch, gather: Gather) -> Losses:
    """`loss`, the sum over parts of `image_loss` and `text_loss`: means over the real rows of all ranks, times world_size."""
    real = batch["real"]
    count = gather.total(real.sum())
    losses: Losses = {}
    for part, features in model(batch).items():
        apart = 1 - F.cosine_similarity(features.float(), batch[_THERE + part].float(), dim=1)
        losses[f"{part}_loss"] = (apart * real).sum() / count * gather.world_size
    return {"loss": torch.stack(list(losses.values())).sum(), **losses}
