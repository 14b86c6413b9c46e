"""Trainings through Ray Train: one group of workers, started again from the last checkpoints when one of them dies."""

import errno
import math
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ray
import ray.train
import torch
from ray.exceptions import RayActorError
from ray.train import ControllerError, FailureConfig, RunConfig, ScalingConfig, TrainingFailedError
from ray.train.torch import TorchConfig, TorchTrainer
from torch import nn

from sartext.errors import OutputError, SartextError
from sartext.flow.engine.background import Halted, run_with_monitor
from sartext.flow.engine.device import allotted_device
from sartext.flow.engine.options import Workers
from sartext.flow.engine.ray_private import leave_no_worker
from sartext.flow.engine.resources import Resources, check_room
from sartext.flow.train.failures import Ends, Refusals, committed_step
from sartext.flow.train.loop import Task, learn
from sartext.flow.train.progress import Watcher
from sartext.models.gather import Alone, Gather, Ranks
from sartext.store import open_store

_RAY_FILES = ".ray_train"
_FULL = (errno.ENOSPC, errno.EDQUOT)


def run(tasks: Sequence[Task], workers: Workers) -> None:
    """Trains each to its end while the main thread shows the progress and listens for signals.

    One is learned by all workers together; several side by side, each by a worker of its own.
    """
    resources = _resources(len(tasks), workers)
    watcher, store, refusals = Watcher([open_store(task.out) for task in tasks]), open_store(tasks[0].out), Refusals()

    def fit(halted: Halted) -> None:
        """Ray Train to its end, begun again where it gave up a worker that died before it had begun."""
        for left in range(workers.restarts, -1, -1):
            try:
                _trainer(tasks, replace(workers, restarts=left), resources, refusals).fit()
                return
            except TrainingFailedError as error:
                if halted.is_set() or not left or not _died_as_told_to_begin(error):
                    raise SartextError(f"the training ended: {error}") from error
                refusals.fell()

    run_with_monitor(fit, _Heard(watcher, refusals))
    for path in store.paths(_RAY_FILES):
        store.delete(path)


class _Heard:
    """The live line of trainings, and above it what is heard of their workers."""

    def __init__(self, watcher: Watcher, refusals: Refusals) -> None:
        self._watcher, self._refusals = watcher, refusals

    def show(self, last: bool = False) -> None:
        """Draws the line. Raises what ends the training, as `Refusals.check`."""
        for news in self._refusals.check():
            self._watcher.clear()
            print(news, file=sys.stderr, flush=True)
        self._watcher.show(last)

    def clear(self) -> None:
        """Leaves an empty line for a message on a terminal."""
        self._watcher.clear()


def _died_as_told_to_begin(error: TrainingFailedError) -> bool:
    """Whether a worker died while Ray told all to begin: it takes that for an error of its own, and starts nobody again."""
    return isinstance(error, ControllerError) and isinstance(error.controller_failure, RayActorError)


def _resources(tasks: int, workers: Workers) -> Resources:
    """What Ray sets aside for each worker.

    Trainings side by side have what fits the nodes as they are, which may be less than a CPU each: a third one that waited for
    one of two cores would then train alone. Raises `UserError` where this Ray can never hold workers that train together,
    which would be waited for; a cluster may still grow.
    """
    each, count = workers.resources, workers.workers
    if tasks > 1:
        nodes = [node["Resources"].get("CPU", 0.0) for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
        each, count = replace(each, cpus=even_share(nodes, tasks, each.cpus)), tasks
    remedy = (
        "lower --workers.workers, --workers.threads or --workers.memory-mb, give --workers.cpus, or leave --workers.gpus out"
    )
    check_room(f"{count} workers", each.bundle(count), remedy)
    return each


def even_share(nodes: Sequence[float], count: int, most: float) -> float:
    """The largest number of CPUs, at most `most`, that `count` workers can have alike on nodes of so many each.

    `most` where no node has any. Ray counts in steps of 1e-4, and a share that it rounded up would leave no room for the last
    worker.
    """
    shares = [min(most, math.floor(cpus / number * 1e4) / 1e4) for cpus in nodes for number in range(1, count + 1)]
    fitting = [share for share in shares if share > 0 and sum(math.floor(cpus / share + 1e-9) for cpus in nodes) >= count]
    return max(fitting, default=most)


def _trainer(tasks: Sequence[Task], workers: Workers, resources: Resources, refusals: Refusals) -> TorchTrainer:
    count = workers.workers if len(tasks) == 1 else len(tasks)
    return TorchTrainer(
        _worker,
        torch_config=_backend(workers.gpus > 0),
        train_loop_config={"tasks": tasks, "refusals": refusals},
        scaling_config=ScalingConfig(num_workers=count, use_gpu=workers.gpus > 0, resources_per_worker=resources.bundle()),
        run_config=RunConfig(
            name="training",
            storage_path=f"{os.path.abspath(tasks[0].out)}/{_RAY_FILES}",
            failure_config=FailureConfig(max_failures=workers.restarts),
            callbacks=[Ends(refusals, [task.out for task in tasks]), leave_no_worker()],  # type: ignore[list-item]
        ),
    )


def _backend(gpus: bool) -> TorchConfig:
    """How the workers talk to one another: NCCL between GPUs, gloo for what lies in memory."""
    return TorchConfig(backend="cpu:gloo,cuda:nccl" if gpus else "gloo")


def _worker(config: dict[str, Any]) -> None:
    """What Ray runs in each worker."""
    tasks: Sequence[Task] = config["tasks"]
    refusals: Refusals = config["refusals"]
    context = ray.train.get_context()
    rank, together = context.get_world_rank(), len(tasks) == 1
    if not together:
        # Nothing is shared; and what is saved by a rank above 0 of such a group, transformers leaves out without a word.
        torch.distributed.destroy_process_group()
    task = tasks[0 if together else rank]
    refusals.started(rank, committed_step(task.out))
    try:
        learn(task, RayGroup(context.get_world_size() if together else 1, allotted_device()))
    except SartextError as error:
        refusals.add(error)
        raise
    except OSError as error:
        if error.errno in _FULL:  # of a library that writes by itself, as TensorBoard's
            refusals.add(OutputError(f"{error.filename or 'a file'} cannot be written: {error.strerror}; free some space"))
        raise


class RayGroup:
    """The workers that learn one training: all of this Ray training's, or one alone."""

    def __init__(self, world_size: int, device: torch.device) -> None:
        self.world_size, self.device = world_size, device
        if device.type == "cuda":
            torch.cuda.set_device(device)  # what collectives and libraries that name none use
        self.gather: Gather = Ranks() if self.world_size > 1 else Alone()

    def wrap(self, model: nn.Module) -> nn.Module:
        """Gradients averaged over the workers."""
        return nn.parallel.DistributedDataParallel(model) if self.world_size > 1 else model

    def committed(self) -> None:
        """Waits for all workers."""
        if self.world_size > 1:
            torch.distributed.barrier()
