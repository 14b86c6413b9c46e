"""What a model says of tiles, without Ray."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sartext.flow.predict.generation import GenerationConfig
from sartext.flow.predict.model import Model
from sartext.flow.predict.predictions import (
    SCHEMA,
    PredictionTask,
    Predictor,
    _Input,
    prediction_path,
    predictions,
    query_features,
    rows_of,
)
from sartext.models import weights
from sartext.models.coca import CoCa
from sartext.models.gpt import GPT
from sartext.models.objective import AnyObjective
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Tiny
from sartext.store import open_store
from tests.support.tiny_models import encoded

TEXTS = ("one ship in the center.", "two ships.", "no ship; a bridge.")
SAYING = GenerationConfig(caption_tokens=8, answer_tokens=3, batch_size=2)
INPUTS = [
    _Input("a/b/0_0", encoded(40, 40, seed=0), TEXTS[:2], ("How many ships?", "Is there a bridge?")),
    _Input("a/b/0_1", encoded(40, 40, seed=1)[:200], TEXTS[2:], ("Is there a ship?",)),
    _Input("a/b/0_2", encoded(40, 50, seed=2), (), ()),
    _Input("a/b/0_3", encoded(64, 40, seed=4), TEXTS[1:], ("Where is the ship?",)),
]


def model(objective: AnyObjective, folder: Path) -> Model:
    tokenizer = objective.tokenizer(TEXTS)
    weights.save(objective, objective.build(tokenizer), tokenizer, objective.preprocess(), folder)
    return Model(folder)


@pytest.mark.parametrize("kind", ["coca", "gpt"])
def test_a_bad_image_is_marked_and_the_others_have_what_they_have_alone(kind: str, tmp_path: Path) -> None:
    towers = Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1)
    language = TinyQwen(image_size_px=32, heads=1, image_layers=1, text_layers=1)
    asked = model(CoCa(towers=towers) if kind == "coca" else GPT(language=language), tmp_path)
    rows = rows_of(asked, INPUTS, SAYING)
    assert [row["key"] for row in rows] == [one.key for one in INPUTS]
    assert [row.get("reject") for row in rows] == [None, "truncated_image", None, None]
    assert set(rows[1]) == {"key", "reject"}
    for one, row in zip(INPUTS, rows, strict=True):
        if row.get("reject"):
            continue
        (alone,) = rows_of(asked, [one], SAYING)
        if kind == "gpt":
            assert len(row["answers"]) == len(one.questions)
            assert row == alone
        else:
            np.testing.assert_allclose(row["image"], alone["image"], atol=1e-5)
            assert len(row["texts"]) == len(one.texts)
            assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(row["texts"], alone["texts"], strict=True))
            assert isinstance(row["caption"], str)


def test_features_are_held_as_arrays_of_single_precision(tmp_path: Path) -> None:
    draws = np.random.default_rng(0)
    nothing = dict.fromkeys(("reject", "image", "texts", "caption", "answers"))

    def seen(key: str, texts: int) -> dict[str, object]:
        numbers = draws.standard_normal((1 + texts, 3)).astype(np.float32)
        return {**nothing, "key": key, "image": numbers[0], "texts": list(numbers[1:]), "caption": f"of {key}"}

    parts = [
        [seen("a", 2), {**nothing, "key": "b", "reject": "truncated_image"}, seen("c", 0), seen("d", 5)],
        [seen("e", 0)],
        [{**nothing, "key": "f", "answers": ["yes", "3"]}],
    ]
    for number, rows in enumerate(parts):
        path = tmp_path / prediction_path("m", number)
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path)
    written = [row for rows in parts for row in rows]
    found = predictions(open_store(str(tmp_path)), "m", len(parts))
    for row, one in zip(found, written, strict=True):
        assert {name: row[name] for name in ("key", "reject", "caption", "answers")} == {
            name: one[name] for name in ("key", "reject", "caption", "answers")
        }
        if one["image"] is None:
            assert row["image"] is None
            assert row["texts"] is None
            continue
        assert row["image"].dtype == row["texts"].dtype == np.float32
        np.testing.assert_array_equal(row["image"], one["image"])
        assert len(row["texts"]) == len(one["texts"])  # type: ignore[arg-type]
        assert all(np.array_equal(a, b) for a, b in zip(row["texts"], one["texts"], strict=True))  # type: ignore[call-overload]


@pytest.mark.parametrize("kind", ["coca", "gpt"])
def test_queries_are_a_piece_of_their_own_and_have_features_where_a_model_embeds(kind: str, tmp_path: Path) -> None:
    towers = Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1)
    language = TinyQwen(image_size_px=32, heads=1, image_layers=1, text_layers=1)
    asked = model(CoCa(towers=towers) if kind == "coca" else GPT(language=language), tmp_path / "model")
    task = PredictionTask(
        dataset="unread",
        out=str(tmp_path),
        names=("a/b",),
        folders=(str(tmp_path / "model"),),
        parts=((),),
        saying=SAYING,
        queries=("many ships", "a bridge", "two ships."),
    )
    assert (task.pieces, task.place(0), task.place(1), task.tiles(1)) == (2, (0, 0), (0, None), 0)
    Predictor(task)(1)
    found = query_features(open_store(str(tmp_path)), "a/b")
    if kind == "gpt":
        assert len(found) == 0
    else:
        np.testing.assert_allclose(found, asked.embed_texts(task.queries), atol=1e-6)
