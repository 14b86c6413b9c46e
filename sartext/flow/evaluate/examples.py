"""Examples of an evaluation for its page: tiles evenly spaced through the split, with what each model says of them."""

from collections.abc import Mapping

from sartext.evaluate.answers import ClassWords
from sartext.evaluate.search import spread
from sartext.flow.evaluate.score import Said, Truth, features, right_answer
from sartext.flow.predict.held_out import HeldOut
from sartext.models.objective import ANSWER, CAPTION, EMBED
from sartext.narrate.ask.questions import class_words
from sartext.narrate.verify.caption_facts import told
from sartext.report.evaluation import Answered, Examples, HitExample, SearchExample, Written

SEARCHES, HITS, WRITTEN, ANSWERED, _QUESTIONS = 4, 5, 6, 6, 5


def examples_of(held: HeldOut, truth: Truth, capabilities: Mapping[str, frozenset[str]], said: Mapping[str, Said]) -> Examples:
    """The examples of each training, by what it can do; what a model writes says more of it than what it finds."""
    finding = [name for name, can in capabilities.items() if EMBED in can and CAPTION not in can]
    found = {name: _searches(truth, said[name]) for name in finding}
    written = spread(truth.captioned, WRITTEN)
    asked = spread(list(dict.fromkeys(one.tile for one in truth.asked)), ANSWERED)
    hits = [hit for searches in found.values() for _, of_model in searches for several in of_model.values() for hit in several]
    images = held.images([*written, *asked, *[number for number, _ in hits]])
    return Examples(
        searches={name: [_search(truth, images, *one) for one in searches] for name, searches in found.items()},
        written={
            name: [_written(truth, number, images[number], said[name]) for number in written]
            for name, can in capabilities.items()
            if CAPTION in can
        },
        answered={
            name: [_answered(truth, number, images[number], said[name]) for number in asked]
            for name, can in capabilities.items()
            if ANSWER in can
        },
    )


_Hits = dict[str, list[tuple[int, bool]]]  # model -> tiles, best first, and whether the text is one of theirs


def _searches(truth: Truth, said: Said) -> list[tuple[str, _Hits]]:
    """Some texts, the first, second, ... of their tiles in turns, with the first tiles that each model finds."""
    texts = [(number, text) for number in truth.captioned for text in truth.texts(number)]
    own = {number: set(truth.texts(number)) for number in truth.captioned}
    chosen = []
    for turn, number in enumerate(spread(truth.captioned, SEARCHES)):
        of_tile = [at for at, (tile, _) in enumerate(texts) if tile == number]
        chosen.append(of_tile[turn % len(of_tile)])
    found: list[tuple[str, _Hits]] = [(texts[at][1], {}) for at in chosen]
    for model, rows in said.items():
        images, queries = features(truth, rows)
        for (text, hits), query in zip(found, queries[chosen], strict=True):
            best = (-(images @ query)).argsort(kind="stable")[:HITS]
            hits[model] = [(truth.captioned[at], text in own[truth.captioned[at]]) for at in best.tolist()]
    return found


def _search(truth: Truth, images: Mapping[int, bytes], text: str, hits: _Hits) -> SearchExample:
    return SearchExample(
        text=text,
        hits={
            model: [HitExample(image=images[number], key=truth.tiles[number].key, right=right) for number, right in several]
            for model, several in hits.items()
        },
    )


def _written(truth: Truth, number: int, image: bytes, said: Said) -> Written:
    captions = {}
    for model, rows in said.items():
        text = rows[number]["caption"]
        claims = told(text, truth.facts[number]).claims
        captions[model] = (text, [(claim.text, claim.verdict) for claim in claims])
    tile = truth.tiles[number]
    return Written(image=image, key=tile.key, references=truth.texts(number), captions=captions)


def _answered(truth: Truth, number: int, image: bytes, said: Said) -> Answered:
    words = ClassWords(class_words())
    questions = []
    for one in [one for one in truth.asked if one.tile == number][:_QUESTIONS]:
        given = {model: rows[number]["answers"][one.number] for model, rows in said.items()}
        marked = {model: (text, right_answer(one.question, text, words)) for model, text in given.items()}
        questions.append((one.question.question, one.question.answer, marked))
    return Answered(image=image, key=truth.tiles[number].key, questions=questions)
