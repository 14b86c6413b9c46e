"""The routes of the application, and its page. What answers is behind `Models`; nothing here knows of Ray."""

import asyncio
import base64
import logging
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from numpy.typing import NDArray
from starlette.exceptions import HTTPException

import sartext.web
from sartext.flow.application.bodies import VQA, Caption, Chat, Embeddings, Input, Search, image_bytes, wrong
from sartext.flow.application.gate import App, Gate, Limited
from sartext.flow.application.limits import MAX_ANSWER_TOKENS, Limits
from sartext.flow.application.refusal import Refused
from sartext.flow.search import Hit

PAGE = {"/": "index.html", "/page.css": "page.css", "/page.js": "page.js"}
HEALTH = "/healthz"
CLIP, COCA, GPT, INDEX = "sar-clip", "sar-coca", "sar-gpt", "index"


@dataclass(frozen=True)
class Answer:
    """What a model says, and whether it came to an end by itself."""

    text: str
    finished: bool


class Models(Protocol):
    """What answers. Each call raises `Refused` where it cannot: no such model here, an image that is damaged, a full queue."""

    def served(self) -> dict[str, dict[str, Any]]:
        """What there is, by name, with what is known of it."""
        ...

    async def embed_text(self, text: str) -> NDArray[np.float32]: ...

    async def embed_image(self, image: bytes) -> NDArray[np.float32]: ...

    async def search(self, query: NDArray[np.float32], top: int) -> list[Hit]: ...

    async def caption(self, image: bytes) -> str: ...

    async def answer(self, image: bytes, question: str, max_tokens: int) -> Answer: ...


def application(models: Models, limits: Limits, key: str | None) -> App:
    """The application as ASGI."""
    app = FastAPI(title="sartext", docs_url=None, redoc_url=None, openapi_url=None)
    _add_page(app, key_needed=key is not None)
    _add_errors(app)
    _add_embeddings(app, models, limits)
    _add_words(app, models, limits)
    return Gate(Limited(app, max_body_bytes=limits.max_body_bytes), key=key, open_paths=frozenset((*PAGE, HEALTH)))


def _add_page(app: FastAPI, *, key_needed: bool) -> None:
    folder = Path(sartext.web.__file__).parent
    for path, name in PAGE.items():
        app.get(path)(_giving(folder / name))

    @app.get(HEALTH)
    async def health() -> dict[str, Any]:
        return {"status": "ok", "key_needed": key_needed}


def _giving(path: Path) -> Any:
    async def give() -> FileResponse:
        return FileResponse(path)

    return give


def _add_embeddings(app: FastAPI, models: Models, limits: Limits) -> None:
    async def features(one: Input, name: str = "image") -> NDArray[np.float32]:
        if one.text is not None:
            return await models.embed_text(one.text)
        return await models.embed_image(image_bytes(one.image or "", limits.max_pixels, name))

    @app.get("/v1/models")
    async def served() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": name, "object": "model", **what} for name, what in models.served().items()]}

    @app.post("/v1/embeddings")
    async def embeddings(body: Embeddings) -> dict[str, Any]:
        """Features in OpenAI's shape."""
        _named(body.model, CLIP)
        # Queued side by side, so that they fall into one batch.
        rows = await _all(features(one, f"input {at}") for at, one in enumerate(body.inputs()))
        return {
            "object": "list",
            "model": CLIP,
            "data": [
                {"object": "embedding", "index": at, "embedding": _encoded(row, body.encoding_format)}
                for at, row in enumerate(rows)
            ],
        }

    @app.post("/v1/search")
    async def search(body: Search) -> dict[str, Any]:
        hits = await models.search(await features(body), body.top)
        return {"model": CLIP, "results": [_shown(hit) for hit in hits]}


def _add_words(app: FastAPI, models: Models, limits: Limits) -> None:
    @app.post("/v1/caption")
    async def caption(body: Caption) -> dict[str, Any]:
        return {"model": COCA, "caption": await models.caption(image_bytes(body.image, limits.max_pixels))}

    @app.post("/v1/vqa")
    async def vqa(body: VQA) -> dict[str, Any]:
        image = image_bytes(body.image, limits.max_pixels)
        said = await models.answer(image, body.question, MAX_ANSWER_TOKENS)
        return {"model": GPT, "answer": said.text}

    @app.post("/v1/chat/completions")
    async def chat(body: Chat) -> dict[str, Any]:
        """An answer in OpenAI's shape."""
        _named(body.model, GPT)
        image, question = body.question()
        said = await models.answer(image_bytes(image, limits.max_pixels, "image_url"), question, body.tokens)
        return {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": GPT,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": said.text},
                    "finish_reason": "stop" if said.finished else "length",
                }
            ],
        }


def _add_errors(app: FastAPI) -> None:
    def say(refused: Refused) -> JSONResponse:
        return JSONResponse(refused.body, refused.status, refused.headers)

    @app.exception_handler(Refused)
    async def refuse(_: Request, error: Refused) -> JSONResponse:
        return say(error)

    @app.exception_handler(RequestValidationError)
    async def mistaken(_: Request, error: RequestValidationError) -> JSONResponse:
        return say(wrong(error.errors()))

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
