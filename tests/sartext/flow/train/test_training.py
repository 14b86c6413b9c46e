"""A training's options are checked and are its identity."""

from dataclasses import dataclass, replace

import pytest

from sartext.errors import UserError
from sartext.flow.train.stage import Stage
from sartext.flow.train.training import Options, Training
from sartext.models.clip import CLIP
from sartext.models.gpt import GPT
from sartext.models.optimizer import AdamW

STAGES = (
    Stage(name="optical", datasets=("a",), epochs=2, optimizer=AdamW()),
    Stage(name="sar", datasets=("b",), epochs=1, optimizer=AdamW()),
)
DATA = [["x"], ["y"]]  # fingerprints of the datasets
PLAIN = Training(objective=CLIP(), stages=STAGES)


@dataclass(frozen=True, kw_only=True)
class More(Options):
    out: str


def test_the_options_of_a_command_line_are_those_of_its_training() -> None:
    more = More(objective=GPT(), batch_size=7, seed=5, checkpoint_every_steps=3, fit="squash", out="there")
    assert Training.of(more, STAGES) == Training(
        objective=GPT(), batch_size=7, seed=5, checkpoint_every_steps=3, fit="squash", stages=STAGES
    )


def test_what_is_learned_and_how_is_identity_and_how_often_it_is_saved_is_not() -> None:
    config = PLAIN.config(DATA)
    assert (config["kind"], [stage["datasets"] for stage in config["stages"]]) == ("captions", [["x"], ["y"]])
    assert replace(PLAIN, checkpoint_every_steps=5).config(DATA) == config
    for changes in (
        {"batch_size": 2},
        {"seed": 1},
        {"fit": "squash"},
        {"narrator_captions": True},
        {"objective": CLIP(seed=1)},
    ):
        assert replace(PLAIN, **changes).config(DATA) != config
    assert replace(PLAIN, objective=GPT()).config(DATA)["kind"] == "questions"


@dataclass(frozen=True, kw_only=True)
class LearnsNothingKnown(CLIP):
    learns = "masks"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"batch_size": 0}, "batch_size is 0; it must be at least 1"),
        ({"checkpoint_every_steps": 0}, "checkpoint_every_steps is 0"),
        ({"stages": ()}, "a training has no stage"),
        ({"stages": (STAGES[0], STAGES[0])}, "stages of the name optical is 2; it must be 1"),
        ({"stages": (replace(STAGES[0], name="baseline"),)}, "stages of the name baseline is 2"),
        (
            {"stages": (replace(STAGES[0], locked=("head",)),)},
            "optical.locked names 'head'; the model's parts are image, logit_",
        ),
        (
            {"stages": (replace(STAGES[0], locked=("image", "text", "logit_scale")),)},
            "it must be such that something is learned",
        ),
        (
            {"objective": GPT(), "stages": (replace(STAGES[0], forms=(("concise", 1.0),)),)},
            "optical.forms is of captions, and the",
        ),
        (
            {"objective": GPT(), "stages": (replace(STAGES[0], teacher="a", locked=("image",)),)},
            "of what a teacher teaches it some",
        ),
        ({"seed": -1}, "seed is -1"),
        ({"objective": GPT(), "narrator_captions": True}, "narrator_captions is True; it must be off for questions"),
        ({"objective": LearnsNothingKnown()}, "the objective learns 'masks'; it is one of captions, questions"),
    ],
)
def test_wrong_options_are_said(changes: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        replace(PLAIN, **changes)
