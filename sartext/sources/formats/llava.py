"""LLaVA's conversations (Liu et al., NeurIPS 2023): an array of entries, or one a line, each an image and turns about it.

`conversations` is a list of turns with `from` ("human" or "gpt", and "system", which says nothing of the image) and `value`.
The first has the token `<image>`; a request for a short answer, which LLaVA-1.5 adds behind a question, is no part of it.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from sartext.errors import SourceError
from sartext.sources.formats.described import Described, plain
from sartext.sources.formats.json_stream import read_elements

IMAGE_TOKEN = "<image>"
SHORT = "Answer the question using a single word or phrase."  # LLaVA-1.5 (Liu et al., CVPR 2024)
_ASKS, _ANSWERS, _SYSTEM = ("human", "user"), ("gpt", "assistant"), ("system",)


def parse_llava(stream: BinaryIO, file: str) -> Iterator[Described]:
    """One an entry, in the file's order.

    An entry whose image or turns cannot be understood is a fault of its image only. Raises `SourceError` where the file is
    no JSON of entries.
    """
    count = 0
    for _, number, value in read_elements(stream, file):
        place = f"[{number}]"
        if not isinstance(value, dict) or "conversations" not in value:
            raise SourceError(
                "no entry with 'conversations'", file=file, place=place, remedy="give an array of LLaVA's conversations"
            )
        count += 1
        yield _entry(value, place)
    if not count:
        raise SourceError("no conversations in it", file=file)


def _entry(value: dict[str, Any], place: str) -> Described:
    image = value.get("image")
    if isinstance(image, list) and len(image) == 1:
        image = image[0]
    if not isinstance(image, str) or not image.strip():
        return Described(file="", place=place, fault="no image, or several")
    turns = _turns(value["conversations"])
    if turns is None:
        return Described(file=image.strip(), place=place, fault="turns that are no questions, each with its answer")
    return Described(file=image.strip(), turns=turns, place=place)


def _turns(found: Any) -> tuple[tuple[str, str], ...] | None:
    """The questions with their answers; None where they are no such turns."""
    if not isinstance(found, list):
        return None
    turns: list[tuple[str, str]] = []
    question: str | None = None
    for turn in found:
        speaker, text = (turn.get("from"), turn.get("value")) if isinstance(turn, dict) else (None, None)
        if speaker in _SYSTEM:
            continue
        if text is not None and not isinstance(text, str):
            return None
        if speaker in _ASKS and question is None:
            question = _question(text or "")
        elif speaker in _ANSWERS and question is not None:
            turns.append((question, plain(text or "")))
            question = None
        else:
            return None
    return tuple(turns) if question is None and turns else None


def _question(text: str) -> str:
    return plain(plain(text.replace(IMAGE_TOKEN, " ")).removesuffix(SHORT))
