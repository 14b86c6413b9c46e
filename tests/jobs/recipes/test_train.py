"""Recipes of trainings."""

import pytest

from jobs.recipes.train import TRAIN


@pytest.mark.parametrize("recipe", TRAIN)
@pytest.mark.parametrize("tiles", [5, 3_642, 68_294])
def test_a_warm_up_leaves_most_of_a_training_whatever_the_dataset(recipe: str, tiles: int) -> None:
    config = TRAIN[recipe]()
    for epochs, optimizer in ((config.optical_epochs, config.optical_optimizer), (config.sar_epochs, config.sar_optimizer)):
        steps = epochs * -(-tiles // config.batch_size)
        warm_up = optimizer.warmup_steps(steps)
        assert warm_up <= max(0.25 * steps, 1) < steps
        assert warm_up > 0 or steps < 10
