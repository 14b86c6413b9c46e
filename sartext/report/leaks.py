"""An audit as tables and as one self-contained page: how many held-out tiles leak, and the pairs side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sartext.report.html import data_uri, html_page
from sartext.report.table import Table

SHOWN = 40  # pairs on the page
SHOWN_EXACT = 8  # of them, copies that need no look
_ROWS = 50  # findings of a kind in a table
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

_Finding = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class LeakExample:
    """A near-identical pair to be looked at: the held-out tile, and the one that it resembles."""

    finding: _Finding
    images: tuple[bytes, bytes]  # JPEG
    sizes_px: tuple[tuple[int, int], tuple[int, int]]  # width and height of the tiles


@dataclass(frozen=True, kw_only=True)
class _Framed:
    """An image with its sides in px, the frame in it (left, top, width, height), and what stands below."""

    uri: str
    size_px: tuple[int, int]
    frame: tuple[float, float, float, float]
    words: str


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


def shown_pairs(report: Mapping[str, Any]) -> list[_Finding]:
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


def page(report: Mapping[str, Any], looks: Sequence[LeakExample]) -> str:
    """The page as HTML text; it asks for nothing outside itself."""
    tables = _tables(report)
    return html_page(
        "audit.html",
        title="Audit",
        verdict=f"{in_words(report)}.",
        measure=_measure(report),
        counts=tables[:2],
        looks=[(*_framed(one), _how(one.finding)) for one in looks],
        lists=tables[2:],
    )


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


def _tables(report: Mapping[str, Any]) -> list[Table]:
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
        Table(
            title="Tiles that are held out",
            head=["held out", "tiles", *_KINDS.values(), "leaking", "share"],
            rows=held_out,
            note=_sides(report),
        ),
        Table(title="Pairs", head=["between", *(column.replace("_", " ") for column in columns)], rows=compared),
    ]
    found = report["findings"]
    pairs = [[one["tile"], one["like"], _between(one), _how(one)] for one in found["near_identical"][:_ROWS]]
    scenes = [
        [f"{one['source']}/{one['scene']}", _between(one), f"{one['tiles']:,} and {one['against_tiles']:,}"]
        for one in found["same_scene"][:_ROWS]
    ]
    places = [
        [one["tile"], one["like"], _between(one), f"{one['overlap_share']:.0%}"]
        for one in found["overlapping_footprint"][:_ROWS]
    ]
    lists = [
        ("Near-identical pairs", ["tile", "resembles", "between", "how"], pairs, "near_identical_pairs"),
        ("Shared scenes", ["scene", "between", "tiles"], scenes, "shared_scenes"),
        ("Overlapping footprints", ["tile", "overlaps", "between", "share"], places, "overlapping_footprints"),
    ]
    return tables + [
        Table(title=title, head=head, rows=rows, note=_first(report, column), text=range(len(head)))
        for title, head, rows, column in lists
        if rows
    ]


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
    return f"The first {_ROWS} of {every:,}; audit.json lists more." if every > _ROWS else ""


def _between(one: _Finding) -> str:
    return f"{one['held_out']} and {one['against']}"


def _how(one: _Finding) -> str:
    if one["exact"]:
        return "same pixels"
    turn = _TURNS[one["turn"]]
    scale = " x ".join(f"{value:.3g}" for value in one["scale"])
    x, y = (round(value, 1) + 0.0 for value in one["offset_px"])  # no minus nought
    parts = [f"correlation {one['correlation']:.2f}", f"{one['keypoints']} keypoints agree", *([turn] if turn else [])]
    return ", ".join([*parts, f"at {x:.1f}, {y:.1f} px, scale {scale}", f"{one['overlap_share']:.0%} of the smaller"])


def _framed(look: LeakExample) -> tuple[_Framed, _Framed]:
    """The held-out tile and the one that it resembles, each with the other's frame in it."""
    one = look.finding
    (width, height), other_size = look.sizes_px
    x, y = one["offset_px"]
    wide, high = (height, width) if one["turn"].startswith(("trans", "rotate_90")) else (width, height)
    there = (x, y, one["scale"][0] * wide, one["scale"][1] * high)
    sides = (
        (look.images[0], look.sizes_px[0], _inverse(look), f"{one['tile']} ({one['held_out']})"),
        (look.images[1], other_size, there, f"{one['like']} ({one['against']})"),
    )
    left, right = (
        _Framed(uri=data_uri(image, "jpeg"), size_px=size, frame=frame, words=words) for image, size, frame, words in sides
    )
    return left, right


def _inverse(look: LeakExample) -> tuple[float, float, float, float]:
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
