"""Trainings x dataset -> report: what each model of each training says of one split, and how good that is.

OUT/predictions/...    what the models said, a file a piece: what is there is not asked again
OUT/report.json        all numbers; the same inputs give the same bytes
OUT/REPORT.md, OUT/report.html, OUT/figures/*.png
OUT/manifest.json      written last
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from sartext.artifact import MANIFEST, cut_by_authors, open_artifact, read_json, readable
from sartext.errors import UserError
from sartext.evaluate.answers import ClassWords
from sartext.flow.engine.options import Pool
from sartext.flow.engine.progress import Line, Progress
from sartext.flow.evaluate.examples import examples_of
from sartext.flow.evaluate.score import (
    REVISION,
    Said,
    Scores,
    Truth,
    answer_scores,
    caption_values,
    comparable,
    retrieval_scores,
    score_tables,
    search_scores,
    unreadable,
)
from sartext.flow.predict.generation import GenerationConfig
from sartext.flow.predict.held_out import EVERY_SPLIT, HeldOut, asked_in, held_out
from sartext.flow.predict.predictions import PREDICTIONS, PredictionTask, Predictor, predictions, query_features
from sartext.flow.predict.queries import queries_of
from sartext.flow.predict.trained import open_trained
from sartext.flow.run import Run, all_there
from sartext.models.objective import ANSWER, CAPTION, EMBED, AnyObjective
from sartext.models.weights import described, name_of
from sartext.narrate.ask.questions import class_words
from sartext.narrate.facts.tile_facts import facts_of
from sartext.report.evaluation import page
from sartext.report.evaluation_figures import charts
from sartext.report.evaluation_tables import central, compared, formatted, markdown
from sartext.store import open_store

_REPORT = "report.json"
_WRITES = (MANIFEST, _REPORT, "REPORT.md", "report.html", "figures", "predictions")
# What the models of a progressive training are called: before training, after the optical stage, after both.
_PROGRESSIVE = {"baseline": "baseline", "optical": "optical-only", "sar": "progressive"}
_TRAINING = "train"  # the split that majority answers are of


@dataclass(frozen=True)
class Evaluated:
    """A finished evaluation: where it lies, and what its report and its manifest say."""

    uri: str
    report: dict[str, Any]
    manifest: dict[str, Any]

    def summary(self) -> str:
        """One line for people."""
        found = [
            f"{one.name} {', '.join(formatted(central(value), one.unit) for value in one.values.values())}"
            for one in compared(score_tables(self.report))
        ]
        return f"{self.uri}: {'; '.join(found)}"


@dataclass(frozen=True)
class Subject:
    """A training to be evaluated."""

    uri: str
    objective: str  # its name in lower case
    capabilities: frozenset[str]
    fingerprint: str
    stages: tuple[str, ...]

    def called(self) -> list[str]:
        """What its models are called, in the order of their stages."""
        progressive = self.stages == tuple(_PROGRESSIVE)
        return [_PROGRESSIVE[stage] if progressive else stage for stage in self.stages]


def evaluate(
    checkpoints: Sequence[str],
    dataset: str,
    *,
    out: str,
    split: str = "test",
    limit: int | None = None,
    narrator_captions: bool = False,
    saying: GenerationConfig | None = None,
    pool: Pool | None = None,
) -> Evaluated:
    """Evaluates every model of the trainings on a split of the dataset, or the first `limit` tiles of it.

    Captions of the route narrator count only with `narrator_captions`. The order of the trainings does not matter. The same
    call does only what is missing at `out`. Raises `UserError` where a checkpoint is no finished training or the split has
    nothing to ask it, `OutputError` where `out` holds another evaluation, `Stopped` on SIGINT and SIGTERM.
    """
    saying, pool = saying or GenerationConfig(), pool or Pool()
    with Run(out, kind="evaluation", writes=_WRITES) as run:
        subjects = subjects_of(checkpoints)
        data = open_artifact(dataset).fingerprint
        config = {
            "revision": REVISION,
            "dataset": data,
            "split": split,
            "limit": limit,
            "narrator_captions": narrator_captions,
            "saying": asdict(saying),
            "trainings": {name: subject.fingerprint for name, subject in subjects.items()},
        }
        run.plan(config)
        if (manifest := run.finished(("fingerprint", "files"))) is not None:
            return Evaluated(out, read_json(run.store, _REPORT, ("trainings",)), manifest)
        held = held_out(dataset, split, limit, narrator_captions=narrator_captions)
        _check(held, subjects, split)
        run.reserve()
        task = _task(held, subjects, run.uri, saying)

        def missing() -> list[int]:
            return run.missing(PREDICTIONS, task.path, task.pieces)

        if left := missing():
            with run.importing():
                from sartext.flow.engine.pool import map_on_actors

            total = sum(task.tiles(number) for number in range(task.pieces))
            progress = Progress(
                total,
                "tiles",
                lambda: total - sum(task.tiles(number) for number in missing()),
                note=lambda: f"{len(task.names)} models asked",
            )
            with run.session(pool):
                map_on_actors(Predictor, (task,), left, pool, progress)
        all_there(missing(), "pieces")
        return _finish(run, held, subjects, config, task.queries)


def subjects_of(checkpoints: Sequence[str]) -> dict[str, Subject]:
    """The trainings by what they train, numbered where several train the same, whatever their order.

    Raises `UserError` for a place that is no finished training, and for the same one twice.
    """
    if not checkpoints:
        raise UserError("there are no checkpoints; give the folders that jobs.train wrote")
    found = sorted((_subject(uri) for uri in checkpoints), key=lambda one: (one.objective, one.fingerprint))
    for one, other in pairwise(found):
        if one.fingerprint == other.fingerprint:
            raise UserError(f"{one.uri} and {other.uri} hold the same training; give it once")
    named: dict[str, Subject] = {}
    for subject in found:
        same = [one for one in found if one.objective == subject.objective]
        number = f"-{same.index(subject) + 1}" if len(same) > 1 else ""
        named[subject.objective + number] = subject
    return named


def _subject(uri: str) -> Subject:
    if "://" in uri:
        raise UserError(f"{uri} is no folder; models are loaded from one that all workers see")
    try:
        kind = read_json(open_store(uri), MANIFEST).get("kind")
    except (FileNotFoundError, NotADirectoryError):
        kind = "training"  # the next line says what is missing
    if kind != "training":
        raise UserError(f"{uri} holds a finished {kind} and no training; give a folder that jobs.train wrote")
    trained = open_trained(uri)
    stages = tuple(trained.manifest["models"])
    objectives: list[AnyObjective] = [described(Path(trained.model(stage)))[0] for stage in stages]
    names = sorted({name_of(one).lower() for one in objectives})
    if len(names) != 1:
        raise UserError(f"{uri} has models of {', '.join(names)}; a training has one objective")
    return Subject(uri, names[0], objectives[0].capabilities, str(trained.manifest["fingerprint"]), stages)


def _check(held: HeldOut, subjects: dict[str, Subject], split: str) -> None:
    """Raises `UserError` where the split lacks what a training is asked about."""
    words = ClassWords(class_words())
    captions = any(held.texts(number) for number in range(len(held.tiles)))
    questions = any(one.kept and comparable(one, words) for tile in held.tiles for one in tile.questions)
    for what, there, measured in (
        ("captions", captions, {EMBED, CAPTION}),
        ("questions whose answers can be compared", questions, {ANSWER}),
    ):
        asking = [name for name, one in subjects.items() if one.capabilities & measured]
        if asking and not there:
            where = f"in the {len(held.tiles):,} tiles of the split {split!r} that are asked, and {asking[0]} is measured by"
            if what == "captions" and held.narrated:
                raise UserError(
                    f"{held.dataset} has captions of the route narrator alone {where} others; give --narrator-captions to "
                    "count what a model wrote"
                )
            raise UserError(f"{held.dataset} has no {what} {where} them; build it with {what}")


def _task(held: HeldOut, subjects: dict[str, Subject], out: str, saying: GenerationConfig) -> PredictionTask:
    models = [
        (f"{name}/{called}", open_trained(subject.uri).model(stage))
        for name, subject in subjects.items()
        for stage, called in zip(subject.stages, subject.called(), strict=True)
    ]
    names, folders = zip(*models, strict=True)
    absolute = tuple(open_store(folder).uri for folder in folders)
    return PredictionTask(
        dataset=open_store(held.dataset).uri,
        out=out,
        names=names,
        folders=absolute,
        parts=held.parts,
        saying=saying,
        narrator_captions=held.narrator_captions,
        queries=_queries(held),
    )


def _queries(held: HeldOut) -> tuple[str, ...]:
    """What every model is asked for: of all tiles that have captions, whether or not a model can read their image."""
    facts = [facts_of(tile) for number, tile in enumerate(held.tiles) if held.texts(number)]
    return tuple(queries_of(facts))


def _finish(run: Run, held: HeldOut, subjects: dict[str, Subject], config: dict[str, Any], asked: Sequence[str]) -> Evaluated:
    """Scores what was said, and writes the report, then the manifest."""
    line = Line()
    line.draw("scoring what the models said")
    said: dict[str, Said] = {
        name: {called: predictions(run.store, f"{name}/{called}", len(held.parts)) for called in subject.called()}
        for name, subject in subjects.items()
    }
    truth = Truth(held, unreadable(rows for models in said.values() for rows in models.values()), asked)
    queries = {
        name: {called: query_features(run.store, f"{name}/{called}") for called in subject.called()}
        for name, subject in subjects.items()
    }
    trainings = {name: _scored(truth, subject, said[name], queries[name]) for name, subject in subjects.items()}
    report = json.loads(readable({"dataset": _about(truth, held, config), "trainings": trainings}))  # as a reader has it
    examples = examples_of(held, truth, {name: subject.capabilities for name, subject in subjects.items()}, said)
    figures, scores = charts(report), score_tables(report)
    paths = [f"figures/{name}.png" for name in figures]
    files = dict(zip(paths, figures.values(), strict=True))
    files[_REPORT] = readable(report)
    files["REPORT.md"] = markdown(report, scores, [path for path in paths if "-dark" not in path]).encode()
    files["report.html"] = page(report, scores, figures, examples).encode()
    manifest = run.finish(files, parents=[config["dataset"], *[one.fingerprint for one in subjects.values()]])
    line.clear()
    return Evaluated(run.uri, report, manifest)


def _scored(truth: Truth, subject: Subject, said: Said, queries: Mapping[str, np.ndarray[Any, Any]]) -> Scores:
    """The numbers of one training."""
    models: dict[str, Scores] = {model: {} for model in said}
    found: Scores = {"objective": subject.objective, "fingerprint": subject.fingerprint, "order": list(said), "models": models}
    if EMBED in subject.capabilities:
        recalls, found["chance"] = retrieval_scores(truth, said)
        for model, scores in recalls.items():
            models[model]["retrieval"] = scores
        found_first, found["search"] = search_scores(truth, said, queries)
        for model, scores in found_first.items():
            models[model]["search"] = scores
    if CAPTION in subject.capabilities:
        for model, scores in caption_values(truth, said).items():
            models[model] |= scores
    if ANSWER in subject.capabilities:
        # What is asked here is nothing to learn a guess from.
        training = () if truth.split in (_TRAINING, EVERY_SPLIT) else asked_in(truth.dataset, _TRAINING)
        for model, scores in answer_scores(truth, said, training).items():
            models[model]["vqa"] = scores
    return found


def _about(truth: Truth, held: HeldOut, config: dict[str, Any]) -> Scores:
    return {
        "fingerprint": config["dataset"],
        "split": config["split"],
        "limit": config["limit"],
        "tiles": len(truth.tiles),
        "captioned": len(truth.captioned),
        "narrator_captions": {"counted": held.narrator_captions, "captions": held.narrated},
        "questions": len(truth.asked),
        "unreadable": dict(truth.unreadable),
        "cut_by_authors": cut_by_authors(open_artifact(held.dataset).manifest),
    }
