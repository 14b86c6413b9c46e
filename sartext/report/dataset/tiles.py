"""Tiles of a dataset's page: the image with its boxes and masks, the twin, the captions with their verdicts, questions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sartext.imaging.thumbnail import Thumbnail, thumbnail
from sartext.report.dataset.blocks import count, truncated
from sartext.report.dataset.grounds import GroundedWords, grounded, region_mark
from sartext.report.overlay import Overlay, hue, overlay
from sartext.tile import Caption, Tile

SIDE_PX = 384
_PIXELATED_PX = 200  # smaller pictures are shown larger than they are, pixel by pixel
_BOXES, _CAPTIONS, _CLAIMS, _QUESTIONS, _CLASSES = 300, 6, 12, 4, 24
_CONTRADICTED = 3  # captions of a tile that is shown for them
_CHARACTERS, _CLAIM_CHARACTERS = 600, 240
_MARKS = {"supported": "✓", "contradicted": "✗", "unverifiable": "?"}


@dataclass(frozen=True, kw_only=True)
class TilePicture:
    """A picture of a tile, None where it cannot be shown, with what lies over it and what stands below."""

    name: str
    picture: Thumbnail | None
    over: Overlay | None = None
    words: str = ""

    @property
    def small(self) -> bool:
        """Whether it is shown larger than it is."""
        return self.picture is not None and max(self.picture.width_px, self.picture.height_px) < _PIXELATED_PX


@dataclass(frozen=True, kw_only=True)
class CaptionView:
    """A caption: its words, how it came about, counts of its verdicts, and (claim, verdict) of each claim."""

    style: str
    words: Sequence[GroundedWords]
    cut: bool  # whether the text goes on
    what: str
    marks: str
    claims: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class TileCard:
    """All that is shown of a tile; classes are (style, hue, mark of a region, words)."""

    key: str
    about: str
    views: Sequence[TilePicture]
    classes: Sequence[tuple[str, int, str, str]]
    captions: Sequence[CaptionView]
    questions: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Tiles as cards, with switches for what lies over the images, and the boxes and regions that words light up."""

    switches: Sequence[str]
    boxes: Sequence[int]
    regions: Sequence[str]
    tiles: Sequence[TileCard]


def sheet(tiles: Sequence[Tile], switches: bool = True) -> Sheet:
    """The tiles as cards, in their order."""
    there = {"boxes": any(tile.boxes for tile in tiles), "masks": any(tile.regions for tile in tiles)}
    cards = [_tile(tile) for tile in tiles]
    words = [part for card in cards for caption in card.captions for part in caption.words]
    return Sheet(
        switches=[name for name, found in there.items() if found and switches],
        boxes=sorted({at for part in words for at in part.boxes if at < _BOXES}),
        regions=sorted({mark for part in words for mark in part.regions}),
        tiles=cards,
    )


def contradicted(tile: Tile) -> Tile:
    """The tile with the first few of those captions alone of which a claim is contradicted, without questions and twin."""
    wrong = [one for one in tile.captions if any(claim.verdict == "contradicted" for claim in one.claims)]
    return replace(tile, captions=tuple(wrong[:_CONTRADICTED]), questions=(), optical=None)


def _tile(tile: Tile) -> TileCard:
    views = [TilePicture(name="SAR image", picture=thumbnail(tile.image.bytes, SIDE_PX), over=_over(tile))]
    if tile.optical is not None:
        views.append(TilePicture(name="optical twin", picture=thumbnail(tile.optical.image.bytes, SIDE_PX), words=_twin(tile)))
    return TileCard(
        key=tile.key,
        about=_about(tile),
        views=views,
        classes=_classes(tile),
        captions=[_caption(caption) for caption in tile.captions[:_CAPTIONS]],
        questions=[(_short(one.question), _short(one.answer)) for one in tile.questions[:_QUESTIONS] if one.kept],
    )


def _over(tile: Tile) -> Overlay:
    """The overlay; of a tile with very many boxes only the first are drawn."""
    if len(tile.boxes) <= _BOXES:
        return overlay(tile)
    return overlay(replace(tile, boxes=tile.boxes[:_BOXES]))


def _about(tile: Tile) -> str:
    sensor = tile.sensor
    parts = [f"{tile.width_px} x {tile.height_px} px"]
    if sensor.gsd_m:
        parts.append(
            f"{sensor.gsd_m[0]:.3g} m" if sensor.gsd_m[0] == sensor.gsd_m[1] else "{:.3g} x {:.3g} m".format(*sensor.gsd_m)
        )
    parts += [text for text in (sensor.platform, sensor.band and f"{sensor.band} band") if text and text != tile.source]
    parts += ["/".join(tile.rendering.polarisations)] * bool(tile.rendering.polarisations)
    return ", ".join([*parts, tile.split or "no split"])


def _classes(tile: Tile) -> list[tuple[str, int, str, str]]:
    """What is annotated: boxes with their numbers, regions with their shares."""
    boxes = Counter(box.label for box in tile.boxes)
    shown = [("outline", hue(label), "", f"{label} {count(number)}") for label, number in sorted(boxes.items())]
    regions = sorted(tile.regions, key=lambda region: (-region.area_share, region.label))
    shown += [
        ("", hue(region.label), region_mark(region.label), f"{region.label} {region.area_share:.0%}") for region in regions
    ]
    return shown[:_CLASSES]


def _twin(tile: Tile) -> str:
    if tile.optical is None:
        return ""
    gap_s = tile.optical.time_gap_s
    when = "time gap unknown" if gap_s is None else "same time" if gap_s == 0 else f"{gap_s / 86400:+.1f} days"
    offset = tile.optical.offset_px
    moved = f", offset {offset[0]:+.1f}, {offset[1]:+.1f} px" if offset and any(offset) else ""
    cloud = f", {tile.optical.cloud_share:.0%} cloud" if tile.optical.cloud_share else ""
    return f"{when}{moved}{cloud}"


def _caption(caption: Caption) -> CaptionView:
    verdicts = Counter(claim.verdict for claim in caption.claims)
    style = "refused" if not caption.kept else "open" if verdicts["unverifiable"] or not caption.claims else ""
    what = ", ".join(
        part for part in (caption.route, caption.form, caption.model, None if caption.kept else caption.reason) if part
    )
    return CaptionView(
        style=style,
        words=grounded(caption, _CHARACTERS),
        cut=len(caption.text) > _CHARACTERS,
        what=_short(what),
        marks=", ".join(f"{verdicts[name]} {mark}" for name, mark in _MARKS.items() if verdicts[name]),
        claims=[(truncated(f"{one.text}: {one.evidence}", _CLAIM_CHARACTERS), one.verdict) for one in caption.claims[:_CLAIMS]],
    )


def _short(text: str) -> str:
    return truncated(text, _CHARACTERS)
