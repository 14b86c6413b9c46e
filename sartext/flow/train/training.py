"""The options of a training, written once: what is learned, from what and in which order, and the identity of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self

from sartext.config import identity
from sartext.errors import UserError, require
from sartext.flow.train.stage import Stage
from sartext.models.objective import CAPTIONS, QUESTIONS, SEEDS, AnyObjective
from sartext.store import open_store

BASELINE = "baseline"  # the model before the first stage


@dataclass(frozen=True, kw_only=True)
class Validation:
    """Whether, and on what, the model is measured between epochs; no part of a training's identity."""

    dataset: str = field(default="", metadata={"help": "dataset on which the model is measured; none: it is not"})
    split: str = field(default="val", metadata={"help": "split of it that is measured on"})
    tiles: int = field(default=400, metadata={"help": "tiles of the split that are measured on, at most"})
    every_steps: int = field(default=0, metadata={"help": "steps between measurements; 0: at the end of each epoch"})

    def __post_init__(self) -> None:
        require("validation.tiles", self.tiles, self.tiles >= 1, "at least 1")
        require("validation.every_steps", self.every_steps, self.every_steps >= 0, "at least 0")

    def due(self, step: int, steps_per_epoch: int) -> bool:
        """Whether it is done after so many steps of a stage, beside at its end."""
        return step % (self.every_steps or steps_per_epoch) == 0


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
    validation: Validation = field(default_factory=Validation)
    start: str = field(
        default="",
        metadata={"help": "a training or a model that is gone on from, with its weights and its tokenizer", "identity": False},
    )


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
        for name in ("batch_size", "checkpoint_every_steps"):
            require(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        if not self.stages:
            raise UserError("a training has no stage; give its config some")
        for name, times in Counter([BASELINE, *[stage.name for stage in self.stages]]).items():
            require(f"stages of the name {name}", times, times == 1, f"1: each has a name of its own, which is not {BASELINE}")
        require("seed", self.seed, 0 <= self.seed < SEEDS, "from 0 to 2^63 - 1")
        allowed = learns == CAPTIONS or not self.narrator_captions
        require("narrator_captions", self.narrator_captions, allowed, f"off for {learns}")
        for stage in self.stages:
            self._check(stage)

    def _check(self, stage: Stage) -> None:
        """Raises `UserError` where a stage asks for what the objective has not."""
        if stage.forms and self.objective.learns != CAPTIONS:
            raise UserError(f"{stage.name}.forms is of captions, and the objective learns {self.objective.learns}")
        if stage.locked or stage.teacher:
            parts = sorted(self.objective.parts)
            for part in stage.locked:
                if part not in parts:
                    raise UserError(f"{stage.name}.locked names {part!r}; the model's parts are {', '.join(parts)}")
            learned = set(self.objective.taught if stage.teacher else parts) - set(stage.locked)
            what = "of what a teacher teaches it " if stage.teacher else ""
            require(f"{stage.name}.locked", " ".join(stage.locked), bool(learned), f"such that {what}something is learned")

    def config(self, datasets: Sequence[Sequence[str]]) -> dict[str, Any]:
        """What enters the fingerprint, with the fingerprints of each stage's datasets."""
        from sartext.flow.predict.trained import model_folder
        from sartext.models.fingerprint import model_fingerprint  # torch takes seconds: options alone do without
        from sartext.models.weights import start_fingerprint

        stages = [
            stage.config(of, model_fingerprint(model_folder(stage.teacher)) if stage.teacher else None)
            for stage, of in zip(self.stages, datasets, strict=True)
        ]
        plain = {"kind": self.objective.learns, "batch_size": self.batch_size, "seed": self.seed, "fit": self.fit}
        plain |= {"narrator_captions": self.narrator_captions}
        plain |= {"commercial_use": True} if self.commercial_use else {}
        # A folder may hold another model tomorrow; what the hub has is known by its name.
        start = model_fingerprint(model_folder(self.start)) if self.start else start_fingerprint(self.objective)
        return {"objective": identity(self.objective), "stages": stages, **plain} | ({"start": start} if start else {})

    def located(self) -> Self:
        """The same with whole paths: workers run in folders of their own.

        Raises `UserError` where the objective's model is none, its weights cannot be had, its models could not be loaded, or
        where it is started from two models.
        """
        from sartext.flow.predict.trained import model_folder
        from sartext.models.objective import EMBED
        from sartext.models.weights import check_capability, specification

        specification(self.objective)  # what no model's folder can name is said before anything is learned
        stages = []
        for stage in self.stages:
            teacher = str(model_folder(stage.teacher).absolute()) if stage.teacher else ""
            if teacher:
                check_capability(Path(teacher), EMBED, f"give another {stage.name}.teacher")
            datasets = tuple(open_store(dataset).uri for dataset in stage.datasets)
            stages.append(replace(stage, datasets=datasets, teacher=teacher))
        start = str(model_folder(self.start).absolute()) if self.start else ""
        if start and self.objective.start_folder is not None:
            raise UserError(f"a training is started from {start} and from {self.objective.start_folder}; give one of them")
        validation = self.validation
        if validation.dataset:
            validation = replace(validation, dataset=open_store(validation.dataset).uri)
        objective = self.objective.located()
        return replace(self, objective=objective, stages=tuple(stages), start=start, validation=validation)
