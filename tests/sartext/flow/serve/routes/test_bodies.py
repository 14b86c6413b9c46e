"""What clients may send."""

import asyncio
import json
import time

import pytest
from pydantic import ValidationError

from sartext.flow.serve.limits import MAX_INPUTS, MAX_TEXT
from sartext.flow.serve.refusal import Refused
from sartext.flow.serve.routes.bodies import VQA, Chat, Embeddings, Search, asked, parsed
from tests.support.images import data_uri
from tests.support.tiny_models import encoded

IMAGE = encoded(20, 30)


def test_inputs_are_texts_and_images_in_any_spelling() -> None:
    uri = data_uri(IMAGE)
    found = Embeddings.model_validate({"input": ["a ship", uri, {"text": "data:image/ in words"}, {"image": uri}]}).inputs()
    assert [(one.text, one.image) for one in found] == [
        ("a ship", None),
        (None, uri),
        ("data:image/ in words", None),
        (None, uri),
    ]
    assert Embeddings.model_validate({"input": "a ship"}).inputs()[0].text == "a ship"


@pytest.mark.parametrize("given", [[], ["x"] * (MAX_INPUTS + 1), "", "x" * (MAX_TEXT + 1)])
def test_too_few_and_too_many_inputs_are_refused(given: list[str] | str) -> None:
    with pytest.raises(Refused, match="give 1 to"):
        Embeddings.model_validate({"input": given}).inputs()


@pytest.mark.parametrize(
    ("body", "given"),
    [
        (Embeddings, {"input": "x", "dimensions": 5}),
        (Embeddings, {"input": [{"text": "x", "image": "y"}]}),
        (Search, {"text": "x", "image": "y"}),
        (Search, {}),
        (Search, {"text": "x", "top": 101}),
        (VQA, {"image": "x", "question": " "}),
        (VQA, {"image": "x", "question": "é" * 201}),
        (Chat, {"messages": [{"role": "system", "content": []}]}),
        (Chat, {"messages": [], "temperature": 0.7}),
        (Chat, {"messages": [], "stream": True}),
        (Chat, {"messages": [], "max_tokens": 65}),
    ],
)
def test_what_would_be_ignored_is_refused(body: type[Embeddings | Search | VQA | Chat], given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        body.model_validate(given)


def test_a_chat_is_one_question_about_one_image() -> None:
    image, text = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}, {"type": "text", "text": "What?"}
    chat = Chat.model_validate({"messages": [{"role": "user", "content": [image, text]}], "max_tokens": 3})
    assert (*chat.question(), chat.tokens) == ("data:image/png;base64,", "What?", 3)
    for content in ([image], [text], [image, image, text], [image, text, text]):
        with pytest.raises(Refused, match="one image_url and one text"):
            Chat.model_validate({"messages": [{"role": "user", "content": content}]}).question()


@pytest.mark.parametrize("marker", ["<|image_pad|>", "<|im_end|>", "</s>", "<image>"])
def test_a_question_with_a_marker_is_refused(marker: str) -> None:
    assert asked("Is the ship < 30 m, or > 60 m long?")
    with pytest.raises(ValueError, match="has the marker"):
        asked(f"How many {marker} are there?")


def test_half_a_character_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        Embeddings(input="\ud800").inputs()
    assert refused.value.status == 422


def parsed_refusal(body: bytes, content_type: str = "application/json") -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        asyncio.run(parsed(Embeddings, [body], content_type))
    return refused.value.status, refused.value.message


def test_a_body_is_a_json_object_that_says_so() -> None:
    good = json.dumps({"input": ["a ship", "ä" * MAX_TEXT]}).encode()
    assert asyncio.run(parsed(Embeddings, [good], "application/json; charset=utf-8")).inputs()[0].text == "a ship"
    # What a page elsewhere may send in its visitor's name without being asked whether it may.
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert parsed_refusal(good, content_type)[0] == 415
    for body in (b"", b"{", b"\xff\xfe", b"[1]", b"3", b"null", b'{"input": 3}', b"[" * 100_000):
        assert parsed_refusal(body)[0] == 422


def test_a_body_of_millions_of_parts_is_refused_before_it_is_parsed() -> None:
    for body in (b'{"input": [' + b"[]," * 5_000_000 + b"[]]}", b'{"input": [' + b"{}," * 5_000_000 + b"{}]}"):
        began = time.process_time()
        status, message = parsed_refusal(body)
        assert (status, "parts" in message) == (422, True)
        assert time.process_time() - began < 0.25
    commas = json.dumps({"input": ["," * MAX_TEXT] * MAX_INPUTS}).encode()
    assert len(asyncio.run(parsed(Embeddings, [commas], "application/json")).inputs()) == MAX_INPUTS
