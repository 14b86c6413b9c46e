"""A dataset as one self-contained page: what became of what was planned, what there is, and how it looks."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sartext.artifact import cut_by_authors, without_texts
from sartext.report.dataset.atlas import atlas
from sartext.report.dataset.blocks import NONE, Section, Verbatim, count, estimate, share, truncated
from sartext.report.dataset.captions import captions, claims, classes, questions
from sartext.report.dataset.datasets import DatasetFacts
from sartext.report.dataset.funnel import funnel
from sartext.report.dataset.precision import precision
from sartext.report.dataset.published import PUBLISHED
from sartext.report.dataset.rights_rows import rights_rows, rights_table
from sartext.report.dataset.survey import Survey
from sartext.report.dataset.tiles import Sheet, contradicted, sheet
from sartext.report.html import html_page
from sartext.report.table import Table
from sartext.rights import PARTS
from sartext.tile import SPLITS, Tile

SAMPLE = 24  # tiles on the sheet
_REJECT_ROWS, _DATASETS = 60, 100
_CONFIG_CHARACTERS = 40_000


def page(survey: Survey, tiles: Sequence[Tile], worst: Sequence[Tile], manifest: Mapping[str, Any], stamp: str) -> str:
    """The page as HTML text; it asks for nothing outside itself, and the same dataset gives the same bytes.

    `tiles` are the sample to be shown, `worst` those of which most is contradicted; `stamp` names what the page was made of and
    can be found near its beginning.
    """
    names = sorted(survey.datasets) or ["no tiles"]
    chapters = [one for one in _sections(survey, tiles, worst, manifest) if one]
    sheets = [block for one in chapters for block in one.blocks if isinstance(block, Sheet)]
    title = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return html_page(
        "dataset.html",
        title=title,
        stamp=stamp,
        lead=_lead(survey, without_texts(manifest)),
        stats=_stats(survey),
        chapters=chapters,
        lit_boxes=sorted({at for one in sheets for at in one.boxes}),
        lit_regions=sorted({mark for one in sheets for mark in one.regions}),
        commit=(manifest["commit"] or "")[:12],
        fingerprint=manifest["fingerprint"][:16],
    )


def images_of(sources: Collection[str], optical: Collection[str]) -> str:
    """What the images of `sources` are, where those named in `optical` are optical; without any source, what all could be."""
    radar = "synthetic aperture radar" * any(name not in optical for name in sources or ("",))
    return " and of ".join(part for part in (radar, "optical images" * any(name in optical for name in sources)) if part)


def _lead(survey: Survey, lacking: str) -> str:
    licences = {
        of: sorted({row.right.licence or "unknown" for row in rights_rows(survey) if row.right.of == of}) for of in PARTS
    }
    licences = {of: names for of, names in licences.items() if names}
    said = "; ".join(f"{_listed(names)} of {of}" if len(licences) > 1 else _listed(names) for of, names in licences.items())
    what = f"Tiles of {images_of(survey.datasets, survey.optical)}"
    told = f"; {lacking}." if lacking else " with what is said of them."
    return f"{what}{told} Licences: {said or NONE}."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (" ..." if len(names) > 6 else "")


def _stats(survey: Survey) -> list[tuple[str, str]]:
    kept = sum(number for (_, mark), number in survey.captions.items() if mark == "kept")
    asked = sum(number for (_, mark), number in survey.questions.items() if mark == "kept")
    return [
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
        (count(sum(facts.twins for facts in survey.datasets.values())), "optical twins"),
    ]


def _sections(
    survey: Survey, tiles: Sequence[Tile], worst: Sequence[Tile], manifest: Mapping[str, Any]
) -> list[Section | None]:
    """In their order; None has nothing to show."""

    def section(name: str, short: str, title: str, words: str, *blocks: object) -> Section:
        return Section(name=name, short=short, title=title, words=words, blocks=blocks)

    return [
        section("funnel", "Funnel", "From planned to kept", _FUNNEL, funnel(survey, manifest["counts"]["planned"])),
        section("sources", "Datasets", "Datasets, resolutions and tasks", _DATASETS_WORDS, _datasets(survey)),
        section("tiles", "Tiles", "A sheet of tiles", _TILES, sheet(tiles)) if tiles else None,
        captions(survey),
        claims(survey),
        precision(survey, manifest),
        section("contradicted", "Contradicted", "What annotations contradict", _wrong(survey, worst), _worst(worst))
        if worst
        else None,
        classes(survey),
        questions(survey),
        section("rights", "Rights", "Licences and rights", _RIGHTS, rights_table(survey)) if survey.tiles else None,
        section("splits", "Splits", "Splits", _SPLITS, _splits(survey, cut_by_authors(manifest))),
        section("map", "Map", "Where the tiles lie", _MAP, atlas(survey.footprints)) if survey.footprints.total else None,
        _rejected(survey),
        section("made", "Made of", "How it was made", _MADE, Verbatim(title="configuration", text=_config(manifest))),
    ]


_FUNNEL = "Every planned tile is either kept or refused with a reason; a refused caption stays in the record, marked."
_DATASETS_WORDS = (
    "A number is how many there are: captions and questions that are kept, image-text pairs for retrieval, boxes, tiles with "
    "masks, tiles with an optical twin. A dash is none, or unknown."
)
_TILES = (
    "Chosen by the hashes of their keys, of every source and with everything that there is: nobody picked them. "
    "Outlines are boxes, colours are regions; a green bar is a supported caption, an amber one has claims that the annotations "
    "cannot decide, a red one is refused. Words that claim something are underlined, and under the pointer they light up what "
    "they stand on."
)
_RIGHTS = (
    "Of images, and of annotations and texts where theirs are declared apart; the strictest decides what training and export "
    "take. Unknown is not permission."
)
_SPLITS = (
    "A scene is the place that no split cuts but that of a set's authors; the rule says what decided the split of its tiles."
)
_MAP = "Footprints in WGS84, drawn on equal degrees with longitudes narrowed by the cosine of the latitude."
_MADE = "The configuration that the fingerprint covers; paths and machines are no part of it."


def _wrong(survey: Survey, worst: Sequence[Tile]) -> str:
    shown = f"Shown are the {len(worst)} with most of them" if survey.contradicted > len(worst) else "All are shown"
    return (
        f"{count(survey.contradicted)} tiles have captions with contradicted claims. {shown}: words are underlined in the "
        "colour of their verdict, and under the pointer they light up what they stand on."
    )


def _worst(worst: Sequence[Tile]) -> Sheet:
    return sheet([contradicted(tile) for tile in worst], switches=False)


def _datasets(survey: Survey) -> Table:
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
    largest = sorted(survey.datasets.items(), key=lambda pair: (-pair[1].tiles, pair[0]))
    rows = [_dataset(name, facts) for name, facts in largest[:_DATASETS]]
    if len(largest) > _DATASETS:
        rows.append([f"{len(largest) - _DATASETS} more"])
    rows.append(["Published figures, for comparison, as their authors state them"])
    for one in PUBLISHED:
        cells = [f"{one.name} ({one.cited})", one.tiles, one.size_px, one.gsd_m, NONE, one.captions, one.retrieval]
        rows.append([*cells, one.questions, NONE, NONE, one.pairs])
    return Table(head=head, rows=rows, wrap=(0, 4))


def _dataset(name: str, facts: DatasetFacts) -> list[str]:
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


def sizes(facts: DatasetFacts) -> str:
    """The most common size, and how many others there are."""
    found = facts.sizes_px.most()
    if not found:
        return NONE
    (width, height), _ = found[0]
    more = f" and {len(found) - 1}{'' if facts.sizes_px.exact else ' or more'} others" if len(found) > 1 else ""
    return f"{width} x {height}{more}"


def gsd(facts: DatasetFacts) -> str:
    """The range of the ground sample distance in metres; whether some tiles do not say it."""
    if facts.gsd_m is None:
        return NONE
    low, high = (f"{value:.3g}" for value in facts.gsd_m)
    unknown = "" if facts.tiles_with_gsd == facts.tiles else f" ({share(facts.tiles_with_gsd, facts.tiles)} known)"
    return (low if low == high else f"{low} to {high}") + unknown


def _splits(survey: Survey, cut: str) -> Table:
    order = [*SPLITS, ""]
    rows, shown = [], set()
    for (split, rule), number in sorted(survey.splits.items(), key=lambda one: (order.index(one[0][0]), one[0][1])):
        scenes = "" if split in shown else estimate(survey.scenes[split].number, survey.scenes[split].exact)
        rows.append([split or "none", _RULES.get(rule, rule), count(number), share(number, survey.tiles), scenes])
        shown.add(split)
    head = ("split", "decided by", "tiles", "share", "scenes of the split")
    return Table(
        head=head, rows=rows, text=(0, 1), note=" ".join([_cut(survey), *([f"{cut[0].upper()}{cut[1:]}."] if cut else [])])
    )


_RULES = {"source": "the source itself", "scene": "the name of the scene", "footprint": "overlapping footprints", "": "unknown"}


def _cut(survey: Survey) -> str:
    """Whether a scene lies in more than one split."""
    found = sorted(split for split in survey.scenes if split)
    both = sum(survey.scenes[one].shared_with(survey.scenes[two]) for at, one in enumerate(found) for two in found[at + 1 :])
    exact = all(one.exact for one in survey.scenes.values())
    checked = "" if exact else " among those that were compared, a sample"
    return f"{'No scene lies' if not both else f'{count(both)} scenes lie'} in more than one split{checked}."


def _rejected(survey: Survey) -> Section | None:
    if not survey.rejected:
        return None
    rows = []
    for stage, reason, examples in survey.sampled_rejects():
        for at, (name, detail) in enumerate(examples):
            first = [stage, reason, count(survey.rejected[stage, reason])] if at == 0 else ["", "", ""]
            rows.append([*first, name, truncated(detail)])
    whole = sum(survey.rejected.values())
    more = f" The table has the first {_REJECT_ROWS} lines." if len(rows) > _REJECT_ROWS else ""
    words = f"{count(whole)} tiles were refused; of each reason some, chosen by the hashes of their keys.{more}"
    head = ("stage", "reason", "tiles", "such as", "what was found")
    shown = Table(head=head, rows=rows[:_REJECT_ROWS], text=(0, 1), wrap=(3, 4))
    return Section(name="rejected", short="Rejected", title="What was refused", words=words, blocks=[shown])


def _config(manifest: Mapping[str, Any]) -> str:
    text = json.dumps(manifest["config"], indent=1, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= _CONFIG_CHARACTERS else text[:_CONFIG_CHARACTERS] + "\n..."
