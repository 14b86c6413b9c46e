"""What a model of the experiment is worth on unseen tiles, by its objective."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

MEASURES: Mapping[str, tuple[str, ...]] = {
    "clip": ("exact", "first_hit", "precision"),
    "coca": ("CIDEr", "fact_precision", "class_sets"),
    "gpt": ("accuracy",),
}
BOUNDS = ("_guessed", "_best")  # how names of what guessing and knowing everything give end
Scores = dict[str, float]
_MOST = 128  # images or texts at a time
_T = TypeVar("_T")


def in_turn(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (items[start : start + _MOST] for start in range(0, len(items), _MOST))


def found(model: Path, unseen: str, _: str) -> Scores:
    """Exact pairs over concise and detailed captions, first hits and precision at 10, with guessing and knowing everything."""
    from sartext.evaluate.retrieval import retrieval
    from sartext.flow.predict.held_out import held_out
    from sartext.flow.predict.model import Model
    from sartext.flow.predict.queries import SearchTruth, concise_texts, queries_of
    from sartext.narrate.facts.tile_facts import facts_of
    from sartext.tile import COARSE

    names = MEASURES["clip"][1:]
    held = held_out(unseen, "all", None)
    tiles = [held.tiles[at] for at in range(len(held.tiles))]
    images, facts = held.images(range(len(tiles))), [facts_of(tile) for tile in tiles]
    coarse = [{one.text for one in tile.captions if one.form == COARSE} for tile in tiles]
    pairs = [(at, text) for at in range(len(tiles)) for text in held.texts(at) if text not in coarse[at]]
    owners, texts = [at for at, _ in pairs], [text for _, text in pairs]
    short = concise_texts(tiles)
    concise = [row for row, (at, text) in enumerate(pairs) if text in short[at]]
    truth = SearchTruth(facts, [texts[row] for row in concise], queries_of(facts))
    one = Model(model)
    seen = np.concatenate([one.embed_images([one.tensor(images[at]) for at in some]) for some in in_turn(range(len(tiles)))])
    read = np.concatenate([one.embed_texts(some) for some in in_turn(texts)])
    asked = one.embed_texts(truth.queries)
    scores, (guess, best) = truth.scores(seen, read[concise], asked), truth.bounds
    return {
        "exact": float(retrieval(seen, read, owners, texts).exact_pair.mean),
        **{name: float(getattr(scores, name) or 0) for name in names},
        **{f"{name}_guessed": float(getattr(guess, name) or 0) for name in names},
        **{f"{name}_best": float(getattr(best, name) or 0) for name in names},
    }


def written(model: Path, unseen: str, _: str) -> Scores:
    """CIDEr, and of the captions' claims the supported ones; captions that name the annotated classes and no others."""
    from sartext.flow.evaluate.score import Truth, caption_values
    from sartext.flow.predict.held_out import held_out
    from sartext.flow.predict.model import Model
    from sartext.models.objective import CaptionSearch

    held, one = held_out(unseen, "all", None), Model(model)
    images, search = held.images(range(len(held.tiles))), CaptionSearch(max_tokens=one.longest_caption)
    said = [
        text
        for some in in_turn(range(len(held.tiles)))
        for text, _ in one.caption([one.tensor(images[at]) for at in some], search)
    ]
    values = caption_values(Truth(held, {}), {"model": [{"caption": text} for text in said]})["model"]
    facts: dict[str, Any] = values["facts"]
    shares = {"fact_precision": facts["precision"], "class_sets": facts["class_sets"]}
    return {"CIDEr": float(values["captions"]["values"]["CIDEr"]), **{name: _value(of) for name, of in shares.items()}}


def answered(model: Path, unseen: str, learned: str) -> Scores:
    """Answers that are right, beside the majority answers of the training set and what the words of questions tell there."""
    from sartext.flow.evaluate.score import Truth, answer_scores
    from sartext.flow.predict.held_out import asked_in, held_out, questions_of
    from sartext.flow.predict.model import Model

    held, one = held_out(unseen, "all", None), Model(model)
    images = held.images(range(len(held.tiles)))
    asked = [(at, question.question) for at, tile in enumerate(held.tiles) for question in questions_of(tile)]
    rows: list[dict[str, Any]] = [{"answers": []} for _ in held.tiles]
    for some in in_turn(asked):
        said = one.answer([images[at] for at, _ in some], [text for _, text in some], max_tokens=16)
        for (at, _), (text, _) in zip(some, said, strict=True):
            rows[at]["answers"].append(text)
    overall = answer_scores(Truth(held, {}), {"model": rows}, asked_in(learned, "train"))["model"]["overall"]
    guesses = {f"{name}_guessed": float(overall[f"{name}_accuracy"]) for name in ("majority", "question_only")}
    return {"accuracy": float(overall["accuracy"]), **guesses}


def _value(estimate: Mapping[str, float] | None) -> float:
    return float(estimate["value"]) if estimate else 0.0


SCORES: Mapping[str, Callable[[Path, str, str], Scores]] = {"clip": found, "coca": written, "gpt": answered}
