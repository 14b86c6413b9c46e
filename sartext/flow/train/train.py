"""Datasets -> checkpoint: stage after stage in one group of workers."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from sartext.artifact import MANIFEST, claim_place, commit_of_code, identity, open_artifact, plan_at, read_json, readable
from sartext.artifact import fingerprint as fingerprint_of
from sartext.errors import SartextError, UserError, require
from sartext.flow.engine.options import Workers
from sartext.flow.engine.progress import Line
from sartext.flow.engine.signals import stopping
from sartext.flow.predict.trained import FIELDS, MODELS, Trained
from sartext.flow.train.dataset import KINDS, Examples
from sartext.flow.train.loop import BASELINE, BOARD, CHECKPOINTS, LIVE, LOG, Stage, Task, latest, left_out, read_log
from sartext.models.objective import SEEDS
from sartext.models.weights import AnyObjective, start_fingerprint
from sartext.report.curve import curve
from sartext.report.left_out import said_of
from sartext.store import Storage, storage
from sartext.tile import SCHEMA_VERSION

CURVE = "losses.png"
POOL_GROUPS = 64  # row groups that are mixed, and kept in memory: about 150 MB of tiles of 20 kB
_WRITES = (MANIFEST, CHECKPOINTS, MODELS, LOG, LIVE, BOARD, CURVE)


@dataclass(frozen=True, kw_only=True)
class Training:
    """What is learned, from what and in which order: the identity of a training, but for the datasets' places."""

    objective: AnyObjective
    stages: tuple[Stage, ...]
    kind: str  # captions or questions
    batch_size: int  # over all workers
    seed: int
    fit: str  # how a whole image becomes square
    checkpoint_every_steps: int
    narrator_captions: bool = False  # whether what a trained model wrote is learned from, too

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UserError(f"kind is {self.kind!r}; it is one of {', '.join(KINDS)}")
        least = {"batch_size": self.batch_size, "checkpoint_every_steps": self.checkpoint_every_steps}
        for name, value in {**least, **{f"{stage.name}_epochs": stage.epochs for stage in self.stages}}.items():
            require(name, value, value >= 1, "at least 1")
        require("seed", self.seed, 0 <= self.seed < SEEDS, "from 0 to 2^63 - 1")
        captions = self.kind == "captions"
        require("narrator_captions", self.narrator_captions, captions or not self.narrator_captions, f"off for {self.kind}")

    def config(self, datasets: Sequence[str]) -> dict[str, Any]:
        """What enters the fingerprint, with the fingerprints of the stages' datasets."""
        stages = [
            {"name": stage.name, "dataset": dataset, "epochs": stage.epochs, "optimizer": identity(stage.optimizer)}
            for stage, dataset in zip(self.stages, datasets, strict=True)
        ]
        plain = {"kind": self.kind, "batch_size": self.batch_size, "seed": self.seed, "fit": self.fit}
        plain |= {"narrator_captions": self.narrator_captions}
        # A folder may hold another model tomorrow; what the hub has is known by its name.
        start = start_fingerprint(self.objective)
        return {"objective": identity(self.objective), "stages": stages, **plain} | ({"start": start} if start else {})

    def task(self, out: str, threads: int) -> Task:
        """The same for the workers, with the tokenizer, for which all texts are read where it is learned.

        Raises `UserError` where a dataset has no texts for it, the model is none, or its weights cannot be had.
        """
        objective = self.objective.located()
        return Task(
            objective=objective,
            tokenizer=objective.tokenizer(self._texts() if objective.learns_tokenizer else []),
            preprocess=objective.preprocess(self.fit),
            kind=self.kind,
            split="train",
            # Whole paths: Ray Train's workers run in a folder of their own.
            stages=tuple(replace(stage, dataset=storage(stage.dataset).uri) for stage in self.stages),
            batch_size=self.batch_size,
            seed=self.seed,
            checkpoint_every_steps=self.checkpoint_every_steps,
            pool_groups=POOL_GROUPS,
            threads=threads,
            out=out,
            narrator_captions=self.narrator_captions,
        )

    def _texts(self) -> list[str]:
        """All texts of all stages: the tokenizer must have words for the last as for the first."""
        texts = []
        for stage in self.stages:
            texts += Examples(
                stage.dataset,
                split="train",
                kind=self.kind,
                seed=self.seed,
                kept_groups=1,
                narrator_captions=self.narrator_captions,
            ).texts()
        return texts


def train(trainings: Sequence[tuple[Training, str]], *, workers: Workers) -> list[Trained]:
    """Trains each to its place; the same call goes on where it was.

    A place holds the model after each stage. One training is learned by all workers together; several are learned side by
    side on CPUs, each by one worker, which waits for none of the others' steps. They are one group all the same: where a worker
    dies all go on from their last checkpoints, and what one refuses ends them all. Raises `UserError` where a dataset has
    nothing to learn from, `OutputError` where a place holds another training, `Stopped` on SIGINT and SIGTERM.
    """
    if len(trainings) > 1:
        rule = "where several trainings are learned side by side"
        require("workers.workers", workers.workers, workers.workers == 1, f"1 {rule}")
        require("workers.gpus", workers.gpus, not workers.gpus, f"off {rule}")
    with stopping() as stop, ExitStack() as locks:
        prepared = [_prepared(training, out, workers.threads, locks) for training, out in trainings]
        tasks = [one.task for one in prepared if one.task is not None]
        if tasks:
            # Ray and its training library take seconds to import: what is finished, a wrong option and --help do without.
            with stop.held():
                from sartext.flow.engine.session import session
                from sartext.flow.train.workers import run

            with session(workers, stop):
                run(tasks, workers)
        done = [one.trained or one.finish() for one in prepared]
        for trained in done if len(done) > 1 else []:  # of one alone the summary says it
            if said := trained.shortened():
                Line().draw(f"{trained.uri}: {said}", last=True)
        return done


@dataclass(frozen=True)
class _Prepared:
    """A training whose place is locked and its own: it is there already, or there is its task."""

    training: Training
    place: Storage
    plan: dict[str, Any]
    still_ours: Callable[[], None]
    trained: Trained | None = None
    task: Task | None = None
    left_out: dict[str, dict[str, int]] = field(default_factory=dict)

    def finish(self) -> Trained:
        """Writes the manifest of a training whose last stage has ended."""
        self.still_ours()
        return _finish(self.place, self.plan, self.training.stages, self.left_out)


def _prepared(training: Training, out: str, threads: int, locks: ExitStack) -> _Prepared:
    if "://" in out:  # Ray Train keeps files of its own there, through a client of its own
        raise UserError(f"{out} is no folder; a training writes to one that all its workers see")
    place = storage(out)
    still_ours = locks.enter_context(place.lock())
    place.prepare()
    datasets = [open_artifact(stage.dataset).fingerprint for stage in training.stages]
    config = training.config(datasets)
    plan = {"fingerprint": fingerprint_of(config), "config": config, "schema_version": SCHEMA_VERSION}
    plan_at(place, plan, _WRITES)
    ours = plan | {"parents": datasets}
    try:
        return _Prepared(training, place, ours, still_ours, trained=Trained(out, read_json(place, MANIFEST, FIELDS)))
    except FileNotFoundError:
        task = training.task(place.uri, threads)
    left = left_out(task)
    for stage in training.stages:
        if why := said_of(left[stage.name]):
            Line().draw(f"{stage.name}: tiles of {stage.dataset} are left out: {why}", last=True)
    claim_place(place, plan, _WRITES)  # after all that may be wrong with the options has been looked at
    return _Prepared(training, place, ours, still_ours, task=task, left_out=left)


def _finish(place: Storage, plan: dict[str, Any], stages: Sequence[Stage], left: dict[str, dict[str, int]]) -> Trained:
    """Draws the losses, then writes the manifest."""
    steps = read_log(place)
    saved = latest(place)
    if saved is None or not steps or steps[-1]["step"] != saved["step"]:
        raise SartextError(f"{place.uri} ended without a last checkpoint")
    place.put(CURVE, curve(steps, title=", ".join(stage.name for stage in stages)))
    manifest = {
        **plan,
        "kind": "training",
        "commit": commit_of_code(),
        "steps": saved["step"],
        "losses": {stage.name: [step for step in steps if step["stage"] == stage.name][-1]["loss"] for stage in stages},
        "texts": {stage.name: _texts_read(steps, stage.name) for stage in stages},
        "left_out": left,
        "models": [BASELINE, *[stage.name for stage in stages]],
        "checkpoint": saved,
    }
    place.put(MANIFEST, readable(manifest))
    return Trained(place.uri, manifest)


def _texts_read(steps: Sequence[dict[str, Any]], stage: str) -> dict[str, int]:
    """How many texts a stage has read, each as often as it was, and how many of them were longer than the model's context."""
    of_stage = [step for step in steps if step["stage"] == stage]
    return {"read": sum(step["texts"] for step in of_stage), "shortened": sum(step["shortened"] for step in of_stage)}
