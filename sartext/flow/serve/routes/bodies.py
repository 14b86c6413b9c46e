"""Bodies of requests, as clients must spell them: texts, questions, chats, counts; an unknown field is refused, not ignored.

What is checked of the images in them stands in `images`.
"""

import asyncio
import json
import re
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sartext.flow.serve.limits import MAX_ANSWER_TOKENS, MAX_INPUTS, MAX_QUESTION_BYTES, MAX_TEXT, MAX_TOP
from sartext.flow.serve.refusal import Refused
from sartext.flow.serve.routes.images import WORKERS

_IMAGE = "data:image/"
_MARKER = re.compile(r"<[|/]?\w{1,40}[|]?>")  # as tokenizers write what is no text
_PLACE_CHARACTERS = 100
_MOST_PARTS = MAX_INPUTS * (MAX_TEXT + 10)  # fields and items of a body, counted by signs that its texts may have too


class Body(BaseModel):
    """A JSON object with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Input(Body):
    """One text or one image."""

    text: str | None = Field(default=None, min_length=1, max_length=MAX_TEXT)
    image: str | None = None

    @model_validator(mode="after")
    def _one(self) -> "Input":
        if (self.text is None) == (self.image is None):
            raise ValueError("give one of text and image")
        return self


class Embeddings(Body):
    """What to embed: texts, and images as data URIs or as {"image": base64}."""

    input: str | Input | list[str | Input]
    model: str | None = None
    encoding_format: Literal["float", "base64"] = "float"

    def inputs(self) -> list[Input]:
        """One or more inputs. Raises `Refused` where there are none or too many."""
        several = self.input if isinstance(self.input, list) else [self.input]
        if not 1 <= len(several) <= MAX_INPUTS:
            raise Refused(422, "wrong_request", f"input has {len(several)} items; give 1 to {MAX_INPUTS}")
        found = []
        for one in several:
            if isinstance(one, str) and not one.startswith(_IMAGE):
                if not 1 <= len(one) <= MAX_TEXT:
                    raise Refused(422, "wrong_request", f"a text has {len(one)} characters; give 1 to {MAX_TEXT}")
                found.append(_text(one))
            else:
                found.append(Input(image=one) if isinstance(one, str) else one)
        return found


def _text(one: str) -> Input:
    try:
        return Input(text=one)
    except ValidationError as error:  # half of a character, as JSON can spell it
        raise wrong(error.errors(include_url=False)) from error


class Search(Input):
    """What to look for, and how many tiles to show."""

    top: int = Field(default=12, ge=1, le=MAX_TOP)


class Caption(Body):
    """The image to describe."""

    image: str


class VQA(Body):
    """The image, and what is asked of it."""

    image: str
    question: str

    @model_validator(mode="after")
    def _short(self) -> "VQA":
        asked(self.question)
        return self


class Url(Body):
    """An image of a chat message."""

    url: str
    detail: Literal["auto", "low", "high"] | None = None  # the model sees every image in its one size


class Part(Body):
    """A part of a chat message."""

    type: Literal["text", "image_url"]
    text: str | None = None
    image_url: Url | None = None


class Message(Body):
    """A chat message."""

    role: Literal["user"]
    content: list[Part]


class Chat(Body):
    """A chat of one message: a question about one image. Decoding is greedy, so there is nothing to draw."""

    model: str | None = None
    messages: list[Message]
    max_tokens: int | None = Field(default=None, ge=1, le=MAX_ANSWER_TOKENS)
    max_completion_tokens: int | None = Field(default=None, ge=1, le=MAX_ANSWER_TOKENS)
    temperature: Literal[0] | None = None
    n: Literal[1] | None = None
    stream: Literal[False] | None = None

    def question(self) -> tuple[str, str]:
        """The image and the question. Raises `Refused` where it is not one of each."""
        parts = self.messages[0].content if len(self.messages) == 1 else []
        images = [part.image_url.url for part in parts if part.image_url]
        texts = [part.text for part in parts if part.text]
        if len(images) != 1 or len(texts) != 1 or len(parts) != 2:
            raise Refused(422, "wrong_request", "messages: give one user message with one image_url and one text")
        try:
            return images[0], asked(texts[0])
        except ValueError as error:
            raise Refused(422, "wrong_request", f"messages: {error}") from error

    @property
    def tokens(self) -> int:
        return self.max_completion_tokens or self.max_tokens or MAX_ANSWER_TOKENS


def asked(question: str) -> str:
    """The question. Raises `ValueError` where it is empty, too long for a model, or has a marker such as "<|image_pad|>", which
    a model would take for an image or an end: it would spoil the answers to all that are asked with it."""
    if not question.strip() or len(question.encode()) > MAX_QUESTION_BYTES:
        raise ValueError(f"the question has {len(question.encode())} bytes; give 1 to {MAX_QUESTION_BYTES}")
    if (marker := _MARKER.search(question)) is not None:
        raise ValueError(f"the question has the marker {marker[0]}; leave it out")
    return question


_T = TypeVar("_T", bound=Body)


async def parsed(kind: type[_T], pieces: list[bytes], content_type: str) -> _T:
    """The body of a request as its model has it, read away from the loop that takes the requests.

    Raises `Refused`: for what is not declared as JSON too, which a page elsewhere could send in its visitor's name; and for
    more parts than any request needs, before they are read, because parsing holds the interpreter.
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "wrong_request", f"content-type is {content_type[:100]!r}; it must be application/json")
    parts = sum(piece.count(sign) for piece in pieces for sign in (b",", b"[", b"{"))
    if parts > _MOST_PARTS:
        raise Refused(422, "wrong_request", f"body: {parts:,} parts; a request has at most {_MOST_PARTS:,}")
    return await asyncio.get_running_loop().run_in_executor(WORKERS, _validated, kind, pieces)


def _validated(kind: type[_T], pieces: list[bytes]) -> _T:
    """Takes the pieces out of their list, so that nobody holds them while their image is decoded."""
    try:
        body = b"".join(pieces)
        pieces.clear()
        return kind.model_validate(json.loads(body))
    except ValidationError as error:
        raise wrong(error.errors(include_url=False, include_context=False, include_input=False)) from error
    except (ValueError, RecursionError) as error:  # no JSON, or no text at all
        raise Refused(422, "wrong_request", f"body: no JSON object ({' '.join(str(error).split())[:100]})") from error


def wrong(errors: Any) -> Refused:
    """What is said of a body that is not spelled as it must be: the first thing that is wrong with it."""
    first = errors[0] if errors else {"loc": (), "msg": "cannot be read"}
    place = ".".join(str(part) for part in first["loc"] if part != "body") or "body"
    return Refused(422, "wrong_request", f"{' '.join(place.split())[:_PLACE_CHARACTERS]}: {first['msg']}")
