"""What clients may send."""

import base64
import io

import pytest
from PIL import Image
from pydantic import ValidationError

from sartext.flow.application.bodies import VQA, Chat, Embeddings, Search, asked, image_bytes
from sartext.flow.application.limits import MAX_INPUTS, MAX_TEXT
from sartext.flow.application.refusal import Refused
from tests.sartext.flow.application.images import bomb, data_uri
from tests.sartext.models.made import encoded

IMAGE = encoded(20, 30)


def refusal(given: str, max_pixels: int = 1_000_000) -> tuple[int, str]:
    with pytest.raises(Refused) as error:
        image_bytes(given, max_pixels)
    return error.value.status, error.value.kind


def test_an_image_comes_as_a_data_uri_or_as_base64() -> None:
    assert image_bytes(data_uri(IMAGE), 1000) == IMAGE
    assert image_bytes(base64.b64encode(IMAGE).decode(), 1000) == IMAGE


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://example.org/a.png", (415, "not_an_image")),
        ("file:///etc/passwd", (415, "not_an_image")),
        ("data:image/png,abc", (415, "not_an_image")),
        ("data:image/png;base64,%%%", (415, "not_an_image")),
        ("", (415, "not_an_image")),
        (data_uri(b"GIF89a" + bytes(50)), (415, "not_an_image")),
    ],
)
def test_what_is_no_image_is_refused_and_nothing_is_fetched(given: str, expected: tuple[int, str]) -> None:
    assert refusal(given) == expected


def test_too_many_pixels_are_refused_by_the_header() -> None:
    assert refusal(data_uri(IMAGE), 599) == (413, "too_large")
    assert refusal(data_uri(bomb(50_000))) == (413, "too_large")


def test_pixels_of_sixteen_bits_are_refused() -> None:
    out = io.BytesIO()
    Image.new("I;16", (8, 8)).save(out, "PNG")
    assert refusal(data_uri(out.getvalue())) == (422, "unsupported_pixels")


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
