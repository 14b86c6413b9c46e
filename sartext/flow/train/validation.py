"""Validation: what a model is worth between epochs, on tiles of another split that nothing is learned from."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike

from sartext.flow.predict.held_out import HeldOut, held_out
from sartext.flow.predict.queries import SearchTruth, concise_texts, queries_of
from sartext.flow.train.examples.dataset import CaptionDataset
from sartext.flow.train.training import Validation
from sartext.models.gather import Alone
from sartext.models.image import Preprocess
from sartext.models.objective import EMBED, AnyObjective, Embeds, Example, evaluating
from sartext.narrate.facts.tile_facts import facts_of

if TYPE_CHECKING:
    import torch
    from torch import nn

_BATCH = 128  # images or texts that are embedded at a time
_T = TypeVar("_T")


class Validator:
    """Measures a model of an objective: its loss, and what it finds where it embeds."""

    def __init__(self, given: Validation, objective: AnyObjective, tokenizer: Any, preprocess: Preprocess) -> None:
        """Raises `UserError` where there is nothing to measure on."""
        self._objective, self._tokenizer, self._preprocess = objective, tokenizer, preprocess
        learned = CaptionDataset(given.dataset, split=given.split, kind=objective.learns, seed=0, kept_groups=1)
        self._examples = learned.read(range(min(len(learned), given.tiles)), 0)
        self._held = held_out(given.dataset, given.split, given.tiles) if EMBED in objective.capabilities else None

    def scores(self, model: "nn.Module", batch_size: int) -> dict[str, Any]:
        """`loss`, the mean over the examples; of a model that embeds, `first_hit` and `precision` as `SearchScores` has them,
        and the same of `chance` and `oracle`."""
        device = next(model.parameters()).device
        with evaluating(model):
            total = 0.0
            for some in _batches(self._examples, batch_size):
                total += self._loss(model, some, device) * len(some)
            found: dict[str, Any] = {"loss": total / len(self._examples), "examples": len(self._examples)}
            return found | (self._search(model, device) if self._held else {})

    def _loss(self, model: "nn.Module", examples: Sequence[Example], device: "torch.device") -> float:
        batch = self._objective.collate(examples, self._tokenizer, self._preprocess)
        batch = {name: tensor.to(device) for name, tensor in batch.items()}
        return float(self._objective.loss(model, batch, Alone())["loss"])

    @cached_property
    def _truth(self) -> SearchTruth:
        held = cast(HeldOut, self._held)
        facts = [facts_of(tile) for tile in held.tiles]
        counted = (of.intersection(held.texts(number)) for number, of in enumerate(concise_texts(held.tiles)))
        texts = sorted({text for of in counted for text in of})
        return SearchTruth(facts, texts, queries_of(facts))

    @cached_property
    def _images(self) -> "list[torch.Tensor]":
        held = cast(HeldOut, self._held)
        return [self._preprocess.tensor(image) for _, image in sorted(held.images(range(len(held.tiles))).items())]

    def _search(self, model: "nn.Module", device: "torch.device") -> dict[str, Any]:
        import torch

        objective, truth = cast(Embeds[Any], self._objective), self._truth

        def texts(several: Sequence[str]) -> ArrayLike:
            found = [objective.embed_texts(model, some, self._tokenizer).cpu() for some in _batches(several, _BATCH)]
            return torch.cat(found).numpy() if found else np.empty((0, 1))

        images = [objective.embed_images(model, torch.stack(some).to(device)).cpu() for some in _batches(self._images, _BATCH)]
        found = truth.scores(torch.cat(images).numpy(), texts(truth.captions), texts(truth.queries))
        chance, oracle = truth.bounds
        return {
            "first_hit": found.first_hit,
            "precision": found.precision,
            "captions": found.texts,
            "queries": found.queries,
            "chance": {"first_hit": chance.first_hit, "precision": chance.precision},
            "oracle": {"first_hit": oracle.first_hit, "precision": oracle.precision},
        }


def _batches(items: Sequence[_T], size: int) -> Iterator[list[_T]]:
    return (list(items[start : start + size]) for start in range(0, len(items), size))
