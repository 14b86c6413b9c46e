"""Datasets -> checkpoint: stage after stage in one group of workers."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sartext.artifact import MANIFEST, open_artifact
from sartext.errors import SartextError, UserError, require
from sartext.flow.engine.options import Workers
from sartext.flow.engine.progress import Line
from sartext.flow.engine.signals import StopRequest, stopping
from sartext.flow.predict.trained import FIELDS, MODELS, Trained
from sartext.flow.run import Run
from sartext.flow.train.checkpoints import CHECKPOINTS, latest
from sartext.flow.train.loop import Task, left_out, task_of
from sartext.flow.train.step_log import BOARD, LIVE, LOG, VALIDATION, read_log, read_scores
from sartext.flow.train.training import BASELINE, Training
from sartext.report.curve import curve
from sartext.report.left_out import LeftOut

CURVE = "losses.png"
_WRITES = (MANIFEST, CHECKPOINTS, MODELS, LOG, LIVE, BOARD, VALIDATION, CURVE)


def train(training: Training, out: str, *, workers: Workers) -> Trained:
    """Trains to `out`, which holds the model after each stage, by all workers together; the same call goes on where it was.

    Raises `UserError` where a dataset has nothing to learn from, `OutputError` where `out` holds another training, `Stopped`
    on SIGINT and SIGTERM.
    """
    return _trained([(training, out)], workers)[0]


def train_side_by_side(trainings: Sequence[tuple[Training, str]], *, workers: Workers) -> list[Trained]:
    """Trains each to its place on CPUs, each by one worker, which waits for none of the others' steps; raises as `train`.

    They are one group all the same: where a worker dies all go on from their last checkpoints, and what one refuses ends them
    all.
    """
    rule = "where several trainings are learned side by side"
    require("workers.workers", workers.workers, workers.workers == 1, f"1 {rule}")
    require("workers.gpus", workers.gpus, not workers.gpus, f"0 {rule}")
    done = _trained(trainings, workers)
    for trained in done:
        if said := trained.shortened():
            Line().draw(f"{trained.uri}: {said}", last=True)
    return done


def _trained(trainings: Sequence[tuple[Training, str]], workers: Workers) -> list[Trained]:
    """Whatever of the trainings is not finished is learned by one group of workers."""
    with stopping() as stop, ExitStack() as runs:
        prepared = [_prepared(training, out, workers.threads, runs, stop) for training, out in trainings]
        tasks = [one.task for one in prepared if one.task is not None]
        if tasks:
            with prepared[0].run.importing():
                from sartext.flow.train.workers import run

            with prepared[0].run.session(workers):
                run(tasks, workers)
        return [one.trained or one.finish() for one in prepared]


@dataclass(frozen=True)
class _Prepared:
    """A training whose output is locked and its own: it is there already, or there is its task."""

    training: Training
    run: Run
    datasets: tuple[tuple[str, ...], ...]  # fingerprints, of each stage's
    ancestors: tuple[str, ...] = ()  # fingerprints of what these were selected from
    trained: Trained | None = None
    task: Task | None = None
    left_out: dict[str, LeftOut] = field(default_factory=dict)

    def finish(self) -> Trained:
        """Draws the losses and writes the manifest of a training whose last stage has ended."""
        self.run.check_lock()
        stages, store = self.training.stages, self.run.store
        steps, saved = read_log(store), latest(store)
        if saved is None or not steps or steps[-1]["step"] != saved["step"]:
            raise SartextError(f"{self.run.uri} ended without a last checkpoint")
        measured = read_scores(store)
        store.put(CURVE, curve(steps, title=", ".join(stage.name for stage in stages), measured=measured))
        selected_from: dict[str, Any] = {"ancestors": list(self.ancestors)} if self.ancestors else {}
        manifest = self.run.finish(
            parents=[one for of_stage in self.datasets for one in of_stage],
            **selected_from,
            steps=saved["step"],
            losses={stage.name: [step for step in steps if step["stage"] == stage.name][-1]["loss"] for stage in stages},
            texts={stage.name: _texts_read(steps, stage.name) for stage in stages},
            left_out={stage: dict(one) for stage, one in self.left_out.items()},
            left_out_by_rights={stage: one.rights() for stage, one in self.left_out.items()},
            validation=measured,
            models=[BASELINE, *[stage.name for stage in stages]],
            checkpoint=saved,
        )
        return Trained(self.run.uri, manifest)


def _prepared(training: Training, out: str, threads: int, runs: ExitStack, stop: StopRequest | None = None) -> _Prepared:
    if "://" in out:  # Ray Train keeps files of its own there, through a client of its own
        raise UserError(f"{out} is no folder; a training writes to one that all its workers see")
    run = runs.enter_context(Run(out, kind="training", writes=_WRITES, stop=stop))
    read = [[open_artifact(one) for one in stage.datasets] for stage in training.stages]
    datasets = tuple(tuple(one.fingerprint for one in of_stage) for of_stage in read)
    run.plan(training.config(datasets))
    if (manifest := run.finished(FIELDS)) is not None:
        return _Prepared(training, run, datasets, trained=Trained(out, manifest))
    task = task_of(training, run.uri, threads)
    left: dict[str, LeftOut] = {}
    for stage, of_stage in zip(training.stages, left_out(task), strict=True):
        left[stage.name] = LeftOut()
        for dataset, one in zip(stage.datasets, of_stage, strict=True):
            left[stage.name].include(one)
            if why := one.said():
                Line().draw(f"{stage.name}: tiles of {dataset} are left out: {why}", last=True)
    run.reserve()
    ancestors = tuple(sorted(set().union(*(one.ancestry - {one.fingerprint} for one in chain.from_iterable(read)))))
    return _Prepared(training, run, datasets, ancestors, task=task, left_out=left)


def _texts_read(steps: Sequence[dict[str, Any]], stage: str) -> dict[str, int]:
    """How many texts a stage has read, each as often as it was, and how many of them were longer than the model's context."""
    of_stage = [step for step in steps if step["stage"] == stage]
    return {"read": sum(step["texts"] for step in of_stage), "shortened": sum(step["shortened"] for step in of_stage)}
