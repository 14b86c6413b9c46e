"""A training through Ray Train: one group of workers, started again from the last checkpoint when one of them dies."""

import os
import time
from typing import Any

import ray.train
import torch
from ray.train import FailureConfig, RunConfig, ScalingConfig, TrainingFailedError
from ray.train.torch import TorchTrainer
from torch import nn

from sartext.artifact import read_json
from sartext.errors import SartextError
from sartext.flow.background import Halted, in_background
from sartext.flow.learn import LIVE, Task, learn
from sartext.flow.progress import Line, duration
from sartext.flow.train import Workers
from sartext.models.gather import Alone, Gather, Ranks
from sartext.storage import Storage, storage

_RAY_FILES = ".ray_train"


def run(task: Task, workers: Workers) -> None:
    """Trains to the end while the main thread shows the progress and listens for signals."""
    place = storage(task.out)
    watcher = Watcher(place)

    def fit(_: Halted) -> None:
        try:
            _trainer(task, workers).fit()
        except TrainingFailedError as error:
            raise SartextError(f"the training ended: {error}") from error

    in_background(fit, watcher.show, watcher.clear)
    for path in place.paths(_RAY_FILES):
        place.delete(path)


def _trainer(task: Task, workers: Workers) -> TorchTrainer:
    resources = {"CPU": float(workers.threads)} | ({"GPU": 1.0} if workers.gpus else {})
    return TorchTrainer(
        _worker,
        train_loop_config={"task": task},
        scaling_config=ScalingConfig(num_workers=workers.workers, use_gpu=workers.gpus, resources_per_worker=resources),
        run_config=RunConfig(
            name="training",
            storage_path=f"{os.path.abspath(task.out)}/{_RAY_FILES}",
            failure_config=FailureConfig(max_failures=workers.restarts),
        ),
    )


def _worker(config: dict[str, Any]) -> None:
    """What Ray runs in each worker."""
    learn(config["task"], RayGroup())


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
    """The live line of a training, from what its first worker says at the place."""

    def __init__(self, place: Storage) -> None:
        self._place, self._line = place, Line()
        self._first: tuple[int, float] | None = None  # the first step that was seen, and when

    def show(self, last: bool = False) -> None:
        """Draws the line."""
        try:
            live = read_json(self._place, LIVE, ("step", "total", "stage", "loss"))
        except FileNotFoundError:
            return
        now = time.monotonic()
        if self._first is None:
            self._first = int(live["step"]), now
        here, elapsed_s = int(live["step"]) - self._first[0], now - self._first[1]
        rate = here / elapsed_s if here > 0 and elapsed_s > 0 else 0.0
        left = duration((live["total"] - live["step"]) / rate) if rate else "--:--"
        share = 100 * live["step"] / live["total"]
        text = f"{live['stage']}: step {live['step']:,} of {live['total']:,} ({share:.0f}%)  {rate:.1f} steps/s  {left} left"
        self._line.draw(f"{text}  loss {live['loss']:.4f}", last=last)

    def clear(self) -> None:
        """Leaves an empty line for a message on a terminal."""
        self._line.clear()
