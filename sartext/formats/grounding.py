"""Grounded captions in JSON Lines: phrases with their place in the caption and the boxes of what they speak of.

A line a caption, after Flickr30k Entities (Plummer et al., ICCV 2015) and GRIT (Peng et al., 2023):
`{"image", "width", "height", "caption", "phrases": [{"span", "text", "boxes", "labels"}]}`. `span` is the first character
(Unicode code point) of the phrase in the caption and the one after its last, a box is [left, top, right, bottom] in pixels,
and `labels` are the classes of the boxes, one each.
"""

import json
from collections.abc import Iterable
from typing import NamedTuple

Corners = tuple[float, float, float, float]  # left, top, right, bottom


class GroundedPhrase(NamedTuple):
    """Words of a caption and the objects that they speak of."""

    span: tuple[int, int]
    boxes_px: tuple[Corners, ...]
    labels: tuple[str, ...]  # of the boxes


class GroundedCaption(NamedTuple):
    """A caption of the image file at the path `image`."""

    image: str
    width_px: int
    height_px: int
    caption: str
    phrases: tuple[GroundedPhrase, ...]


def write_grounding(captions: Iterable[GroundedCaption]) -> str:
    """The text of a file of grounded captions, a line each."""
    return "".join(f"{_line(one)}\n" for one in captions)


def _line(one: GroundedCaption) -> str:
    phrases = [
        {
            "span": phrase.span,
            "text": one.caption[slice(*phrase.span)],
            "boxes": phrase.boxes_px,
            "labels": phrase.labels,
        }
        for phrase in one.phrases
    ]
    value = {
        "image": one.image,
        "width": one.width_px,
        "height": one.height_px,
        "caption": one.caption,
        "phrases": phrases,
    }
    return json.dumps(value, ensure_ascii=False)
