"""vLLM's engine in this process: images and prompts in, answers out, as many at a time as it takes.

The engine's core is a process of its own. Where it dies, what holds it ends too: nothing brings it back. Ray starts another.
"""

import atexit
import io
import json
import os
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from PIL import Image

from sartext.errors import SartextError, TileRejected, UserError
from sartext.flow.engine.device import allotted_device
from sartext.flow.engine.tries import first_line
from sartext.flow.predict.by_vllm.caption_requests import CaptionRequest, Decoding
from sartext.flow.predict.by_vllm.chat_request import ChatRequest
from sartext.flow.predict.by_vllm.child_processes import ending_with_us, was_killed
from sartext.flow.predict.by_vllm.engine_thread import EngineAnswer, EngineThread
from sartext.flow.predict.by_vllm.this_actor import end_actor, share_of_gpu
from sartext.imaging.guard import read_pixels
from sartext.models.image import Preprocess

_OF_GPU = 0.9  # of the memory of a GPU that is allotted, or of its share
_BLANK_PX = 64
_STARTS = 5  # of an engine whose core is killed before it has loaded the model
# What holds unless the environment says otherwise. Models are folders here, and nobody outside is asked or told. On processors
# 1 GiB holds keys and values, and the engine keeps to the threads that Ray allotted, instead of taking cores for itself.
_SETTINGS = {
    "HF_HUB_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
}
_TOO_LONG = ("maximum context length", "longer than the maximum model length", "exceeds the pre-allocated encoder cache")


class CaptionEngine:
    """A model that has been loaded by vLLM, on the GPU that Ray allotted, on a share of one, or on CPUs."""

    def __init__(self, folder: Path, preprocess: Preprocess | None, max_positions: int, images: int = 1) -> None:
        """Loads the model, which takes a minute or more; images go through `preprocess`, or are given as they are.

        A request has at most so many `images`: one that captions needs one, one that is asked by text alone none.

        Raises `UserError` where vLLM cannot load it here, and `RuntimeError` where its processes end meanwhile.
        """
        if not folder.is_dir():
            raise UserError(f"{folder} is not on {socket.gethostname()}; models are loaded from a folder that all workers see")
        self._folder, self._preprocess = folder, preprocess
        self._llm, self._core = _started(folder, max_positions, images)
        self._thread = EngineThread(self._llm, self._refusal)
        leaving = threading.Event()
        atexit.register(leaving.set)  # runs before vLLM's own, which ends the core
        threading.Thread(target=self._watch, args=(leaving,), name="engine-watch", daemon=True).start()

    def check(self, prompt: str, image_first: bool, decoding: Decoding) -> None:
        """Raises `UserError` where the model cannot be asked so about any image: nothing about the tiles would mend it."""
        out = io.BytesIO()
        Image.new("L", (_BLANK_PX, _BLANK_PX)).save(out, "PNG")
        (outcome,) = self.ask([CaptionRequest(out.getvalue(), prompt, image_first)], decoding)
        if isinstance(outcome, TileRejected):
            raise UserError(
                f"{self._folder} cannot be asked about an image ({outcome.detail}); give another model, prompt or schema"
            )

    def submit(self, requests: Sequence[CaptionRequest | ChatRequest], decoding: Decoding) -> list[Future[EngineAnswer]]:
        """Gives requests to the engine, which works on them while it has room; `answers` waits for what it says."""
        return self._thread.submit([partial(self._chat, request, decoding) for request in requests])

    def answers(self, submitted: Sequence[Future[EngineAnswer]]) -> list[EngineAnswer]:
        """An answer to each request, or why its tile cannot be asked about: `prompt_too_long`, `refused_prompt`, the image's.

        Where the engine dies, `end_actor`.
        """
        from vllm.v1.engine.exceptions import EngineDeadError

        try:
            return [one.result() for one in submitted]
        except EngineDeadError:
            end_actor(self._died())

    def ask(self, requests: Sequence[CaptionRequest | ChatRequest], decoding: Decoding) -> list[EngineAnswer]:
        """An answer to each request, in one: `submit`, then `answers`."""
        return self.answers(self.submit(requests, decoding))

    def _watch(self, leaving: threading.Event) -> None:
        """Ends this actor as soon as the core's process has ended: who waits for its answers, vLLM 0.29 leaves waiting."""
        connection.wait(self._core)
        if leaving.is_set():
            return
        try:
            end_actor(self._died())
        except SartextError:  # no actor: an exception to who waits
            from vllm.v1.engine.exceptions import EngineDeadError

            self._llm.llm_engine.engine_core.outputs_queue.put_nowait(EngineDeadError())

    def _died(self) -> str:
        return f"{socket.gethostname()}: vLLM's engine for {self._folder} died; run again"

    def _chat(self, request: CaptionRequest | ChatRequest, decoding: Decoding) -> tuple[list[dict[str, Any]], Any]:
        """A request as the engine takes it. Raises `TileRejected` where the image is unusable."""
        if isinstance(request, ChatRequest):
            return request.messages(), _parameters(decoding, request.seed)
        return request.messages(self._picture(request.image)), _parameters(decoding, request.seed)

    def _refusal(self, error: Exception) -> TileRejected:
        """What is wrong with a request that the engine does not take. Raises where that is not the request's fault."""
        from vllm.v1.engine.exceptions import EngineDeadError

        if isinstance(error, TileRejected):
            return error
        # Templates and processors of models raise almost anything.
        if isinstance(error, MemoryError | EngineDeadError) or connection.wait(self._core, timeout=0):
            raise error if isinstance(error, MemoryError) else EngineDeadError() from error
        said = " ".join(str(error).split())[:300]
        too_long = any(words in said for words in _TOO_LONG)
        return TileRejected("prompt_too_long" if too_long else "refused_prompt", f"{type(error).__name__}: {said}")

    def _picture(self, image: bytes) -> Image.Image:
        return read_pixels(image).convert("RGB") if self._preprocess is None else self._preprocess.picture(image)


def _parameters(decoding: Decoding, seed: int | None) -> Any:
    """vLLM's parameters of one request."""
    from vllm import SamplingParams
    from vllm.sampling_params import StructuredOutputsParams

    return SamplingParams(
        temperature=decoding.temperature,
        top_p=decoding.top_p,
        max_tokens=decoding.max_tokens,
        seed=seed,
        structured_outputs=StructuredOutputsParams(json=decoding.schema) if decoding.schema else None,
    )


def _started(folder: Path, max_positions: int, images: int) -> tuple[Any, list[int]]:
    """vLLM with the model, and the sentinels of its core; begun again where the core is killed meanwhile."""
    for start in range(_STARTS):
        core: list[BaseProcess] = []
        try:
            with ending_with_us() as core:
                llm = _loaded(folder, max_positions, images)
            return llm, [process.sentinel for process in core]
        except SartextError:
            raise
        except Exception as error:
            if start + 1 == _STARTS or not any(map(was_killed, core)):
                raise RuntimeError(
                    f"vLLM's engine for {folder} does not start ({first_line(error)}); what its processes wrote says why: in "
                    "an actor Ray's log of its worker, below session_latest/logs of its folder for temporary files"
                ) from error
    raise AssertionError("the last start returns or raises")


def _loaded(folder: Path, max_positions: int, images: int) -> Any:
    """vLLM with the model."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    on_gpu = allotted_device().type != "cpu"  # before vLLM is imported: its build for processors hides GPUs
    share = share_of_gpu()
    from vllm import LLM
    from vllm.platforms import current_platform

    if on_gpu == current_platform.is_cpu():
        raise UserError(
            "vLLM is its build for processors here, and Ray allotted a GPU; install the extra sartext[vllm], or ask for no GPUs"
            if on_gpu
            else "vLLM is its build for GPUs here, and Ray allotted none; give --engine.gpus, or take a recipe without vLLM"
        )
    try:
        return LLM(
            model=str(folder),
            max_model_len=min(max_positions, _positions(folder)),
            limit_mm_per_prompt={"image": images, "video": 0, "audio": 0},
            enable_prefix_caching=True,
            mm_processor_cache_gb=0,  # each image is asked about once: to keep them would only take memory
            # Between two words of JSON a small model may put spaces until the room ends.
            structured_outputs_config={"backend": "xgrammar", "disable_any_whitespace": True},
            **placement(share if on_gpu else 0.0),
        )
    except ValueError as error:  # what a model is not; a process of the engine that ended is a RuntimeError
        said = " ".join(str(error).split())[:300]
        raise UserError(f"vLLM cannot load {folder} ({said}); give a model that it knows, or a recipe without vLLM") from error
    except (ImportError, OSError) as error:
        raise SartextError(f"{socket.gethostname()}: vLLM cannot load {folder} ({type(error).__name__}: {error})") from error


def placement(share: float) -> dict[str, Any]:
    """What vLLM is told of the GPU, of which it has a share from 0 to 1; at 0 it runs on processors."""
    if share:
        return {"dtype": "auto", "gpu_memory_utilization": round(_OF_GPU * share, 3)}
    return {"dtype": "float32", "enforce_eager": True}


def _positions(folder: Path) -> int:
    """The tokens that the model has room for, as its configuration says."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return int(config.get("text_config", config).get("max_position_embeddings", 1 << 30))
