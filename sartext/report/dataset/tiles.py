"""Tiles of a dataset's page: the image with its boxes and masks, the twin, the captions with their verdicts, questions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sartext.imaging.thumbnail import Thumbnail, thumbnail
from sartext.report.dataset.parts import count, esc
from sartext.report.overlay import hue, overlay
from sartext.tile import Caption, Claim, Tile

SIDE_PX = 384
_PIXELATED_PX = 200  # smaller pictures are shown larger than they are, pixel by pixel
_BOXES, _CAPTIONS, _CLAIMS, _QUESTIONS = 300, 6, 30, 4
_CHARACTERS = 600
_MARKS = {"supported": "✓", "contradicted": "✗", "unverifiable": "?"}


def sheet(tiles: Sequence[Tile]) -> str:
    """The tiles as cards, with switches for what lies over the images."""
    switches = "".join(
        f'<label><input type="checkbox" id="{name}" checked> {name}</label>'
        for name, there in (
            ("boxes", any(tile.boxes for tile in tiles)),
            ("masks", any(tile.regions for tile in tiles)),
        )
        if there
    )
    return f'<div class="switches">{switches}</div><div class="tiles">{"".join(map(_tile, tiles))}</div>'


def _tile(tile: Tile) -> str:
    views = _view(thumbnail(tile.image.bytes, SIDE_PX), "SAR image", _over(tile), "")
    if tile.optical is not None:
        views += _view(thumbnail(tile.optical.image.bytes, SIDE_PX), "optical twin", "", _twin(tile))
    captions = "".join(map(_caption, tile.captions[:_CAPTIONS])) or '<p class="soft">no caption</p>'
    asked = "".join(
        f"<div><dt>{esc(_short(one.question))}</dt><dd>{esc(_short(one.answer))}</dd></div>"
        for one in tile.questions[:_QUESTIONS]
        if one.kept
    )
    questions = f'<dl class="asked">{asked}</dl>' if asked else ""
    return (
        f'<article class="card tile"><div class="views">{views}</div><h3>{esc(tile.key)}</h3>'
        f'<p class="soft">{esc(_about(tile))}</p>{_classes(tile)}{captions}{questions}</article>'
    )


def _over(tile: Tile) -> str:
    """The overlay; of a tile with very many boxes only the first are drawn."""
    if len(tile.boxes) <= _BOXES:
        return overlay(tile)
    return overlay(replace(tile, boxes=tile.boxes[:_BOXES]))


def _view(picture: Thumbnail | None, name: str, over: str, words: str) -> str:
    if picture is None:
        inside = f'<span class="none">{name}: no picture</span>'
        return f'<figure><div class="view">{inside}</div></figure>'
    small = " small" if max(picture.width_px, picture.height_px) < _PIXELATED_PX else ""
    sides = f'width="{picture.width_px}" height="{picture.height_px}"'
    below = f"<figcaption>{esc(words)}</figcaption>" if words else ""
    return f'<figure><div class="view{small}"><img alt="{name}" {sides} src="{picture.uri}">{over}</div>{below}</figure>'


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


def _classes(tile: Tile) -> str:
    """What is annotated: boxes with their numbers, regions with their shares."""
    boxes = Counter(box.label for box in tile.boxes)
    shown = [("outline", hue(label), f"{label} {count(number)}") for label, number in sorted(boxes.items())]
    regions = sorted(tile.regions, key=lambda region: (-region.area_share, region.label))
    shown += [("", hue(region.label), f"{region.label} {region.area_share:.0%}") for region in regions]
    items = "".join(
        f'<span><i class="{style}" style="--hue:{degrees}"></i>{esc(words)}</span>' for style, degrees, words in shown[:24]
    )
    return f'<div class="classes">{items}</div>' if items else ""


def _twin(tile: Tile) -> str:
    if tile.optical is None:
        return ""
    gap_s = tile.optical.time_gap_s
    when = "time gap unknown" if gap_s is None else "same time" if gap_s == 0 else f"{gap_s / 86400:+.1f} days"
    offset = tile.optical.offset_px
    moved = f", offset {offset[0]:+.1f}, {offset[1]:+.1f} px" if offset and any(offset) else ""
    cloud = f", {tile.optical.cloud_share:.0%} cloud" if tile.optical.cloud_share else ""
    return f"{when}{moved}{cloud}"


def _caption(caption: Caption) -> str:
    verdicts = Counter(claim.verdict for claim in caption.claims)
    style = "refused" if not caption.kept else "open" if verdicts["unverifiable"] or not caption.claims else ""
    what = ", ".join(
        part for part in (caption.route, caption.form, caption.model, None if caption.kept else caption.reason) if part
    )
    marks = ", ".join(f"{verdicts[name]} {mark}" for name, mark in _MARKS.items() if verdicts[name])
    claims = "".join(map(_claim, caption.claims[:_CLAIMS]))
    inside = f"<details><summary>{esc(_short(what))}: {marks}</summary><ul>{claims}</ul></details>" if claims else ""
    said = inside or f'<span class="soft">{esc(_short(what))}</span>'
    return f'<blockquote class="{style}"><p>{esc(_short(caption.text))}</p>{said}</blockquote>'


def _claim(claim: Claim) -> str:
    mark = _MARKS.get(claim.verdict, "?")
    return f'<li class="{esc(claim.verdict)}"><b>{mark}</b> {esc(_short(f"{claim.text}: {claim.evidence}"))}</li>'


def _short(text: str) -> str:
    return text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 1] + "…"
