"""A training through Ray Train: one group of workers, started again from the last checkpoint when one of them dies."""

import errno
import os
import time
from collections.abc import Sequence
from typing import Any

import ray
import ray.train
import torch
from ray.train import FailureConfig, RunConfig, ScalingConfig, TrainingFailedError
from ray.train.torch import TorchTrainer
from torch import nn

from sartext.artifact import read_json
from sartext.errors import OutputError, SartextError, UserError
from sartext.flow.background import Halted, in_background
from sartext.flow.learn import LIVE, Task, learn
from sartext.flow.progress import Line, duration
from sartext.flow.refusals import Refusals
from sartext.flow.train import Workers
from sartext.models.gather import Alone, Gather, Ranks
from sartext.storage import Storage, storage

_RAY_FILES = ".ray_train"
_FULL = (errno.ENOSPC, errno.EDQUOT)


def run(tasks: Sequence[Task], workers: Workers) -> None:
    """Trains each to its end while the main thread shows the progress and listens for signals."""
    _check_room(workers)
    watcher, place, refusals = Watcher([storage(task.out) for task in tasks]), storage(tasks[0].out), Refusals()

    def fit(_: Halted) -> None:
        try:
            _trainer(tasks, workers, refusals).fit()
        except TrainingFailedError as error:
            raise SartextError(f"the training ended: {error}") from error

    def look(last: bool) -> None:
        refusals.check()
        watcher.show(last)

    in_background(fit, look, watcher.clear)
    for path in place.paths(_RAY_FILES):
        place.delete(path)


def _check_room(workers: Workers) -> None:
    """Raises `UserError` where this Ray can never hold the workers, which would be waited for; a cluster may still grow."""
    there = ray.cluster_resources()  # type: ignore[no-untyped-call]
    needs = {"CPU": workers.workers * workers.threads, "GPU": workers.workers if workers.gpus else 0}
    for what, needed in needs.items():
        has = int(there.get(what, 0))
        if has >= needed:
            continue
        said = f"{workers.workers} workers need {needed} {what}s and Ray has {has}"
        if not os.environ.get("RAY_ADDRESS"):
            more = "give --workers.cpus" if what == "CPU" else "train without --workers.gpus"
            raise UserError(f"{said}; lower --workers.workers, or {more}")
        Line().draw(f"{said}; waiting for the cluster to grow", last=True)


def _trainer(tasks: Sequence[Task], workers: Workers, refusals: Refusals) -> TorchTrainer:
    resources = {"CPU": float(workers.threads)} | ({"GPU": 1.0} if workers.gpus else {})
    return TorchTrainer(
        _worker,
        train_loop_config={"tasks": tasks, "refusals": refusals},
        scaling_config=ScalingConfig(num_workers=workers.workers, use_gpu=workers.gpus, resources_per_worker=resources),
        run_config=RunConfig(
            name="training",
            storage_path=f"{os.path.abspath(tasks[0].out)}/{_RAY_FILES}",
            failure_config=FailureConfig(max_failures=workers.restarts),
        ),
    )


def _worker(config: dict[str, Any]) -> None:
    """What Ray runs in each worker."""
    group = RayGroup()
    try:
        for task in config["tasks"]:
            learn(task, group)
    except SartextError as error:
        config["refusals"].add(error)
        raise
    except OSError as error:
        if error.errno in _FULL:  # of a library that writes by itself, as TensorBoard's
            config["refusals"].add(
                OutputError(f"{error.filename or 'a file'} cannot be written: {error.strerror}; free some space")
            )
        raise


class RayGroup:
    """The workers of this Ray training."""

    def __init__(self) -> None:
        self.world_size = ray.train.get_context().get_world_size()
        self.device = torch.device("cuda") if torch.cuda.is_available() else torch.device("cpu")
        self.gather: Gather = Ranks() if self.world_size > 1 else Alone()

    def wrap(self, model: nn.Module) -> nn.Module:
        """Gradients averaged over the workers."""
        return nn.parallel.DistributedDataParallel(model) if self.world_size > 1 else model

    def committed(self) -> None:
        """Waits for all workers."""
        if self.world_size > 1:
            torch.distributed.barrier()


class Watcher:
    """The live line of trainings that follow one another, from what the first worker says at their places."""

    def __init__(self, places: Sequence[Storage]) -> None:
        self._places, self._line = places, Line()
        self._first: tuple[int, int, float] | None = None  # the training, the first step that was seen of it, and when

    def show(self, last: bool = False) -> None:
        """Draws the line of the training that was begun last."""
        found = [(number, live) for number, place in enumerate(self._places) if (live := _live(place))]
        if not found:
            return
        number, live = found[-1]
        now = time.monotonic()
        if self._first is None or self._first[0] != number:
            self._first = number, int(live["step"]), now
        here, elapsed_s = int(live["step"]) - self._first[1], now - self._first[2]
        rate = here / elapsed_s if here > 0 and elapsed_s > 0 else 0.0
        left = duration((live["total"] - live["step"]) / rate) if rate else "--:--"
        share = 100 * live["step"] / live["total"]
        which = f"training {number + 1} of {len(self._places)}, " if len(self._places) > 1 else ""
        text = f"{which}{live['stage']}: step {live['step']:,} of {live['total']:,} ({share:.0f}%)"
        self._line.draw(f"{text}  {rate:.1f} steps/s  {left} left  loss {live['loss']:.4f}", last=last)

    def clear(self) -> None:
        """Leaves an empty line for a message on a terminal."""
        self._line.clear()


def _live(place: Storage) -> dict[str, Any] | None:
    """What a training says of itself, or None before its first step."""
    try:
        return read_json(place, LIVE, ("step", "total", "stage", "loss"))
    except FileNotFoundError:
        return None
