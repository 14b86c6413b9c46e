"""What a language model is asked about an optical twin that it does not see, and the sentences in its answer.

It gets numbered statements and answers with JSON: sentences, each with the numbers of the statements that it stands on. The
prompt, with its examples, is a file; another version of it is another file, and its fingerprint is in every caption made by it.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_FILE = Path(__file__).parent / "rewrite_1.json"
_BOUNDARY = re.compile(r"\{.*\}", re.DOTALL)
MOST_SENTENCES, MOST_CHARACTERS = 6, 300  # of an answer, and of one of its sentences
# Printable ASCII, of which no character has to be escaped in JSON: sentences are English, and the checks read nothing else.
_SENTENCE = rf"^[ !#-\[\]-~]{{1,{MOST_CHARACTERS}}}$"

ChatMessage = dict[str, str]

# What an answer follows.
ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "sentences": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_SENTENCES,
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS},
                    "cites": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": MOST_SENTENCES},
                },
                "required": ["text", "cites"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["sentences"],
    "additionalProperties": False,
}


@cache
def answer_schema(statements: int) -> str:
    """The JSON schema of an answer about so many statements, which can cite no other, for who can hold a model to it."""
    schema = json.loads(json.dumps(ANSWER_SCHEMA))
    sentence = schema["properties"]["sentences"]["items"]["properties"]
    sentence["text"] = {"type": "string", "pattern": _SENTENCE}
    sentence["cites"]["items"] = {"enum": list(range(1, statements + 1))}
    return json.dumps(schema)


class CitedSentence(NamedTuple):
    """A sentence of an answer, and the numbers of the statements that it stands on, from 1."""

    text: str
    cites: tuple[int, ...]


@cache
def _prompt() -> dict[str, Any]:
    return dict(json.loads(_FILE.read_text(encoding="utf-8")))


@cache
def rewrite_fingerprint() -> str:
    """SHA-256 of the prompt's file and of the schema of its answers."""
    return hashlib.sha256(_FILE.read_bytes() + json.dumps(ANSWER_SCHEMA, sort_keys=True).encode()).hexdigest()


def messages(statements: Sequence[str]) -> list[ChatMessage]:
    """The chat that asks for sentences about these statements, with the examples as earlier turns."""
    prompt = _prompt()
    chat = [{"role": "system", "content": prompt["system"]}]
    for example in prompt["examples"]:
        chat += [
            {"role": "user", "content": _numbered(example["statements"])},
            {"role": "assistant", "content": json.dumps(example["answer"])},
        ]
    return [*chat, {"role": "user", "content": _numbered(statements)}]


def asked_again(chat: Sequence[ChatMessage], answer: str, refused: Sequence[tuple[str, str]]) -> list[ChatMessage]:
    """The chat after an answer of which these sentences were refused, each with the reason."""
    listed = "; ".join(f'"{text}" ({reason})' for text, reason in refused)
    return [
        *chat,
        {"role": "assistant", "content": answer},
        {"role": "user", "content": _prompt()["again"].format(refused=listed)},
    ]


def parse_answer(answer: str) -> list[CitedSentence]:
    """The sentences of an answer, the first few; a number that is none is left out.

    Raises `ValueError` where it holds no such JSON.
    """
    found = _BOUNDARY.search(answer)
    try:
        listed = json.loads(found[0])["sentences"] if found else None
        if not isinstance(listed, list):
            raise TypeError
        return [_sentence(one) for one in listed[:MOST_SENTENCES]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError("no JSON with sentences and what they cite") from None


def _sentence(one: dict[str, Any]) -> CitedSentence:
    cites = one["cites"] if isinstance(one["cites"], list) else []
    numbers = [number for number in cites if isinstance(number, int) and not isinstance(number, bool)]
    return CitedSentence(" ".join(one["text"].split())[:MOST_CHARACTERS], tuple(dict.fromkeys(numbers)))


def _numbered(statements: Sequence[str]) -> str:
    return "\n".join(f"{number}. {' '.join(text.split())}" for number, text in enumerate(statements, 1))
