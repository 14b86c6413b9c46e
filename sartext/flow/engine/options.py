"""What a job runs on. Only a bound on memory can change what comes out: a tile that needs more is rejected."""

import os
from dataclasses import dataclass, field
from typing import Protocol

from sartext.errors import UserError, require
from sartext.flow.engine.resources import GPU_HELP, Resources, check_gpus


class Here(Protocol):
    """What a Ray that is started here may use; of a cluster that is joined it says nothing."""

    @property
    def cpus(self) -> int | None: ...

    @property
    def object_store_mb(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Resources. They are no part of a fingerprint."""

    cpus: int | None = field(
        default=None,
        metadata={"help": "logical CPUs of a Ray started here (default: all of the machine's); unused on a cluster"},
    )
    actors: int = field(default=0, metadata={"help": "actors that hold the models of rules that ask one; at least so many"})
    most_actors: int | None = field(
        default=None, metadata={"help": "actors that are started as Ray has room for them (unset: as many as engine.actors)"}
    )
    threads: int = field(default=1, metadata={"help": "CPU threads of an actor"})
    gpus: float = field(default=0.0, metadata={"help": f"GPUs of an actor, for narration by a model; {GPU_HELP}", "alone": 1.0})
    memory_mb: int = field(default=0, metadata={"help": "MiB of memory that Ray sets aside for an actor; 0: any"})
    worker_memory_mb: int = field(
        default=4096,
        metadata={
            "help": "MiB that a worker may allocate beside its models; then it is ended, and its tiles are tried alone (an "
            "actor that has grown by half of it is started anew); 0: any"
        },
    )
    object_store_mb: int = field(default=1024, metadata={"help": "MiB of shared memory of a Ray started here"})
    window_shards: int = field(default=1000, metadata={"help": "shards handed to Ray at a time"})

    def __post_init__(self) -> None:
        for name, least in (
            ("actors", 0),
            ("threads", 1),
            ("worker_memory_mb", 0),
            ("memory_mb", 0),
            ("object_store_mb", 100),
            ("window_shards", 1),
        ):
            require(f"engine.{name}", getattr(self, name), getattr(self, name) >= least, f"at least {least}")
        require("engine.cpus", self.cpus, self.cpus is None or self.cpus >= 1, "at least 1")
        here = self.cpus or os.cpu_count() or 1
        if (self.gpus or self.memory_mb or self.threads > 1 or self.most_actors) and not self.actors:
            raise UserError(
                "engine.gpus, engine.memory_mb, engine.threads and engine.most_actors are of actors, and engine.actors is 0; "
                "ask for some"
            )
        if self.actors and self.actors * self.threads >= here and not os.environ.get("RAY_ADDRESS"):
            raise UserError(
                f"engine.actors is {self.actors}, of {self.threads} threads, on {here} CPUs; leave at least one to write"
            )
        enough = self.most_actors is None or self.most_actors >= self.actors
        require("engine.most_actors", self.most_actors, enough, f"at least engine.actors, {self.actors}")
        check_gpus("engine.gpus", self.gpus)

    @property
    def most(self) -> int:
        """The most actors."""
        return self.actors if self.most_actors is None else self.most_actors

    @property
    def resources(self) -> Resources:
        """Of one actor."""
        return Resources(cpus=float(self.threads), gpus=self.gpus, memory_mb=self.memory_mb)


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Actors that each hold what their work needs, such as a model. They are no part of a fingerprint."""

    actors: int = field(
        default=1, metadata={"help": "actors that work side by side, each with its own copy of what it needs, such as a model"}
    )
    threads: int = field(default=1, metadata={"help": "CPU threads of an actor"})
    gpus: float = field(default=0.0, metadata={"help": f"GPUs of an actor; {GPU_HELP}", "alone": 1.0})
    memory_mb: int = field(default=0, metadata={"help": "MiB of memory that Ray sets aside for an actor; 0: any"})
    cpus: int | None = field(
        default=None,
        metadata={"help": "logical CPUs of a Ray started here (default: all of the machine's); unused on a cluster"},
    )
    object_store_mb: int = field(default=256, metadata={"help": "MiB of shared memory of a Ray started here"})

    def __post_init__(self) -> None:
        for name, least in (("actors", 1), ("threads", 1), ("memory_mb", 0), ("object_store_mb", 100)):
            require(f"pool.{name}", getattr(self, name), getattr(self, name) >= least, f"at least {least}")
        here = self.cpus or os.cpu_count() or 1
        if self.actors * self.threads > here and not os.environ.get("RAY_ADDRESS"):
            raise UserError(f"pool has {self.actors} actors of {self.threads} threads and {here} CPUs; ask for fewer")
        check_gpus("pool.gpus", self.gpus)

    @property
    def resources(self) -> Resources:
        """Of one actor."""
        return Resources(cpus=float(self.threads), gpus=self.gpus, memory_mb=self.memory_mb)


@dataclass(frozen=True, kw_only=True)
class Workers:
    """What a training runs on. More workers change sums in their last bits only."""

    workers: int = field(default=1, metadata={"help": "processes that train together"})
    threads: int = field(default=1, metadata={"help": "CPU threads of a worker"})
    gpus: float = field(default=0.0, metadata={"help": f"GPUs of a worker; {GPU_HELP}", "alone": 1.0})
    memory_mb: int = field(default=0, metadata={"help": "MiB of memory that Ray sets aside for a worker; 0: any"})
    restarts: int = field(default=20, metadata={"help": "how often the workers are started again after one of them died"})
    cpus: int | None = field(
        default=None,
        metadata={"help": "logical CPUs of a Ray started here (default: all of the machine's); unused on a cluster"},
    )
    object_store_mb: int = field(default=256, metadata={"help": "MiB of shared memory of a Ray started here"})

    def __post_init__(self) -> None:
        for name, least in (("workers", 1), ("threads", 1), ("memory_mb", 0), ("restarts", 0), ("object_store_mb", 100)):
            require(f"workers.{name}", getattr(self, name), getattr(self, name) >= least, f"at least {least}")
        require("workers.cpus", self.cpus, self.cpus is None or self.cpus >= 1, "at least 1, or not given")
        check_gpus("workers.gpus", self.gpus)
        alone = self.workers == 1 or self.gpus in (0, 1)
        require("workers.gpus", self.gpus, alone, "0 or 1 where there are several workers: NCCL wants a GPU for each")

    @property
    def resources(self) -> Resources:
        """Of one worker."""
        return Resources(cpus=float(self.threads), gpus=self.gpus, memory_mb=self.memory_mb)
