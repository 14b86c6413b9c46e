"""What an application is made of: folders of models, an index, and the engine that answers questions. No Ray."""

import glob
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from sartext.errors import UserError
from sartext.flow.predict.index_files import Index
from sartext.flow.serve.limits import Replicas

AUTO, VLLM, TRANSFORMERS = "auto", "vllm", "transformers"
_CPUS_OF_VLLM = 2  # its replica and its worker
LEAST_INGRESS = 2  # replicas that hold the routes: where one dies, the other goes on
ENGINES = (AUTO, VLLM, TRANSFORMERS)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What is served: folders of models, and an index. None is left out."""

    clip: Path | None
    coca: Path | None
    gpt: Path | None
    index: Index | None
    gpt_engine: str  # VLLM or TRANSFORMERS


def engine_of(asked: str) -> str:
    """The engine that answers questions here. Raises `UserError` where it is unknown or not installed."""
    if asked not in ENGINES:
        raise UserError(f"gpt_engine is {asked!r}; it is one of {', '.join(ENGINES)}")
    installed = importlib.util.find_spec("vllm") is not None
    if asked == VLLM and not installed:
        raise UserError("gpt_engine is vllm, which is not installed; install the extra sartext[vllm], or take transformers")
    return asked if asked != AUTO else VLLM if installed else TRANSFORMERS


def check_models(parts: Parts) -> None:
    """Raises `UserError` where a model cannot do what it is to be served for, or the index is of another model."""
    # torch and the models' libraries take seconds to import: what is not there at all is said before.
    from sartext.models.objective import ANSWER, CAPTION, EMBED
    from sartext.models.weights import check_capability

    for folder, capability, remedy in (
        (parts.clip, EMBED, "--clip takes a model that embeds, a CLIP or a CoCa"),
        (parts.coca, CAPTION, "--coca takes a model that captions, a CoCa"),
        (parts.gpt, ANSWER, "--gpt takes a model that answers, a GPT"),
    ):
        if folder is not None:
            check_capability(folder, capability, remedy)
    if parts.gpt is not None and parts.gpt_engine == VLLM and glob.has_magic(str(parts.gpt)):
        raise UserError(
            f"{parts.gpt} has *, ? or [ in its name, which vLLM takes for a pattern of names; rename the folder, or give "
            "--gpt-engine transformers"
        )
    if parts.index is not None:
        if parts.clip is None:
            raise UserError(f"{parts.index.uri} can be searched only with the model that made it; give it as --clip")
        parts.index.of(parts.clip)


def cpus_of_each(parts: Parts, replicas: Replicas) -> int:
    """Logical CPUs of one replica of everything: of what is served, of the routes, and of vLLM."""
    deployments = 1 + sum(one is not None for one in (parts.clip, parts.coca, parts.gpt, parts.index))
    return replicas.threads * deployments + (_CPUS_OF_VLLM if parts.gpt is not None and parts.gpt_engine == VLLM else 0)


def cpus_needed(parts: Parts, replicas: Replicas) -> int:
    """Logical CPUs with which the least number of replicas starts: one of everything, and one more of the routes."""
    return cpus_of_each(parts, replicas) + replicas.threads * (LEAST_INGRESS - 1)


def model_count(parts: Parts) -> int:
    """How many models are served."""
    return sum(one is not None for one in (parts.clip, parts.coca, parts.gpt))


def gpus_needed(parts: Parts, replicas: Replicas) -> float:
    """GPUs with which they start: those of a replica of each model."""
    return replicas.gpus * model_count(parts)


def memory_needed(parts: Parts, replicas: Replicas) -> float:
    """Bytes of memory that Ray sets aside as they start, for a replica of each model."""
    return float(replicas.memory_mb * 2**20 * model_count(parts))
