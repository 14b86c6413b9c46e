"""Recipes of the quickstart."""

from jobs.recipes.quickstart import QUICKSTART
from jobs.recipes.train import TRAIN


def test_the_trainings_of_a_quickstart_warm_up_as_their_recipes_do() -> None:
    for quickstart in QUICKSTART.values():
        for name, training in quickstart("out").trainings.items():
            wanted = [stage.optimizer for stage in TRAIN[name]().stages]
            assert [stage.optimizer for stage in training.stages] == wanted
