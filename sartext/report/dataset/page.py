"""A dataset as one self-contained page: what became of what was planned, what there is, and how it looks."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sartext.report.dataset.atlas import atlas
from sartext.report.dataset.cloud import COMMON, WORDS, cloud
from sartext.report.dataset.funnel import funnel
from sartext.report.dataset.parts import (
    NONE,
    Bar,
    Row,
    bars,
    card,
    chapter,
    count,
    esc,
    histogram,
    key,
    ranked,
    share,
    table,
)
from sartext.report.dataset.published import PUBLISHED
from sartext.report.dataset.sources import SourceFacts
from sartext.report.dataset.style import STYLE
from sartext.report.dataset.survey import Survey
from sartext.report.dataset.tiles import sheet
from sartext.tile import SPLITS, VERDICTS, Tile

SAMPLE = 24  # tiles on the sheet
_RANKS, _REPEATED, _CLASSES, _KINDS, _REJECT_ROWS, _SOURCES = 20, 8, 24, 16, 60, 100
_CHARACTERS = 400
_CONFIG_CHARACTERS = 40_000
_STYLES = ("", "second", "third", "open")


def page(survey: Survey, tiles: Sequence[Tile], manifest: Mapping[str, Any], stamp: str) -> str:
    """The page as HTML text; it asks for nothing outside itself, and the same dataset gives the same bytes.

    `tiles` are the sample to be shown; `stamp` names what the page was made of and can be found near its beginning.
    """
    names = sorted(survey.sources) or ["no tiles"]
    title = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    chapters = [(name, short, body) for name, short, body in _chapters(survey, tiles, manifest) if body]
    links = "".join(f'<a href="#{name}">{esc(short)}</a>' for name, short, _ in chapters)
    commit = f", revision {esc(manifest['commit'][:12])}" if manifest["commit"] else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="dataset" content="{stamp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{esc(title)}: dataset report</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>
<body><header class="top"><h1>{esc(title)}</h1><p class="soft">{_lead(survey)}</p>{_stats(survey)}</header>
<nav><div>{links}</div></nav><main>
{chr(10).join(body for _, _, body in chapters)}
</main><footer>Made by sartext{commit} from the shards that the manifest of fingerprint {manifest["fingerprint"][:16]} names.
README.md is the card of the dataset.</footer></body></html>
"""


def _lead(survey: Survey) -> str:
    licences = sorted({one[0] or "unknown" for facts in survey.sources.values() for one, _ in facts.origins.most()})
    said = ", ".join(licences[:6]) + (" ..." if len(licences) > 6 else "")
    return esc(f"Tiles of synthetic aperture radar with what is said of them. Licences: {said or NONE}.")


def _stats(survey: Survey) -> str:
    kept = sum(number for (_, mark), number in survey.captions.items() if mark == "kept")
    asked = sum(number for (_, mark), number in survey.questions.items() if mark == "kept")
    numbers = [
        (count(survey.tiles), "tiles"),
        (_about(sum(one.number for one in survey.scenes.values()), all(one.exact for one in survey.scenes.values())), "scenes"),
        (count(kept), "captions"),
        (_about(survey.words.distinct.number, survey.words.distinct.exact), "distinct texts"),
        (count(asked), "questions"),
        (count(sum(survey.boxes.values())), "boxes"),
        (count(len(survey.boxes.keys() | survey.region_tiles.keys())), "classes"),
        (count(sum(facts.twins for facts in survey.sources.values())), "optical twins"),
    ]
    shown = "".join(f'<div class="stat"><b>{number}</b><span>{esc(words)}</span></div>' for number, words in numbers)
    return f'<div class="stats">{shown}</div>'


def _about(number: int, exact: bool) -> str:
    return count(number) if exact else f"≈ {count(float(f'{number:.3g}'))}"


def _chapters(survey: Survey, tiles: Sequence[Tile], manifest: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Name, short title, HTML; an empty one has nothing to show."""
    return [
        ("funnel", "Funnel", chapter("funnel", "From planned to kept", _FUNNEL, funnel(survey, manifest["counts"]["planned"]))),
        ("sources", "Datasets", chapter("sources", "Datasets, resolutions and tasks", _SOURCES_WORDS, _sources(survey))),
        ("tiles", "Tiles", chapter("tiles", "A sheet of tiles", _TILES, sheet(tiles)) if tiles else ""),
        ("captions", "Captions", _captions(survey)),
        ("claims", "Claims", _claims(survey)),
        ("classes", "Classes", _classes(survey)),
        ("questions", "Questions", _questions(survey)),
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


def _captions(survey: Survey) -> str:
    words, kept = survey.words, survey.words.texts.total
    if not survey.captions:
        return ""
    picture = cloud(words.words.most(WORDS + len(COMMON)))
    parts = [f'<div class="card cloud" style="margin:12px 0 14px">{picture}</div>'] if picture else []
    forms = sorted(words.lengths)
    styles = [_STYLES[at % len(_STYLES)] for at in range(len(forms))]
    quantiles = words.length_quantiles((0.05, 0.5, 0.95))
    said = "5% have at most {}, half at most {}, 95% at most {} words.".format(*quantiles) if quantiles else ""
    legend = key((style, form or "no form") for style, form in zip(styles, forms, strict=True)) if len(forms) > 1 else ""
    lengths = histogram({form: words.lengths[form] for form in forms}, styles, "words")
    common = [(word, number) for word, number in words.words.most(_RANKS + len(COMMON)) if word not in COMMON][:_RANKS]
    vocabulary = (
        f"{count(words.words.total)} words, {count(len(words.words))} distinct{'' if words.words.exact else ' or more'}"
    )
    routes = sorted(survey.captions.items(), key=lambda pair: (-pair[1], pair[0]))
    whole = sum(survey.captions.values())
    lines = [
        Bar(
            name=f"{route} {mark}",
            parts=[("no" if mark == "refused" else "", number)],
            number=f"{count(number)} <small>{share(number, whole)}</small>",
        )
        for (route, mark), number in routes
    ]
    left = card("Lengths", legend + lengths, said) + card(
        "Routes", bars(lines), "How a caption came about, and whether it is kept."
    )
    right = card("Vocabulary", ranked(common, words.words.total), f"{vocabulary}; articles and the like are left out here.")
    parts.append(f'<div class="grid" style="--least:420px"><div class="stack">{left}</div>{right}</div>')
    distinct = _about(words.distinct.number, words.distinct.exact)
    repeated = f"{count(kept)} kept captions, {distinct} distinct texts ({share(words.distinct.number, kept)})"
    repeated += f"; {words.distinct.repeated_share:.1%} of these are said more than once."
    at_least = "" if words.texts.exact else "at least "
    rows = [Row(cells=[_short(text), at_least + count(n), share(n, kept)]) for text, n in words.texts.most(_REPEATED) if n > 1]
    if rows:
        parts.append(table(("most repeated texts", "times", "share"), rows, wrap=(0,)))
    return chapter("captions", "What captions say", repeated, "".join(parts))


def _claims(survey: Survey) -> str:
    whole = sum(survey.claims.values())
    if not whole:
        return ""
    by_kind: Counter[str] = Counter()
    for (kind, _), number in survey.claims.items():
        by_kind[kind] += number
    styles = dict(zip(VERDICTS, ("yes", "no", "open"), strict=True))
    lines = [
        Bar(
            name="not understood" if kind == "sentence" else kind,
            parts=[(styles[verdict], survey.claims[kind, verdict]) for verdict in VERDICTS],
            number=f"{count(number)} <small>{share(survey.claims[kind, 'supported'], number)}</small>",
        )
        for kind, number in sorted(by_kind.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    of = {verdict: sum(n for (_, one), n in survey.claims.items() if one == verdict) for verdict in VERDICTS}
    words = f"{count(whole)} claims; {share(whole - by_kind['sentence'], whole)} are understood. "
    words += ", ".join(f"{share(number, whole)} {verdict}" for verdict, number in of.items()) + "."
    legend = key((style, verdict) for verdict, style in styles.items())
    body = card("Verdicts by kind of claim", legend + bars(lines), "The share at the end of a line is of supported claims.")
    return chapter("claims", "What captions claim, and whether it is so", words, f'<div class="grid">{body}</div>')


def _classes(survey: Survey) -> str:
    cards = []
    if survey.boxes:
        boxes = sum(survey.boxes.values())
        cards.append(card("Boxes by class", ranked(_top(survey.boxes), boxes), _more(survey.boxes)))
        most = max(survey.boxes_in_tile)
        numbers = histogram({"": survey.boxes_in_tile}, ("",), "boxes")
        cards.append(
            card("Boxes in a tile", numbers, f"{share(survey.boxes_in_tile[0], survey.tiles)} have none, one has {most}.")
        )
    if survey.region_tiles:
        lines = [
            Bar(
                name=label,
                parts=[("second", number)],
                number=f"{count(number)} <small>{share(survey.region_areas[label], number)} of them</small>",
            )
            for label, number in _top(survey.region_tiles)
        ]
        note = "Tiles that have the class, and its mean share of their labelled area."
        cards.append(card("Regions by class", bars(lines), f"{note} {_more(survey.region_tiles)}"))
    if not cards:
        return ""
    words = f"{count(len(survey.boxes))} classes of boxes, {count(len(survey.region_tiles))} of regions."
    return chapter("classes", "What is annotated", words, f'<div class="grid">{"".join(cards)}</div>')


def _top(counts: Counter[str], number: int = _CLASSES) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:number]


def _more(counts: Counter[str]) -> str:
    return f"{len(counts) - _CLASSES} rarer classes are left out." if len(counts) > _CLASSES else ""


def _questions(survey: Survey) -> str:
    kept = {kind: number for (kind, mark), number in survey.questions.items() if mark == "kept"}
    if not kept:
        return ""
    whole = sum(kept.values())
    cards = [card("Kinds", ranked(_top(Counter(kept), _KINDS), whole))]
    for kind, _ in _top(Counter(kept), _KINDS):
        answers = survey.answers[kind].most(8)
        note = f"{count(len(survey.answers[kind]))}{'' if survey.answers[kind].exact else ' or more'} different answers."
        cards.append(card(f"Answers: {kind}", ranked(answers, kept[kind], "second"), note))
    rows = [Row(cells=[_short(text), count(number), share(number, whole)]) for text, number in survey.asked.most(_REPEATED)]
    asked = table(("most repeated questions", "times", "share"), rows, wrap=(0,))
    words = f"{count(whole)} questions are kept; the most common text is {share(survey.asked.most(1)[0][1], whole)} of them."
    return chapter("questions", "What is asked", words, f'<div class="flow">{"".join(cards)}</div>{asked}')


def _splits(survey: Survey) -> str:
    order = [*SPLITS, ""]
    rows, shown = [], set()
    for (split, rule), number in sorted(survey.splits.items(), key=lambda one: (order.index(one[0][0]), one[0][1])):
        scenes = "" if split in shown else _about(survey.scenes[split].number, survey.scenes[split].exact)
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
            rows.append(Row(cells=[*first, name, _short(detail)]))
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


def _short(text: str) -> str:
    return text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 1] + "…"
