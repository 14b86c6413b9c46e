"""Scores of predictions whose quality is known."""

from typing import Any

import numpy as np
import pytest

from sartext.evaluate import java
from sartext.evaluate.retrieval import DEPTHS
from sartext.flow.evaluate.examples import examples_of
from sartext.flow.evaluate.score import (
    Truth,
    answer_scores,
    caption_values,
    retrieval_scores,
    score_tables,
    search_scores,
    unreadable,
)
from sartext.flow.predict.held_out import HeldOut, held_out, questions_of
from sartext.flow.predict.tile_rows import texts_of
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile
from tests.support.datasets import dataset

Row = dict[str, Any]
QUERIES = ("many ships", "a bridge", "a single ship")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> HeldOut:
    source = Synthetic(tiles=200, size_px=32, twin=False, shard_tiles=100)
    made = dataset(source, (A2C(), Verify(), Questions()), str(tmp_path_factory.mktemp("score") / "sar"))
    return held_out(made, "train", 40)


def row(tile: Tile, number: int, count: int, caption: str = "", reject: str | None = None) -> Row:
    """What a model says that has every tile in a direction of its own."""
    feature = np.eye(count)[number].tolist()
    answers = [question.answer for question in questions_of(tile)]
    texts = [feature for _ in texts_of(tile.captions)]
    return {"key": tile.key, "reject": reject, "image": feature, "texts": texts, "caption": caption, "answers": answers}


def perfect(held: HeldOut) -> list[Row]:
    return [row(tile, at, len(held.tiles), texts_of(tile.captions)[-1]) for at, tile in enumerate(held.tiles)]


def test_a_model_that_knows_everything_has_all_of_it_right(held: HeldOut) -> None:
    truth, rows = Truth(held, {}), perfect(held)
    turned = [{**one, "image": rows[at - 1]["image"]} for at, one in enumerate(rows)]
    found, chance = retrieval_scores(truth, {"best": rows, "wrong": turned})
    assert found["best"]["exact_pair"]["mean"] == 1
    assert found["wrong"]["exact_pair"]["image_to_text"][0] == 0
    assert chance["exact_pair"]["text_to_image"] == pytest.approx([k / 40 for k in DEPTHS])
    assert chance["exact_pair"]["mean"] <= chance["identical_text"]["mean"] < 0.3
    answers = answer_scores(truth, {"best": rows}, [])["best"]
    assert answers["overall"]["accuracy"] == 1
    assert answers["overall"]["questions"] == sum(len(questions_of(tile)) for tile in held.tiles)


@pytest.mark.skipif(java.find() is None, reason="no java")
def test_the_captions_of_the_dataset_are_true_and_those_of_other_tiles_are_not(held: HeldOut) -> None:
    truth, rows = Truth(held, {}), perfect(held)
    turned = [{**one, "caption": rows[at - 1]["caption"]} for at, one in enumerate(rows)]
    silent = [{**one, "caption": "Something glitters."} for one in rows]
    found = caption_values(truth, {"own": rows, "others": turned, "silent": silent})
    assert found["own"]["facts"]["precision"]["value"] == 1
    assert found["own"]["facts"]["recall"]["value"] > 0.9  # a detailed caption says nearly all that both say
    assert found["others"]["facts"]["precision"]["value"] < 0.7
    assert found["others"]["facts"]["recall"]["value"] < found["own"]["facts"]["recall"]["value"] - 0.3
    assert (found["silent"]["facts"]["supported"], found["silent"]["facts"]["covered"]) == (0, 0)
    assert found["silent"]["facts"]["unverifiable"] == len(held.tiles)
    assert found["own"]["captions"]["values"]["CIDEr"] > 2 * found["others"]["captions"]["values"]["CIDEr"]


def test_tiles_that_cannot_be_read_are_left_out_and_named(held: HeldOut) -> None:
    rows = perfect(held)
    rows[3] = {
        "key": rows[3]["key"],
        "reject": "truncated_image",
        "image": None,
        "texts": None,
        "caption": None,
        "answers": None,
    }
    bad = unreadable([rows])
    assert bad == {held.tiles[3].key: "truncated_image"}
    truth = Truth(held, bad)
    found, _ = retrieval_scores(truth, {"best": rows})
    assert found["best"]["images"] == len(held.tiles) - 1
    assert found["best"]["exact_pair"]["mean"] == 1
    assert answer_scores(truth, {"best": rows}, [])["best"]["overall"]["accuracy"] == 1


def test_tables_have_a_column_a_metric_beside_what_guessing_has(held: HeldOut) -> None:
    truth, rows = Truth(held, {}, QUERIES), perfect(held)
    recalls, chance = retrieval_scores(truth, {"best": rows})
    searches, bounds = search_scores(truth, {"best": rows}, {"best": truth.search.right.astype(float)})
    answers = answer_scores(truth, {"best": rows}, [])["best"]
    written = caption_values(truth, {"best": rows})["best"]
    coca = {"order": ["best"], "models": {"best": {"retrieval": recalls["best"], "search": searches["best"], **written}}}
    coca |= {"chance": chance, "search": bounds}
    gpt = {"order": ["best"], "models": {"best": {"vqa": answers}}}
    search, exact, alike, captions, facts, answered = score_tables({"trainings": {"coca": coca, "gpt": gpt}})
    columns = {one.name: one for one in exact.columns}
    for direction in ("image → text", "text → image"):
        for depth in DEPTHS:
            recall = columns[f"{direction} R@{depth}"]
            assert (recall.unit, recall.values) == ("%", {"best": 1.0})
            assert recall.chance is not None
            assert direction.startswith("image") or recall.chance == ("chance", pytest.approx(depth / 40))
    first, ten = search.compared
    assert (first.name, first.values, first.chance) == (
        "coca: first hit",
        {"best": 1.0},
        ("chance", bounds["chance"]["first_hit"]),
    )
    assert (ten.name, ten.values) == ("coca: P@10", {"best": pytest.approx(bounds["oracle"]["precision"])})
    assert "of 40 concise captions, those that are true of the tile found first" in search.note
    assert "3 short queries" in search.note
    texts = [text for tile in held.tiles for text in texts_of(tile.captions)]
    sizes = f"40 images, {len(texts)} texts of which {len(set(texts))} are distinct. "
    assert exact.note == f"{sizes}From an image any of its own texts is right, from a text only its own image."
    assert alike.note == f"{sizes}A text that reads the same, and its image, is right too."
    assert {one.name: one.unit for one in captions.columns}.items() >= {"CIDEr": "", "BLEU-1": "%", "words": "count"}.items()
    assert captions.note.startswith("40 captions. ")
    precision = next(one for one in facts.compared if one.name == "coca: fact precision")
    assert precision.values == {"best": written["facts"]["precision"]}
    (mean,) = alike.compared
    assert (mean.name, mean.unit) == ("coca: mean recall, identical text", "%")
    assert mean.chance == ("chance", chance["identical_text"]["mean"])
    guessing = ["majority answer", "question only"]
    assert [one.name for one in answered.columns] == ["questions", "best", *guessing, "not understood", "confused most"]
    assert [set(one.values) for one in answered.columns] == [{*answers["by_kind"], "all"}] * 6
    assert "most frequent one of its kind among the questions asked here" in answered.note  # no training was given


def test_a_metric_that_could_not_be_had_has_no_value_and_the_note_says_why(held: HeldOut) -> None:
    written = caption_values(Truth(held, {}), {"best": perfect(held)})["best"]
    missing = {"METEOR": "no Java", "SPICE": "no jars", "BLEU-1": "no Java"}
    written["captions"] = {**written["captions"], "values": {"CIDEr": 1.5}, "missing": missing}
    captions, _ = score_tables({"trainings": {"coca": {"order": ["best"], "models": {"best": written}}}})
    values = {one.name: one.values["best"] for one in captions.columns}
    assert values.items() >= {"CIDEr": 1.5, "METEOR": None, "SPICE": None, "BLEU-1": None}.items()
    assert captions.note == "40 captions. Missing: METEOR, BLEU-1 (no Java). Missing: SPICE (no jars)."
    assert [one.name for one in captions.compared] == ["coca: CIDEr"]


def test_examples_show_what_was_said_with_its_marks(held: HeldOut) -> None:
    truth, rows = Truth(held, {}), perfect(held)
    turned = [{**one, "image": rows[at - 1]["image"], "answers": ["none"] * len(one["answers"])} for at, one in enumerate(rows)]
    said = {"best": rows, "wrong": turned}
    can = {"clip": frozenset({"embed"}), "coca": frozenset({"embed", "caption"}), "gpt": frozenset({"answer"})}
    examples = examples_of(held, truth, can, dict.fromkeys(can, said))
    for search in examples.searches["clip"]:
        assert search.hits["best"][0].right
        assert search.hits["best"][0].image.startswith((b"\x89PNG", b"\xff\xd8"))
    assert not all(search.hits["wrong"][0].right for search in examples.searches["clip"])
    for one in examples.written["coca"]:
        text, claims = one.captions["best"]
        assert text in one.references
        assert {verdict for _, verdict in claims} == {"supported"}
    questions = [question for one in examples.answered["gpt"] for question in one.questions]
    assert all(given["best"][1] for _, _, given in questions)
    assert not all(given["wrong"][1] for _, _, given in questions)


def test_searches_are_not_shown_where_no_annotation_bears_out_anything(held: HeldOut) -> None:
    rows = perfect(held)
    recalls, chance = retrieval_scores(Truth(held, {}), {"best": rows})
    nothing = {"first_hit": None, "precision": None}
    model = {"retrieval": recalls["best"], "search": nothing}
    clip = {"order": ["best"], "models": {"best": model}, "chance": chance, "search": {"chance": nothing, "oracle": nothing}}
    assert [one.title for one in score_tables({"trainings": {"clip": clip}})] == [
        "clip: retrieval, exact pair",
        "clip: retrieval, identical text",
    ]
