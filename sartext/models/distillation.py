"""Distillation (Hinton et al. 2015, arXiv 1503.02531): features of another model learned, of images and of their texts.

The loss is one minus the cosine of both features. Where their widths differ, a matrix that is learned beside the model and
left behind with the stage stands between them. A model that has features of places learns those that the teacher has there,
each of its channels brought to mean 0 and deviation 1 over the batch; the loss is their mean squared error.
"""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, cast

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from sartext.models.gather import Gather
from sartext.models.objective import Batch, Embeds, Example, Losses, Taught
from sartext.models.open_clip_model import image_map
from sartext.models.weights import load

_IMAGE, _TEXT, _THERE = "image", "text", "teacher_"
_LEAST_DEVIATION = 1e-4  # of a channel that is the same everywhere


class Teacher:
    """A model that embeds, whose features are learned."""

    def __init__(self, folder: Path, device: torch.device, side: int | None = None) -> None:
        """With `side` it gives features of so many places a side. Raises `UserError` where the folder is no finished model."""
        self._side = side
        objective, model, self._tokenizer, self._preprocess = load(folder)
        self._objective, self._device = cast(Embeds[Any], objective), device
        self._model = model.to(device).eval()

    @property
    def width(self) -> int:
        """Of its features."""
        size = self._preprocess.size_px
        return int(self._seen(torch.zeros(1, 3, size, size, device=self._device)).shape[-1])

    def features(self, examples: Sequence[Example], parts: Collection[str]) -> Batch:
        """Features (N, width) of the examples by part, those of images (N, side^2, width) with a side.

        Raises `TileRejected` for an unusable image, `UserError` where the teacher tells fewer places apart.
        """
        found = {}
        if _IMAGE in parts:
            images = self._preprocess.batch([one.image for one in examples]).to(self._device)
            found[_THERE + _IMAGE] = self._seen(images)
        if _TEXT in parts:
            texts = [one.text for one in examples]
            found[_THERE + _TEXT] = self._objective.embed_texts(self._model, texts, self._tokenizer)
        return found

    def _seen(self, images: torch.Tensor) -> torch.Tensor:
        if self._side is None:
            return self._objective.embed_images(self._model, images)
        return image_map(self._model, images, self._side)


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
        """Features (N, width of the teacher), or (N, side^2, width of the teacher), by part."""
        return {part: self.between(one) for part, one in self.objective.features(self.student, batch, self.parts).items()}


def distillation_loss(model: nn.Module, batch: Batch, gather: Gather) -> Losses:
    """`loss`, the sum over parts of `image_loss` and `text_loss`: means over the real rows of all ranks, times world_size."""
    real = batch["real"]
    count = gather.total(real.sum())
    losses: Losses = {}
    for part, features in model(batch).items():
        there = batch[_THERE + part].float()
        if there.dim() == 2:
            apart = 1 - F.cosine_similarity(features.float(), there, dim=1)
        else:
            apart = (features.float() - _standardised(there, real, gather)).square().mean(dim=(1, 2))
        losses[f"{part}_loss"] = (apart * real).sum() / count * gather.world_size
    return {"loss": torch.stack(list(losses.values())).sum(), **losses}


def _standardised(features: torch.Tensor, real: torch.Tensor, gather: Gather) -> torch.Tensor:
    """The features (N, places, width) with mean 0 and deviation 1 of each channel, over the real rows of all ranks."""
    rows = features[real].flatten(0, 1).double()
    sums = gather.total(torch.cat([rows.sum(dim=0), rows.square().sum(dim=0), rows.new_tensor([len(rows)])]))
    width, count = features.shape[-1], sums[-1]
    mean = sums[:width] / count
    deviation = (sums[width : 2 * width] / count - mean.square()).clamp_min(0).sqrt()
    return ((features - mean) / (deviation + _LEAST_DEVIATION)).float()
