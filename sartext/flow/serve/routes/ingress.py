"""The models as the routes see them, each behind a handle of Ray Serve; and the replica that holds the routes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ray import serve
from ray.exceptions import RayError, RayTaskError
from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError
from ray.serve.handle import DeploymentHandle

from sartext.errors import TileRejected
from sartext.flow.engine.ray_private import listen_at_node
from sartext.flow.predict.hit import Hit
from sartext.flow.serve.door.gate import App
from sartext.flow.serve.limits import RequestLimits
from sartext.flow.serve.paths import CLIP, COCA, GPT, INDEX
from sartext.flow.serve.refusal import EngineGone, Refused, not_served, of_image, unavailable
from sartext.flow.serve.routes.ready import Watch
from sartext.flow.serve.routes.routes import Answer, http_application

listen_at_node()


@dataclass(frozen=True, kw_only=True)
class Handles:
    """What there is; None was left out."""

    embedding: DeploymentHandle[Any] | None
    searching: DeploymentHandle[Any] | None
    captioning: DeploymentHandle[Any] | None
    answering: DeploymentHandle[Any] | None


class Served:
    """`Models` by Ray Serve."""

    def __init__(self, handles: Handles, about: dict[str, dict[str, Any]], watch: Watch) -> None:
        self._handles, self._about, self._watch = handles, about, watch

    def served(self) -> dict[str, dict[str, Any]]:
        return self._about

    async def state(self) -> dict[str, str]:
        return await self._watch.state()

    async def embed_text(self, text: str) -> NDArray[np.float32]:
        features: NDArray[np.float32] = await self._asked(CLIP, _there(self._handles.embedding, "CLIP", "--clip").text, text)
        return features

    async def embed_image(self, image: bytes) -> NDArray[np.float32]:
        features: NDArray[np.float32] = await self._asked(CLIP, _there(self._handles.embedding, "CLIP", "--clip").image, image)
        return features

    async def search(self, query: NDArray[np.float32], top: int) -> list[Hit]:
        hits: list[Hit] = await self._asked(INDEX, _there(self._handles.searching, "index", "--index").search, query, top)
        return hits

    async def caption(self, image: bytes) -> Answer:
        said: Answer = await self._asked(COCA, _there(self._handles.captioning, "CoCa", "--coca").caption, image)
        return said

    async def answer(self, image: bytes, question: str, max_tokens: int) -> Answer:
        method = _there(self._handles.answering, "GPT", "--gpt").answer
        said: Answer = await self._asked(GPT, method, image, question, max_tokens)
        return said

    async def _asked(self, model: str, method: DeploymentHandle[Any], *arguments: Any) -> Any:
        """What a replica answers. Raises `Refused` for an image that it refuses, and where it is down or too many wait."""
        try:
            return await self._watch.answer(model, method.remote(*arguments))
        except BackPressureError as error:
            raise Refused(503, "busy", "too many requests are waiting; try again in a moment") from error
        except DeploymentUnavailableError as error:
            raise unavailable() from error
        except RayTaskError as error:
            if isinstance(error.cause, TileRejected):
                raise of_image(error.cause) from error
            if isinstance(error.cause, RayError | EngineGone):  # of what this replica asked in its turn
                raise unavailable() from error
            raise
        except RayError as error:  # it died with the request, or before it came
            raise unavailable() from error


@serve.ingress()
class Ingress:
    """The replica that clients talk to."""

    def __init__(
        self,
        about: dict[str, dict[str, Any]],
        limits: RequestLimits,
        key: str | None,
        deployments: Mapping[str, Sequence[str]],
        *,
        embedding: DeploymentHandle[Any] | None,
        searching: DeploymentHandle[Any] | None,
        captioning: DeploymentHandle[Any] | None,
        answering: DeploymentHandle[Any] | None,
    ) -> None:
        """`deployments` of each model, by name."""
        handles = Handles(embedding=embedding, searching=searching, captioning=captioning, answering=answering)
        watch = Watch(serve.get_replica_context().app_name, deployments)
        self._app = http_application(Served(handles, about, watch), limits, key)

    def __serve_build_asgi_app__(self) -> App:
        return self._app


def _there(handle: DeploymentHandle[Any] | None, what: str, option: str) -> DeploymentHandle[Any]:
    if handle is None:
        raise not_served(what, option)
    return handle
