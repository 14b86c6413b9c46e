"""Recipes as the command line gives them: what a user must say, and what they say themselves."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from jobs.recipes.build import BUILD
from jobs.recipes.train import TRAIN
from sartext.config import leaves
from sartext.errors import UserError
from sartext.flow import commandline
from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import Verify
from tests.support.products import UTM, speckle, tiff

PATHS = {
    "pairs": ("sar", "optical"),
    "sen12": ("sar", "optical"),
    "captions": ("images", "captions"),
    "sar_text": ("images", "captions"),
    "rsicd": ("images", "captions"),
    "llava": ("images", "conversations"),
}


FOUND = {"narrator.calibrated"}  # fields that a rule fills where it is pinned


@pytest.mark.parametrize("recipe", PATHS)
def test_paths_are_all_that_must_be_given(recipe: str, tmp_path: Path) -> None:
    options = [word for name in PATHS[recipe] for word in (f"--source.{name}", str(tmp_path))]
    config = commandline.parse(BUILD, [recipe, "--out", "x", *options], prog="jobs.build")
    assert config.source.card.name == recipe
    with pytest.raises(UserError, match=f"--source.{PATHS[recipe][0]}"):
        commandline.parse(BUILD, [recipe, "--out", "x", *options[2:]], prog="jobs.build")


def test_every_recipe_of_a_build_stands_in_the_table_of_the_readme() -> None:
    lines = (Path(__file__).parents[3] / "README.md").read_text().splitlines()
    first_cells = [line.split("|")[1] for line in lines if line.startswith("| `")]
    assert not [name for name in BUILD if not any(f"`{name}`" in cell for cell in first_cells)]


@pytest.mark.parametrize("recipe", [*BUILD.values(), *TRAIN.values()], ids=[*BUILD, *TRAIN])
def test_every_field_of_a_recipe_can_be_given(recipe: Callable[[], Any]) -> None:
    def fields(config: Any, prefix: str = "") -> Iterator[str]:
        for field in dataclasses.fields(config):
            value = getattr(config, field.name)
            if dataclasses.is_dataclass(value):
                yield from fields(value, f"{prefix}{field.name}.")
            elif prefix + field.name in ("rules", "stages"):
                yield from (path for rule in value for path in fields(rule, f"{rule.name}."))
            elif prefix + field.name not in FOUND:
                yield prefix + field.name

    assert [leaf.path for leaf in leaves(recipe())] == list(fields(recipe()))


def test_the_policy_of_one_route_can_be_given() -> None:
    config = commandline.parse(BUILD, ["synthetic", "--out", "x", "--verify.policy", "narrator=refuse"], prog="jobs.build")
    policies = [dict(rule.policy) for rule in config.rules if isinstance(rule, Verify)]
    assert policies == [{**dict(Verify().policy), "narrator": "refuse"}]
    with pytest.raises(UserError, match="route 'radio' of the policy is none of"):
        commandline.parse(BUILD, ["synthetic", "--out", "x", "--verify.policy", "radio=keep"], prog="jobs.build")


def test_nothing_is_narrated_where_nothing_is_annotated() -> None:
    assert [rule.name for rule in BUILD["llava"]().rules] == []
    assert [rule.name for rule in BUILD["pairs"]().rules] == ["twin", "verify"]  # what is known of the twin
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


AIRCRAFT = {
    "A220": "a220",
    "A320/321": "airliner",
    "A320": "airliner",  # the same class as some write it: which of the two types it is is not known
    "A330": "a330",
    "ARJ21": "arj21",
    "Boeing737": "boeing 737",
    "Boeing787": "boeing 787",
    "other": "aircraft",
}


def test_sar_aircraft_knows_its_classes(tmp_path: Path) -> None:
    """Every label is an aircraft, and all aircraft are annotated: of these numbers and absences are said."""
    (tmp_path / "JPEGImages").mkdir()
    (tmp_path / "Annotations").mkdir()
    chips = [[label] * 2 for label in AIRCRAFT] + [list(AIRCRAFT), []]
    for number, labels in enumerate(chips, 1):
        Image.fromarray(speckle((400, 400)).clip(0, 255).astype(np.uint8)).save(tmp_path / "JPEGImages" / f"{number:07d}.jpg")
        boxes = "".join(
            f"<object><name>{label}</name><bndbox><xmin>{10 + 45 * at}</xmin><ymin>{20 + 40 * at}</ymin>"
            f"<xmax>{50 + 45 * at}</xmax><ymax>{60 + 40 * at}</ymax></bndbox></object>"
            for at, label in enumerate(labels)
        )
        xml = f"<annotation><size><width>400</width><height>400</height><depth>1</depth></size>{boxes}</annotation>"
        (tmp_path / "Annotations" / f"{number:07d}.xml").write_text(xml)
    places = ["--source.images", str(tmp_path / "JPEGImages"), "--source.annotations", str(tmp_path / "Annotations")]
    config = commandline.parse(BUILD, ["sar_aircraft", "--out", "x", *places], prog="jobs.build")
    assert "SAR-AIRcraft-1.0" in (config.source.card.citation or "")
    (shard,) = config.source.shards()
    tiles = list(config.source.read(shard))
    for rule in config.rules:
        tiles = [rule.apply(tile) for tile in tiles]
    assert [[box.label for box in tile.boxes] for tile in tiles] == [[AIRCRAFT[label] for label in chip] for chip in chips]
    assert all(box.label in taxonomy.KINDS and taxonomy.root(box.label) == "aircraft" for tile in tiles for box in tile.boxes)
    assert [facts_of(tile).count("aircraft").exact for tile in tiles] == [True] * len(tiles)
    texts = ["\n".join(caption.text.lower() for caption in tile.captions if caption.kept) for tile in tiles]
    assert all(texts)
    words = ("two airbus a220s", "two airliners", "two airliners", "two airbus a330s", "two arj21s", "two boeing 737s")
    for text, said in zip(texts, (*words, "two boeing 787s", "two aircraft"), strict=False):
        assert said in text
    assert "aircraft" in texts[-1]  # that there are none
    assert not any("metre" in text or " m " in text or "a320" in text for text in texts)


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
