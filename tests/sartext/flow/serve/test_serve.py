"""The application as it is run: `python -m jobs.serve`, once for this file, with vLLM and behind a key."""

import base64
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from sartext.flow.predict.index_files import Index, open_index
from sartext.flow.predict.model import Model
from sartext.flow.predict.search import Gallery
from sartext.flow.serve.routes.routes import Answer
from sartext.models.objective import CaptionSearch
from tests.chaos.dataset import end_family, family, survivors
from tests.sartext.imaging.test_structure import many_png_chunks
from tests.support import models
from tests.support.browser import page_at
from tests.support.client import Client, free_port, growth
from tests.support.images import bomb, data_uri
from tests.support.indexed import indexed
from tests.support.tiny_models import encoded

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

ROOT = Path(__file__).resolve().parents[4]
KEY = "a key that only tests know"
START_S = 900
IMAGES = [one.image for one in models.EXAMPLES]
QUESTIONS = [one.question for one in models.EXAMPLES]


@dataclass
class Served:
    """The running application, its models, and its processes."""

    process: subprocess.Popen[str]
    client: Client
    folder: Path
    index: Index
    log: Path
    processes: list[psutil.Process] = field(default_factory=list)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny models and an index, made here."""
    folder = tmp_path_factory.mktemp("served")
    models.clip(folder / "clip")
    models.coca(folder / "coca")
    models.gpt(folder / "gpt")
    indexed(folder / "clip", folder / "tiles", folder / "index", count=40)
    return folder


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    port, log = free_port(), folder / "log"
    places = [part for name in ("clip", "coca", "gpt", "index") for part in (f"--{name}", str(folder / name))]
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs.serve", *places, "--port", str(port), "--gpt-engine", "vllm"],
            cwd=ROOT,
            env={**os.environ, "SARTEXT_API_KEY": KEY},
            stderr=file,
            stdout=file,
            text=True,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + START_S
        while "is ready" not in log.read_text() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.5)
        assert "is ready" in log.read_text(), log.read_text()
        yield Served(process, Client(port, KEY), folder, open_index(str(folder / "index")), log, family(process))
    finally:
        end_family(process)


def test_embeddings_are_the_models_own(served: Served) -> None:
    model = Model(served.folder / "clip")
    texts = ["a ship at a quay", "no ship"]
    inputs = [*texts, data_uri(IMAGES[0]), {"image": base64.b64encode(IMAGES[1]).decode()}]
    status, body, _ = served.client.ask("/v1/embeddings", {"input": inputs})
    assert (status, [one["index"] for one in body["data"]]) == (200, [0, 1, 2, 3]), body
    images = [model.tensor(image) for image in IMAGES[:2]]
    expected = np.concatenate([model.embed_texts(texts), model.embed_images(images)])
    np.testing.assert_allclose([one["embedding"] for one in body["data"]], expected, atol=1e-5)
    _, body, _ = served.client.ask("/v1/embeddings", {"input": texts[0], "encoding_format": "base64"})
    found = np.frombuffer(base64.b64decode(body["data"][0]["embedding"]), "<f4")
    np.testing.assert_allclose(found, expected[0], atol=1e-5)


def test_search_finds_what_the_index_holds(served: Served) -> None:
    query = torch.from_numpy(Model(served.folder / "clip").embed_texts(["a ship"]))[0]
    expected = Gallery(served.index).search(query, 5)
    status, body, _ = served.client.ask("/v1/search", {"text": "a ship", "top": 5})
    assert (status, [one["key"] for one in body["results"]]) == (200, [hit.key for hit in expected]), body
    for one, hit in zip(body["results"], expected, strict=True):
        assert (one["caption"], one["split"], one["thumbnail"]) == (hit.caption, hit.split, data_uri(hit.thumbnail, "jpeg"))
        assert one["score"] == pytest.approx(hit.score, abs=1e-5)
    status, body, _ = served.client.ask("/v1/search", {"image": data_uri(expected[0].thumbnail, "jpeg"), "top": 1})
    assert (status, body["results"][0]["key"], body["results"][0]["score"] > 0.9) == (200, expected[0].key, True)


def test_captions_are_the_models_own(served: Served) -> None:
    model = Model(served.folder / "coca")
    expected = model.caption([model.tensor(image) for image in IMAGES[:3]], CaptionSearch(max_tokens=48))
    said = [served.client.ask("/v1/caption", {"image": data_uri(image)}) for image in IMAGES[:3]]
    assert [(status, body.get("caption"), body.get("finish_reason")) for status, body, _ in said] == [
        (200, answer.text, answer.reason) for answer in (Answer.of(*one) for one in expected)
    ]


def test_twenty_greedy_answers_of_vllm_are_those_of_transformers(served: Served) -> None:
    model = Model(served.folder / "gpt")
    expected = [text for text, _ in model.answer(IMAGES, QUESTIONS, max_tokens=64)]
    assert len(set(expected)) > 1
    ask = served.client.ask
    with ThreadPoolExecutor(4) as several:
        asked = [{"image": data_uri(image), "question": question} for image, question in zip(IMAGES, QUESTIONS, strict=True)]
        said = list(several.map(lambda body: ask("/v1/vqa", body), asked))
    assert [(status, body.get("answer")) for status, body, _ in said] == [(200, text) for text in expected]
    content = [{"type": "image_url", "image_url": {"url": data_uri(IMAGES[0])}}, {"type": "text", "text": QUESTIONS[0]}]
    for tokens, reason in ((64, "stop"), (3, "length")):
        chat = {"model": "sar-gpt", "messages": [{"role": "user", "content": content}], "max_tokens": tokens}
        status, body, _ = ask("/v1/chat/completions", chat)
        few = model.answer(IMAGES[:1], QUESTIONS[:1], max_tokens=tokens)
        choice = body["choices"][0]
        assert (status, choice["message"]["content"], choice["finish_reason"]) == (200, few[0].text, reason)


def test_without_the_key_no_route_but_health_answers(served: Served) -> None:
    stranger = Client(served.client.port)
    image = data_uri(IMAGES[0])
    routes = {
        "/v1/models": None,
        "/v1/embeddings": {"input": "x"},
        "/v1/search": {"text": "x"},
        "/v1/caption": {"image": image},
        "/v1/vqa": {"image": image, "question": "x"},
        "/v1/chat/completions": {"messages": []},
        "/openapi.json": None,
        "/nowhere": None,
    }
    for path, body in routes.items():
        status, said, headers = stranger.ask(path, body)
        assert (path, status, said["error"]["type"], headers["www-authenticate"]) == (path, 401, "no_key", "Bearer")
    assert Client(served.client.port, KEY + "x").ask("/v1/models")[0] == 401
    assert stranger.ask("/-/routes")[0] == 404
    models = dict.fromkeys(("sar-clip", "index", "sar-coca", "sar-gpt"), "ready")
    assert stranger.ask("/healthz")[:2] == (200, {"status": "ok", "models": models, "key_needed": True})
    assert stranger.ask("/livez")[:2] == (200, {"status": "alive", "key_needed": True})
    assert b"<title>" in stranger.ask("/")[1]  # the page holds nothing, and asks for the key
    assert served.client.ask("/v1/models")[0] == 200


def test_what_is_wrong_is_said_in_json(served: Served) -> None:
    image = data_uri(IMAGES[0])
    for path, body, status, kind in (
        ("/nowhere", None, 404, "no_such_route"),
        ("/v1/caption", None, 405, "wrong_method"),
        ("/v1/caption", {"image": "https://example.org/x.png"}, 415, "not_an_image"),
        ("/v1/caption", {"image": image, "beams": 3}, 422, "wrong_request"),
        ("/v1/caption", ["x"], 422, "wrong_request"),
        ("/v1/embeddings", {"input": "x", "model": "gpt-4"}, 404, "no_such_model"),
        ("/v1/embeddings", {"input": ["x", data_uri(b"no image")]}, 415, "not_an_image"),
    ):
        found, said, _ = served.client.ask(path, body)
        assert (path, found, said["error"]["type"]) == (path, status, kind)
        assert said["error"]["message"]


def test_a_flood_and_a_bomb_are_refused_and_take_no_memory(served: Served) -> None:
    with growth(served.processes) as grown:
        assert served.client.flood("/v1/caption", 600, chunked=False) == 413
        assert served.client.flood("/v1/caption", 600, chunked=True) == 413
        image = data_uri(bomb(50_000))
        for path, more in (("/v1/caption", {}), ("/v1/vqa", {"question": "x"}), ("/v1/search", {})):
            status, said, _ = served.client.ask(path, {"image": image, **more})
            assert (status, said["error"]["type"]) == (413, "too_large")
    assert grown[0] < 100, f"memory grew by {grown[0]:.0f} MB"


def test_without_the_key_nothing_that_is_sent_takes_memory(served: Served) -> None:
    stranger = Client(served.client.port)
    with growth(served.processes) as grown, ThreadPoolExecutor(60) as several:
        for path, chunked, status in (("/v1/caption", False, 401), ("/v1/caption", True, 401), ("/", True, 405)):
            floods = [several.submit(stranger.flood, path, 15, chunked=chunked) for _ in range(60)]
            assert {one.result() for one in floods} == {status}
        heads = [several.submit(stranger.long_head, 20) for _ in range(60)]
        assert {one.result() for one in heads} == {431}
        held = [several.submit(stranger.drip, "/v1/caption", 200_000, 3.0) for _ in range(60)]
        assert {one.result() for one in held} == {401}
        assert served.client.ask("/livez")[0] == 200
    assert grown[0] < 100, f"memory grew by {grown[0]:.0f} MB"


def test_with_the_key_bodies_are_bounded_together(served: Served) -> None:
    """At most 128 MiB are taken; what answers them holds each a few times, one after another."""
    body = {"image": "A" * (15 * 2**20)}
    with growth(served.processes) as grown, ThreadPoolExecutor(60) as several:
        asked = [several.submit(served.client.ask, "/v1/caption", body) for _ in range(60)]
        statuses = Counter(one.result()[0] for one in asked)
    assert statuses.keys() <= {415, 503}
    assert statuses[415] >= 8
    assert grown[0] < 6 * 128, f"memory grew by {grown[0]:.0f} MB"


def test_an_image_of_a_million_chunks_stops_no_route(served: Served) -> None:
    with ThreadPoolExecutor(4) as several:
        asked = [several.submit(served.client.ask, "/v1/caption", {"image": data_uri(many_png_chunks())}) for _ in range(4)]
        slowest = 0.0
        while not all(one.done() for one in asked):
            began = time.monotonic()
            assert served.client.ask("/livez")[0] == 200
            slowest = max(slowest, time.monotonic() - began)
        assert {one.result()[0] for one in asked} == {413}
    assert slowest < 1.0


def test_one_bad_image_among_eight_takes_no_other_down(served: Served) -> None:
    whole = [data_uri(encoded(40, 40, seed=number)) for number in range(7)]
    for bad, status in ((IMAGES[0][:-60], 422), (b"\x89PNG no", 415), (bomb(50_000), 413)):
        for path, more in (
            ("/v1/search", {"top": 1}),
            ("/v1/caption", {}),
            ("/v1/vqa", {"question": QUESTIONS[0]}),
        ):
            asked = [{"image": image, **more} for image in [*whole[:3], data_uri(bad), *whole[3:]]]
            with ThreadPoolExecutor(8) as several:
                found = list(several.map(lambda body, path=path: served.client.ask(path, body)[0], asked))
            assert found == [200] * 3 + [status] + [200] * 4, path


def test_nothing_listens_but_on_loopback(served: Served) -> None:
    open_to = {
        (one.laddr.ip, process.name())
        for process in family(served.process)
        for one in process.net_connections("inet")
        if one.status == psutil.CONN_LISTEN and one.laddr.ip not in ("127.0.0.1", "::1", "::ffff:127.0.0.1")
    }
    assert open_to == set()


def test_the_page_searches_describes_and_asks(served: Served, tmp_path: Path) -> None:
    image = tmp_path / "tile.png"
    image.write_bytes(IMAGES[0])
    url = f"http://127.0.0.1:{served.client.port}/"
    with page_at(url, width_px=1280, height_px=900) as (page, wrong):
        page.fill("#key", "not the key")
        page.keyboard.press("Enter")
        page.wait_for_selector("#wrong-key:not([hidden])")
        page.fill("#key", KEY)
        page.keyboard.press("Enter")
        page.wait_for_selector("#served li")
        assert page.locator("#served").inner_text().split("\n") == ["CLIP", "Index of 40 tiles", "CoCa", "GPT by vllm"]
        refused = [text for text in wrong if "401" not in text]  # Chromium's console names the door that stayed shut
        assert refused == []
        wrong.clear()
        page.fill("#words", "a ship")
        page.keyboard.press("Enter")
        page.wait_for_selector("#found li:nth-child(12)")
        expected = served.client.ask("/v1/search", {"text": "a ship", "top": 12})[1]["results"]
        assert page.locator("#found code").all_inner_texts() == [one["key"] for one in expected]
        assert page.evaluate("[...document.querySelectorAll('#found img')].every(one => one.naturalWidth > 0)")
        page.set_input_files("#file", str(image))
        page.click("#describe")
        said = served.client.ask("/v1/caption", {"image": data_uri(IMAGES[0])})[1]["caption"]
        page.wait_for_function("text => document.querySelector('#words-of').innerText.includes(text)", arg=said)
        page.fill("#question", QUESTIONS[0])
        page.keyboard.press("Enter")
        said = served.client.ask("/v1/vqa", {"image": data_uri(IMAGES[0]), "question": QUESTIONS[0]})[1]["answer"]
        page.wait_for_function("text => document.querySelector('#words-of').innerText.includes(text)", arg=said)
        page.click("#similar")
        page.wait_for_selector("text=nearest to your image")
        page.set_input_files("#file", {"name": "broken.png", "mimeType": "image/png", "buffer": IMAGES[0][:-60]})
        assert wrong == []
        page.click("#describe")
        page.wait_for_selector(".said .bad")
        assert "truncated" in page.locator(".said .bad").inner_text()
        assert [text for text in wrong if "422" not in text] == []
        if os.environ.get("SARTEXT_SCREENSHOTS"):
            page.set_input_files("#file", str(image))
            page.click("#describe")
            page.wait_for_selector(".said p:not(.waiting)")
            page.screenshot(path=f"{os.environ['SARTEXT_SCREENSHOTS']}/wide.png", full_page=True)


def test_asked_to_stop_it_stops_within_10_s_and_leaves_nothing(served: Served) -> None:
    members = family(served.process)
    began = time.monotonic()
    os.kill(served.process.pid, signal.SIGTERM)
    assert served.process.wait(timeout=60) == 0, served.log.read_text()
    assert time.monotonic() - began < 10
    assert "was served for" in served.log.read_text()
    assert survivors(members, 3) == []
