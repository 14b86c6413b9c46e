"""An evaluation as one self-contained page: the numbers, the charts, and examples of what each model says."""

import base64
import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from sartext.report.evaluation_tables import Table, about, tables

THUMB_PX = 256
_MARKS = {"supported": "✓", "contradicted": "✗", "unverifiable": "?"}
_CHARTS = {
    "retrieval": "Mean recall of the models, and of guessing.",
    "captions": "What captions claim, judged by the annotations; lines are 95% intervals.",
    "answers": "Right answers by kind of question, and those of the most frequent answer in training.",
}


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An image that a model found for a text."""

    image: bytes
    key: str
    right: bool


@dataclass(frozen=True, kw_only=True)
class Search:
    """A text, and the first images that each model found."""

    text: str
    hits: Mapping[str, Sequence[Hit]]


@dataclass(frozen=True, kw_only=True)
class Written:
    """A tile with the captions that it has and those that each model wrote: text, and (claim, verdict) of each claim."""

    image: bytes
    key: str
    references: Sequence[str]
    captions: Mapping[str, tuple[str, Sequence[tuple[str, str]]]]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A tile with questions: each with its right answer, and each model's answer and whether that is right."""

    image: bytes
    key: str
    questions: Sequence[tuple[str, str, Mapping[str, tuple[str, bool]]]]


@dataclass(frozen=True, kw_only=True)
class Examples:
    """What people look at, by training."""

    searches: Mapping[str, Sequence[Search]]
    written: Mapping[str, Sequence[Written]]
    answered: Mapping[str, Sequence[Answered]]


_STYLE = """
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5b6470; --line: #d5dae0; --paper: #f6f6f4; --card: #fff;
  --yes: #1a7f43; --no: #c0262d; --open: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #9aa4b0; --line: #353b43; --paper: #15181c;
  --card: #1d2126; --yes: #5bd08a; --no: #ff7b7f; --open: #e3b341 } }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 1100px; padding: 24px 16px }
h1 { font-size: 24px; margin: 0 0 4px } h2 { font-size: 18px; margin: 32px 0 8px } h3 { font-size: 15px; margin: 20px 0 6px }
p { margin: 0 0 8px } .soft { color: var(--soft); font-size: 13px; overflow-wrap: anywhere }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; margin: 0 0 14px }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { padding: 4px 10px 4px 0; text-align: right; border-bottom: 1px solid var(--line); vertical-align: bottom }
th { font-weight: 600; font-size: 12.5px; color: var(--soft) } th:first-child, td:first-child { text-align: left }
td { white-space: nowrap } td:first-child { white-space: normal; min-width: 96px } tr:last-child td { border-bottom: 0 }
picture img { width: 100%; height: auto; display: block }
.query { font-size: 16px; margin: 0 0 10px }
.found { display: grid; grid-template-columns: 110px 1fr; gap: 6px 12px; align-items: center; margin: 0 0 8px }
.hits { display: grid; grid-template-columns: repeat(5, minmax(0, 130px)); gap: 8px }
figure { margin: 0; position: relative } figure img { width: 100%; aspect-ratio: 1; object-fit: contain; display: block;
  border-radius: 5px; background: #000 }
.hits figure { border: 3px solid transparent; border-radius: 8px } .hits .right { border-color: var(--yes) }
.badge { position: absolute; top: 4px; right: 4px; border-radius: 99px; width: 20px; height: 20px;
  font: 700 13px/20px system-ui; text-align: center; background: var(--card) }
.right .badge { color: var(--yes) } .wrong .badge { color: var(--no) }
.pair { display: grid; grid-template-columns: minmax(160px, 240px) minmax(0, 1fr); gap: 18px } .pair h3 { margin: 0 }
dl { margin: 0; overflow-wrap: anywhere }
dt { font-weight: 600; font-size: 12.5px; color: var(--soft); margin: 8px 0 0 } dd { margin: 0 }
ul { list-style: none; padding: 0; margin: 2px 0 0; font-size: 13px; display: flex; flex-wrap: wrap; gap: 2px 14px }
.supported b, b.yes { color: var(--yes) } .contradicted b, b.no { color: var(--no) } .unverifiable b { color: var(--open) }
.said td { white-space: normal; text-align: left } .said th { text-align: left }
@media (max-width: 640px) { .pair { grid-template-columns: minmax(0, 1fr) } .pair figure { max-width: 260px }
  .found { grid-template-columns: 1fr; gap: 2px } .hits { grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 4px } }
"""


def page(report: Mapping[str, Any], figures: Mapping[str, bytes], examples: Examples) -> str:
    """The page as HTML text; it asks for nothing outside itself. `figures` are those of `evaluation_figures.charts`."""
    summary, *details = tables(report)
    parts = [f'<section class="card">{_table(summary)}</section>']
    parts += [_chart(name, figures) for name in _CHARTS if name in figures]
    for name, searches in examples.searches.items():
        note = "The first images that each model finds; a frame and ✓ mark those whose text it is."
        parts += [_heading(f"{name}: images found for a text", note)]
        parts += [_search(one) for one in searches]
    for name, written in examples.written.items():
        parts += [_heading(f"{name}: captions", "Below each caption its claims: ✓ supported, ✗ contradicted, ? undecided.")]
        parts += [_written(one) for one in written]
    for name, answered in examples.answered.items():
        parts += [_heading(f"{name}: answers", "Marked by their value: “three” is right where 3 is.")]
        parts += [_answered(one) for one in answered]
    parts += [_heading("All numbers", "Examples above are evenly spaced through the split; nobody picked them.")]
    parts += [f'<section class="card">{_table(table)}</section>' for table in details]
    body = "\n".join(parts)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evaluation</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>
<body><h1>Evaluation</h1><p class="soft">{html.escape(about(report))}</p>
{body}
</body></html>
"""


def _heading(title: str, note: str) -> str:
    return f'<h2>{html.escape(title)}</h2><p class="soft">{html.escape(note)}</p>'


def _table(table: Table) -> str:
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in table.head)
    rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    note = f'<p class="soft">{html.escape(table.note)}</p>' if table.note else ""
    grid = f'<div class="scroll"><table><tr>{head}</tr>{rows}</table></div>'
    return f'<h3 style="margin-top:0">{html.escape(table.title)}</h3>{grid}{note}'


def _chart(name: str, figures: Mapping[str, bytes]) -> str:
    light, dark = (f"data:image/png;base64,{base64.b64encode(figures[one]).decode()}" for one in (name, f"{name}-dark"))
    words = html.escape(_CHARTS[name])
    return f"""<section class="card"><picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">
<img alt="{words}" src="{light}"></picture><p class="soft">{words}</p></section>"""


def _search(one: Search) -> str:
    rows = ""
    for model, hits in one.hits.items():
        found = "".join(map(_hit, hits))
        rows += f'<div class="found"><span class="soft">{html.escape(model)}</span><div class="hits">{found}</div></div>'
    return f'<section class="card"><p class="query">“{html.escape(one.text)}”</p>{rows}</section>'


def _hit(hit: Hit) -> str:
    kind, mark = ("right", "✓") if hit.right else ("wrong", "✗")
    picture = _image(hit.image, hit.key)
    return f'<figure class="{kind}" title="{html.escape(hit.key)}">{picture}<span class="badge">{mark}</span></figure>'


def _written(one: Written) -> str:
    references = "".join(f"<dd>{html.escape(text)}</dd>" for text in one.references)
    said = "".join(
        f"<dt>{html.escape(model)}</dt><dd>{html.escape(text) or '(nothing)'}{_claims(claims)}</dd>"
        for model, (text, claims) in one.captions.items()
    )
    return _pair(one.image, one.key, f"<dl><dt>captions of the dataset</dt>{references}{said}</dl>")


def _claims(claims: Sequence[tuple[str, str]]) -> str:
    items = "".join(
        f'<li class="{verdict}"><b title="{verdict}">{_MARKS[verdict]}</b> {html.escape(text)}</li>' for text, verdict in claims
    )
    return f"<ul>{items}</ul>"


def _answered(one: Answered) -> str:
    models = list(one.questions[0][2])
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in ("question", "right answer", *models))
    rows = "".join(
        f"<tr><td>{html.escape(question)}</td><td>{html.escape(right)}</td>{''.join(map(_answer, given.values()))}</tr>"
        for question, right, given in one.questions
    )
    return _pair(one.image, one.key, f'<div class="scroll"><table class="said"><tr>{head}</tr>{rows}</table></div>')


def _answer(given: tuple[str, bool]) -> str:
    text, right = given
    kind, mark = ("yes", "✓") if right else ("no", "✗")
    return f'<td><b class="{kind}">{mark}</b> {html.escape(text) or "(nothing)"}</td>'


def _pair(image: bytes, key: str, beside: str) -> str:
    figure = f'<figure>{_image(image, key)}<figcaption class="soft">{html.escape(key)}</figcaption></figure>'
    return f'<section class="card pair">{figure}<div>{beside}</div></section>'


def _image(data: bytes, key: str) -> str:
    """The image as a small JPEG: a page holds many."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        small = picture.convert("RGB" if picture.mode not in ("L", "1", "LA") else "L")
        small.thumbnail((THUMB_PX, THUMB_PX))
        small.save(out, "JPEG", quality=82)
    data_uri = f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
    return f'<img alt="{html.escape(key)}" src="{data_uri}">'
