"""What a chain of jobs made, told on one page at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sartext.artifact import MANIFEST, Artifact, captions_kept, commit_of_code, fingerprint, readable
from sartext.flow.evaluate.evaluate import Evaluated
from sartext.flow.evaluate.score import score_tables
from sartext.flow.predict.index_files import Index
from sartext.flow.predict.trained import Trained
from sartext.flow.quickstart.examples import QuickstartExamples
from sartext.flow.train.train import CURVE
from sartext.report.evaluation_tables import tables
from sartext.report.story import Chapter, StoryCard, story
from sartext.report.table import Table
from sartext.store import Store, open_store
from sartext.tile import OF_OPTICAL_TWIN, Caption, Tile, from_table

_PAGE = "index.html"
_CARDS = 4
_TEXTS = 2


@dataclass(frozen=True, kw_only=True)
class QuickstartResults:
    """What a whole chain made; each lies in a folder of its own below the place of the chain."""

    sar: Artifact
    unseen: Artifact
    narrated: Artifact
    twins: Artifact
    selected: Artifact
    trainings: Mapping[str, Trained]
    evaluation: Evaluated
    index: Index


@dataclass(frozen=True)
class Summary:
    """A finished chain: where it lies, and what its page is."""

    uri: str
    evaluation: Evaluated

    def summary(self) -> str:
        """One line for people."""
        return f"{self.uri}/{_PAGE} tells it; {self.evaluation.summary()}"


def write_summary(parts: QuickstartResults, *, out: str) -> Summary:
    """Writes the page and then the manifest of a chain at `out`."""
    store = open_store(out)
    store.prepare()
    chapters = [
        _dataset("SAR images, captioned from their annotations", _SAR_WORDS, parts.sar, store),
        _training(parts.trainings, store),
        _evaluation(parts.evaluation, parts.unseen, store),
        *_examples(QuickstartExamples(parts.evaluation, parts.unseen), parts.evaluation),
        _dataset("SAR images that nobody annotated", _NARRATED_WORDS, parts.narrated, store),
        _dataset("SAR images whose optical twins were described", _TWIN_WORDS, parts.twins, store),
        _selection(parts, store),
        _search(parts, store),
    ]
    store.put(_PAGE, story("From boxes to words, and from words to models", _WORDS, chapters).encode())
    made = {
        "sar": parts.sar.fingerprint,
        "unseen": parts.unseen.fingerprint,
        "narrated": parts.narrated.fingerprint,
        "twins": parts.twins.fingerprint,
        "selected": parts.selected.fingerprint,
        **{name: trained.manifest["fingerprint"] for name, trained in parts.trainings.items()},
        "evaluation": parts.evaluation.manifest["fingerprint"],
        "index": parts.index.manifest["fingerprint"],
    }
    manifest = {"kind": "chain", "fingerprint": fingerprint(made), "parents": made, "commit": commit_of_code()}
    store.put(MANIFEST, readable(manifest))
    return Summary(store.uri, parts.evaluation)


_WORDS = (
    "Radar sees through night and cloud, and almost no text describes what it sees. This page shows one whole run: captions "
    "are written from annotations and checked claim by claim, a CLIP learns from them, a CoCa and a GPT first from the CLIP, "
    "then from them, and what they learned is measured on scenes that they have never seen. "
    "Everything here was made by this run, of scenes that are drawn: it is no evidence about real SAR images."
)
_SAR_WORDS = (
    "Boxes become sentences, and every claim of every sentence is judged by the annotations before it is kept. Yellow outlines "
    "are the annotations."
)
_FOUND_WORDS = (
    "Queries made of the classes of the unseen tiles, evenly spaced among all that were asked, with the tiles that are found "
    "first. A frame and ✓ mark those that the query is true of, by their annotations."
)
_WRITTEN_WORDS = (
    "Unseen tiles, evenly spaced, with their annotations outlined, and the caption that the CoCa writes without seeing these. "
    "Below it are its claims: ✓ supported by the annotations, ✗ contradicted, ? undecided."
)
_ANSWERED_WORDS = (
    "How often answers are right, by the kind of question, before and after each stage. Who always gives the most frequent "
    "answer of a kind, without a look at the image, is right as often as the column of the majority answer says; who knows "
    "what the words of a question tell, as often as the column beside it."
)
_NARRATED_WORDS = (
    "The CoCa that was trained above writes these captions. No annotation can confirm them, so their claims are marked "
    "unverifiable in the record; a caption that names a hue, or says that something is absent, is refused."
)
_TWIN_WORDS = (
    "Of these tiles nobody annotated the SAR image, but texts tell of an optical image of the same place. What is likely to "
    "last (water, roads, buildings, forest and fields, and where they are) becomes a sentence about the SAR image. Colours, "
    "numbers, ships and aircraft, clouds, shadows and seasons stay behind: radar sees no colour, and the two were taken on "
    "different days."
)
_SELECTED_WORDS = (
    "The last two datasets become one to learn from, by python -m jobs.curate: without duplicates of either, without the tenth "
    "of the captions that the CLIP finds least like their images, with the same text at five tiles at most, and with no more "
    "captions of a model than others. The CLIP learned from none of these captions; of those it learned from it may score none."
)


def _dataset(title: str, words: str, artifact: Artifact, store: Store) -> Chapter:
    counts = artifact.counts
    said = f"{counts['kept']:,} tiles, {captions_kept(counts['captions'])}."
    return Chapter(
        title=title,
        words=f"{words} {said}",
        cards=[_card(tile) for tile in _some(artifact)],
        links=[("manifest", f"{_relative(artifact.uri, store)}/{MANIFEST}")],
    )


def _some(artifact: Artifact) -> list[Tile]:
    """Tiles spaced evenly through the first shard, so that nobody picks them."""
    for table in islice(artifact.tables(), 1):
        step = max(1, table.num_rows // _CARDS)
        return from_table(table.take(list(range(0, table.num_rows, step))[:_CARDS]))
    return []


def _card(tile: Tile) -> StoryCard:
    texts = [_said(caption) for caption in tile.captions]
    of_twin = sum(caption.reason == OF_OPTICAL_TWIN for caption in tile.captions)
    return StoryCard(
        image=tile.image.bytes or b"",
        name=tile.key,
        texts=texts[: max(_TEXTS, of_twin + 1)] or ["no caption"],
        polygons_px=[box.polygon_px for box in tile.boxes],
    )


def _said(caption: Caption) -> str:
    """What stands below a picture for a caption."""
    if caption.reason == OF_OPTICAL_TWIN:
        return f"of the optical image: {caption.text}"
    return caption.text if caption.kept else f"refused: {caption.text}"


def _selection(parts: QuickstartResults, store: Store) -> Chapter:
    """What was selected of the datasets, and why the rest was not."""
    left, counts = parts.selected.manifest["selected"], parts.selected.counts
    why = [(_plain(reason), "tile", number) for reason, number in left["tiles_left_out"].items()]
    why += [(_plain(reason), "caption", number) for reason, number in left["captions_left_out"].items()]
    rows = [[reason, f"{number:,} {what}{'' if number == 1 else 's'}"] for reason, what, number in why]
    return Chapter(
        title="One set selected of both",
        words=f"{_SELECTED_WORDS} {counts['kept']:,} of {counts['planned']:,} tiles stay, with {left['captions_kept']:,} "
        "captions.",
        cards=[_card(tile) for tile in _some(parts.selected)],
        tables=[Table(head=["left out because of", ""], rows=rows)] if rows else [],
        links=[("manifest", f"{_relative(parts.selected.uri, store)}/{MANIFEST}")],
    )


def _plain(reason: str) -> str:
    return reason.replace("_", " ")


def _training(trainings: Mapping[str, Trained], store: Store) -> Chapter:
    pictures = [
        (open_store(one.uri).read(CURVE), f"{name}: {one.manifest['steps']:,} steps") for name, one in trainings.items()
    ]
    return Chapter(
        title="Three models",
        words="The CLIP puts images and texts into one space. It starts from nothing and learns from the SAR images alone "
        "(recipe clip_cnn_sar): of thousands of them it learns to find more than where half of its steps see optical images. "
        "CoCa, which also writes captions, and the GPT, which answers questions, start from nothing too: they first learn what "
        "the CLIP makes of the images, then captions and answers.",
        pictures=pictures,
        links=[(f"{name}: manifest", f"{_relative(one.uri, store)}/{MANIFEST}") for name, one in trainings.items()],
    )


def _evaluation(evaluation: Evaluated, unseen: Artifact, store: Store) -> Chapter:
    summary = tables(score_tables(evaluation.report))[0]
    there = open_store(evaluation.uri)
    figures = [path for path in there.paths("figures") if path.endswith(".png") and not path.endswith("-dark.png")]
    return Chapter(
        title="What training changed",
        words=f"Measured on {evaluation.report['dataset']['tiles']:,} SAR tiles of scenes that no training saw, of "
        f"{unseen.counts['kept']:,} in that set: before training (baseline), after the first of two stages (distilled), "
        "and at the end (sar). Beside the models is what guessing gives, and of searches what knowing everything "
        "gives.",
        tables=[Table(head=summary.head, rows=summary.rows, note=summary.note)],
        pictures=[(there.read(path), path.rsplit("/", 1)[1].removesuffix(".png")) for path in figures],
        links=[
            ("the whole report, with examples", f"{_relative(evaluation.uri, store)}/report.html"),
            ("all numbers", f"{_relative(evaluation.uri, store)}/report.json"),
        ],
    )


def _examples(examples: QuickstartExamples, evaluation: Evaluated) -> list[Chapter]:
    """What the models that were measured say, and how often answers are right."""
    scores = score_tables(evaluation.report)
    answers = [table for of, table in zip(scores, tables(scores)[1:], strict=True) if of.title == "gpt: answers"]
    return [
        Chapter(title="What the CLIP finds", words=_FOUND_WORDS, searches=examples.searches("clip")),
        Chapter(title="What the CoCa writes", words=_WRITTEN_WORDS, cards=examples.captions("coca")),
        Chapter(title="What the GPT answers", words=_ANSWERED_WORDS, tables=answers),
    ]


def _search(parts: QuickstartResults, store: Store) -> Chapter:
    models: Sequence[str] = [f"--{name} {one.uri}" for name, one in parts.trainings.items()]
    return Chapter(
        title="Ask it yourself",
        words=f"{parts.index.tiles:,} tiles are indexed. This command opens a page on which one can search them, have an image "
        f"captioned, and ask about it: python -m jobs.serve {' '.join(models)} --index {parts.index.uri}",
        links=[("index: manifest", f"{_relative(parts.index.uri, store)}/{MANIFEST}")],
    )


def _relative(uri: str, store: Store) -> str:
    """A part's place as a link of the page."""
    return open_store(uri).uri.removeprefix(store.uri.rstrip("/") + "/")


def parts_of(made: Mapping[str, Any], trainings: Sequence[str]) -> QuickstartResults:
    """The parts from what the jobs of a chain made, by their names; `trainings` are the names of the models."""
    return QuickstartResults(
        sar=made["SAR images"],
        unseen=made["unseen scenes"],
        narrated=made["narration"],
        twins=made["optical twins"],
        selected=made["selection"],
        trainings=dict(zip(trainings, [made["CLIP"], *made["CoCa and GPT"]], strict=True)),
        evaluation=made["evaluation"],
        index=made["index"],
    )
