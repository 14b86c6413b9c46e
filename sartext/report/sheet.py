"""A sheet of tiles as one self-contained page: the image with its boxes and masks, the twin, the captions, their verdicts."""

import io
from collections.abc import Iterable
from typing import Any

from sartext.imaging.guard import gray_or_rgb, opened
from sartext.report.html import data_uri, html_page
from sartext.report.overlay import overlay
from sartext.tile import Caption, EncodedImage, Optical, Reject, Tile

# Browsers show these as they are; anything else is re-encoded for the page only.
_BROWSER = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif"}


def sheet(results: Iterable[Tile | Reject], *, title: str, about: str) -> str:
    """The page as HTML text; it asks for nothing outside itself."""
    shown = [_rejected(one) if isinstance(one, Reject) else _tile(one) for one in results]
    return html_page("sheet.html", title=title, about=about, results=shown)


def _tile(tile: Tile) -> dict[str, Any]:
    optical = tile.optical
    return {
        "key": tile.key,
        "image": _uri(tile.image),
        "over": overlay(tile),
        "size": _size(tile),
        "twin": (_uri(optical.image), _twin(optical)) if optical is not None and optical.image.bytes else None,
        "captions": [_caption(caption) for caption in tile.captions],
    }


def _size(tile: Tile) -> str:
    gsd = (
        f", {tile.sensor.gsd_m[0]:g} x {tile.sensor.gsd_m[1]:g} m" if tile.sensor.gsd_m else ", ground sample distance unknown"
    )
    return f"{tile.width_px} x {tile.height_px} px{gsd}; {len(tile.boxes)} boxes" + (
        f", {len(tile.regions)} regions" if tile.regions else ""
    )


def _twin(optical: Optical) -> str:
    gap = optical.time_gap_s
    when = "time gap unknown" if gap is None else "same time" if gap == 0 else f"{gap / 86400:+.0f} days"
    cloud = f", {optical.cloud_share:.0%} cloud" if optical.cloud_share else ""
    return f"optical twin, {when}{cloud}"


def _caption(caption: Caption) -> dict[str, Any]:
    return {
        "kept": caption.kept,
        "text": caption.text,
        "what": ", ".join(part for part in (caption.route, caption.form, caption.reason) if part),
        "claims": [(f"{claim.text}: {claim.evidence}", claim.verdict) for claim in caption.claims],
    }


def _rejected(reject: Reject) -> dict[str, Any]:
    return {"key": reject.key, "why": ": ".join(part for part in (reject.stage, reject.reason, reject.detail) if part)}


def _uri(image: EncodedImage) -> str:
    data = image.bytes or b""
    kind = next((kind for magic, kind in _BROWSER.items() if data.startswith(magic)), None)
    if kind is None:
        out = io.BytesIO()
        gray_or_rgb(opened(data)).save(out, "PNG")
        data, kind = out.getvalue(), "png"
    return data_uri(data, kind)
