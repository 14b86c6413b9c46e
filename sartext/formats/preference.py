"""Preference pairs in JSON Lines, as TRL's DPOTrainer takes them for models of images and text.

A line a pair, in the conversational form with an explicit prompt: `{"images", "prompt", "chosen", "rejected"}`. `images` is a
list of file names, here of one; the others are lists of messages with `role` and `content`, and a content is a list of parts,
`{"type": "image"}` or `{"type": "text", "text": ...}`. The prompt has a part for the image; both answers are text alone.
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

PROMPT = "Describe this image."


class PreferencePair(NamedTuple):
    """Two captions of the image file at the path `image`, of which one is preferred."""

    image: str
    chosen: str
    rejected: str


def write_preferences(pairs: Iterable[PreferencePair]) -> str:
    """The text of a file of preference pairs, a line each."""
    return "".join(f"{json.dumps(_line(pair), ensure_ascii=False)}\n" for pair in pairs)


def _line(pair: PreferencePair) -> dict[str, Any]:
    return {
        "images": [pair.image],
        "prompt": [{"role": "user", "content": [{"type": "image"}, _text(PROMPT)]}],
        "chosen": [{"role": "assistant", "content": [_text(pair.chosen)]}],
        "rejected": [{"role": "assistant", "content": [_text(pair.rejected)]}],
    }


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}
