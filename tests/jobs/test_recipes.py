"""Recipes as the command line gives them: what a user must say, and what they say themselves."""

from pathlib import Path

import numpy as np
import pytest

from jobs.recipes import BUILD, QUICKSTART, TRAIN
from sartext.errors import UserError
from sartext.flow import commandline
from tests.sartext.sources.readers.made import UTM, speckle, tiff

PATHS = {
    "pairs": ("sar", "optical"),
    "sen12": ("sar", "optical"),
    "captions": ("images", "captions"),
    "sar_text": ("images", "captions"),
    "rsicd": ("images", "captions"),
    "llava": ("images", "conversations"),
}


@pytest.mark.parametrize("recipe", PATHS)
def test_paths_are_all_that_must_be_given(recipe: str, tmp_path: Path) -> None:
    options = [word for name in PATHS[recipe] for word in (f"--source.{name}", str(tmp_path))]
    config = commandline.parse(BUILD, [recipe, "--out", "x", *options], prog="jobs.build")
    assert config.source.card.name == recipe
    with pytest.raises(UserError, match=f"--source.{PATHS[recipe][0]}"):
        commandline.parse(BUILD, [recipe, "--out", "x", *options[2:]], prog="jobs.build")


def test_nothing_is_narrated_where_nothing_is_annotated() -> None:
    assert [rule.name for rule in BUILD["pairs"]().rules] == []
    assert [rule.name for rule in BUILD["captions"]().rules] == ["verify"]


@pytest.mark.parametrize(
    ("recipe", "reasons"),
    [
        ("scenes", ("blank",)),
        ("pairs", ("twin_cloudy",)),
        ("sen12", ("twin_cloudy",)),
        ("sen12ms", ("twin_cloudy",)),
        ("coco", ()),
    ],
)
def test_only_what_is_expected_of_a_source_counts_for_no_limit(recipe: str, reasons: tuple[str, ...]) -> None:
    config = BUILD[recipe]()
    assert (config.max_reject_share, config.source.card.expected_rejects) == (0.05, reasons)


def test_optical_sets_say_that_they_are() -> None:
    assert [name for name in PATHS if getattr(BUILD[name]().source, "modality", "sar") == "optical"] == ["rsicd"]


def test_scenes_are_narrated_by_their_masks_too(tmp_path: Path) -> None:
    tiff(tmp_path / "scenes" / "a_VV.tif", speckle((64, 64)), **UTM)
    mask = np.ones((64, 64), np.uint8)
    mask[:, :16] = 2
    tiff(tmp_path / "masks" / "a_VV.tif", mask)
    places = ["--source.scenes", str(tmp_path / "scenes"), "--source.masks", str(tmp_path / "masks")]
    options = [*places, "--source.quantity", "sigma0", "--source.classes", '{"water": 1, "cropland": 2}']
    config = commandline.parse(BUILD, ["scenes", "--out", "x", *options], prog="jobs.build")
    (shard,) = config.source.shards()
    (tile,) = config.source.read(shard)
    for rule in config.rules:
        tile = rule.apply(tile)
    assert {caption.route for caption in tile.captions} == {"sa2c"}
    assert all(caption.kept for caption in tile.captions)
    assert tile.questions


@pytest.mark.parametrize("recipe", TRAIN)
@pytest.mark.parametrize("tiles", [5, 3_642, 68_294])
def test_a_warm_up_leaves_most_of_a_training_whatever_the_dataset(recipe: str, tiles: int) -> None:
    config = TRAIN[recipe]()
    for epochs, optimizer in ((config.optical_epochs, config.optical_optimizer), (config.sar_epochs, config.sar_optimizer)):
        steps = epochs * -(-tiles // config.batch_size)
        warm_up = optimizer.warmup_steps(steps)
        assert warm_up <= max(0.25 * steps, 1) < steps
        assert warm_up > 0 or steps < 10


def test_the_trainings_of_a_quickstart_warm_up_as_their_recipes_do() -> None:
    for quickstart in QUICKSTART.values():
        for name, training in quickstart("out").trainings.items():
            assert training.optical_optimizer == TRAIN[name]().optical_optimizer
            assert training.sar_optimizer == TRAIN[name]().sar_optimizer
