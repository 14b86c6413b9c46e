"""From the places of models and an index to one application of Ray Serve: its deployments, bound to one another."""

from typing import Any

import ray
from ray import serve
from ray.serve import Application
from ray.serve.config import RequestRouterConfig

from sartext.flow.engine.resources import Resources
from sartext.flow.serve.capacity import room
from sartext.flow.serve.door.proxy import ENVIRONMENT
from sartext.flow.serve.door.terms import Terms
from sartext.flow.serve.limits import OFFLINE, Replicas, RequestLimits
from sartext.flow.serve.model_set import LEAST_INGRESS, VLLM, Parts
from sartext.flow.serve.paths import CLIP, COCA, GPT, INDEX
from sartext.flow.serve.replicas.models import BATCH, Answering, Captioning, Embedding
from sartext.flow.serve.replicas.search import Searching
from sartext.flow.serve.replicas.vllm import AnsweringByVLLM
from sartext.flow.serve.routes.ingress import Ingress
from sartext.models.weights import described

_INSIDE = 10_000  # requests that the replica of the routes may have: the door before it lets in fewer
# Between the tries of a router that finds all replicas full: half a second by default.
_BACKOFF: dict[str, Any] = {"initial_backoff_s": 0.02, "max_backoff_s": 0.02}
_HEALTH_PERIOD_S = 2.0  # a replica that has died is noticed within it, one whose check fails after three of them
_HEALTH_TIMEOUT_S = 30.0  # a machine that is busy with something else is no reason to end a replica
_TRIES = 2  # of a replica that cannot start, before the application is given up


def bind(parts: Parts, limits: RequestLimits, replicas: Replicas, key: str | None) -> Application:
    """The application, ready for `serve.run`; where Ray is there, its doors are told how to let in."""
    most = room().replicas(parts, replicas) if ray.is_initialized() else replicas.most
    options = _options(limits, most)
    threads, names = replicas.threads, dict[str, list[str]]()
    if ray.is_initialized():
        Terms(
            key=key,
            max_body_bytes=limits.max_body_bytes,
            max_bodies_bytes=limits.max_bodies_bytes,
            places=limits.max_waiting + 2 * BATCH * most,
        ).publish()

    def bound(model: str, kind: type, *arguments: Any, gpu: bool = True) -> Application:
        deployment: Any = serve.deployment(kind, name=kind.__name__, **_on(options, replicas, gpu))
        names.setdefault(model, []).append(kind.__name__)
        application: Application = deployment.bind(*arguments)
        return application

    answering = None
    if parts.gpt is not None and parts.gpt_engine == VLLM:
        from sartext.flow.serve.replicas.vllm_engine import engine  # vLLM with it

        by: Any = engine(parts.gpt, options, replicas.resources)
        names[GPT] = [by._bound_deployment.name]
        answering = bound(GPT, AnsweringByVLLM, described(parts.gpt)[1], by, gpu=False)
    elif parts.gpt is not None:
        answering = bound(GPT, Answering, str(parts.gpt), threads)
    embedding = None if parts.clip is None else bound(CLIP, Embedding, str(parts.clip), threads)
    searching = None if parts.index is None else bound(INDEX, Searching, parts.index.uri, threads, gpu=False)
    captioning = None if parts.coca is None else bound(COCA, Captioning, str(parts.coca), threads)
    ingress: Any = serve.deployment(
        Ingress,
        name="Ingress",
        **_on(options, replicas, False)
        | {
            "max_ongoing_requests": _INSIDE,
            "max_queued_requests": -1,
            "autoscaling_config": _scaling(LEAST_INGRESS, LEAST_INGRESS + most - 1, 2 * BATCH),
        },
    )
    application: Application = ingress.bind(
        _about(parts),
        limits,
        key,
        names,
        embedding=embedding,
        searching=searching,
        captioning=captioning,
        answering=answering,
    )
    return application


def _options(limits: RequestLimits, most: int) -> dict[str, Any]:
    return {
        # All that may wait wait in the replica, where the next batch takes them at once.
        "max_ongoing_requests": 2 * BATCH + limits.max_waiting,
        "max_queued_requests": limits.max_waiting,
        "autoscaling_config": _scaling(1, most, BATCH),
        "request_router_config": RequestRouterConfig(**_BACKOFF),
        "health_check_period_s": _HEALTH_PERIOD_S,
        "health_check_timeout_s": _HEALTH_TIMEOUT_S,
        "max_constructor_retry_count": _TRIES,
        "graceful_shutdown_timeout_s": 2.0,
        "graceful_shutdown_wait_loop_s": 0.2,
    }


def _scaling(least: int, most: int, ongoing: int) -> dict[str, Any]:
    return {"min_replicas": least, "max_replicas": most, "target_ongoing_requests": ongoing}


def _on(options: dict[str, Any], replicas: Replicas, gpu: bool) -> dict[str, Any]:
    each = replicas.resources if gpu else Resources(cpus=float(replicas.threads))
    resources = {name: amount for name, amount in each.options().items() if amount is not None}
    return {**options, "ray_actor_options": {**resources, "runtime_env": {"env_vars": {**OFFLINE, **ENVIRONMENT}}}}


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
