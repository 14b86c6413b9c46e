"""A training through Ray Train: one group of workers, started again from the last checkpoint when one of them dies."""

import os
import time
from collections.abc import Sequence
from typing import Any

import ray.train
import torch
from ray.train import FailureConfig, RunConfig, ScalingConfig, TrainingFailedError
from ray.train.torch import TorchTrainer
from torch import nn

from sartext.artifact import read_json, readable
from sartext.errors import SartextError, UserError
from sartext.flow.background import Halted, in_background
from sartext.flow.learn import LIVE, Task, learn
from sartext.flow.progress import Line, duration
from sartext.flow.train import Workers
from sartext.models.gather import Alone, Gather, Ranks
from sartext.storage import Storage, storage

_RAY_FILES = ".ray_train"
_REFUSED = "refused.json"  # why a worker will not go on; there only until the driver has seen it


def run(tasks: Sequence[Task], workers: Workers) -> None:
    """Trains each to its end while the main thread shows the progress and listens for signals."""
    watcher, place = Watcher([storage(task.out) for task in tasks]), storage(tasks[0].out)
    place.delete(_REFUSED)

    def fit(_: Halted) -> None:
        try:
            _trainer(tasks, workers).fit()
        except TrainingFailedError as error:
            raise SartextError(f"the training ended: {error}") from error

    def look(last: bool) -> None:
        _raise_refusal(place)
        watcher.show(last)

    in_background(fit, look, watcher.clear)
    for path in place.paths(_RAY_FILES):
        place.delete(path)


def _trainer(tasks: Sequence[Task], workers: Workers) -> TorchTrainer:
    resources = {"CPU": float(workers.threads)} | ({"GPU": 1.0} if workers.gpus else {})
    return TorchTrainer(
        _worker,
        train_loop_config={"tasks": tasks},
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
        # Ray starts the workers again whatever ended them, half a minute each time; this would be said again, the same.
        refusal = {"message": " ".join(str(error).split()), "of_user": isinstance(error, UserError)}
        storage(config["tasks"][0].out).put(_REFUSED, readable(refusal))
        raise


def _raise_refusal(place: Storage) -> None:
    """Raises what a worker of this training has raised on purpose, if one did."""
    try:
        refusal = read_json(place, _REFUSED, ("message", "of_user"))
    except FileNotFoundError:
        return
    place.delete(_REFUSED)
    raise (UserError if refusal["of_user"] else SartextError)(refusal["message"])


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
