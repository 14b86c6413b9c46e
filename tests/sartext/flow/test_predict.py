"""What a model says of tiles, without Ray."""

from pathlib import Path

import numpy as np
import pytest

from sartext.flow.predict import _Input, _Model
from sartext.flow.saying import Saying
from sartext.models import weights
from sartext.models.coca import CoCa
from sartext.models.gpt import GPT
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Tiny
from tests.sartext.models.made import encoded

TEXTS = ("one ship in the center.", "two ships.", "no ship; a bridge.")
SAYING = Saying(caption_tokens=8, answer_tokens=3, batch_size=2)
INPUTS = [
    _Input("a/b/0_0", encoded(40, 40, seed=0), TEXTS[:2], ("How many ships?", "Is there a bridge?")),
    _Input("a/b/0_1", encoded(40, 40, seed=1)[:200], TEXTS[2:], ("Is there a ship?",)),
    _Input("a/b/0_2", encoded(40, 50, seed=2), (), ()),
    _Input("a/b/0_3", encoded(64, 40, seed=4), TEXTS[1:], ("Where is the ship?",)),
]


def model(objective: weights.AnyObjective, folder: Path) -> _Model:
    tokenizer = objective.tokenizer(TEXTS)
    weights.save(objective, objective.build(tokenizer), tokenizer, objective.preprocess(), folder)
    return _Model(weights.load(folder), SAYING)


@pytest.mark.parametrize("kind", ["coca", "gpt"])
def test_a_bad_image_is_marked_and_the_others_have_what_they_have_alone(kind: str, tmp_path: Path) -> None:
    towers = Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1)
    language = TinyQwen(image_size_px=32, heads=1, image_layers=1, text_layers=1)
    asked = model(CoCa(towers=towers) if kind == "coca" else GPT(language=language), tmp_path)
    rows = asked.rows(INPUTS)
    assert [row["key"] for row in rows] == [one.key for one in INPUTS]
    assert [row.get("reject") for row in rows] == [None, "truncated_image", None, None]
    assert set(rows[1]) == {"key", "reject"}
    for one, row in zip(INPUTS, rows, strict=True):
        if row.get("reject"):
            continue
        (alone,) = asked.rows([one])
        if kind == "gpt":
            assert len(row["answers"]) == len(one.questions)
            assert row == alone
        else:
            np.testing.assert_allclose(row["image"], alone["image"], atol=1e-5)
            assert len(row["texts"]) == len(one.texts)
            assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(row["texts"], alone["texts"], strict=True))
            assert isinstance(row["caption"], str)
