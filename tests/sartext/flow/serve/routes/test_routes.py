"""The routes without Ray, as a server calls them."""

import asyncio
import json
from typing import Any

import numpy as np
import pytest

from sartext.flow.predict.hit import Hit
from sartext.flow.serve import paths
from sartext.flow.serve.limits import RequestLimits
from sartext.flow.serve.refusal import Refused
from sartext.flow.serve.routes.routes import Answer, http_application
from tests.support.images import data_uri
from tests.support.tiny_models import encoded

KEY = "a-key-of-some-length"


class Half:
    """A CoCa that answers, and a CLIP that is starting again."""

    def served(self) -> dict[str, dict[str, Any]]:
        return {paths.CLIP: {}, paths.COCA: {"fingerprint": "abc"}}

    async def state(self) -> dict[str, str]:
        return {paths.CLIP: "starting", paths.COCA: "ready"}

    async def embed_text(self, text: str) -> np.ndarray:
        raise Refused(503, "unavailable", f"{text} comes too soon")

    async def embed_image(self, image: bytes) -> np.ndarray:
        raise AssertionError(image)

    async def search(self, query: np.ndarray, top: int) -> list[Hit]:
        raise AssertionError((query, top))

    async def caption(self, image: bytes) -> Answer:
        return Answer.of(f"An image of {len(image)} bytes. And of", finished=False)

    async def answer(self, image: bytes, question: str, max_tokens: int) -> Answer:
        raise AssertionError((image, question, max_tokens))


def ask(path: str, body: object = None, key: str = KEY) -> tuple[int, Any]:
    """Status and body of the answer; a POST where a body is given."""
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"" if body is None else json.dumps(body).encode(), "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    headers = [
        (b"host", b"127.0.0.1:8000"),
        (b"authorization", f"Bearer {key}".encode()),
        (b"content-type", b"application/json"),
    ]
    method = "GET" if body is None else "POST"
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
    application = http_application(Half(), RequestLimits(), KEY)
    asyncio.run(asyncio.wait_for(application(scope, receive, send), 20))
    return said[0]["status"], json.loads(b"".join(one.get("body", b"") for one in said[1:]))


def test_what_is_served_is_told_to_those_with_the_key() -> None:
    status, body = ask(paths.MODELS)
    assert (status, [one["id"] for one in body["data"]]) == (200, [paths.CLIP, paths.COCA])
    assert body["data"][1]["fingerprint"] == "abc"
    assert ask(paths.MODELS, key="another")[0] == 401


def test_readiness_names_what_is_missing() -> None:
    status, body = ask(paths.HEALTH, key="another")
    assert (status, body["missing"], body["key_needed"]) == (503, [paths.CLIP], True)
    assert ask(paths.LIVE)[0] == 200


def test_a_caption_that_had_no_room_is_given_by_its_whole_sentences() -> None:
    image = encoded(20, 30)
    status, body = ask(paths.CAPTION, {"image": data_uri(image)})
    assert (status, body["caption"]) == (200, f"An image of {len(image)} bytes.")
    assert (body["model"], body["finish_reason"]) == (paths.COCA, "length")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (paths.SEARCH, {"text": "a ship"}, 503),
        (paths.EMBEDDINGS, {"input": "a ship", "model": "another"}, 404),
        (paths.CAPTION, {"image": "https://example.org/a.png"}, 415),
        (paths.CAPTION, {"picture": ""}, 422),
        ("/v1/nothing", None, 404),
    ],
)
def test_what_cannot_be_answered_is_refused(path: str, body: object, status: int) -> None:
    assert ask(path, body)[0] == status
