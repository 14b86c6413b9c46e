"""From the places of models and an index to one application of Ray Serve: its deployments, bound to one another."""

from typing import Any

from ray import serve
from ray.serve import Application
from ray.serve.config import BackpressureConfig

from sartext.flow.application.asking import AnsweringByVLLM
from sartext.flow.application.handles import Ingress
from sartext.flow.application.limits import OFFLINE, Limits, Replicas
from sartext.flow.application.parts import VLLM, Parts
from sartext.flow.application.refusal import RETRY_AFTER_S
from sartext.flow.application.replicas import BATCH, Answering, Captioning, Embedding
from sartext.flow.application.routes import CLIP, COCA, GPT, INDEX
from sartext.flow.application.searching import Searching
from sartext.models.weights import described

_REQUESTS = 32  # that the ingress works on at once: this many bodies are in memory at most


def bind(parts: Parts, limits: Limits, replicas: Replicas, key: str | None) -> Application:
    """The application, ready for `serve.run`."""
    options = _options(limits, replicas)
    threads, about = replicas.threads, _about(parts)

    def bound(kind: type, *arguments: Any, gpu: bool = True) -> Application:
        deployment: Any = serve.deployment(kind, name=kind.__name__, **_on(options, replicas, gpu))
        application: Application = deployment.bind(*arguments)
        return application

    answering = None
    if parts.gpt is not None and parts.gpt_engine == VLLM:
        from sartext.flow.application.engine import engine  # vLLM with it

        by = engine(parts.gpt, options, gpus=replicas.gpus)
        answering = bound(AnsweringByVLLM, described(parts.gpt)[1], by, gpu=False)
    elif parts.gpt is not None:
        answering = bound(Answering, str(parts.gpt), threads)
    ingress: Any = serve.deployment(
        Ingress,
        name="Ingress",
        **_on(options, replicas, False)
        | {
            "max_ongoing_requests": _REQUESTS,
            "autoscaling_config": _scaling(replicas, _REQUESTS // 2),
            "backpressure_config": BackpressureConfig(status_code=503, retry_after_s=RETRY_AFTER_S),
        },
    )
    application: Application = ingress.bind(
        about,
        limits,
        key,
        embedding=None if parts.clip is None else bound(Embedding, str(parts.clip), threads),
        searching=None if parts.index is None else bound(Searching, parts.index.uri, threads, gpu=False),
        captioning=None if parts.coca is None else bound(Captioning, str(parts.coca), threads),
        answering=answering,
    )
    return application


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
    return {**options, "ray_actor_options": {**resources, "runtime_env": {"env_vars": OFFLINE}}}


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
