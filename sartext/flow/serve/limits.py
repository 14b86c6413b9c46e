"""What the application takes from a client, and what it runs on. No part of any answer."""

from dataclasses import dataclass, field

from sartext.errors import require
from sartext.flow.engine.resources import GPU_HELP, Resources, check_gpus

MAX_INPUTS = 64  # texts and images of one request for embeddings
MAX_TEXT = 2000  # characters of a text to embed or to search for
MAX_QUESTION_BYTES = 400  # with the tokens of an image it fits the smallest model that is served, in any script
MAX_ANSWER_TOKENS = 64
MAX_CAPTION_TOKENS = 64
MAX_TOP = 100
DECODERS = 2  # images that a replica decodes at once, which bounds its memory
OFFLINE = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}  # models are folders here; nobody outside is asked or told
BODY_S = 60.0  # in which a body must have come


@dataclass(frozen=True, kw_only=True)
class RequestLimits:
    """Bounds on one request and on how many wait."""

    max_body_mb: int = field(default=16, metadata={"help": "MiB of a request; a larger one is refused before it is read"})
    max_bodies_mb: int = field(
        default=128,
        metadata={"help": "MiB of all requests that a proxy holds at once; another is told to come again before it is read"},
    )
    max_megapixels: float = field(
        default=16.0, metadata={"help": "million pixels of an image; a larger one is refused before it is decoded"}
    )
    max_request_megapixels: float = field(default=64.0, metadata={"help": "million pixels of all images of a request together"})
    max_waiting: int = field(
        default=64, metadata={"help": "requests that may wait for each model; another is told to come again"}
    )

    def __post_init__(self) -> None:
        for name, least in (("max_body_mb", 1), ("max_waiting", 1)):
            require(f"limits.{name}", getattr(self, name), getattr(self, name) >= least, f"at least {least}")
        require("limits.max_megapixels", self.max_megapixels, 0 < self.max_megapixels <= 64, "above 0 and at most 64")
        for name, part in (("max_bodies_mb", "max_body_mb"), ("max_request_megapixels", "max_megapixels")):
            least = getattr(self, part)
            require(f"limits.{name}", getattr(self, name), getattr(self, name) >= least, f"at least limits.{part}, {least}")

    @property
    def max_body_bytes(self) -> int:
        return self.max_body_mb * 2**20

    @property
    def max_bodies_bytes(self) -> int:
        return self.max_bodies_mb * 2**20

    @property
    def max_request_pixels(self) -> int:
        return int(self.max_request_megapixels * 1_000_000)

    @property
    def max_pixels(self) -> int:
        return int(self.max_megapixels * 1_000_000)


@dataclass(frozen=True, kw_only=True)
class Replicas:
    """What each model runs on."""

    threads: int = field(default=1, metadata={"help": "CPU threads of a replica"})
    gpus: float = field(default=0.0, metadata={"help": f"GPUs of a replica of a model; {GPU_HELP}", "alone": 1.0})
    memory_mb: int = field(default=0, metadata={"help": "MiB of memory that Ray sets aside for a replica of a model; 0: any"})
    most: int = field(
        default=4, metadata={"help": "replicas of a model under load, as far as there are CPUs; one stays when idle"}
    )
    object_store_mb: int = field(default=256, metadata={"help": "MiB of shared memory of a Ray started here"})

    def __post_init__(self) -> None:
        for name, least in (("threads", 1), ("memory_mb", 0), ("most", 1), ("object_store_mb", 100)):
            require(f"replicas.{name}", getattr(self, name), getattr(self, name) >= least, f"at least {least}")
        check_gpus("replicas.gpus", self.gpus)

    @property
    def resources(self) -> Resources:
        """Of one replica of a model."""
        return Resources(cpus=float(self.threads), gpus=self.gpus, memory_mb=self.memory_mb)
