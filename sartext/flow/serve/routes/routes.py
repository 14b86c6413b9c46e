"""The routes of the application, and its page. What answers is behind `Models`; nothing here knows of Ray."""

import asyncio
import base64
import logging
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse
from numpy.typing import NDArray
from starlette.exceptions import HTTPException

import sartext.web
from sartext.flow.predict.hit import Hit
from sartext.flow.serve import paths
from sartext.flow.serve.door.gate import App, Gate, Limited
from sartext.flow.serve.limits import MAX_ANSWER_TOKENS, RequestLimits
from sartext.flow.serve.paths import CLIP, COCA, GPT
from sartext.flow.serve.refusal import RETRY_AFTER_S, Refused
from sartext.flow.serve.routes.bodies import VQA, Body, Caption, Chat, Embeddings, Input, Search, parsed
from sartext.flow.serve.routes.images import Images
from sartext.models.shortening import whole_sentences

_B = TypeVar("_B", bound=Body)


@dataclass(frozen=True)
class Answer:
    """What a model says, and whether it came to an end by itself; where it did not, its sentences that are whole."""

    text: str
    finished: bool

    @classmethod
    def of(cls, text: str, finished: bool) -> "Answer":
        """From all that a model said."""
        return cls(text if finished else whole_sentences(text), finished)

    @property
    def reason(self) -> str:
        """OpenAI's word for how it ended."""
        return "stop" if self.finished else "length"


class Models(Protocol):
    """What answers. Each call raises `Refused` where it cannot: no such model here, an image that is damaged, a full queue."""

    def served(self) -> dict[str, dict[str, Any]]:
        """What there is, by name, with what is known of it."""
        ...

    async def state(self) -> dict[str, str]:
        """Which of them is ready, and which is starting (again), by name."""
        ...

    async def embed_text(self, text: str) -> NDArray[np.float32]: ...

    async def embed_image(self, image: bytes) -> NDArray[np.float32]: ...

    async def search(self, query: NDArray[np.float32], top: int) -> list[Hit]: ...

    async def caption(self, image: bytes) -> Answer: ...

    async def answer(self, image: bytes, question: str, max_tokens: int) -> Answer: ...


def http_application(models: Models, limits: RequestLimits, key: str | None) -> App:
    """The application as ASGI."""
    app = FastAPI(title="sartext", docs_url=None, redoc_url=None, openapi_url=None)
    _add_page(app)
    _add_health(app, models, key_needed=key is not None)
    _add_errors(app)
    _add_embeddings(app, models, limits)
    _add_words(app, models, limits)
    open_paths = frozenset((*paths.PAGE, paths.HEALTH, paths.LIVE))
    return Gate(Limited(app, max_body_bytes=limits.max_body_bytes), key=key, open_paths=open_paths)


def _add_page(app: FastAPI) -> None:
    folder = Path(sartext.web.__file__).parent
    for path, name in paths.PAGE.items():
        app.get(path)(_giving(folder / name))


def _add_health(app: FastAPI, models: Models, *, key_needed: bool) -> None:
    """Whether everything answers (readiness), and whether the application lives: one model that starts again is no reason to
    end the others."""

    @app.get(paths.HEALTH)
    async def health() -> JSONResponse:
        state = await models.state()
        missing = [name for name, one in state.items() if one != "ready"]
        said: dict[str, Any] = {"status": "starting" if missing else "ok", "models": state, "key_needed": key_needed}
        if not missing:
            return JSONResponse(said)
        return JSONResponse({**said, "missing": missing}, 503, {"retry-after": str(RETRY_AFTER_S)})

    @app.get(paths.LIVE)
    async def live() -> dict[str, Any]:
        return {"status": "alive", "key_needed": key_needed}


def _giving(path: Path) -> Any:
    async def give() -> FileResponse:
        return FileResponse(path)

    return give


def _add_embeddings(app: FastAPI, models: Models, limits: RequestLimits) -> None:
    async def features(one: Input, images: Images, name: str = "image") -> NDArray[np.float32]:
        if one.text is not None:
            return await models.embed_text(one.text)
        return await models.embed_image(await images.bytes(one.image or "", name))

    @app.get(paths.MODELS)
    async def served() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": name, "object": "model", **what} for name, what in models.served().items()]}

    @app.post(paths.EMBEDDINGS)
    async def embeddings(request: Request) -> dict[str, Any]:
        """Features in OpenAI's shape."""
        body, images = await _given(request, Embeddings, limits)
        _named(body.model, CLIP)
        # Queued side by side, so that they fall into one batch.
        rows = await _all(features(one, images, f"input {at}") for at, one in enumerate(body.inputs()))
        return {
            "object": "list",
            "model": CLIP,
            "data": [
                {"object": "embedding", "index": at, "embedding": _encoded(row, body.encoding_format)}
                for at, row in enumerate(rows)
            ],
        }

    @app.post(paths.SEARCH)
    async def search(request: Request) -> dict[str, Any]:
        body, images = await _given(request, Search, limits)
        hits = await models.search(await features(body, images), body.top)
        return {"model": CLIP, "results": [_shown(hit) for hit in hits]}


def _add_words(app: FastAPI, models: Models, limits: RequestLimits) -> None:
    @app.post(paths.CAPTION)
    async def caption(request: Request) -> dict[str, Any]:
        body, images = await _given(request, Caption, limits)
        said = await models.caption(await images.bytes(body.image))
        return {"model": COCA, "caption": said.text, "finish_reason": said.reason}

    @app.post(paths.VQA)
    async def vqa(request: Request) -> dict[str, Any]:
        body, images = await _given(request, VQA, limits)
        said = await models.answer(await images.bytes(body.image), body.question, MAX_ANSWER_TOKENS)
        return {"model": GPT, "answer": said.text, "finish_reason": said.reason}

    @app.post(paths.CHAT)
    async def chat(request: Request) -> dict[str, Any]:
        """An answer in OpenAI's shape."""
        body, images = await _given(request, Chat, limits)
        _named(body.model, GPT)
        image, question = body.question()
        said = await models.answer(await images.bytes(image, "image_url"), question, body.tokens)
        message = {"role": "assistant", "content": said.text}
        return {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": GPT,
            "choices": [{"index": 0, "message": message, "finish_reason": said.reason}],
        }


async def _given(request: Request, kind: type[_B], limits: RequestLimits) -> tuple[_B, Images]:
    """What a client asks for, and the reader of its images. Raises `Refused`."""
    pieces = [piece async for piece in request.stream()]  # `request.body` would keep it until the answer
    body = await parsed(kind, pieces, request.headers.get("content-type", ""))
    return body, Images(limits.max_pixels, limits.max_request_pixels)


def _add_errors(app: FastAPI) -> None:
    def say(refused: Refused) -> JSONResponse:
        return JSONResponse(refused.body, refused.status, refused.headers)

    @app.exception_handler(Refused)
    async def refuse(_: Request, error: Refused) -> JSONResponse:
        return say(error)

    @app.exception_handler(HTTPException)
    async def absent(request: Request, error: HTTPException) -> JSONResponse:
        kind = {404: "no_such_route", 405: "wrong_method"}.get(error.status_code, "wrong_request")
        return say(Refused(error.status_code, kind, f"{request.method} {request.url.path}: {error.detail}"))

    @app.exception_handler(Exception)
    async def ours(request: Request, error: Exception) -> JSONResponse:
        logging.getLogger(__name__).error("%s failed", request.url.path, exc_info=error)
        return say(Refused(500, "internal", f"{request.url.path} failed; the log of the application says why"))


async def _all(awaited: Any) -> list[Any]:
    """The results of several calls side by side; the first error, once all have come to an end."""
    results = await asyncio.gather(*awaited, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def _named(given: str | None, name: str) -> None:
    if given not in (None, name):
        raise Refused(404, "no_such_model", f"there is no model {given[:100]!r} here; this route has {name!r}")


def _encoded(row: NDArray[np.float32], how: str) -> list[float] | str:
    """Numbers, or their little-endian bytes in base64, as OpenAI's clients ask for them."""
    return base64.b64encode(row.astype("<f4").tobytes()).decode() if how == "base64" else row.tolist()


def _shown(hit: Hit) -> dict[str, Any]:
    thumbnail = "data:image/jpeg;base64," + base64.b64encode(hit.thumbnail).decode()
    return {"key": hit.key, "score": hit.score, "split": hit.split, "caption": hit.caption, "thumbnail": thumbnail}
