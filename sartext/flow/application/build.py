"""From the places of models and an index to one application of Ray Serve: its deployments, bound to one another."""

import json
from pathlib import Path
from typing import Any

from ray import serve
from ray.serve import Application
from ray.serve.config import BackpressureConfig

from sartext.flow.application.handles import Ingress
from sartext.flow.application.limits import Limits, Replicas
from sartext.flow.application.parts import VLLM, Parts
from sartext.flow.application.refusal import RETRY_AFTER_S
from sartext.flow.application.replicas import (
    BATCH,
    Answering,
    AnsweringByVLLM,
    Captioning,
    Embedding,
    Searching,
)
from sartext.flow.application.routes import CLIP, COCA, GPT, INDEX

_MOST_POSITIONS = 4096  # tokens of question, image and answer that vLLM keeps room for
_REQUESTS = 32  # that the ingress works on at once: this many bodies are in memory at most
_OFFLINE = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}  # models are folders here; nobody outside is asked or told
_CPU_CACHE_GB = "1"


def bind(parts: Parts, limits: Limits, replicas: Replicas, key: str | None) -> Application:
    """The application, ready for `serve.run`."""
    options = _options(limits, replicas)
    threads, about = replicas.threads, _about(parts)

    def bound(kind: type, *arguments: Any, gpu: bool = True) -> Application:
        return serve.deployment(kind, name=kind.__name__, **_on(options, replicas, gpu)).bind(*arguments)

    answering = None
    if parts.gpt is not None and parts.gpt_engine == VLLM:
        engine = _engine(parts.gpt, limits, replicas)
        answering = bound(AnsweringByVLLM, str(parts.gpt), engine, gpu=False)
    elif parts.gpt is not None:
        answering = bound(Answering, str(parts.gpt), threads)
    ingress = serve.deployment(
        Ingress,
        name="Ingress",
        **_on(options, replicas, False)
        | {
            "max_ongoing_requests": _REQUESTS,
            "autoscaling_config": _scaling(replicas, _REQUESTS // 2),
            "backpressure_config": BackpressureConfig(status_code=503, retry_after_s=RETRY_AFTER_S),
        },
    )
    return ingress.bind(
        about,
        limits,
        key,
        embedding=None if parts.clip is None else bound(Embedding, str(parts.clip), threads),
        searching=None if parts.index is None else bound(Searching, parts.index.uri, threads, gpu=False),
        captioning=None if parts.coca is None else bound(Captioning, str(parts.coca), threads),
        answering=answering,
    )


def _options(limits: Limits, replicas: Replicas) -> dict[str, Any]:
    return {
        "max_ongoing_requests": 2 * BATCH,
        "max_queued_requests": limits.max_waiting,
        "autoscaling_config": _scaling(replicas, BATCH),
        "graceful_shutdown_timeout_s": 2.0,
        "graceful_shutdown_wait_loop_s": 0.2,
    }


def _scaling(replicas: Replicas, ongoing: int) -> dict[str, Any]:
    return {"min_replicas": 1, "max_replicas": replicas.most, "target_ongoing_requests": ongoing}


def _on(options: dict[str, Any], replicas: Replicas, gpu: bool) -> dict[str, Any]:
    resources = {"num_cpus": replicas.threads, "num_gpus": 1 if gpu and replicas.gpus else 0}
    return {**options, "ray_actor_options": {**resources, "runtime_env": {"env_vars": _OFFLINE}}}


def _engine(folder: Path, limits: Limits, replicas: Replicas) -> Application:
    """vLLM through Ray Serve: one replica holds the engine, and makes batches as requests come."""
    from ray.serve.llm import LLMConfig, build_llm_deployment

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    positions = int(config.get("text_config", config).get("max_position_embeddings", _MOST_POSITIONS))
    kind: dict[str, Any] = {"limit_mm_per_prompt": {"image": 1, "video": 0}, "max_model_len": min(positions, _MOST_POSITIONS)}
    environment = dict(_OFFLINE)
    if not replicas.gpus:
        kind |= {"dtype": "float32", "enforce_eager": True}
        environment["VLLM_CPU_KVCACHE_SPACE"] = _CPU_CACHE_GB
    options = _options(limits, replicas)
    return build_llm_deployment(
        LLMConfig(
            model_loading_config={"model_id": GPT, "model_source": str(folder)},
            engine_kwargs=kind,
            placement_group_config={"bundles": [{"GPU": 1, "CPU": 1} if replicas.gpus else {"CPU": 1}]},
            runtime_env={"env_vars": environment},
            deployment_config=options,
            log_engine_metrics=False,
        )
    )


def _about(parts: Parts) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    if parts.clip is not None:
        found[CLIP] = {"does": "embed"}
    if parts.index is not None:
        found[INDEX] = {"does": "search", "tiles": parts.index.tiles}
    if parts.coca is not None:
        found[COCA] = {"does": "caption"}
    if parts.gpt is not None:
        found[GPT] = {"does": "answer", "engine": parts.gpt_engine}
    return found
