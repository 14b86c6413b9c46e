"""The card of a dataset, as the Hugging Face Hub and `datasets.load_dataset` read it: YAML, then Markdown."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sartext.artifact import cut_by_authors, without_texts
from sartext.report.dataset.blocks import NONE, count, share
from sartext.report.dataset.licences import hub_licence
from sartext.report.dataset.page import gsd, images_of, sizes
from sartext.report.dataset.rights_rows import RIGHTS_HEAD, rights_rows
from sartext.report.dataset.survey import Survey
from sartext.tile import SPLITS, VERDICTS

# The Hub's size categories by their upper bounds.
_SIZES = (
    *((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M")),
    *((10**8, "10M<n<100M"), (10**9, "100M<n<1B")),
)
_CITATIONS, _CLASSES, _CHARACTERS = 50, 40, 2_000


def card(survey: Survey, manifest: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """The text of README.md. `titles` are those of the sources by name, as far as they are known."""
    title = _title(survey, titles)
    parts = [
        f"---\n{_front(survey, manifest, title)}\n---",
        f"# {_plain(title)}",
        _what(survey),
        _sources(survey, titles),
        _rights(survey),
        _splits(survey, cut_by_authors(manifest)),
        _LOAD,
        _limits(survey, without_texts(manifest)),
        _made(manifest),
    ]
    text = "\n\n".join(part for part in parts if part) + "\n"
    return f"{text}\n{_mark(text)}\n"


def is_made(text: str) -> bool:
    """Whether a card is as it was made: neither written nor edited by somebody else."""
    body, _, last = text.rstrip("\n").rpartition("\n\n")
    return last == _mark(f"{body}\n")


def _mark(text: str) -> str:
    return f"<!-- made by sartext; a card that is edited is left alone: {hashlib.sha256(text.encode()).hexdigest()} -->"


def _front(survey: Survey, manifest: Mapping[str, Any], title: str) -> str:
    """The YAML, in block style; every scalar is a JSON string, which YAML reads as it is."""
    spdx = sorted({row.right.licence or "" for row in rights_rows(survey)}) or [""]
    named = sorted({hub_licence(one) for one in spdx})
    lines = [f"pretty_name: {json.dumps(title)}", *_listed("license", named)]
    if "other" in named:
        others = ", ".join(one or "unknown" for one in spdx if hub_licence(one) == "other")
        lines += [f"license_name: {json.dumps(others)}", 'license_link: "README.md"']
    lines += [*_listed("language", ["en"]), *_listed("size_categories", [_size(survey.tiles)])]
    lines += [*_listed("task_categories", _tasks(survey)), *_listed("tags", _tags(survey))]
    files = [shard["tiles"]["path"] for shard in manifest["shards"] if shard["tiles"]]
    if files:  # a split of the Hub is files, and these hold tiles of every split: the column `split` tells them apart
        lines += ["configs:", "- config_name: default", "  data_files:", "  - split: train", "    path:"]
        lines += [f"    - {json.dumps(path)}" for path in files]
    return "\n".join(lines)


def _listed(name: str, values: Sequence[str]) -> list[str]:
    return [f"{name}:", *(f"- {json.dumps(value)}" for value in values)] if values else []


def _title(survey: Survey, titles: Mapping[str, str]) -> str:
    names = sorted(survey.datasets) or sorted(titles) or ["no tiles"]
    if len(names) == 1:
        return f"{names[0]}: {titles[names[0]]}" if names[0] in titles else names[0]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _size(tiles: int) -> str:
    return next((name for bound, name in _SIZES if tiles < bound), "n>1T")


def _tasks(survey: Survey) -> list[str]:
    facts = survey.datasets.values()
    there = {
        "image-to-text": any(one.captions for one in facts),
        "visual-question-answering": any(one.questions for one in facts),
        "object-detection": any(one.boxes for one in facts),
        "image-segmentation": any(one.tiles_with_regions for one in facts),
        "image-to-image": any(one.twins for one in facts),
    }
    return [name for name, found in there.items() if found]


def _tags(survey: Survey) -> list[str]:
    facts, optical = survey.datasets.values(), survey.optical
    tags = ["sar", "synthetic-aperture-radar"] * any(name not in optical for name in survey.datasets or ("",))
    tags += ["optical"] * any(name in optical for name in survey.datasets) + ["remote-sensing", "earth-observation"]
    tags += ["image-text"] * any(one.captions for one in facts)
    return tags + ["sar-optical"] * any(one.twins for one in facts)


def _what(survey: Survey) -> str:
    kept = _kept(survey.captions)
    asked = _kept(survey.questions)
    words = [
        f"{count(survey.tiles)} tiles of {images_of(survey.datasets, survey.optical)}, {count(kept)} captions and "
        f"{count(asked)} questions about them. Each claim of a caption is stored with its verdict by the annotations and with "
        "its evidence. What was refused stays in the record with its reason, and its `kept` is false. `report.html` shows "
        "samples, counts and maps."
    ]
    if survey.boxes:
        words.append(f"Boxes: {_classes(survey.boxes)}.")
    if survey.region_tiles:
        words.append(f"Regions, by tiles that have them: {_classes(survey.region_tiles)}.")
    return "\n\n".join(words)


def _kept(counts: Mapping[tuple[str, str], int]) -> int:
    return sum(number for (_, mark), number in counts.items() if mark == "kept")


def _classes(counts: Counter[str]) -> str:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    more = f" and {len(ranked) - _CLASSES} more classes" if len(ranked) > _CLASSES else ""
    return ", ".join(f"{_plain(label)} {count(number)}" for label, number in ranked[:_CLASSES]) + more


def _sources(survey: Survey, titles: Mapping[str, str]) -> str:
    head = (
        "source",
        "what",
        "tiles",
        "size, px",
        "GSD, m",
        "captions",
        "questions",
        "boxes",
        "with masks",
        "twins",
        "exhaustive",
    )
    rows = [
        [
            name,
            titles.get(name, NONE),
            *(count(facts.tiles), sizes(facts), gsd(facts)),
            *(
                count(number)
                for number in (facts.captions, facts.questions, facts.boxes, facts.tiles_with_regions, facts.twins)
            ),
            ", ".join(sorted(facts.names("exhaustive"))) or NONE,
        ]
        for name, facts in sorted(survey.datasets.items())
    ]
    note = (
        "Exhaustive are the classes of which every visible instance is annotated: only of these is a number or an absence said."
    )
    return f"## Sources\n\n{_table(head, rows)}\n\n{note}" if rows else ""


def _rights(survey: Survey) -> str:
    """Licence, rights and citation of each source's images, annotations and texts, as its tiles carry them."""
    found = rights_rows(survey)
    if not found:
        return ""
    rows = [list(row.cells()) for row in found]
    citations = list(dict.fromkeys(f"- {_plain(row.source)}: {_plain(row.citation)}" for row in found if row.citation))
    head = RIGHTS_HEAD
    shown = rows[:_CITATIONS] + (
        [[f"{len(rows) - _CITATIONS} more, see the column `origin`"]] if len(rows) > _CITATIONS else []
    )
    more = [f"- {len(citations) - _CITATIONS} more, see the column `origin`"] if len(citations) > _CITATIONS else []
    cited = "\n".join([*citations[:_CITATIONS], *more]) or "No source says how it wants to be cited."
    words = (
        "The data keep the licences of their sources, which every tile carries in `origin`: of its pixels, and of its "
        "annotations and texts where theirs are declared apart. The strictest decides; unknown is not permission."
    )
    return f"## Licences and citations\n\n{words}\n\n{_table(head, shown)}\n\n{cited}"


_RULES = {"source": "the source itself", "scene": "the name of the scene", "footprint": "overlapping footprints"}


def _splits(survey: Survey, cut: str) -> str:
    order = [*SPLITS, ""]
    rows = [
        [split or "none", _RULES.get(rule, "unknown"), count(number), share(number, survey.tiles)]
        for (split, rule), number in sorted(survey.splits.items(), key=lambda one: (order.index(one[0][0]), one[0][1]))
    ]
    words = (
        "The column `split` says train, val or test; `split_by` what decided it; `scene` is a place that no split should cut. "
        "The files hold tiles of every split, so `datasets` calls all of them `train`: choose by the column, as below."
    )
    if cut:
        words += f" {cut[0].upper()}{cut[1:]}: what is measured on one side has been seen from nearby on the other."
    return f"## Splits\n\n{words}\n\n{_table(('split', 'decided by', 'tiles', 'share'), rows)}" if rows else ""


_LOAD = """## How to load it

```python
from datasets import load_dataset

tiles = load_dataset("path/to/this/folder", split="train")  # every tile; `image` is decoded to a PIL image
training = tiles.filter(lambda split: split == "train", input_columns="split")
captions = [caption["text"] for caption in training[0]["captions"] if caption["kept"]]
```

`manifest.json` names the live files of `tiles/` and `rejects/`, each with its SHA-256; `pandas.read_parquet` and `pyarrow` read
the same files. Boxes are `polygon_px`: four corners as x, y, clockwise from the top left, in pixel edges. Masks are
`regions[].rle`, COCO's uncompressed run lengths, column by column, beginning with the run of zeros."""


def _limits(survey: Survey, lacking: str) -> str:
    """What the data cannot do, as far as counting shows it; `lacking` is what to do where nothing is said of any tile."""
    facts, tiles, words = survey.datasets.values(), survey.tiles, survey.words
    limits = []
    without = sum(one.tiles - one.tiles_with_captions for one in facts)
    if lacking:
        limits.append(lacking[0].upper() + lacking[1:] + ".")
    elif without:
        limits.append(f"{count(without)} tiles ({share(without, tiles)}) have no kept caption.")
    if words.captions:
        about = "" if words.distinct.exact else "about "
        limits.append(
            f"{count(words.captions)} kept captions are {about}{count(words.distinct.number)} distinct texts: where a text "
            "fits many tiles, retrieval by exact pairs counts right answers as wrong."
        )
    claims = sum(survey.claims.values())
    for verdict in VERDICTS[1:]:
        number = sum(n for (_, one), n in survey.claims.items() if one == verdict)
        if number:
            limits.append(f"{share(number, claims)} of all claims, those of refused captions included, are {verdict}.")
    unknown = sum(one.tiles - one.tiles_with_gsd for one in facts)
    if unknown:
        limits.append(f"The ground sample distance of {count(unknown)} tiles ({share(unknown, tiles)}) is unknown.")
    for light in (False, True):
        kind = [one for name, one in survey.datasets.items() if (name in survey.optical) == light]
        if unmapped := sum(one.tiles - one.said.get("grid", Counter())["map"] for one in kind):
            why = "" if light else "raw radar geometry is often a mirror of the map, and "
            limits.append(
                f"{count(unmapped)} tiles ({share(unmapped, tiles)}) are not known to lie on a map grid: {why}positions in "
                "texts are those in the image."
            )
    if any(rule == "" for _, rule in survey.splits):
        limits.append("Of some tiles it is not recorded what decided their split.")
    rejected = sum(survey.rejected.values())
    if rejected:
        limits.append(f"{count(rejected)} planned tiles were refused; `rejects/` has their reasons.")
    return "## Known limits\n\n" + "\n".join(f"- {one}" for one in limits) if limits else ""


def _made(manifest: Mapping[str, Any]) -> str:
    config = json.dumps(manifest["config"], indent=1, sort_keys=True, ensure_ascii=False)
    shown = config if len(config) <= _CHARACTERS else config[:_CHARACTERS] + "\n..."
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    commit = f" at revision {manifest['commit']}" if manifest["commit"] else ""
    return (
        f"## How it was made\n\nBy sartext{commit}, from this configuration, which `manifest.json` has in full (fingerprint "
        f"{manifest['fingerprint']}):\n\n{fence}json\n{shown}\n{fence}"
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(map(_plain, row))} |" for row in rows)])


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line and without characters that cannot be seen."""
    seen = "".join(character for character in " ".join(text.split()) if character.isprintable())
    return re.sub(r"([\\`*_\[\]<>|#&~$])", r"\\\1", seen)
