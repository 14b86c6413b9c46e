"""What a model that answers is asked about a tile, and the caption in its answer: a prompt, an image, a seed, a JSON schema."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sartext.errors import TileRejected, UserError, require
from sartext.models.objective import Generated
from sartext.models.shortening import whole_sentences

CAPTION_FIELD = "caption"  # of a structured answer
_SHOWN = 80  # characters of an answer that is refused


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """How the tokens of an answer are chosen; at temperature 0 the likeliest each time, and nothing is drawn."""

    temperature: float
    top_p: float
    max_tokens: int
    schema: str  # a JSON schema that the answer follows; "" for plain text

    def __post_init__(self) -> None:
        require("temperature", self.temperature, 0 <= self.temperature <= 2, "from 0 to 2")
        require("top_p", self.top_p, 0 < self.top_p <= 1, "above 0 and at most 1")
        require("max_tokens", self.max_tokens, self.max_tokens >= 1, "at least 1")
        drawn = self.temperature > 0 or self.top_p == 1
        require("top_p", self.top_p, drawn, "1 where temperature is 0, as nothing is drawn")


@dataclass(frozen=True)
class CaptionRequest:
    """One image and what is asked about it."""

    image: bytes  # encoded
    prompt: str
    image_first: bool
    seed: int | None = None

    @property
    def image_id(self) -> str:
        """What stands for the image: the same for the same bytes, SHA-256 in hexadecimal."""
        return hashlib.sha256(self.image).hexdigest()

    def messages(self, image: Any) -> list[dict[str, Any]]:
        """The request as a chat of one message, about `image`, as the engine takes it.

        The prompt comes before the image unless said otherwise: it is the same for all tiles, so that what an engine computes
        of it once (its prefix) serves them all.
        """
        parts = [{"type": "text", "text": self.prompt}, {"type": "image_pil", "image_pil": image, "uuid": self.image_id}]
        return [{"role": "user", "content": parts[::-1] if self.image_first else parts}]


def prompt_fingerprint(prompt: str, schema: str) -> str:
    """What stands for a prompt, and for the schema of its answers, in a caption's record."""
    return hashlib.sha256(json.dumps([prompt, schema]).encode()).hexdigest()


def read_schema(given: str) -> str:
    """The JSON schema that was given as JSON, or as the path of a file with it; "" for none.

    The order of its fields is that of the answers and is kept. Raises `UserError` where it is none of an object with a
    required string `caption`.
    """
    if not given:
        return ""
    text = given.strip()
    if not text.startswith("{"):
        try:
            text = Path(given).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"the schema {given} cannot be read ({error}); give JSON, or a file with it") from error
    try:
        schema = json.loads(text)
        kind = schema["properties"][CAPTION_FIELD]
        fits = CAPTION_FIELD in schema.get("required", ()) and kind.get("type") == "string"
    except json.JSONDecodeError as error:
        raise UserError(f"the schema {given} is no JSON ({error}); mend it") from error
    except (AttributeError, KeyError, TypeError):
        fits = False
    if not fits:
        raise UserError(
            f'the schema {given} has no required string "{CAPTION_FIELD}", which becomes the caption; give it one: '
            f'{{"type": "object", "properties": {{"{CAPTION_FIELD}": {{"type": "string"}}}}, "required": ["{CAPTION_FIELD}"]}}'
        )
    return json.dumps(schema, ensure_ascii=False)


def caption_text(answer: Generated, schema: str) -> str:
    """The caption in an answer: of plain text its whole sentences, where it was cut; of JSON its field.

    Raises `TileRejected`: `no_caption` where nothing is said, `unreadable_answer` where JSON does not follow the schema's form.
    """
    text = answer.text if answer.finished else whole_sentences(answer.text)
    if schema:
        try:
            text = json.loads(answer.text)[CAPTION_FIELD].strip()
        except (ValueError, KeyError, TypeError, AttributeError):
            cut = "" if answer.finished else ", cut where the room ended"
            raise TileRejected("unreadable_answer", f"no caption in the JSON{cut}: {answer.text[:_SHOWN]!r}") from None
    if not text:
        raise TileRejected("no_caption", "the model ended the caption before it had said a word")
    return text
