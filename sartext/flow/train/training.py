"""The options of a training, written once: what is learned, from what and in which order, and the identity of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from sartext.config import identity
from sartext.errors import UserError, require
from sartext.models.objective import CAPTIONS, QUESTIONS, SEEDS, AnyObjective
from sartext.models.optimizer import AdamW
from sartext.store import open_store


@dataclass(frozen=True, kw_only=True)
class Options:
    """How an objective is trained, whatever the datasets: what the command line, a training and its workers share."""

    objective: AnyObjective
    batch_size: int = field(default=64, metadata={"help": "examples a step, over all workers"})
    seed: int = field(default=0, metadata={"help": "of the order of the data"})
    checkpoint_every_steps: int = field(default=200, metadata={"help": "steps between checkpoints"})
    fit: str = field(default="pad", metadata={"help": "how a whole image becomes square: pad or squash"})
    narrator_captions: bool = field(
        default=False, metadata={"help": "learn also from captions that a trained model wrote: those of the route narrator"}
    )
    commercial_use: bool = field(default=False, metadata={"help": "leave out what licences allow for non-commercial use only"})


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of training: a dataset, how often it is read, and how fast is learned."""

    name: str
    dataset: str
    epochs: int
    optimizer: AdamW


@dataclass(frozen=True, kw_only=True)
class Training(Options):
    """What is learned, stage after stage: the identity of a training, but for the datasets' places."""

    stages: tuple[Stage, ...]

    @classmethod
    def of(cls, options: Options, stages: Sequence[Stage]) -> Self:
        """A training with these options, which may be part of more."""
        return cls(stages=tuple(stages), **{one.name: getattr(options, one.name) for one in fields(Options)})

    def __post_init__(self) -> None:
        learns = self.objective.learns
        if learns not in (CAPTIONS, QUESTIONS):
            raise UserError(f"the objective learns {learns!r}; it is one of {CAPTIONS}, {QUESTIONS}")
        least = {"batch_size": self.batch_size, "checkpoint_every_steps": self.checkpoint_every_steps}
        for name, value in {**least, **{f"{stage.name}_epochs": stage.epochs for stage in self.stages}}.items():
            require(name, value, value >= 1, "at least 1")
        require("seed", self.seed, 0 <= self.seed < SEEDS, "from 0 to 2^63 - 1")
        allowed = learns == CAPTIONS or not self.narrator_captions
        require("narrator_captions", self.narrator_captions, allowed, f"off for {learns}")

    def config(self, datasets: Sequence[str]) -> dict[str, Any]:
        """What enters the fingerprint, with the fingerprints of the stages' datasets."""
        from sartext.models.weights import start_fingerprint  # torch takes seconds: options alone do without

        stages = [
            {"name": stage.name, "dataset": dataset, "epochs": stage.epochs, "optimizer": identity(stage.optimizer)}
            for stage, dataset in zip(self.stages, datasets, strict=True)
        ]
        plain = {"kind": self.objective.learns, "batch_size": self.batch_size, "seed": self.seed, "fit": self.fit}
        plain |= {"narrator_captions": self.narrator_captions}
        plain |= {"commercial_use": True} if self.commercial_use else {}
        # A folder may hold another model tomorrow; what the hub has is known by its name.
        start = start_fingerprint(self.objective)
        return {"objective": identity(self.objective), "stages": stages, **plain} | ({"start": start} if start else {})

    def located(self) -> Self:
        """The same with whole paths: workers run in folders of their own.

        Raises `UserError` where the objective's model is none, its weights cannot be had, or its models could not be loaded.
        """
        from sartext.models.weights import specification

        specification(self.objective)  # what no model's folder can name is said before anything is learned
        stages = tuple(replace(stage, dataset=open_store(stage.dataset).uri) for stage in self.stages)
        return replace(self, objective=self.objective.located(), stages=stages)
