"""A sheet of tiles as one self-contained page: the image with its boxes and masks, the twin, the captions, their verdicts."""

import base64
import html
import io
from collections.abc import Iterable

from PIL import Image

from sartext.report.overlay import overlay
from sartext.tile import Caption, EncodedImage, Reject, Tile

# Browsers show these as they are; anything else is re-encoded for the page only.
_BROWSER = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif"}
_MARK = {"supported": "✓", "contradicted": "✗", "unverifiable": "?"}

_STYLE = """
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5b6470; --line: #d5dae0; --paper: #fbfbfa; --card: #fff;
  --yes: #1a7f43; --no: #c0262d; --open: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #9aa4b0; --line: #353b43; --paper: #15181c;
  --card: #1d2126; --yes: #5bd08a; --no: #ff7b7f; --open: #e3b341 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 1100px; padding: 24px 16px }
h1 { font-size: 22px; margin: 0 0 4px } .about { color: var(--soft); margin: 0 0 20px }
article > div { min-width: 0; overflow-wrap: anywhere }
article { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; margin: 0 0 16px;
  display: grid; grid-template-columns: minmax(200px, 320px) 1fr; gap: 20px }
@media (max-width: 640px) { article { grid-template-columns: 1fr } }
h2 { font: 600 13px/1.4 ui-monospace, monospace; margin: 0 0 8px; overflow-wrap: anywhere }
figure { position: relative; margin: 0 0 8px }
figure img { width: 100%; display: block; image-rendering: pixelated; border-radius: 4px }
figure .mask, figure svg { position: absolute; inset: 0; width: 100%; height: 100% }
figcaption { font-size: 12px; color: var(--soft) }
polygon { fill: none; vector-effect: non-scaling-stroke; stroke-width: 1.5 }
blockquote { margin: 0 0 12px; padding-left: 12px; border-left: 3px solid var(--line) } blockquote p { margin: 0 0 4px }
blockquote.refused p { text-decoration: line-through; color: var(--soft) }
.claims { font-size: 12.5px; color: var(--soft); margin: 0; padding: 0; list-style: none }
.supported b { color: var(--yes) } .contradicted b { color: var(--no) } .unverifiable b { color: var(--open) }
.reject { color: var(--no) }
"""


def sheet(results: Iterable[Tile | Reject], *, title: str, about: str) -> str:
    """The page as HTML text; it asks for nothing outside itself."""
    articles = "\n".join(_rejected(one) if isinstance(one, Reject) else _article(one) for one in results)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>
<body><h1>{html.escape(title)}</h1><p class="about">{html.escape(about)}</p>
{articles}
</body></html>
"""


def _article(tile: Tile) -> str:
    twin = ""
    if tile.optical is not None and tile.optical.image.bytes:
        twin = f'<figure><img alt="optical twin" src="{_data_uri(tile.optical.image)}">'
        twin += f"<figcaption>{_twin(tile)}</figcaption></figure>"
    captions = "".join(_caption(caption) for caption in tile.captions) or "<p class='about'>no caption</p>"
    return f"""<article><div>
<figure><img alt="SAR image" src="{_data_uri(tile.image)}">{overlay(tile)}</figure>
<figure><figcaption>{html.escape(_size(tile))}</figcaption></figure>{twin}</div>
<div><h2>{html.escape(tile.key)}</h2>{captions}</div></article>"""


def _size(tile: Tile) -> str:
    gsd = (
        f", {tile.sensor.gsd_m[0]:g} x {tile.sensor.gsd_m[1]:g} m" if tile.sensor.gsd_m else ", ground sample distance unknown"
    )
    return f"{tile.width_px} x {tile.height_px} px{gsd}; {len(tile.boxes)} boxes" + (
        f", {len(tile.regions)} regions" if tile.regions else ""
    )


def _twin(tile: Tile) -> str:
    if tile.optical is None:
        return ""
    gap = tile.optical.time_gap_s
    when = "time gap unknown" if gap is None else "same time" if gap == 0 else f"{gap / 86400:+.0f} days"
    cloud = f", {tile.optical.cloud_share:.0%} cloud" if tile.optical.cloud_share else ""
    return html.escape(f"optical twin, {when}{cloud}")


def _caption(caption: Caption) -> str:
    claims = "".join(
        f'<li class="{claim.verdict}"><b>{_MARK[claim.verdict]}</b> {html.escape(f"{claim.text}: {claim.evidence}")}</li>'
        for claim in caption.claims
    )
    what = ", ".join(part for part in (caption.route, caption.form, caption.reason) if part)
    refused = "" if caption.kept else ' class="refused"'
    return f"""<blockquote{refused}><p>{html.escape(caption.text)}</p><span class="claims">{html.escape(what)}</span>
<ul class="claims">{claims}</ul></blockquote>"""


def _rejected(reject: Reject) -> str:
    detail = html.escape(": ".join(part for part in (reject.stage, reject.reason, reject.detail) if part))
    return f'<article><div class="reject">rejected</div><div><h2>{html.escape(reject.key)}</h2>{detail}</div></article>'


def _data_uri(image: EncodedImage) -> str:
    data = image.bytes or b""
    kind = next((kind for magic, kind in _BROWSER.items() if data.startswith(magic)), None)
    if kind is None:
        out = io.BytesIO()
        with Image.open(io.BytesIO(data)) as picture:
            picture.convert("RGB" if picture.mode not in ("L", "1") else "L").save(out, "PNG")
        data, kind = out.getvalue(), "png"
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
