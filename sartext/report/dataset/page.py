"""A dataset as one self-contained page: what became of what was planned, what there is, and how it looks."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sartext.artifact import without_texts
from sartext.report.dataset.atlas import atlas
from sartext.report.dataset.funnel import funnel
from sartext.report.dataset.modality import images_of
from sartext.report.dataset.parts import NONE, Row, chapter, count, esc, estimate, share, shortened, table
from sartext.report.dataset.published import PUBLISHED
from sartext.report.dataset.said import captions, claims, classes, questions
from sartext.report.dataset.sources import SourceFacts
from sartext.report.dataset.style import STYLE
from sartext.report.dataset.survey import Survey
from sartext.report.dataset.tiles import sheet
from sartext.tile import SPLITS, Tile

SAMPLE = 24  # tiles on the sheet
_REJECT_ROWS, _SOURCES = 60, 100
_CONFIG_CHARACTERS = 40_000


def page(survey: Survey, tiles: Sequence[Tile], manifest: Mapping[str, Any], stamp: str) -> str:
    """The page as HTML text; it asks for nothing outside itself, and the same dataset gives the same bytes.

    `tiles` are the sample to be shown; `stamp` names what the page was made of and can be found near its beginning.
    """
    names = sorted(survey.sources) or ["no tiles"]
    title = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    chapters = [(name, short, body) for name, short, body in _chapters(survey, tiles, manifest) if body]
    lead = _lead(survey, without_texts(manifest))
    links = "".join(f'<a href="#{name}">{esc(short)}</a>' for name, short, _ in chapters)
    commit = f", revision {esc(manifest['commit'][:12])}" if manifest["commit"] else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="dataset" content="{stamp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{esc(title)}: dataset report</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>
<body><header class="top"><h1>{esc(title)}</h1><p class="soft">{lead}</p>{_stats(survey)}</header>
<nav><div>{links}</div></nav><main>
{chr(10).join(body for _, _, body in chapters)}
</main><footer>Made by sartext{commit} from the shards that the manifest of fingerprint {manifest["fingerprint"][:16]} names.
README.md is the card of the dataset.</footer></body></html>
"""


def _lead(survey: Survey, lacking: str) -> str:
    licences = sorted({one[0] or "unknown" for facts in survey.sources.values() for one, _ in facts.origins.most()})
    said = ", ".join(licences[:6]) + (" ..." if len(licences) > 6 else "")
    what = f"Tiles of {images_of(survey.sources, survey.optical)}"
    told = f"; {lacking}." if lacking else " with what is said of them."
    return esc(f"{what}{told} Licences: {said or NONE}.")


def _stats(survey: Survey) -> str:
    kept = sum(number for (_, mark), number in survey.captions.items() if mark == "kept")
    asked = sum(number for (_, mark), number in survey.questions.items() if mark == "kept")
    numbers = [
        (count(survey.tiles), "tiles"),
        (
            estimate(sum(one.number for one in survey.scenes.values()), all(one.exact for one in survey.scenes.values())),
            "scenes",
        ),
        (count(kept), "captions"),
        (estimate(survey.words.distinct.number, survey.words.distinct.exact), "distinct texts"),
        (count(asked), "questions"),
        (count(sum(survey.boxes.values())), "boxes"),
        (count(len(survey.boxes.keys() | survey.region_tiles.keys())), "classes"),
        (count(sum(facts.twins for facts in survey.sources.values())), "optical twins"),
    ]
    shown = "".join(f'<div class="stat"><b>{number}</b><span>{esc(words)}</span></div>' for number, words in numbers)
    return f'<div class="stats">{shown}</div>'


def _chapters(survey: Survey, tiles: Sequence[Tile], manifest: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Name, short title, HTML; an empty one has nothing to show."""
    return [
        ("funnel", "Funnel", chapter("funnel", "From planned to kept", _FUNNEL, funnel(survey, manifest["counts"]["planned"]))),
        ("sources", "Datasets", chapter("sources", "Datasets, resolutions and tasks", _SOURCES_WORDS, _sources(survey))),
        ("tiles", "Tiles", chapter("tiles", "A sheet of tiles", _TILES, sheet(tiles)) if tiles else ""),
        ("captions", "Captions", captions(survey)),
        ("claims", "Claims", claims(survey)),
        ("classes", "Classes", classes(survey)),
        ("questions", "Questions", questions(survey)),
        ("splits", "Splits", chapter("splits", "Splits", _SPLITS, _splits(survey))),
        (
            "map",
            "Map",
            chapter("map", "Where the tiles lie", _MAP, atlas(survey.footprints)) if survey.footprints.total else "",
        ),
        ("rejected", "Rejected", _rejected(survey)),
        ("made", "Made of", chapter("made", "How it was made", _MADE, _config(manifest))),
    ]


_FUNNEL = "Every planned tile is either kept or refused with a reason; a refused caption stays in the record, marked."
_SOURCES_WORDS = (
    "A number is how many there are: captions and questions that are kept, image-text pairs for retrieval, boxes, tiles with "
    "masks, tiles with an optical twin. A dash is none, or unknown."
)
_TILES = (
    "Chosen by the hashes of their keys, of every source and with everything that there is: nobody picked them. "
    "Outlines are boxes, colours are regions; a green bar is a supported caption, an amber one has claims that the annotations "
    "cannot decide, a red one is refused."
)
_SPLITS = "A scene is the place that no split may cut; the rule says what decided the split of its tiles."
_MAP = "Footprints in WGS84, drawn on equal degrees with longitudes narrowed by the cosine of the latitude."
_MADE = "The configuration that the fingerprint covers; paths and machines are no part of it."


def _sources(survey: Survey) -> str:
    head = (
        "dataset",
        "tiles",
        "size, px",
        "GSD, m",
        "sensor",
        "captions",
        "retrieval",
        "VQA",
        "detection",
        "segmentation",
        "pairs",
    )
    largest = sorted(survey.sources.items(), key=lambda pair: (-pair[1].tiles, pair[0]))
    rows = [Row(cells=_source(name, facts)) for name, facts in largest[:_SOURCES]]
    if len(largest) > _SOURCES:
        rows.append(Row(cells=[f"{len(largest) - _SOURCES} more"]))
    rows.append(Row(cells=["Published figures, for comparison, as their authors state them"]))
    for one in PUBLISHED:
        cells = [f"{one.name} ({one.cited})", one.tiles, one.size_px, one.gsd_m, NONE, one.captions, one.retrieval]
        rows.append(Row(cells=[*cells, one.questions, NONE, NONE, one.pairs], style="soft"))
    return table(head, rows, text=(4,), wrap=(0, 4))


def _source(name: str, facts: SourceFacts) -> list[str]:
    sensor = ", ".join(
        part
        for part in (
            "/".join(one for one in facts.names("platform")[:4] if one != name),
            "/".join(facts.names("band")[:4]) + " band" if facts.names("band") else "",
            "/".join(facts.names("polarisation")[:4]),
            "/".join(facts.names("quantity")[:3]),
        )
        if part
    )
    tasks = (facts.captions, facts.tiles_with_captions, facts.questions, facts.boxes, facts.tiles_with_regions, facts.twins)
    return [
        name,
        count(facts.tiles),
        sizes(facts),
        gsd(facts),
        sensor or NONE,
        *(count(number) if number else NONE for number in tasks),
    ]


def sizes(facts: SourceFacts) -> str:
    """The most common size, and how many others there are."""
    found = facts.sizes_px.most()
    if not found:
        return NONE
    (width, height), _ = found[0]
    more = f" and {len(found) - 1}{'' if facts.sizes_px.exact else ' or more'} others" if len(found) > 1 else ""
    return f"{width} x {height}{more}"


def gsd(facts: SourceFacts) -> str:
    """The range of the ground sample distance in metres; whether some tiles do not say it."""
    if facts.gsd_m is None:
        return NONE
    low, high = (f"{value:.3g}" for value in facts.gsd_m)
    unknown = "" if facts.tiles_with_gsd == facts.tiles else f" ({share(facts.tiles_with_gsd, facts.tiles)} known)"
    return (low if low == high else f"{low} to {high}") + unknown


def _splits(survey: Survey) -> str:
    order = [*SPLITS, ""]
    rows, shown = [], set()
    for (split, rule), number in sorted(survey.splits.items(), key=lambda one: (order.index(one[0][0]), one[0][1])):
        scenes = "" if split in shown else estimate(survey.scenes[split].number, survey.scenes[split].exact)
        rows.append(Row(cells=[split or "none", _RULES.get(rule, rule), count(number), share(number, survey.tiles), scenes]))
        shown.add(split)
    return (
        table(("split", "decided by", "tiles", "share", "scenes of the split"), rows, text=(1,))
        + f'<p class="soft">{_cut(survey)}</p>'
    )


_RULES = {"source": "the source itself", "scene": "the name of the scene", "footprint": "overlapping footprints", "": "unknown"}


def _cut(survey: Survey) -> str:
    """Whether a scene lies in more than one split."""
    found = sorted(split for split in survey.scenes if split)
    both = sum(survey.scenes[one].shared_with(survey.scenes[two]) for at, one in enumerate(found) for two in found[at + 1 :])
    exact = all(one.exact for one in survey.scenes.values())
    checked = "" if exact else " among those that were compared, a sample"
    return esc(f"{'No scene lies' if not both else f'{count(both)} scenes lie'} in more than one split{checked}.")


def _rejected(survey: Survey) -> str:
    if not survey.rejected:
        return ""
    rows = []
    for stage, reason, examples in survey.sampled_rejects():
        for at, (name, detail) in enumerate(examples):
            first = [stage, reason, count(survey.rejected[stage, reason])] if at == 0 else ["", "", ""]
            rows.append(Row(cells=[*first, name, shortened(detail)]))
    whole = sum(survey.rejected.values())
    more = f" The table has the first {_REJECT_ROWS} lines." if len(rows) > _REJECT_ROWS else ""
    words = f"{count(whole)} tiles were refused; of each reason some, chosen by the hashes of their keys.{more}"
    shown = table(("stage", "reason", "tiles", "such as", "what was found"), rows[:_REJECT_ROWS], text=(1,), wrap=(3, 4))
    return chapter("rejected", "What was refused", words, shown)


def _config(manifest: Mapping[str, Any]) -> str:
    text = json.dumps(manifest["config"], indent=1, sort_keys=True, ensure_ascii=False)
    if len(text) > _CONFIG_CHARACTERS:
        text = text[:_CONFIG_CHARACTERS] + "\n..."
    return f'<div class="card"><details><summary>configuration</summary><pre>{esc(text)}</pre></details></div>'
