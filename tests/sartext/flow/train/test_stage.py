"""A stage's options are checked, and its datasets are those that a command line names."""

from dataclasses import replace

import pytest

from sartext.errors import UserError
from sartext.flow.train.examples.augmentation import Augmentation
from sartext.flow.train.stage import OPTICAL_DATASETS, SAR_DATASETS, Stage

STAGE = Stage(name="sar", datasets=(SAR_DATASETS,))
NAMED = {OPTICAL_DATASETS: ("a", "b"), SAR_DATASETS: ()}


def test_names_stand_for_datasets_and_each_has_the_weight_of_its_name() -> None:
    both = replace(STAGE, datasets=(OPTICAL_DATASETS, "c"), weights=(0.5, 4.0)).resolved(NAMED)
    assert (both.datasets, both.weights) == (("a", "b", "c"), (0.5, 0.5, 4.0))
    assert replace(STAGE, datasets=(OPTICAL_DATASETS,)).resolved(NAMED).weights == ()
    with pytest.raises(UserError, match=r"^the stage sar reads @sar; give --sar DIR$"):
        STAGE.resolved(NAMED)


def test_all_of_a_stage_but_the_places_is_identity() -> None:
    config = STAGE.config(["x"], None)
    assert config["datasets"] == ["x"]
    assert replace(STAGE, datasets=("elsewhere",), teacher="there").config(["x"], None) == config
    assert STAGE.config(["x"], "t") == {**config, "teacher": "t"}
    for changes in (
        {"epochs": 3},
        {"steps": 3},
        {"weights": (2.0,)},
        {"locked": ("image",)},
        {"forms": (("concise", 2.0),)},
        {"shuffled": True},
        {"augmentation": Augmentation(gray=0.5)},
    ):
        assert replace(STAGE, **changes).config(["x"], None) != config


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "a b"}, r"a stage's name is 'a b'; it must be of letters, digits, - and _"),
        ({"name": ""}, "a stage's name is ''"),
        ({"datasets": ()}, r"sar\.datasets is 0; it must be at least one"),
        ({"epochs": 0}, r"sar\.epochs is 0; it must be at least 1"),
        ({"steps": -1}, r"sar\.steps is -1; it must be at least 0"),
        ({"weights": (0.0,)}, r"sar\.weights is 0\.0; it must be numbers above 0"),
        ({"weights": (1.0, 2.0)}, r"sar\.weights has 2 numbers and sar\.datasets 1; give one for each"),
        ({"forms": (("concise", -1.0),)}, r"sar\.forms concise is -1\.0; it must be a number of at least 0"),
    ],
)
def test_wrong_options_are_said(changes: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        replace(STAGE, **changes)
