"""Serving without vLLM, in the Ray of a caller; and what is refused before anything starts."""

import shutil
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.serve import app
from sartext.errors import UserError
from sartext.flow.engine.options import Engine
from sartext.flow.predict.model import Model
from sartext.flow.serve.limits import Replicas, RequestLimits
from sartext.flow.serve.routes.routes import Answer
from sartext.flow.serve.serve import KEY_VARIABLE, Serving, serve
from tests.support import models
from tests.support.client import Client, free_port
from tests.support.images import data_uri
from tests.support.indexed import indexed

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    models.clip(folder / "clip")
    models.clip(folder / "other", seed=1)
    models.gpt(folder / "gpt", steps=0)
    indexed(folder / "clip", folder / "tiles", folder / "index", count=20)
    return folder


def test_in_the_ray_of_a_caller_it_answers_by_transformers_and_ray_goes_on(folder: Path) -> None:
    import ray
    from ray import serve as ray_serve

    from sartext.flow.engine.session import session

    client, images = Client(free_port()), [one.image for one in models.EXAMPLES[:3]]
    questions = [one.question for one in models.EXAMPLES[:3]]
    said: dict[str, object] = {}

    fields = ("answer", "finish_reason")

    def asked() -> bool:
        content = [{"type": "image_url", "image_url": {"url": data_uri(images[0])}}, {"type": "text", "text": questions[0]}]
        said["vqa"] = [
            tuple(client.ask("/v1/vqa", {"image": data_uri(image), "question": question})[1][name] for name in fields)
            for image, question in zip(images, questions, strict=True)
        ]
        said["chat"] = client.ask("/v1/chat/completions", {"messages": [{"role": "user", "content": content}]})[1]["choices"][0]
        said["few"] = client.ask("/v1/chat/completions", {"messages": [{"role": "user", "content": content}], "max_tokens": 2})[
            1
        ]["choices"][0]["finish_reason"]
        said["models"] = client.ask("/v1/models")[1]["data"]
        said["absent"] = [
            client.ask(path, body)[:2]
            for path, body in (
                ("/v1/caption", {"image": data_uri(images[0])}),
                ("/v1/search", {"text": "a ship"}),
                ("/v1/embeddings", {"input": "a ship"}),
            )
        ]
        said["page"] = client.ask("/")[0]
        return True

    serving = Serving(gpt=str(folder / "gpt"), gpt_engine="transformers", port=client.port)
    with session(Engine(cpus=3)):
        assert "was served for" in serve(serving, until=asked).summary()
        assert ray.is_initialized()
        assert ray_serve.status().applications == {}
    expected = Model(folder / "gpt").answer(images, questions, max_tokens=64)
    whole = [Answer.of(*one) for one in expected]
    assert said["vqa"] == [(one.text, one.reason) for one in whole]
    message = {"role": "assistant", "content": whole[0].text}
    assert said["chat"] == {"index": 0, "message": message, "finish_reason": whole[0].reason}
    assert said["few"] == "length"
    assert said["models"] == [{"id": "sar-gpt", "object": "model", "does": "answer", "engine": "transformers"}]
    for (status, body), option in zip(said["absent"], ("--coca", "--clip", "--clip"), strict=True):
        assert (status, body["error"]["type"], option in body["error"]["message"]) == (501, "not_served", True)
    assert said["page"] == 200


def test_what_cannot_be_served_is_said(folder: Path) -> None:
    clip, gpt, index = (str(folder / name) for name in ("clip", "gpt", "index"))
    for serving, words in (
        (Serving(), "nothing to serve"),
        (Serving(clip=str(folder)), "no finished training"),
        (Serving(clip=gpt), "holds a GPT, which cannot embed; --clip takes a model that embeds"),
        (Serving(coca=clip), "holds a CLIP, which cannot caption; --coca takes a model that captions"),
        (Serving(gpt=clip), "holds a CLIP, which cannot answer; --gpt takes a model that answers"),
        (Serving(clip=str(folder / "other"), index=index), "was made by another model"),
        (Serving(gpt=gpt, index=index), "give it as --clip"),
        (Serving(gpt=gpt, gpt_engine="llama"), "gpt_engine is 'llama'"),
        (Serving(clip=clip, host="203.0.113.7"), "there is no API key"),
    ):
        with pytest.raises(UserError, match=words):
            serve(serving)


def test_what_can_never_start_is_said_in_one_line(folder: Path, tmp_path: Path) -> None:
    from sartext.flow.engine.session import session

    shutil.copytree(folder / "clip", tmp_path / "clip")
    (weights,) = (tmp_path / "clip").glob("*.safetensors")
    weights.write_bytes(weights.read_bytes()[:1000])
    with session(Engine(cpus=3)):
        for serving, words in (
            (Serving(clip=str(folder / "clip"), replicas=Replicas(gpus=True)), "replicas need 1 GPUs and Ray has 0"),
            (Serving(clip=str(folder / "clip"), replicas=Replicas(threads=4)), "replicas need 12 CPUs and Ray has 3"),
            (Serving(clip=str(tmp_path / "clip")), "the application cannot start: Embedding: "),
        ):
            began = time.monotonic()
            with pytest.raises(UserError, match=words) as error:
                serve(replace(serving, port=free_port()))
            assert ("\n" in str(error.value), "Traceback" in str(error.value)) == (False, False)
            assert time.monotonic() - began < 90


def test_bounds_that_contradict_one_another_are_said() -> None:
    with pytest.raises(UserError, match=r"limits\.max_bodies_mb is 8"):
        RequestLimits(max_bodies_mb=8)
    with pytest.raises(UserError, match=r"limits\.max_request_megapixels is 3"):
        RequestLimits(max_request_megapixels=3)


def test_a_key_comes_from_a_file_or_the_environment_and_is_long(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("short\n")
    with pytest.raises(UserError, match="has 5 characters"):
        serve(Serving(clip=str(folder / "clip"), api_key_file=str(tmp_path / "key")))
    monkeypatch.setenv(KEY_VARIABLE, "also short")
    with pytest.raises(UserError, match=f"{KEY_VARIABLE} has 10 characters"):
        serve(Serving(clip=str(folder / "clip"), host="0.0.0.0"))


def test_an_application_for_a_config_file_asks_for_a_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {"clip": str(folder / "clip"), "index": str(folder / "index"), "limits.max_waiting": 3}
    with pytest.raises(UserError, match="there is no API key"):
        app(arguments)
    with pytest.raises(UserError, match="no argument 'klip'"):
        app({"klip": "x"})
    assert app({**arguments, "host": "127.0.0.1"})._bound_deployment.name == "Ingress"
    monkeypatch.setenv(KEY_VARIABLE, "long enough for a key")
    assert app(arguments)._bound_deployment.name == "Ingress"


def test_a_wrong_line_is_one_line_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for line, words in (
            (["--port", "0"], "port is 0"),
            (["--host", "0.0.0.0", "--clip", "x"], "there is no API key"),
            (["--clip", "x", "--port", port], f"port {port} cannot be listened at"),
            (["--limits.max-body-mb", "0"], "limits.max_body_mb is 0"),
        ):
            began = time.monotonic()
            command = [sys.executable, "-m", "jobs.serve", *line]
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
            assert (run.returncode, run.stderr.count("\n"), words in run.stderr) == (2, 1, True), run.stderr
            assert time.monotonic() - began < 20
