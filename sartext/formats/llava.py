"""LLaVA's conversations (Liu et al., NeurIPS 2023): an array of entries, or one a line, each an image and turns about it.

`conversations` is a list of turns with `from` ("human" or "gpt", and "system", which says nothing of the image) and `value`.
The first has the token `<image>`, which is no part of a text; nor is a request for a short answer, which LLaVA-1.5 adds behind
a question.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

from sartext.errors import SourceError
from sartext.formats.json_stream import read_elements
from sartext.formats.text_record import TextRecord, plain

IMAGE_TOKEN = "<image>"
SHORT = "Answer the question using a single word or phrase."  # LLaVA-1.5 (Liu et al., CVPR 2024)
_ASKS, _ANSWERS, _SYSTEM = ("human", "user"), ("gpt", "assistant"), ("system",)


class Turn(NamedTuple):
    """A question about an image and its answer, as they are written."""

    question: str
    answer: str
    short: bool  # whether the answer is a word or a phrase


def llava_entry(identifier: str, image: str, turns: Sequence[Turn]) -> dict[str, Any]:
    """An entry about the image file at the path `image`.

    The first turn has the image token. Where every answer is short, the first turn asks for that; else each question whose
    answer is short does.
    """
    all_short = all(turn.short for turn in turns)
    written: list[dict[str, str]] = []
    for turn in turns:
        text = turn.question.replace(IMAGE_TOKEN, "").strip()
        if not written:
            text = f"{IMAGE_TOKEN}\n{text}"
        if turn.short and not (all_short and written):
            text += f"\n{SHORT}"
        answer = turn.answer.replace(IMAGE_TOKEN, "").strip()
        written += [{"from": "human", "value": text}, {"from": "gpt", "value": answer}]
    return {"id": identifier, "image": image, "conversations": written}


def write_llava(entries: Iterable[Mapping[str, Any]]) -> str:
    """The text of a file of entries: a JSON array, an entry a line."""
    return "[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]\n"


def parse_llava(stream: BinaryIO, file: str) -> Iterator[TextRecord]:
    """One an entry, in the file's order; one about no image has no name and no fault.

    An entry whose image or turns cannot be understood is a fault of its own. Raises `SourceError` where the file is no JSON of
    entries, or none of them has turns.
    """
    count = 0
    other: str | None = None  # the place of the first that is something else
    for _, number, value in read_elements(stream, file):
        place = f"[{number}]"
        if isinstance(value, dict) and "conversations" in value:
            count += 1
            yield _entry(value, place)
        else:
            other = other or place
            yield TextRecord(_name(value.get("image")) or "" if isinstance(value, dict) else "", place=place, fault=_NO_TURNS)
    if not count and other is not None:
        raise SourceError(_NO_TURNS, file=file, place=other, remedy="give an array of LLaVA's conversations")
    if not count:
        raise SourceError("no conversations in it", file=file)


_NO_TURNS = "no entry with 'conversations'"


def _entry(value: dict[str, Any], place: str) -> TextRecord:
    image = value.get("image")
    name = _name(image)
    if name is None:
        return TextRecord(file="", place=place, fault="several images, or a name that is no text")
    if not name:
        return TextRecord(file="", place=place)
    turns = _turns(value["conversations"])
    if turns is None:
        return TextRecord(file=name, place=place, fault="turns that are no questions and answers")
    return TextRecord(file=name, turns=turns, place=place)


def _name(image: Any) -> str | None:
    """The image's name; "" where there is no image, None where there are several or it is no name."""
    if isinstance(image, list) and len(image) <= 1:
        image = image[0] if image else None
    if image is None:
        return ""
    return image.strip() if isinstance(image, str) else None


def _turns(found: Any) -> tuple[tuple[str, str], ...] | None:
    """The questions with their answers, "" where one of the two is missing; None where they are no such turns."""
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
        if speaker in _ASKS:
            if question is not None:
                turns.append((question, ""))
            question = _question(text or "")
        elif speaker in _ANSWERS:
            turns.append((question or "", _plain(text or "")))
            question = None
        else:
            return None
    if question is not None:
        turns.append((question, ""))
    return tuple(turns) or None


def _question(text: str) -> str:
    return plain(_plain(text).removesuffix(SHORT))


def _plain(text: str) -> str:
    return plain(text.replace(IMAGE_TOKEN, " "))
