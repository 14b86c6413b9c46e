"""Trainings through Ray Train: one group of workers, started again from the last checkpoints when one of them dies."""

import errno
import math
import os
from collections.abc import Sequence
from typing import Any

import ray
import ray.train
import torch
from ray.train import FailureConfig, RunConfig, ScalingConfig, TrainingFailedError
from ray.train.torch import TorchTrainer
from torch import nn

from sartext.errors import OutputError, SartextError, UserError
from sartext.flow.background import Halted, in_background
from sartext.flow.learn import Task, learn
from sartext.flow.progress import Line
from sartext.flow.refusals import Refusals
from sartext.flow.train import Workers
from sartext.flow.training_line import Watcher
from sartext.models.gather import Alone, Gather, Ranks
from sartext.storage import storage

_RAY_FILES = ".ray_train"
_FULL = (errno.ENOSPC, errno.EDQUOT)


def run(tasks: Sequence[Task], workers: Workers) -> None:
    """Trains each to its end while the main thread shows the progress and listens for signals.

    One is learned by all workers together; several side by side, each by a worker of its own.
    """
    resources = _resources(len(tasks), workers)
    watcher, place, refusals = Watcher([storage(task.out) for task in tasks]), storage(tasks[0].out), Refusals()

    def fit(_: Halted) -> None:
        try:
            _trainer(tasks, workers, resources, refusals).fit()
        except TrainingFailedError as error:
            raise SartextError(f"the training ended: {error}") from error

    def look(last: bool) -> None:
        refusals.check()
        watcher.show(last)

    in_background(fit, look, watcher.clear)
    for path in place.paths(_RAY_FILES):
        place.delete(path)


def _resources(tasks: int, workers: Workers) -> dict[str, float]:
    """What Ray sets aside for each worker.

    Trainings side by side have what fits the nodes as they are, which may be less than a CPU each: a third one that waited for
    one of two cores would then train alone. Raises `UserError` where this Ray can never hold workers that train together,
    which would be waited for; a cluster may still grow.
    """
    there = ray.cluster_resources()  # type: ignore[no-untyped-call]
    gpus = 1.0 if workers.gpus else 0.0
    cpus, count = float(workers.threads), workers.workers
    if tasks > 1:
        nodes = [node["Resources"].get("CPU", 0.0) for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
        cpus, count = even_share(nodes, tasks, cpus), tasks
    for what, needed in (("CPU", count * cpus), ("GPU", count * gpus)):
        has = there.get(what, 0.0)
        if has >= needed:
            continue
        said = f"{count} workers need {needed:g} {what}s and Ray has {has:g}"
        if not os.environ.get("RAY_ADDRESS"):
            more = "give --workers.cpus" if what == "CPU" else "train without --workers.gpus"
            raise UserError(f"{said}; lower --workers.workers, or {more}")
        Line().draw(f"{said}; waiting for the cluster to grow", last=True)
    return {"CPU": cpus} | ({"GPU": gpus} if gpus else {})


def even_share(nodes: Sequence[float], count: int, most: float) -> float:
    """The largest number of CPUs, at most `most`, that `count` workers can have alike on nodes of so many each.

    `most` where no node has any. Ray counts in steps of 1e-4, and a share that it rounded up would leave no room for the last
    worker.
    """
    shares = [min(most, math.floor(cpus / number * 1e4) / 1e4) for cpus in nodes for number in range(1, count + 1)]
    fitting = [share for share in shares if share > 0 and sum(math.floor(cpus / share + 1e-9) for cpus in nodes) >= count]
    return max(fitting, default=most)


def _trainer(tasks: Sequence[Task], workers: Workers, resources: dict[str, float], refusals: Refusals) -> TorchTrainer:
    count = workers.workers if len(tasks) == 1 else len(tasks)
    return TorchTrainer(
        _worker,
        train_loop_config={"tasks": tasks, "refusals": refusals},
        scaling_config=ScalingConfig(num_workers=count, use_gpu=workers.gpus, resources_per_worker=resources),
        run_config=RunConfig(
            name="training",
            storage_path=f"{os.path.abspath(tasks[0].out)}/{_RAY_FILES}",
            failure_config=FailureConfig(max_failures=workers.restarts),
        ),
    )


def _worker(config: dict[str, Any]) -> None:
    """What Ray runs in each worker."""
    tasks: Sequence[Task] = config["tasks"]
    context = ray.train.get_context()
    together = len(tasks) == 1
    if not together:
        # Nothing is shared; and what is saved by a rank above 0 of such a group, transformers leaves out without a word.
        torch.distributed.destroy_process_group()
    try:
        if together:
            learn(tasks[0], RayGroup(context.get_world_size(), "cuda" if torch.cuda.is_available() else "cpu"))
        else:
            learn(tasks[context.get_world_rank()], RayGroup(1, "cpu"))
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
    """The workers that learn one training: all of this Ray training's, or one alone."""

    def __init__(self, world_size: int, device: str) -> None:
        self.world_size, self.device = world_size, torch.device(device)
        self.gather: Gather = Ranks() if self.world_size > 1 else Alone()

    def wrap(self, model: nn.Module) -> nn.Module:
        """Gradients averaged over the workers."""
        return nn.parallel.DistributedDataParallel(model) if self.world_size > 1 else model

    def committed(self) -> None:
        """Waits for all workers."""
        if self.world_size > 1:
            torch.distributed.barrier()
