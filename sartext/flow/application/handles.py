"""The models as the routes see them, each behind a handle of Ray Serve; and the replica that holds the routes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ray import serve
from ray.exceptions import RayTaskError
from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError
from ray.serve.handle import DeploymentHandle

import sartext.flow.application.listening  # noqa: F401  where this replica listens
from sartext.errors import TileRejected
from sartext.flow.application.gate import App
from sartext.flow.application.limits import Limits
from sartext.flow.application.refusal import Refused, not_served, of_image
from sartext.flow.application.routes import Answer, application
from sartext.flow.search import Hit


@dataclass(frozen=True, kw_only=True)
class Handles:
    """What there is; None was left out."""

    embedding: DeploymentHandle[Any] | None
    searching: DeploymentHandle[Any] | None
    captioning: DeploymentHandle[Any] | None
    answering: DeploymentHandle[Any] | None


class Served:
    """`Models` by Ray Serve."""

    def __init__(self, handles: Handles, about: dict[str, dict[str, Any]]) -> None:
        self._handles, self._about = handles, about

    def served(self) -> dict[str, dict[str, Any]]:
        return self._about

    async def embed_text(self, text: str) -> NDArray[np.float32]:
        features: NDArray[np.float32] = await _asked(_there(self._handles.embedding, "CLIP", "--clip").text, text)
        return features

    async def embed_image(self, image: bytes) -> NDArray[np.float32]:
        features: NDArray[np.float32] = await _asked(_there(self._handles.embedding, "CLIP", "--clip").image, image)
        return features

    async def search(self, query: NDArray[np.float32], top: int) -> list[Hit]:
        hits: list[Hit] = await _asked(_there(self._handles.searching, "index", "--index").search, query, top)
        return hits

    async def caption(self, image: bytes) -> str:
        text: str = await _asked(_there(self._handles.captioning, "CoCa", "--coca").caption, image)
        return text

    async def answer(self, image: bytes, question: str, max_tokens: int) -> Answer:
        said: Answer = await _asked(_there(self._handles.answering, "GPT", "--gpt").answer, image, question, max_tokens)
        return said


@serve.ingress()
class Ingress:
    """The replica that clients talk to."""

    def __init__(
        self,
        about: dict[str, dict[str, Any]],
        limits: Limits,
        key: str | None,
        *,
        embedding: DeploymentHandle[Any] | None,
        searching: DeploymentHandle[Any] | None,
        captioning: DeploymentHandle[Any] | None,
        answering: DeploymentHandle[Any] | None,
    ) -> None:
        handles = Handles(embedding=embedding, searching=searching, captioning=captioning, answering=answering)
        self._app = application(Served(handles, about), limits, key)

    def __serve_build_asgi_app__(self) -> App:
        return self._app


def _there(handle: DeploymentHandle[Any] | None, what: str, option: str) -> DeploymentHandle[Any]:
    if handle is None:
        raise not_served(what, option)
    return handle


async def _asked(method: DeploymentHandle[Any], *arguments: Any) -> Any:
    """What a replica answers. Raises `Refused` for an image that it refuses, and where too many requests wait."""
    try:
        return await method.remote(*arguments)
    except BackPressureError as error:
        raise Refused(503, "busy", "too many requests are waiting; try again in a moment") from error
    except DeploymentUnavailableError as error:
        raise Refused(503, "unavailable", "this model is being started again; try again in a moment") from error
    except RayTaskError as error:
        if isinstance(error.cause, TileRejected):
            raise of_image(error.cause) from error
        raise
