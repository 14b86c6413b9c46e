"""vLLM through Ray Serve: one replica holds the engine, and makes batches as requests come."""

import contextlib
import json
import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from ray.serve import Application
from ray.serve.llm import LLMConfig, LLMServer, build_llm_deployment

from sartext.flow.engine.ray_private import listen_at_node
from sartext.flow.engine.resources import Resources
from sartext.flow.serve.limits import OFFLINE
from sartext.flow.serve.paths import GPT

listen_at_node()

_MOST_POSITIONS = 4096  # tokens of question, image and answer that there is room for
_CPU_CACHE_GB = "1"
_OF_GPU = 0.9  # of the memory of a GPU: what vLLM takes by itself, and of its share where it has one


class Engine(LLMServer):
    """Ray Serve's own replica; a class of this package, so that it listens as the others do."""

    async def check_health(self) -> None:
        """Ends this replica where its engine is dead, which nothing brings back: Serve starts another within seconds.

        An error would have to come three times before Serve believes it, and end a replica that it then asks to finish.
        """
        try:
            await super().check_health()
        except Exception:
            logging.getLogger("ray.serve").error("the engine is dead, and its replica ends with it", exc_info=True)
            for child in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    child.kill()
            os._exit(1)


def engine(folder: Path, options: dict[str, Any], each: Resources) -> Application:
    """The deployment of a GPT's folder, on a GPU, a share of one, or on CPUs."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    positions = int(config.get("text_config", config).get("max_position_embeddings", _MOST_POSITIONS))
    kind: dict[str, Any] = {"limit_mm_per_prompt": {"image": 1, "video": 0}, "max_model_len": min(positions, _MOST_POSITIONS)}
    environment = dict(OFFLINE)
    if not each.gpus:
        kind |= {"dtype": "float32", "enforce_eager": True}
        environment["VLLM_CPU_KVCACHE_SPACE"] = _CPU_CACHE_GB
    elif each.gpus < 1:
        kind["gpu_memory_utilization"] = round(_OF_GPU * each.gpus, 3)
    llm = LLMConfig(
        model_loading_config={"model_id": GPT, "model_source": str(folder)},
        engine_kwargs=kind,
        placement_group_config={"bundles": [replace(each, cpus=1.0).bundle()]},
        runtime_env={"env_vars": environment},
        deployment_config=options,
        log_engine_metrics=False,
    )
    return build_llm_deployment(llm, deployment_cls=Engine)
