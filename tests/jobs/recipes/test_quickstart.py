"""Recipes of the quickstart."""

from dataclasses import replace

from jobs import train
from jobs.recipes.quickstart import QUICKSTART
from jobs.recipes.train import TRAIN


def test_the_trainings_of_a_quickstart_are_those_of_their_recipes_but_for_places_and_steps() -> None:
    for quickstart in QUICKSTART.values():
        jobs = quickstart("out")
        found = {"clip_cnn_sar": jobs.clip, "coca_distilled": jobs.after_clip["coca"], "gpt_distilled": jobs.after_clip["gpt"]}
        assert len(jobs.after_clip) == 2
        for name, training in found.items():
            recipe = TRAIN[name]()
            assert (training.objective, training.batch_size) == (recipe.objective, recipe.batch_size)
            for stage, wanted in zip(training.stages, recipe.stages, strict=True):
                assert stage.steps > 0
                assert replace(stage, steps=wanted.steps, teacher=wanted.teacher) == wanted


def test_coca_and_gpt_learn_the_features_of_the_clip_that_the_chain_trains() -> None:
    for quickstart in QUICKSTART.values():
        jobs = quickstart("out")
        for one in jobs.after_clip.values():
            assert [stage.teacher for stage in one.stages] == [jobs.clip.out, ""]
            assert [stage.datasets for stage in train.training(one).stages] == [("out/sar",), ("out/sar",)]
        assert not any(stage.teacher for stage in jobs.clip.stages)
        assert [stage.datasets for stage in train.training(jobs.clip).stages] == [("out/sar",)]
