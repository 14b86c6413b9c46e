"""Recipes as the command line gives them: what a user must say, and what they say themselves."""

from pathlib import Path

import pytest

from jobs.recipes import BUILD
from sartext.errors import UserError
from sartext.flow import commandline

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


def test_optical_sets_say_that_they_are() -> None:
    assert [name for name in PATHS if getattr(BUILD[name]().source, "modality", "sar") == "optical"] == ["rsicd"]
