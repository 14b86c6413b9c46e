"""What an objective is: a model's specification, its batches and its loss."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self, TypeVar

import torch
from torch import nn

from sartext.errors import UserError
from sartext.models.gather import Gather
from sartext.models.image import Preprocess

Batch = dict[str, torch.Tensor]
Losses = dict[str, torch.Tensor]
SEEDS = 2**63  # every seed is below it
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Example:
    """One image and its text: a caption, or the answer to a question."""

    image: bytes  # encoded
    text: str
    question: str = ""
    real: bool = True  # False is a row that only fills a short batch up and counts nowhere


class Objective(Protocol[T]):
    """A frozen dataclass, constructed without reading anything; its fields are identity. T is its kind of tokenizer."""

    @property
    def revision(self) -> int:
        """Raised by one whenever the same data would give other losses."""
        ...

    @property
    def learns_tokenizer(self) -> bool:
        """Whether the tokenizer is trained on the texts: where the model is made from nothing."""
        ...

    def located(self) -> Self:
        """The same with whole paths: workers run in folders of their own. Weights are looked for, and not read.

        Raises `UserError` where published weights are neither here nor where they could be downloaded from.
        """
        ...

    def tokenizer(self, texts: Sequence[str]) -> T:
        """The tokenizer: trained on the texts where it is learned, else the model's own."""
        ...

    def preprocess(self, fit: str = "pad") -> Preprocess:
        """The preprocessing for this model's image size."""
        ...

    def build(self, tokenizer: T) -> nn.Module:
        """The model, ready to be trained; the same object every time (seeded), the global random state untouched."""
        ...

    def collate(self, examples: Sequence[Example], tokenizer: T, preprocess: Preprocess) -> Batch:
        """The examples as tensors; `real`, bool (N,), is among them, and `shortened` where texts longer than a context are.

        Raises `TileRejected` for an unusable image.
        """
        ...

    def loss(self, model: nn.Module, batch: Batch, gather: Gather) -> Losses:
        """Scalars: `loss` and what it is made of. The mean over ranks, and that of their gradients, is the global value."""
        ...


def filled(examples: Sequence[Example], size: int) -> list[Example]:
    """The examples, filled up to `size` with rows that are not real. Raises `UserError` where there is none, or too many."""
    if not 1 <= len(examples) <= size:
        raise UserError(f"{len(examples)} examples cannot fill a batch of {size}; give 1 to {size}")
    return [*examples, *[replace(examples[0], real=False)] * (size - len(examples))]


def real_rows(examples: Sequence[Example]) -> torch.Tensor:
    """bool (N,)."""
    return torch.tensor([example.real for example in examples])


def unwrapped(model: nn.Module) -> nn.Module:
    """The model inside `DistributedDataParallel`, or the model itself."""
    return model.module if isinstance(model, nn.parallel.DistributedDataParallel) else model
