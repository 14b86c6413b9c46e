"""Captions of a tile with the boxes on which their claims stand, for grounded captioning and phrase grounding."""

from collections.abc import Sequence

from sartext.formats.grounding import Corners, GroundedCaption, GroundedPhrase
from sartext.tile import Box, Caption, Claim, Tile


def ground_caption(tile: Tile, caption: Caption, image: str) -> GroundedCaption | None:
    """The caption with a phrase for each claim that boxes bear out, in the order of the words; None where there is no such.

    Claims of the same words and boxes are one phrase.
    """
    found = {(claim.span, claim.boxes) for claim in caption.claims if is_grounded(claim)}
    phrases = sorted(_phrase(span, [tile.boxes[position] for position in boxes], tile) for span, boxes in found if span)
    if not phrases:
        return None
    return GroundedCaption(image, tile.width_px, tile.height_px, caption.text, tuple(phrases))


def is_grounded(claim: Claim) -> bool:
    """Whether a claim has words and boxes that bear it out: those of another verdict break it, or are none."""
    return claim.verdict == "supported" and claim.span is not None and bool(claim.boxes)


def ungrounded(captions: Sequence[Caption]) -> int:
    """How many claims are no phrases."""
    return sum(not is_grounded(claim) for caption in captions for claim in caption.claims)


def _phrase(span: tuple[int, int], boxes: Sequence[Box], tile: Tile) -> GroundedPhrase:
    return GroundedPhrase(span, tuple(corners_px(box, tile) for box in boxes), tuple(box.label for box in boxes))


def corners_px(box: Box, tile: Tile) -> Corners:
    """What an upright box around the object covers of the image; nothing wide or high where the object lies outside."""
    xs = [min(max(x, 0), tile.width_px) for x in box.polygon_px[::2]]
    ys = [min(max(y, 0), tile.height_px) for y in box.polygon_px[1::2]]
    return min(xs), min(ys), max(xs), max(ys)
