"""Trainings x dataset -> report: what each model of each training says of one split, and how good that is.

OUT/predictions/...    what the models said, a file a piece: what is there is not asked again
OUT/report.json        all numbers; the same inputs give the same bytes
OUT/REPORT.md, OUT/report.html, OUT/figures/*.png
OUT/manifest.json      written last
"""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sartext.artifact import MANIFEST, claim_place, commit_of_code, open_artifact, plan_at, read_json, readable
from sartext.artifact import fingerprint as fingerprint_of
from sartext.errors import UserError
from sartext.evaluate.answers import ClassWords
from sartext.flow.engine.options import Pool
from sartext.flow.engine.progress import Line, duration
from sartext.flow.engine.signals import stopping
from sartext.flow.evaluate.dataset import HeldOut, asked_in, held_out
from sartext.flow.evaluate.examples import examples_of
from sartext.flow.evaluate.score import (
    Said,
    Scores,
    Truth,
    answer_scores,
    caption_values,
    comparable,
    retrieval_scores,
    unreadable,
)
from sartext.flow.predict.generation import Saying
from sartext.flow.predict.predictions import PREDICTIONS, Predictor, Task, predictions
from sartext.flow.predict.trained import open_trained
from sartext.models.objective import ANSWER, CAPTION, EMBED, AnyObjective
from sartext.models.weights import described, name_of
from sartext.narrate.ask.questions import class_words
from sartext.report.evaluation import page
from sartext.report.evaluation_figures import charts
from sartext.report.evaluation_tables import markdown, measures
from sartext.store import Storage, storage
from sartext.tile import SCHEMA_VERSION

REVISION = 2  # raised whenever the same predictions would give other numbers
REPORT = "report.json"
WRITES = (MANIFEST, REPORT, "REPORT.md", "report.html", "figures", "predictions")
# What the models of a training are called: before training, after the optical stage, after both.
_CALLED = {"baseline": "baseline", "optical": "optical-only", "sar": "progressive"}
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
            f"{one.name.removesuffix(', %')} {', '.join(one.shown(value) for value in one.values.values())}"
            for one in measures(self.report)
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
        return [_CALLED.get(stage, stage) for stage in self.stages]


def evaluate(
    checkpoints: Sequence[str],
    dataset: str,
    *,
    out: str,
    split: str = "test",
    limit: int | None = None,
    narrator_captions: bool = False,
    saying: Saying | None = None,
    pool: Pool | None = None,
) -> Evaluated:
    """Evaluates every model of the trainings on a split of the dataset, or the first `limit` tiles of it.

    Captions of the route narrator count only with `narrator_captions`. The order of the trainings does not matter. The same
    call does only what is missing at `out`. Raises `UserError` where a checkpoint is no finished training or the split has
    nothing to ask it, `OutputError` where `out` holds another evaluation, `Stopped` on SIGINT and SIGTERM.
    """
    saying, pool = saying or Saying(), pool or Pool()
    place = storage(out)
    with stopping() as stop, place.lock() as still_ours:
        place.prepare()
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
        plan = {"fingerprint": fingerprint_of(config), "config": config, "schema_version": SCHEMA_VERSION}
        plan_at(place, plan, WRITES)
        try:
            manifest = read_json(place, MANIFEST, ("fingerprint", "files"))
            return Evaluated(out, read_json(place, REPORT, ("trainings",)), manifest)
        except FileNotFoundError:
            held = held_out(dataset, split, limit, narrator_captions=narrator_captions)
        _check(held, subjects, split)
        claim_place(place, plan, WRITES)
        task = _task(held, subjects, place.uri, saying)
        left = _missing(place, task)
        if left:
            with stop.held():
                from sartext.flow.engine.pool import each
                from sartext.flow.engine.session import session

            watch = _Watch(place, task)
            with session(pool, stop):
                each(Predictor, (task,), left, pool, look=watch.look, clear=watch.clear)
        still_ours()
        return _finish(place, held, subjects, {**plan, "parents": [data, *[one.fingerprint for one in subjects.values()]]})


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
        kind = read_json(storage(uri), MANIFEST).get("kind")
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


def _task(held: HeldOut, subjects: dict[str, Subject], out: str, saying: Saying) -> Task:
    models = [
        (f"{name}/{called}", open_trained(subject.uri).model(stage))
        for name, subject in subjects.items()
        for stage, called in zip(subject.stages, subject.called(), strict=True)
    ]
    names, folders = zip(*models, strict=True)
    absolute = tuple(storage(folder).uri for folder in folders)
    return Task(
        dataset=storage(held.dataset).uri,
        out=out,
        names=names,
        folders=absolute,
        parts=held.parts,
        saying=saying,
        narrator_captions=held.narrator_captions,
    )


def _missing(place: Storage, task: Task) -> list[int]:
    there = set(place.paths(PREDICTIONS))
    return [number for number in range(task.pieces) if task.path(number) not in there]


class _Watch:
    """The progress of predicting: tiles that models have been asked about, of all."""

    def __init__(self, place: Storage, task: Task) -> None:
        self._place, self._task, self._line = place, task, Line()
        self._all = sum(task.tiles(number) for number in range(task.pieces))
        self._first = self._done()
        self._start = time.monotonic()

    def look(self, last: bool) -> None:
        """Draws the line."""
        done = self._done()
        elapsed_s = time.monotonic() - self._start
        rate = (done - self._first) / elapsed_s if elapsed_s > 0 else 0.0
        left = duration((self._all - done) / rate) if rate > 0 else "--:--"
        share = 100 * done / self._all
        asked = f"{done:,} of {self._all:,} tiles ({share:.0f}%)"
        self._line.draw(f"{asked}  {rate:,.0f} tiles/s  {left} left  {len(self._task.names)} models asked", last=last)

    def clear(self) -> None:
        """Leaves an empty line for a message on a terminal."""
        self._line.clear()

    def _done(self) -> int:
        missing = _missing(self._place, self._task)
        return self._all - sum(self._task.tiles(number) for number in missing)


def _finish(place: Storage, held: HeldOut, subjects: dict[str, Subject], plan: dict[str, Any]) -> Evaluated:
    """Scores what was said, and writes the report, then the manifest."""
    line = Line()
    line.draw("scoring what the models said")
    said: dict[str, Said] = {
        name: {called: predictions(place, f"{name}/{called}", len(held.parts)) for called in subject.called()}
        for name, subject in subjects.items()
    }
    truth = Truth(held, unreadable(rows for models in said.values() for rows in models.values()))
    trainings = {name: _scored(truth, subject, said[name]) for name, subject in subjects.items()}
    report = json.loads(
        readable({"dataset": _about(truth, held, plan["config"]), "trainings": trainings})
    )  # as a reader has it
    examples = examples_of(held, truth, {name: subject.capabilities for name, subject in subjects.items()}, said)
    figures = charts(report)
    paths = [f"figures/{name}.png" for name in figures]
    files = dict(zip(paths, figures.values(), strict=True))
    files[REPORT] = readable(report)
    files["REPORT.md"] = markdown(report, [path for path in paths if "-dark" not in path]).encode()
    files["report.html"] = page(report, figures, examples).encode()
    for path, data in files.items():
        place.put(path, data)
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    manifest = {**plan, "kind": "evaluation", "commit": commit_of_code(), "files": digests}
    place.put(MANIFEST, readable(manifest))
    line.clear()
    return Evaluated(place.uri, report, manifest)


def _scored(truth: Truth, subject: Subject, said: Said) -> Scores:
    """The numbers of one training."""
    models: dict[str, Scores] = {model: {} for model in said}
    found: Scores = {"objective": subject.objective, "fingerprint": subject.fingerprint, "order": list(said), "models": models}
    if EMBED in subject.capabilities:
        recalls, found["chance"] = retrieval_scores(truth, said)
        for model, scores in recalls.items():
            models[model]["retrieval"] = scores
    if CAPTION in subject.capabilities:
        for model, scores in caption_values(truth, said).items():
            models[model] |= scores
    if ANSWER in subject.capabilities:
        for model, scores in answer_scores(truth, said, asked_in(truth.dataset, _TRAINING)).items():
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
    }
