"""The words of a caption, each with the verdict on it and what it stands on: boxes and regions that a page can light up."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sartext.tile import Caption

_BOXES = 12  # of the same words
_WORST = {"": 0, "supported": 1, "unverifiable": 2, "contradicted": 3}


@dataclass(frozen=True, kw_only=True)
class GroundedWords:
    """Some words of a caption's text; the verdict is the worst of the claims that it is part of, "" where there is none."""

    text: str
    verdict: str = ""
    boxes: Sequence[int] = ()  # positions in `tile.boxes`, the first few
    regions: Sequence[str] = ()  # marks of their labels


def region_mark(label: str) -> str:
    """What stands for the label of a region, whatever that is, in the classes of a page."""
    return f"r{hashlib.sha256(label.encode()).hexdigest()[:8]}"


def grounded(caption: Caption, characters: int) -> list[GroundedWords]:
    """The first so many characters of the text, cut where a claim's words begin or end."""
    length = min(characters, len(caption.text))
    claims = [claim for claim in caption.claims if claim.span is not None]
    ends = sorted({0, length, *[end for claim in claims for end in claim.span or () if 0 < end < length]})
    made = []
    for start, end in pairwise(ends):
        over = [claim for claim in claims if claim.span and claim.span[0] <= start < claim.span[1]]
        made.append(
            GroundedWords(
                text=caption.text[start:end],
                verdict=max((claim.verdict for claim in over), key=_WORST.__getitem__, default=""),
                boxes=sorted({at for claim in over for at in claim.boxes})[:_BOXES],
                regions=sorted({region_mark(label) for claim in over for label in claim.regions}),
            )
        )
    return made
