"""An audit as tables and as one self-contained page: how many held-out tiles leak, and the pairs side by side."""

import base64
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SHOWN = 40  # pairs on the page
SHOWN_EXACT = 8  # of them, copies that need no look
ROWS = 50  # findings of a kind in a table
_KINDS = {"near_identical": "near-identical", "same_scene": "same scene", "overlapping_footprint": "overlapping footprint"}
_SAID = {
    "near_identical": "near-identical to another",
    "same_scene": "of a scene that is on both sides",
    "overlapping_footprint": "with an overlapping footprint",
}
_TURNS = {
    "none": "",
    "flip_left_right": "mirrored left to right",
    "flip_top_bottom": "mirrored top to bottom",
    "rotate_180": "turned by 180°",
    "transpose": "mirrored at the main diagonal",
    "rotate_90_clockwise": "turned by 90° clockwise",
    "rotate_90_counterclockwise": "turned by 90° counterclockwise",
    "transverse": "mirrored at the other diagonal",
}

Finding = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Look:
    """A near-identical pair to be looked at: the held-out tile, and the one that it resembles."""

    finding: Finding
    images: tuple[bytes, bytes]  # JPEG
    sizes_px: tuple[tuple[int, int], tuple[int, int]]  # width and height of the tiles


@dataclass(frozen=True)
class _Table:
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


_STYLE = """
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5b6470; --line: #d5dae0; --paper: #f6f6f4; --card: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #9aa4b0; --line: #353b43; --paper: #15181c;
  --card: #1d2126 } }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; max-width: 1100px;
  padding: 24px 16px }
h1 { font-size: 24px; margin: 0 0 4px } h2 { font-size: 18px; margin: 32px 0 8px } p { margin: 0 0 8px }
.soft { color: var(--soft); font-size: 13px; overflow-wrap: anywhere } .verdict { font-size: 16px }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; margin: 0 0 14px;
  min-width: 0 }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { padding: 4px 10px 4px 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap }
th { font-weight: 600; font-size: 12.5px; color: var(--soft) } th:first-child, td:first-child { text-align: left }
tr:last-child td { border-bottom: 0 }
.names td, .names th { text-align: left }
.pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); gap: 14px }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; margin: 0 0 8px; align-items: start }
figure { margin: 0; min-width: 0 } figcaption { font-size: 12px; color: var(--soft); overflow-wrap: anywhere }
.tile { position: relative; overflow: hidden; border-radius: 4px; background: #000 }
.tile img { width: 100%; display: block; image-rendering: pixelated }
.tile svg { position: absolute; inset: 0; width: 100%; height: 100% }
rect { fill: none; stroke: #ffc400; stroke-width: 2; vector-effect: non-scaling-stroke }
@media (max-width: 420px) { .pairs { grid-template-columns: minmax(0, 1fr) } }
"""


def in_words(report: Mapping[str, Any]) -> str:
    """What was found, in one line."""
    tiles = sum(one["tiles"] for one in report["held_out"].values())
    lead = (
        f"{report['leaking']:,} of {tiles:,} held-out tiles leak"
        if report["leaking"]
        else f"none of {tiles:,} held-out tiles leaks"
    )
    counts = {kind: sum(one[kind] for one in report["held_out"].values()) for kind in _KINDS}
    parts = [f"{counts[kind]:,} {words}" for kind, words in _SAID.items() if counts[kind]]
    line = lead + (f": {', '.join(parts)}" if parts else "")
    unreadable = sum(report["unreadable"].values())
    return line + (f"; {unreadable:,} of all tiles cannot be read" if unreadable else "")


def worst(report: Mapping[str, Any]) -> list[Finding]:
    """The near-identical pairs that are shown: some exact copies, then those that resemble one another most."""
    pairs = report["findings"]["near_identical"]
    exact = [one for one in pairs if one["exact"]][:SHOWN_EXACT]
    return exact + [one for one in pairs if not one["exact"]][: SHOWN - len(exact)]


def markdown(report: Mapping[str, Any]) -> str:
    """The tables as Markdown."""
    parts = ["# Audit", in_words(report) + ".", _measure(report)]
    for table in _tables(report):
        parts += [f"## {table.title}", *([table.note] if table.note else [])]
        lines = [" | ".join(cells) for cells in (table.head, ["---"] * len(table.head), *table.rows)]
        parts.append("\n".join(f"| {line} |" for line in lines))
    return "\n\n".join(parts) + "\n"


def page(report: Mapping[str, Any], looks: Sequence[Look]) -> str:
    """The page as HTML text; it asks for nothing outside itself."""
    body = "\n".join(_card(table) for table in _tables(report)[:2])
    if looks:
        note = "Left a held-out tile, right the one that it resembles; each frame is where the other lies in it."
        body += f'\n<h2>Near-identical tiles</h2><p class="soft">{note}</p>'
        body += f'<section class="pairs">{"".join(map(_look, looks))}</section>'
    body += "\n".join(_card(table) for table in _tables(report)[2:])
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Audit</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>
<body><h1>Audit</h1><p class="verdict">{html.escape(in_words(report))}.</p><p class="soft">{html.escape(_measure(report))}</p>
{body}
</body></html>
"""


def _measure(report: Mapping[str, Any]) -> str:
    by = report["thresholds"]
    few = f"{by['correlation_where_few_agree']:g} where fewer than {by['few_keypoints_that_agree']} agree"
    return (
        f"Two tiles are near-identical where at least {by['keypoints_that_agree']} of their keypoints agree on one shift and "
        f"scale, and their fine detail correlates by at least {by['correlation']:g} there ({few}): copies, re-encoded, "
        "cropped, resized, mirrored, turned by right angles, with other gray levels. The same place at another date need not "
        f"be near-identical; scenes and footprints (overlapping by {by['overlap_of_footprints']:.0%} or more of the smaller) "
        f"tell of it. Of {report['few_keypoints']:,} tiles with hardly any keypoint little but an exact copy would be found."
    )


def _tables(report: Mapping[str, Any]) -> list[_Table]:
    """Those of numbers first, two of them."""
    held_out = [
        [name, f"{one['tiles']:,}", *(f"{one[kind]:,}" for kind in _KINDS), f"{one['leaking']:,}", _share(one)]
        for name, one in report["held_out"].items()
    ]
    columns = ("exact_pairs", "near_identical_pairs", "shared_scenes", "overlapping_footprints")
    compared = [
        [f"{one['held_out']} and {one['against']}", *(f"{one[column]:,}" for column in columns)]
        for one in report["comparisons"]
    ]
    tables = [
        _Table(
            "Tiles that are held out",
            ["held out", "tiles", *_KINDS.values(), "leaking", "share"],
            held_out,
            _sides(report),
        ),
        _Table("Pairs", ["between", *(column.replace("_", " ") for column in columns)], compared),
    ]
    found = report["findings"]
    pairs = [[one["tile"], one["like"], _between(one), _how(one)] for one in found["near_identical"][:ROWS]]
    scenes = [
        [f"{one['source']}/{one['scene']}", _between(one), f"{one['tiles']:,} and {one['against_tiles']:,}"]
        for one in found["same_scene"][:ROWS]
    ]
    places = [
        [one["tile"], one["like"], _between(one), f"{one['overlap_share']:.0%}"]
        for one in found["overlapping_footprint"][:ROWS]
    ]
    lists = [
        _Table("Near-identical pairs", ["tile", "resembles", "between", "how"], pairs, _first(report, "near_identical_pairs")),
        _Table("Shared scenes", ["scene", "between", "tiles"], scenes, _first(report, "shared_scenes")),
        _Table(
            "Overlapping footprints", ["tile", "overlaps", "between", "share"], places, _first(report, "overlapping_footprints")
        ),
    ]
    return tables + [table for table in lists if table.rows]


def _share(one: Mapping[str, int]) -> str:
    return f"{one['leaking'] / one['tiles']:.1%}" if one["tiles"] else "-"


def _sides(report: Mapping[str, Any]) -> str:
    tiles = {name.replace("_", " "): count for name, count in report["tiles"].items()}
    line = "Tiles: " + ", ".join(f"{name} {count:,}" for name, count in tiles.items()) + "."
    against = [f"{name} is the dataset {fingerprint[:12]}" for name, fingerprint in report["against"].items()]
    reasons = [f"{reason} {count:,}" for reason, count in report["unreadable"].items()]
    line += f" {'; '.join(against)}." if against else ""
    return line + (f" Cannot be read: {', '.join(reasons)}." if reasons else "")


def _first(report: Mapping[str, Any], column: str) -> str:
    every = sum(one[column] for one in report["comparisons"])
    return f"The first {ROWS} of {every:,}; audit.json lists more." if every > ROWS else ""


def _between(one: Finding) -> str:
    return f"{one['held_out']} and {one['against']}"


def _how(one: Finding) -> str:
    if one["exact"]:
        return "same pixels"
    turn = _TURNS[one["turn"]]
    scale = " x ".join(f"{value:.3g}" for value in one["scale"])
    x, y = (round(value, 1) + 0.0 for value in one["offset_px"])  # no minus nought
    parts = [f"correlation {one['correlation']:.2f}", f"{one['keypoints']} keypoints agree", *([turn] if turn else [])]
    return ", ".join([*parts, f"at {x:.1f}, {y:.1f} px, scale {scale}", f"{one['overlap_share']:.0%} of the smaller"])


def _card(table: _Table) -> str:
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in table.head)
    rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    note = f'<p class="soft">{html.escape(table.note)}</p>' if table.note else ""
    kind = "" if table.head[0] in ("held out", "between") else ' class="names"'
    grid = f'<div class="scroll"><table{kind}><tr>{head}</tr>{rows}</table></div>'
    return f'<h2>{html.escape(table.title)}</h2><section class="card">{grid}{note}</section>'


def _look(look: Look) -> str:
    one = look.finding
    (width, height), other_size = look.sizes_px
    x, y = one["offset_px"]
    wide, high = (height, width) if one["turn"].startswith(("trans", "rotate_90")) else (width, height)
    there = (x, y, one["scale"][0] * wide, one["scale"][1] * high)
    here = _inverse(look)
    left = _figure(look.images[0], look.sizes_px[0], here, f"{one['tile']} ({one['held_out']})")
    right = _figure(look.images[1], other_size, there, f"{one['like']} ({one['against']})")
    return f'<article class="card"><div class="two">{left}{right}</div><p class="soft">{html.escape(_how(one))}</p></article>'


def _inverse(look: Look) -> tuple[float, float, float, float]:
    """Where the other tile lies in the held-out one: left, top, width and height, before it is turned."""
    (width, height), (other_width, other_height) = look.sizes_px
    turn, (x, y), (along_x, along_y) = look.finding["turn"], look.finding["offset_px"], look.finding["scale"]
    left, top, wide, high = -x / along_x, -y / along_y, other_width / along_x, other_height / along_y
    transposed = turn in ("transpose", "transverse", "rotate_90_clockwise", "rotate_90_counterclockwise")
    turned_width, turned_height = (height, width) if transposed else (width, height)
    if turn in ("flip_left_right", "rotate_180", "rotate_90_clockwise", "transverse"):
        left = turned_width - left - wide
    if turn in ("flip_top_bottom", "rotate_180", "rotate_90_counterclockwise", "transverse"):
        top = turned_height - top - high
    return (top, left, high, wide) if transposed else (left, top, wide, high)


def _figure(image: bytes, size_px: tuple[int, int], frame: tuple[float, float, float, float], words: str) -> str:
    data = base64.b64encode(image).decode()
    x, y, width, height = (f"{value:.1f}" for value in frame)
    box = f'<rect x="{x}" y="{y}" width="{width}" height="{height}"/>'
    svg = f'<svg viewBox="0 0 {size_px[0]} {size_px[1]}" preserveAspectRatio="none">{box}</svg>'
    name = html.escape(words, quote=True)
    picture = f'<div class="tile"><img alt="{name}" src="data:image/jpeg;base64,{data}">{svg}</div>'
    return f"<figure>{picture}<figcaption>{html.escape(words)}</figcaption></figure>"
