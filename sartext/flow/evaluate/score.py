"""Metrics of an evaluation: from what models said of tiles to scores, and what each is called where they are shown.

A metric is a function, or a field of a score, in `sartext.evaluate`, and a line here: `_RECALLS`, `_CAPTIONS` and `_FACTS` are
the columns of the tables. Plain functions, no Ray.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

import numpy as np

from sartext.evaluate.answers import PARSERS, ClassWords
from sartext.evaluate.captions import METRICS, caption_scores_of
from sartext.evaluate.facts import AssertedFacts, fact_scores
from sartext.evaluate.retrieval import DEPTHS, Recall, Retrieval, retrieval
from sartext.evaluate.search import DEPTH
from sartext.evaluate.vqa import Reference, learned, vqa
from sartext.flow.evaluate.answers_table import answers_table
from sartext.flow.predict.held_out import HeldOut, questions_of
from sartext.flow.predict.queries import SearchTruth, concise_texts
from sartext.narrate.ask.questions import class_words
from sartext.narrate.facts.tile_facts import Facts, facts_of
from sartext.narrate.verify.caption_facts import Fact, implied, told
from sartext.report.evaluation_tables import Measure, Report, ScoreTable, ScoreValue, Unit, formatted, measured
from sartext.tile import Question

REVISION = 4  # raised whenever the same predictions would give other numbers
Said = Mapping[str, Sequence[dict[str, Any]]]  # model -> its predictions, a row a tile
Scores = dict[str, Any]


@dataclass(frozen=True)
class _Asked:
    """A question that can be scored: which tile it is of, and the number of its answer among that tile's."""

    tile: int
    number: int
    question: Question

    @property
    def reference(self) -> Reference:
        return _reference(self.question)


class Truth:
    """What is known of the tiles, worked out once for all models; tiles whose image no model can read are left out."""

    def __init__(self, held: HeldOut, unreadable: Mapping[str, str], queries: Sequence[str] = ()) -> None:
        """`queries` are those that models were asked for."""
        self.queries = queries
        self.dataset, self.split, self.tiles, self.texts = held.dataset, held.split, held.tiles, held.texts
        self.unreadable = unreadable
        self.good = [number for number, tile in enumerate(held.tiles) if tile.key not in unreadable]
        self.captioned = [number for number in self.good if held.texts(number)]

    @cached_property
    def facts(self) -> dict[int, Facts]:
        """The facts of each captioned tile."""
        return {number: facts_of(self.tiles[number]) for number in self.captioned}

    @cached_property
    def first_texts(self) -> list[int]:
        """The places, among all texts of all captioned tiles, of those that first hits are counted with."""
        counted = [
            text in of
            for number, of in zip(self.captioned, concise_texts([self.tiles[one] for one in self.captioned]), strict=True)
            for text in self.texts(number)
        ]
        return [at for at, one in enumerate(counted) if one]

    @cached_property
    def search(self) -> SearchTruth:
        """What is true of the captioned tiles, for searches by meaning."""
        texts = [text for number in self.captioned for text in self.texts(number)]
        return SearchTruth(
            [self.facts[number] for number in self.captioned], [texts[at] for at in self.first_texts], self.queries
        )

    @cached_property
    def reference_facts(self) -> dict[int, frozenset[Fact]]:
        """What the captions that count of each captioned tile state: what a caption of it could say."""
        return {
            number: frozenset(fact for text in self.texts(number) for fact in told(text, facts).facts)
            for number, facts in self.facts.items()
        }

    @cached_property
    def asked(self) -> list[_Asked]:
        """The questions whose answers have a type that can be compared."""
        words = ClassWords(class_words())
        return [
            _Asked(tile, number, question)
            for tile in self.good
            for number, question in enumerate(questions_of(self.tiles[tile]))
            if comparable(question, words)
        ]


def comparable(question: Question, words: ClassWords) -> bool:
    """Whether the reference answer is of a type that is known here, and says a value of it."""
    parser = PARSERS.get(question.answer_type)
    return parser is not None and parser(question.answer, words) is not None


def unreadable(said: Iterable[Sequence[dict[str, Any]]]) -> dict[str, str]:
    """Why the images of some tiles could not be read, by key."""
    return {row["key"]: row["reject"] for rows in said for row in rows if row["reject"] is not None}


def retrieval_scores(truth: Truth, said: Said) -> tuple[dict[str, Scores], Scores]:
    """Recall of each model, and that of guessing, which shows what the gallery's size is worth."""
    owners = [at for at, number in enumerate(truth.captioned) for _ in truth.texts(number)]
    texts = [text for number in truth.captioned for text in truth.texts(number)]

    def score(image: np.ndarray[Any, Any], text: np.ndarray[Any, Any]) -> Scores:
        return _recalls(retrieval(image, text, owners, texts))

    found = {model: score(*features(truth, rows)) for model, rows in said.items()}
    # Features that are all the same leave every order to chance, and ties are averaged.
    return found, score(np.ones((len(truth.captioned), 1)), np.ones((len(texts), 1)))


def features(truth: Truth, rows: Sequence[dict[str, Any]]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Features of the captioned tiles' images and of all their texts, in double precision, as retrieval compares them."""
    images = np.array([rows[number]["image"] for number in truth.captioned], dtype=np.float64)
    texts = np.array([text for number in truth.captioned for text in rows[number]["texts"]], dtype=np.float64)
    return images, texts


def search_scores(
    truth: Truth, said: Said, queries: Mapping[str, np.ndarray[Any, Any]]
) -> tuple[dict[str, Scores], dict[str, Scores]]:
    """First hits and precision of each model, `queries` being its features of the queries; those of guessing and of knowing
    everything."""
    found = {}
    for model, rows in said.items():
        images, texts = features(truth, rows)
        found[model] = asdict(truth.search.scores(images, texts[truth.first_texts], queries[model]))
    return found, dict(zip(("chance", "oracle"), map(asdict, truth.search.bounds), strict=True))


def caption_values(truth: Truth, said: Said) -> dict[str, Scores]:
    """Caption metrics of each model, and precision and recall of what its captions claim."""
    references = [truth.texts(number) for number in truth.captioned]
    written = [[rows[number]["caption"] for number in truth.captioned] for rows in said.values()]
    scores = caption_scores_of(written, references)
    return {
        model: {"captions": asdict(score), "facts": asdict(fact_scores(_stated(truth, texts)))}
        for model, texts, score in zip(said, written, scores, strict=True)
    }


def _stated(truth: Truth, texts: Sequence[str]) -> list[AssertedFacts]:
    found = []
    for number, text in zip(truth.captioned, texts, strict=True):
        said = told(text, truth.facts[number])
        verdicts = [claim.verdict for claim in said.claims]
        found.append(
            AssertedFacts(
                supported=verdicts.count("supported"),
                contradicted=verdicts.count("contradicted"),
                unverifiable=verdicts.count("unverifiable"),
                facts=implied(said.facts),
                reference=truth.reference_facts[number],
                classes_right=said.names_all(truth.facts[number]),
            )
        )
    return found


def answer_scores(truth: Truth, said: Said, training: Iterable[Question]) -> dict[str, Scores]:
    """Accuracy of each model's answers beside those of the most frequent answers in training, and of what words tell there."""
    classes, words = class_words(), ClassWords(class_words())
    references = [one.reference for one in truth.asked]
    guesses = learned((_reference(one) for one in training if comparable(one, words)), classes=classes)
    return {
        model: asdict(vqa(references, answers_of(truth, rows), classes=classes, guesses=guesses))
        for model, rows in said.items()
    }


def answers_of(truth: Truth, rows: Sequence[dict[str, Any]]) -> list[str]:
    """A model's answer to each of `truth.asked`."""
    return [rows[one.tile]["answers"][one.number] for one in truth.asked]


def right_answer(question: Question, answer: str, words: ClassWords) -> bool:
    """Whether the answer has the value of the reference."""
    parser = PARSERS[question.answer_type]
    return parser(answer, words) == parser(question.answer, words)


def _reference(question: Question) -> Reference:
    return Reference(kind=question.kind, answer_type=question.answer_type, answer=question.answer, question=question.question)


def _recalls(found: Retrieval) -> Scores:
    return {**asdict(found), "exact_pair": _recall(found.exact_pair), "identical_text": _recall(found.identical_text)}


def _recall(found: Recall) -> Scores:
    return {**asdict(found), "mean": found.mean}


@dataclass(frozen=True)
class _Metric:
    """A column of the report: its name, its unit, how it is had from the scores of a model, and its name in the summary."""

    name: str
    unit: Unit
    of: Callable[[Scores], ScoreValue]
    compared: str = ""  # empty where models are not compared by it first

    def measure(
        self, scores: Mapping[str, Scores], chance: Scores | None = None, oracle: Scores | None = None, *, name: str = ""
    ) -> Measure:
        """The column for these models, beside what guessing and knowing everything give."""
        values = {model: self.of(one) for model, one in scores.items()}
        return Measure(
            name=name or self.name,
            unit=self.unit,
            values=values,
            chance=None if chance is None else ("chance", self.of(chance)),
            oracle=None if oracle is None else self.of(oracle),
        )


def _at(name: str, place: int) -> Callable[[Scores], ScoreValue]:
    return lambda scores: float(scores[name][place])


def _caption_metric(name: str) -> Callable[[Scores], ScoreValue]:
    return lambda scores: scores["values"].get(name)  # what could not be had is `missing`


_RECALLS = (
    *[_Metric(f"image → text R@{depth}", "%", _at("image_to_text", place)) for place, depth in enumerate(DEPTHS)],
    *[_Metric(f"text → image R@{depth}", "%", _at("text_to_image", place)) for place, depth in enumerate(DEPTHS)],
    _Metric("mean", "%", itemgetter("mean"), compared="mean recall"),
)
_SEARCH = (
    _Metric("first hit", "%", itemgetter("first_hit"), compared="first hit"),
    _Metric(f"P@{DEPTH}", "%", itemgetter("precision"), compared=f"P@{DEPTH}"),
)
_COMPARED = "CIDEr"  # of the caption metrics, the one that models are compared by, and the one that is no share
_CAPTIONS = (
    *[
        _Metric(name, "" if name == _COMPARED else "%", _caption_metric(name), compared=name if name == _COMPARED else "")
        for name in METRICS
    ],
    _Metric("distinct", "count", itemgetter("distinct")),
    _Metric("words", "count", itemgetter("mean_words")),
)
_FACTS = (
    _Metric("precision", "%", itemgetter("precision"), compared="fact precision"),
    _Metric("of decided", "%", itemgetter("decided_precision")),
    _Metric("recall", "%", itemgetter("recall"), compared="fact recall"),
    _Metric("class sets", "%", itemgetter("class_sets"), compared="class sets"),
    _Metric("supported", "count", itemgetter("supported")),
    _Metric("contradicted", "count", itemgetter("contradicted")),
    _Metric("unverifiable", "count", itemgetter("unverifiable")),
    _Metric("facts stated", "", lambda scores: f"{scores['covered']:,} of {scores['reference']:,}"),
)
_PROTOCOLS = {
    "exact_pair": "From an image any of its own texts is right, from a text only its own image.",
    "identical_text": "A text that reads the same, and its image, is right too.",
}
_FACTS_NOTE = (
    "Precision: supported claims of all claims. Recall: classes, exact numbers and places that the kept captions of a "
    "tile state, stated by supported claims. Class sets: captions that name the classes of objects that are annotated, no "
    "more and no fewer. In brackets the 95% interval of a bootstrap over captions."
)


def score_tables(report: Report) -> list[ScoreTable]:
    """What a report shows of its scores (`report.json`), training by training."""
    found = []
    for name, training in report["trainings"].items():
        if "chance" in training:
            if any(training["search"]["oracle"][measure] for measure in ("first_hit", "precision")):
                found.append(_search_table(name, training))
            found += [_retrieval_table(name, training, protocol) for protocol in _PROTOCOLS]
        if measured(training, "captions"):
            scores = _scores(training, "captions")
            found.append(_table(name, "captions", _CAPTIONS, scores, note=_captions_note(next(iter(scores.values())))))
            found.append(_table(name, "facts of captions", _FACTS, _scores(training, "facts"), note=_FACTS_NOTE))
        if measured(training, "vqa"):
            found.append(answers_table(name, _scores(training, "vqa")))
    return found


def _scores(training: Report, what: str) -> dict[str, Scores]:
    return {model: training["models"][model][what] for model in training["order"]}


def _table(
    training: str,
    title: str,
    metrics: Sequence[_Metric],
    scores: Mapping[str, Scores],
    chance: Scores | None = None,
    oracle: Scores | None = None,
    *,
    note: str,
    of: str = "",
) -> ScoreTable:
    """A column a metric; `of` is added to the name of those that stand in the summary."""
    return ScoreTable(
        title=f"{training}: {title}",
        columns=[metric.measure(scores, chance) for metric in metrics],
        note=note,
        compared=[
            metric.measure(scores, chance, oracle, name=f"{training}: {metric.compared}{of}")
            for metric in metrics
            if metric.compared
        ],
    )


def _retrieval_table(name: str, training: Report, protocol: str) -> ScoreTable:
    scores = {model: found[protocol] for model, found in _scores(training, "retrieval").items()}
    chance = training["chance"]
    sizes = f"{chance['images']:,} images, {chance['texts']:,} texts of which {chance['distinct_texts']:,} are distinct. "
    words = protocol.replace("_", " ")
    note = sizes + _PROTOCOLS[protocol]
    return _table(name, f"retrieval, {words}", _RECALLS, scores, chance[protocol], note=note, of=f", {words}")


def _search_table(name: str, training: Report) -> ScoreTable:
    """Searches by meaning, beside guessing, and with what knowing everything gives in the note."""
    scores, bounds = _scores(training, "search"), training["search"]
    one, best = next(iter(scores.values())), bounds["oracle"]
    note = (
        f"First hit: of {one['texts']:,} concise captions, those that are true of the tile found first, whosever they are; "
        f"knowing everything gives {formatted(best['first_hit'], '%')}. P@{DEPTH}: of the first {DEPTH} tiles found by "
        f'{one["queries"]:,} short queries, as "many ships", those that the query is true of; knowing everything gives '
        f"{formatted(best['precision'], '%')}."
    )
    return _table(name, "search by meaning", _SEARCH, scores, bounds["chance"], best, note=note)


def _captions_note(scores: Scores) -> str:
    missing: dict[str, list[str]] = {}
    for metric, reason in scores["missing"].items():
        missing.setdefault(reason, []).append(metric)
    lacking = " ".join(f"Missing: {', '.join(metrics)} ({reason})." for reason, metrics in missing.items())
    return f"{scores['captions']:,} captions. {lacking}".rstrip()
