"""A stage of training: what is read and how often, what of the model is learned from it, and how fast."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from sartext.config import identity
from sartext.errors import UserError, require
from sartext.flow.train.examples.augmentation import Augmentation
from sartext.models.optimizer import AdamW

OPTICAL_DATASETS, SAR_DATASETS = "@optical", "@sar"  # the datasets of a command line's --optical and --sar


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of training."""

    name: str = field(metadata={"help": "of the stage, and of its model below models/"})
    datasets: tuple[str, ...] = field(
        metadata={
            "help": "what is read: folders, or s3://bucket/prefix; "
            f"{OPTICAL_DATASETS} and {SAR_DATASETS} are what --optical and --sar give",
            "identity": False,
        }
    )
    weights: tuple[float, ...] = field(
        default=(), metadata={"help": "how often an epoch reads each of the datasets, as 1 4 or 1 0.5 (default: once)"}
    )
    epochs: int = field(default=10, metadata={"help": "how often the stage reads its datasets"})
    steps: int = field(
        default=0, metadata={"help": "how many steps the stage takes, whatever its epochs; 0: those of its epochs"}
    )
    optimizer: AdamW = field(default_factory=AdamW)
    locked: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "parts of the model that are left as they are: image, text, decoder, logit_scale; of a GPT image, language"
        },
    )
    forms: tuple[tuple[str, float], ...] = field(
        default=(),
        metadata={
            "help": "how often captions of a form are learned beside others of their tile, as concise=1 detailed=0; others, "
            "and those without a form, have weight 1"
        },
    )
    shuffled: bool = field(
        default=False, metadata={"help": "give each tile the texts of another one: what is learned then is no meaning"}
    )
    augmentation: Augmentation = field(default_factory=Augmentation)
    teacher: str = field(
        default="",
        metadata={
            "help": "a training or a model that embeds: in place of its own loss the stage learns the features that this gives",
            "identity": False,
        },
    )

    def __post_init__(self) -> None:
        name = self.name
        plain = bool(name) and all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in name)
        require("a stage's name", repr(name), plain, "of letters, digits, - and _")
        require(f"{name}.datasets", len(self.datasets), bool(self.datasets), "at least one")
        require(f"{name}.epochs", self.epochs, self.epochs >= 1, "at least 1")
        require(f"{name}.steps", self.steps, self.steps >= 0, "at least 0")
        for weight in self.weights:
            require(f"{name}.weights", weight, 0 < weight < math.inf, "numbers above 0")
        if self.weights and len(self.weights) != len(self.datasets):
            raise UserError(
                f"{name}.weights has {len(self.weights)} numbers and {name}.datasets {len(self.datasets)}; give one for each"
            )
        for form, weight in self.forms:
            require(f"{name}.forms {form}", weight, 0 <= weight < math.inf, "a number of at least 0")

    def resolved(self, named: Mapping[str, Sequence[str]]) -> Self:
        """The stage with the datasets that these names stand for in their place, each with the weight of its name.

        Raises `UserError` where a name stands for none.
        """
        if not set(self.datasets) & set(named):
            return self
        found = list(self._resolved(named))
        weights = tuple(weight for _, weight in found) if self.weights else ()
        return replace(self, datasets=tuple(dataset for dataset, _ in found), weights=weights)

    def _resolved(self, named: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, float]]:
        for one, weight in zip(self.datasets, self.weights or [1.0] * len(self.datasets), strict=True):
            if one in named and not named[one]:
                raise UserError(f"the stage {self.name} reads {one}; give --{one.removeprefix('@')} DIR")
            yield from ((dataset, weight) for dataset in named.get(one, (one,)))

    def config(self, datasets: Sequence[str], teacher: str | None) -> dict[str, Any]:
        """What enters a fingerprint, with the fingerprints of the datasets and of the teacher."""
        return {**identity(self), "datasets": list(datasets), **({"teacher": teacher} if teacher else {})}
