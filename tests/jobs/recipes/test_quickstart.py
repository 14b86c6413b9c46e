"""Recipes of the quickstart."""

from dataclasses import replace

from jobs import train
from jobs.recipes.quickstart import QUICKSTART
from jobs.recipes.train import TRAIN


def test_the_trainings_of_a_quickstart_are_those_of_their_recipes_but_for_places_and_steps() -> None:
    for quickstart in QUICKSTART.values():
        jobs = quickstart("out", 0)
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
        jobs = quickstart("out", 0)
        for one in jobs.after_clip.values():
            assert [stage.teacher for stage in one.stages] == [jobs.clip.out, ""]
            assert [stage.datasets for stage in train.training(one).stages] == [("out/sar",), ("out/sar",)]
        assert not any(stage.teacher for stage in jobs.clip.stages)
        assert [stage.datasets for stage in train.training(jobs.clip).stages] == [("out/sar",)]


def test_another_seed_is_that_of_the_trainings_alone() -> None:
    for quickstart in QUICKSTART.values():
        jobs, others = quickstart("out", 0), quickstart("out", 7)
        assert (others.sar, others.unseen, others.evaluation, others.index) == (
            jobs.sar,
            jobs.unseen,
            jobs.evaluation,
            jobs.index,
        )
        trainings = zip((jobs.clip, *jobs.after_clip.values()), (others.clip, *others.after_clip.values()), strict=True)
        for one, other in trainings:
            assert (other.seed, other.objective.seed) == (7, 7)
            assert replace(other, seed=one.seed, objective=one.objective) == one
