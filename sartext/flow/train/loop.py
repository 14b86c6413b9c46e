"""The training loop of one worker, without Ray: two stages in one go, resumed to the step, the same with any number of workers.

What lies at the place of a training, beside its manifest:
    checkpoints/000000120.safetensors   model and optimizer after so many steps
    checkpoints/000000120.json          written after it: its existence means that the checkpoint is whole
    log/000000000.jsonl                 a line a step, from this step to the next checkpoint; committed before the checkpoint
    models/<stage>/...                  what can be loaded elsewhere, at the end of each stage; and before the first, "baseline"
    live.json                           where the training is, for people; replaced every few seconds
    tensorboard/...                     the same lines for TensorBoard, as they come
"""

import hashlib
import json
import math
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch
from tensorboardX import SummaryWriter
from torch import nn

from sartext.artifact import read_json, readable
from sartext.errors import OutputError, UserError
from sartext.failpoint import reach
from sartext.flow.predict.trained import MODELS
from sartext.flow.train.dataset import CaptionDataset
from sartext.flow.train.sampler import Order, part
from sartext.flow.train.training import Stage, Training
from sartext.models import state, weights
from sartext.models.gather import Gather
from sartext.models.image import Preprocess
from sartext.models.objective import Batch
from sartext.models.optimizer import take_step
from sartext.report.left_out import LeftOut
from sartext.store import Store, open_store

CHECKPOINTS, LOG, LIVE, BOARD = "checkpoints", "log", "live.json", "tensorboard"
BASELINE = "baseline"
POOL_GROUPS = 64  # row groups that are mixed, and kept in memory: about 150 MB of tiles of 20 kB
_KEPT = 2  # checkpoints: the last one, and the one before it in case the last is damaged
_LIVE_EVERY_S = 2.0
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
    examples: CaptionDataset
    order: Order
    first: int

    @property
    def last(self) -> int:
        return self.first + self.stage.epochs * self.order.steps_per_epoch


def task_of(training: Training, out: str, threads: int) -> Task:
    """The training for the workers, with the tokenizer, for which all texts of all stages are read where it is learned.

    Raises `UserError` where a dataset has no texts for it, the model is none, or its weights cannot be had.
    """
    training = training.located()
    objective = training.objective
    return Task(
        training=training,
        tokenizer=objective.tokenizer(_texts(training) if objective.learns_tokenizer else []),
        preprocess=objective.preprocess(training.fit),
        out=out,
        threads=threads,
    )


def _texts(training: Training) -> list[str]:
    """All texts of all stages: the tokenizer must have words for the last as for the first."""
    return [text for stage in training.stages for text in _examples(training, stage, training.seed, 1).texts()]


def _examples(training: Training, stage: Stage, seed: int, kept_groups: int, split: str = "train") -> CaptionDataset:
    return CaptionDataset(
        stage.dataset,
        split=split,
        kind=training.objective.learns,
        seed=seed,
        kept_groups=kept_groups,
        narrator_captions=training.narrator_captions,
        commercial_use=training.commercial_use,
    )


def learn(task: Task, group: ProcessGroup) -> None:
    """Trains from the last checkpoint at `task.out`, or from the start, to the end of the last stage."""
    torch.set_num_threads(task.threads)
    training, store = task.training, open_store(task.out)
    parts = _parts(task)
    total = parts[-1].last
    model = training.objective.build(task.tokenizer).to(group.device)
    saved = latest(store)
    done = saved["step"] if saved else 0
    lead = group.gather.rank == 0
    if saved is None and lead:
        _export(store, task, model, BASELINE)
    if saved is not None:
        # The state is of the stage that was being learned; after a stage's last step the next one begins with its own.
        of = next(one for one in parts if one.first < done <= one.last)
        state.restore(store.read(saved["path"]), model, of.stage.optimizer.build(model))
    journal = _Journal(store, done, total) if lead else None
    wrapped = group.wrap(model)
    for one in parts:
        if done >= one.last:
            continue
        optimizer = one.stage.optimizer.build(model)
        if saved is not None and one.first < saved["step"] < one.last:
            state.restore(store.read(saved["path"]), model, optimizer)
        began = time.perf_counter()
        for epoch, batch in ahead(_batches(task, group.gather, one, done)):
            rate = one.stage.optimizer.rate(done - one.first, one.last - one.first)
            losses = _step(task, group, wrapped, optimizer, batch, rate)
            done += 1
            if journal is not None:
                taken = {"step": done, "stage": one.stage.name, "epoch": epoch, "learning_rate": rate, **losses}
                journal.add({**taken, "seconds": round(time.perf_counter() - began, 4)})
            if done % training.checkpoint_every_steps == 0 or done == one.last:
                if journal is not None:
                    if done == one.last:
                        _export(store, task, model, one.stage.name)
                    journal.commit()
                    commit(store, state.state_bytes(model, optimizer, {"step": done, "stage": one.stage.name}), done)
                group.committed()
            began = time.perf_counter()
    if journal is not None:
        journal.close()


def _batches(task: Task, gather: Gather, one: _Part, done: int) -> Iterator[tuple[int, Batch]]:
    """This worker's part of every step of a stage from step `done` on, each with its epoch."""
    training, order, epoch = task.training, None, -1
    for step in range(done - one.first, one.last - one.first):
        number, at = divmod(step, one.order.steps_per_epoch)
        if order is None or number != epoch:
            order, epoch = one.order.epoch(number), number
        mine = part(one.order.batch(order, at), training.batch_size, gather.rank, gather.world_size)
        yield epoch, training.objective.collate(one.examples.read(mine.tolist(), epoch), task.tokenizer, task.preprocess)


def ahead(items: Iterator[_T]) -> Iterator[_T]:
    """The items, each made in a second thread while the one before it is used. Raises what making one raises."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = maker.submit(next, items, _END)
            yield item


def _step(task: Task, group: ProcessGroup, model: nn.Module, optimizer: Any, batch: Batch, rate: float) -> dict[str, Any]:
    """One optimizer step; the losses of the whole global batch, how many texts it had, and how many of them were shortened.

    Raises `UserError` where the loss is no number.
    """
    batch = {name: tensor.to(group.device) for name, tensor in batch.items()}
    optimizer.zero_grad(set_to_none=True)
    losses = task.training.objective.loss(model, batch, group.gather)
    losses["loss"].backward()  # type: ignore[no-untyped-call]
    take_step(model, optimizer, rate)
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


def left_out(task: Task) -> dict[str, LeftOut]:
    """Of each stage how many tiles with texts are no examples, by the reason.

    Raises `UserError` where a dataset has nothing to learn from.
    """
    return {part.stage.name: part.examples.left_out for part in _parts(task)}


def _parts(task: Task) -> list[_Part]:
    training, parts = task.training, list[_Part]()
    for number, stage in enumerate(training.stages):
        seed = training.seed + number
        examples = _examples(training, stage, seed, task.pool_groups + 1, task.split)
        order = Order(group_rows=examples.group_rows, seed=seed, batch_size=training.batch_size, pool_groups=task.pool_groups)
        parts.append(_Part(stage, examples, order, parts[-1].last if parts else 0))
    return parts


def _export(store: Store, task: Task, model: nn.Module, name: str) -> None:
    """Puts the model, as other programs load it, below models/`name`."""
    with tempfile.TemporaryDirectory(prefix="sartext-model-") as folder:
        weights.save(task.training.objective, model, task.tokenizer, task.preprocess, Path(folder))
        # The file that says what the model is comes last: where it is, the model is whole.
        for path in sorted(Path(folder).rglob("*"), key=lambda path: (path.name == weights.OBJECTIVE, path)):
            if path.is_file():
                store.put(f"{MODELS}/{name}/{path.relative_to(folder).as_posix()}", path.read_bytes())


def commit(store: Store, data: bytes, step: int) -> None:
    """Makes the state after `step` steps the last checkpoint; older ones go, but for the one before it."""
    path = f"{CHECKPOINTS}/{step:09d}.safetensors"
    reach("before_checkpoint")
    store.put(path, data)
    reach("after_state")
    record = {"step": step, "path": path, "sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
    store.put(f"{CHECKPOINTS}/{step:09d}.json", readable(record))
    reach("after_checkpoint")
    for old in committed_steps(store)[:-_KEPT]:
        store.delete(f"{CHECKPOINTS}/{old:09d}.json")  # first, so that no record names a state that is gone
        store.delete(f"{CHECKPOINTS}/{old:09d}.safetensors")


def committed_steps(store: Store) -> list[int]:
    """The steps after which there is a checkpoint, rising."""
    names = [path.rsplit("/", 1)[1] for path in store.paths(CHECKPOINTS)]
    return sorted(int(name.removesuffix(".json")) for name in names if name.endswith(".json"))


def latest(store: Store) -> dict[str, Any] | None:
    """The record of the last checkpoint that is whole, or None. Raises `OutputError` where there are some and none is."""
    steps = committed_steps(store)
    for step in reversed(steps):
        record = read_json(store, f"{CHECKPOINTS}/{step:09d}.json", ("step", "path", "sha256"))
        try:
            if hashlib.sha256(store.read(record["path"])).hexdigest() == record["sha256"]:
                return record
        except FileNotFoundError:
            continue
    if steps:
        raise OutputError(f"{store.uri}/{CHECKPOINTS} holds no whole checkpoint; delete that folder to begin anew")
    return None


class _Journal:
    """The log of the steps since the last checkpoint, the same for TensorBoard, and the line for people."""

    def __init__(self, store: Store, done: int, total: int) -> None:
        self._store, self._start, self._total = store, done, total
        self._lines: list[str] = []
        self._shown = 0.0
        # What was written of steps that are going to be done again is hidden.
        self._board = SummaryWriter(f"{store.uri}/{BOARD}", purge_step=done + 1)

    def add(self, step: dict[str, Any]) -> None:
        """Takes in one step."""
        self._lines.append(json.dumps(step, sort_keys=True))
        for name, value in step.items():
            if isinstance(value, float):
                self._board.add_scalar(f"{step['stage']}/{name}", value, step["step"])
        if time.monotonic() - self._shown > _LIVE_EVERY_S or step["step"] == self._total:
            self._shown = time.monotonic()
            self._board.flush()
            self._store.put(LIVE, readable({**step, "total": self._total}))

    def commit(self) -> None:
        """Puts the lines before the checkpoint that ends them: after a crash in between they are written again, the same."""
        self._store.put(f"{LOG}/{self._start:09d}.jsonl", ("\n".join(self._lines) + "\n").encode())
        self._start += len(self._lines)
        self._lines.clear()

    def close(self) -> None:
        """Ends the files of TensorBoard."""
        self._board.close()


def read_log(store: Store) -> list[dict[str, Any]]:
    """All committed steps, in order; of one that was done twice, after a checkpoint was damaged, the later."""
    lines = [json.loads(line) for path in store.paths(LOG) for line in store.read(path).decode().splitlines()]
    return [step for _, step in sorted({line["step"]: line for line in lines}.items())]
