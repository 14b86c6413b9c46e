"""The replica that answers by vLLM, which is another deployment and makes its batches itself; images are prepared here."""

import asyncio
import base64
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ray.exceptions import RayError, RayTaskError
from ray.serve.handle import DeploymentHandle

from sartext.errors import SartextError
from sartext.flow.engine.ray_private import listen_at_node
from sartext.flow.serve.limits import DECODERS
from sartext.flow.serve.paths import GPT
from sartext.flow.serve.refusal import EngineGone
from sartext.flow.serve.routes.routes import Answer
from sartext.models.image import Preprocess

listen_at_node()


class AnsweringByVLLM:
    """Answers as `Answering` gives them."""

    def __init__(self, preprocess: Preprocess, engine: DeploymentHandle[Any]) -> None:
        # vLLM with these, which takes seconds.
        from ray.serve.llm.openai_api_models import ChatCompletionRequest
        from vllm.v1.engine.exceptions import EngineDeadError, EngineGenerateError

        self._request: Any = ChatCompletionRequest
        self._of_engine = (EngineDeadError, EngineGenerateError, RayError)
        self._preprocess = preprocess
        self._engine: Any = engine.options(stream=True)
        self._decoders = ThreadPoolExecutor(DECODERS)

    async def answer(self, image: bytes, question: str, max_tokens: int) -> Answer:
        """Raises `TileRejected`, and `EngineGone` where vLLM dies meanwhile."""
        url = await asyncio.get_running_loop().run_in_executor(self._decoders, self._url, image)
        content = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": question}]
        request = self._request(
            model=GPT, messages=[{"role": "user", "content": content}], temperature=0.0, max_tokens=max_tokens
        )
        try:
            return await self._answer(request)
        except RayTaskError as error:
            if isinstance(error.cause, self._of_engine):
                raise EngineGone(f"vLLM died: {error.cause}") from error
            raise
        except RayError as error:
            raise EngineGone(f"vLLM died: {error}") from error

    async def _answer(self, request: Any) -> Answer:
        async for response in self._engine.chat.remote(request):
            if not hasattr(response, "choices"):
                error = getattr(response, "error", response)
                if getattr(error, "code", 500) >= 500:
                    raise EngineGone(f"vLLM does not answer: {response}")
                raise SartextError(f"vLLM refuses the question: {response}")
            choice = response.choices[0]
            return Answer.of((choice.message.content or "").strip(), choice.finish_reason == "stop")
        raise SartextError("vLLM gave no answer")

    def _url(self, image: bytes) -> str:
        out = io.BytesIO()
        self._preprocess.picture(image).save(out, "PNG", compress_level=1)
        return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
