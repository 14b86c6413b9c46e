"""Recipes of trainings."""

import pytest

from jobs.recipes.train import TRAIN


@pytest.mark.parametrize("recipe", TRAIN)
@pytest.mark.parametrize("tiles", [5, 3_642, 68_294])
def test_a_warm_up_leaves_most_of_a_training_whatever_the_dataset(recipe: str, tiles: int) -> None:
    config = TRAIN[recipe]()
    for stage in config.stages:
        steps = stage.steps or stage.epochs * -(-tiles // config.batch_size)
        warm_up = stage.optimizer.warmup_steps(steps)
        assert warm_up <= max(0.25 * steps, 1) < steps
        assert warm_up > 0 or steps < 10
