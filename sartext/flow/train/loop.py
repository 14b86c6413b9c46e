"""The training loop of one worker, without Ray: stages in one go, resumed to the step, the same with any number of workers.

The losses of a model with batch norm depend on how many workers share a batch, so what such a number began it must end.

What lies at the place of a training, beside its manifest and what `checkpoints` and `step_log` write:
    models/<stage>/...   what can be loaded elsewhere, at the end of each stage; and before the first, "baseline"
"""

import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import nn

from sartext.errors import UserError
from sartext.flow.predict.trained import put_model
from sartext.flow.train.checkpoints import commit, latest
from sartext.flow.train.examples.dataset import CaptionDataset
from sartext.flow.train.examples.mixture import Mixture
from sartext.flow.train.examples.sampler import Order, part
from sartext.flow.train.learner import Learner, built
from sartext.flow.train.stage import Stage
from sartext.flow.train.step_log import StepLog
from sartext.flow.train.training import BASELINE, Training
from sartext.flow.train.validation import Validator
from sartext.models import weights
from sartext.models.gather import Gather
from sartext.models.image import Preprocess
from sartext.models.objective import Batch, Example
from sartext.models.optimizer import take_step
from sartext.report.left_out import LeftOut
from sartext.store import Store, open_store

POOL_GROUPS = 64  # row groups that are mixed, and kept in memory: about 150 MB of tiles of 20 kB
_END: Any = object()
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Task:
    """What every worker must know: a training with whole paths, what was made of its options, and where all goes."""

    training: Training
    tokenizer: Any
    preprocess: Preprocess
    out: str
    threads: int = 1
    split: str = "train"
    pool_groups: int = POOL_GROUPS


class ProcessGroup(Protocol):
    """The workers of a training, as one of them sees them."""

    gather: Gather
    device: torch.device

    def wrap(self, model: nn.Module) -> nn.Module:
        """The model, ready for gradients that are averaged over the workers."""
        ...

    def committed(self) -> None:
        """Called by all workers after each checkpoint; returns when all have come."""
        ...


@dataclass(frozen=True)
class _Part:
    """One stage with its data and the global steps it covers: first to last, the last not included."""

    stage: Stage
    seed: int
    examples: Mixture
    order: Order
    first: int

    @property
    def last(self) -> int:
        return self.first + (self.stage.steps or self.stage.epochs * self.order.steps_per_epoch)


def task_of(training: Training, out: str, threads: int) -> Task:
    """The training for the workers, with the tokenizer, for which all texts of all stages are read where it is learned.

    Raises `UserError` where a dataset has no texts for it, the model is none, or its weights cannot be had.
    """
    training = training.located()
    return Task(
        training=training,
        tokenizer=_tokenizer(training),
        preprocess=_preprocess(training),
        out=out,
        threads=threads,
    )


def _preprocess(training: Training) -> Preprocess:
    """That of the objective, with the normalisation of the model that is started from."""
    preprocess = training.objective.preprocess(training.fit)
    if not training.start:
        return preprocess
    there = weights.described(Path(training.start))[1]
    return replace(preprocess, mean=there.mean, std=there.std, fill=there.fill)


def _tokenizer(training: Training) -> Any:
    """That of the model that is started from; where it is learned, the last stage needs words as the first does."""
    if training.start:
        return weights.load(Path(training.start))[2]
    objective, texts = training.objective, list[str]()
    if objective.learns_tokenizer:
        texts = [text for stage in training.stages for text in _examples(training, stage, training.seed, 1).texts()]
    return objective.tokenizer(texts)


def _examples(training: Training, stage: Stage, seed: int, kept_groups: int, split: str = "train") -> Mixture:
    datasets = [
        CaptionDataset(
            dataset,
            split=split,
            kind=training.objective.learns,
            seed=seed,
            kept_groups=kept_groups,
            narrator_captions=training.narrator_captions,
            commercial_use=training.commercial_use,
            forms=dict(stage.forms),
            shuffled=stage.shuffled,
        )
        for dataset in stage.datasets
    ]
    return Mixture(datasets, stage.weights or [1.0] * len(datasets))


def learn(task: Task, group: ProcessGroup) -> None:
    """Trains from the last checkpoint at `task.out`, or from the start, to the end of the last stage.

    Raises `UserError` where a model with batch norm would go on with another number of workers.
    """
    torch.set_num_threads(task.threads)
    training, store = task.training, open_store(task.out)
    parts = _parts(task)
    model = built(training, task.tokenizer).to(group.device)
    saved = latest(store)
    done = saved["step"] if saved else 0
    lead = group.gather.rank == 0
    log = StepLog(store, done, parts[-1].last) if lead else None
    validator = _validator(task) if lead else None
    if saved is None and log is not None:
        _export(store, task, model, BASELINE)
        if validator is not None:
            log.add_scores(0, BASELINE, validator.scores(model, training.batch_size))
    for one in parts:
        if one.last < done:
            continue
        learner = Learner(training, one.stage, model, group.device)
        if saved is not None and done and one.first < saved["step"] <= one.last:
            # After a stage's last step its state is all that the next one needs.
            learner.restore(store.read(saved["path"]))
        if one.last > done:
            if saved is not None and learner.learns_statistics:
                _check_workers(saved.get("workers"), group.gather.world_size)
            done = _learn_stage(task, group, one, learner, done, log, validator)
        learner.release()
    if log is not None:
        log.close()


def _validator(task: Task) -> Validator | None:
    given = task.training.validation
    return Validator(given, task.training.objective, task.tokenizer, task.preprocess) if given.dataset else None


def _check_workers(then: int | None, now: int) -> None:
    if then != now:
        raise UserError(
            f"this training was begun by {then} workers, and its batch norm sees what one of them does; go on with "
            f"--workers.workers {then}, not {now}"
        )


def _learn_stage(
    task: Task,
    group: ProcessGroup,
    one: _Part,
    learner: Learner,
    done: int,
    log: StepLog | None,
    validator: Validator | None,
) -> int:
    """Learns a stage from step `done` to its end, which is returned; the first worker has the log and the validator."""
    validation = task.training.validation
    store, wrapped = open_store(task.out), group.wrap(learner.module)
    began = time.perf_counter()
    for epoch, batch in ahead(_batches(task, group.gather, one, learner, done)):
        rate = one.stage.optimizer.rate(done - one.first, one.last - one.first)
        losses = _step(learner, group, wrapped, batch, rate)
        done += 1
        if log is not None:
            taken = {"step": done, "stage": one.stage.name, "epoch": epoch, "learning_rate": rate, **losses}
            log.add({**taken, "seconds": round(time.perf_counter() - began, 4)})
        measured = done == one.last or validation.due(done - one.first, one.order.steps_per_epoch)
        if log is not None and validator is not None and measured:
            log.add_scores(done, one.stage.name, validator.scores(learner.model, task.training.batch_size))
        if done % task.training.checkpoint_every_steps == 0 or done == one.last:
            if log is not None:
                if done == one.last:
                    _export(store, task, learner.model, one.stage.name)
                log.commit()
                state = learner.state({"step": done, "stage": one.stage.name})
                commit(store, state, done, workers=group.gather.world_size)
            group.committed()
        began = time.perf_counter()
    return done


def _batches(task: Task, gather: Gather, one: _Part, learner: Learner, done: int) -> Iterator[tuple[int, Batch]]:
    """This worker's part of every step of a stage from step `done` on, each with its epoch."""
    training, order, epoch = task.training, np.empty(0, dtype=np.int64), -1
    for step in range(done - one.first, one.last - one.first):
        number, at = divmod(step, one.order.steps_per_epoch)
        if number != epoch:
            order, epoch = one.order.epoch(number), number
        mine = part(one.order.batch(order, at), order, training.batch_size, gather.rank, gather.world_size).tolist()
        examples = _changed(task, one, mine, one.examples.read(mine, epoch), epoch)
        yield epoch, learner.collate(examples, task.tokenizer, task.preprocess)


def _changed(task: Task, one: _Part, indices: list[int], examples: list[Example], epoch: int) -> list[Example]:
    """The examples as the stage's augmentation changes them in this epoch, whichever worker has them."""
    augmentation = one.stage.augmentation
    if not augmentation.changes:
        return examples
    marks = [index if index >= 0 else ~index for index in indices]
    random = [np.random.Generator(np.random.PCG64([one.seed, epoch, mark])) for mark in marks]
    return [augmentation.changed(of, task.preprocess, each) for of, each in zip(examples, random, strict=True)]


def ahead(items: Iterator[_T]) -> Iterator[_T]:
    """The items, each made in a second thread while the one before it is used. Raises what making one raises."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = maker.submit(next, items, _END)
            yield item


def _step(learner: Learner, group: ProcessGroup, model: nn.Module, batch: Batch, rate: float) -> dict[str, Any]:
    """One optimizer step; the losses of the whole global batch, how many texts it had, and how many of them were shortened.

    Raises `UserError` where the loss is no number.
    """
    batch = {name: tensor.to(group.device) for name, tensor in batch.items()}
    learner.optimizer.zero_grad(set_to_none=True)
    losses = learner.loss(model, batch, group.gather)
    losses["loss"].backward()  # type: ignore[no-untyped-call]
    take_step(model, learner.optimizer, rate)
    names = sorted(losses)
    real = batch["real"]
    shortened = batch["shortened"] & real if "shortened" in batch else torch.zeros_like(real)
    local = [*(losses[name].detach().double() for name in names), real.sum().double(), shortened.sum().double()]
    *values, texts, short = group.gather.total(torch.stack(local)).tolist()
    # Each rank's loss is its share times the number of ranks, so the mean over ranks is the loss of the global batch.
    found = {name: value / group.gather.world_size for name, value in zip(names, values, strict=True)}
    if not math.isfinite(found["loss"]):
        raise UserError(f"the loss is {found['loss']}; lower the learning rate in another --out, or look at the data")
    return {**found, "texts": int(texts), "shortened": int(short)}


def left_out(task: Task) -> list[list[LeftOut]]:
    """Of each stage, and of each of its datasets, how many tiles with texts are no examples, by the reason.

    Raises `UserError` where a dataset has nothing to learn from.
    """
    return [[one.left_out for one in part.examples.datasets] for part in _parts(task)]


def _parts(task: Task) -> list[_Part]:
    training, parts = task.training, list[_Part]()
    for number, stage in enumerate(training.stages):
        seed = training.seed + number
        examples = _examples(training, stage, seed, task.pool_groups + 1, task.split)
        order = Order(
            group_rows=examples.group_rows,
            seed=seed,
            batch_size=training.batch_size,
            pool_groups=task.pool_groups,
            weights=examples.weights if stage.weights else (),
        )
        parts.append(_Part(stage, seed, examples, order, parts[-1].last if parts else 0))
    return parts


def _export(store: Store, task: Task, model: nn.Module, name: str) -> None:
    """Puts the model, as other programs load it, below models/`name`."""
    put_model(store, name, task.training.objective, model, task.tokenizer, task.preprocess)
