"""One kill of a training's driver; tests/jobs/test_train.py kills a worker, and the command kills more of both."""

from pathlib import Path

import pytest

from jobs.recipes.train import TRAIN
from jobs.train import training
from sartext.flow import commandline
from sartext.flow.train.loop import learn, task_of
from tests.chaos.training import OPTIONS, data, planned, trial
from tests.support.trainings import One


@pytest.mark.slow
def test_a_training_whose_driver_was_killed_has_the_losses_of_one_that_was_not(tmp_path: Path) -> None:
    datasets, reference = data(tmp_path), tmp_path / "alone"
    config = commandline.parse(TRAIN, ["clip", *datasets, *OPTIONS, "--out", "unused"], prog="jobs.train")
    learn(task_of(training(config), str(reference), threads=1), One())
    _, driver = planned(kills=1, steps=90, seed=0)
    assert trial(driver, datasets, tmp_path / "killed", reference, workers=1) == []
