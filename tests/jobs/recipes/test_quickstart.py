"""Recipes of the quickstart."""

from dataclasses import replace

from jobs import train
from jobs.recipes.quickstart import QUICKSTART
from jobs.recipes.train import TRAIN


def test_the_trainings_of_a_quickstart_are_those_of_their_recipes_but_for_places_and_steps() -> None:
    for quickstart in QUICKSTART.values():
        jobs = quickstart("out")
        found = {"clip_cnn": jobs.clip} | {f"{name}_distilled": one for name, one in jobs.learning_of_clip.items()}
        assert set(found) == {"clip_cnn", "coca_distilled", "gpt_distilled"}
        for name, training in found.items():
            recipe = TRAIN[name]()
            assert (training.objective, training.batch_size) == (recipe.objective, recipe.batch_size)
            for stage, wanted in zip(training.stages, recipe.stages, strict=True):
                assert replace(stage, steps=wanted.steps, teacher=wanted.teacher) == wanted


def test_coca_and_gpt_learn_the_features_of_the_clip_that_the_chain_trains() -> None:
    for quickstart in QUICKSTART.values():
        jobs = quickstart("out")
        assert all(not stage.teacher for stage in jobs.clip.stages)
        for training in jobs.learning_of_clip.values():
            assert [stage.teacher for stage in training.stages] == [jobs.clip.out, ""]
            assert [stage.datasets for stage in train.training(training).stages] == [("out/sar",), ("out/sar",)]
