"""The card of a dataset: YAML that parses, and a dataset that loads by it."""

from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from sartext.artifact import Artifact
from sartext.report.dataset.card import card, is_made
from sartext.report.dataset.page import page
from sartext.report.dataset.survey import Survey
from tests.support.mixed import NAMES


@pytest.fixture(scope="module")
def text(made: Artifact) -> str:
    return (Path(made.uri) / "README.md").read_text()


def front(text: str) -> dict[str, Any]:
    opened, yaml_text, _ = text.split("---\n", 2)
    assert opened == ""
    return dict(yaml.safe_load(yaml_text))


def test_the_front_says_what_there_is(text: str, made: Artifact) -> None:
    said = front(text)
    assert said["pretty_name"] == "alpha, beta, gamma-0"
    assert said["license"] == ["gpl-3.0", "other"]
    assert (said["license_name"], said["license_link"]) == ("unknown, LicenseRef-own", "README.md")
    assert said["size_categories"] == ["n<1K"]
    assert said["task_categories"] == [
        "image-to-text",
        "visual-question-answering",
        "object-detection",
        "image-segmentation",
        "image-to-image",
    ]
    assert said["configs"] == [{"config_name": "default", "data_files": [{"split": "train", "path": made.paths()}]}]


def test_card_and_page_say_what_the_images_are(survey: Survey, made: Artifact) -> None:
    for optical, words, tags in (
        ([], "iles of synthetic aperture radar", ["sar", "synthetic-aperture-radar"]),
        (
            NAMES[:1],
            "iles of synthetic aperture radar and of optical images",
            ["sar", "synthetic-aperture-radar", "optical"],
        ),
        (NAMES, "iles of optical images", ["optical"]),
    ):
        survey = deepcopy(survey)
        for name, facts in survey.datasets.items():
            facts.said["modality"] = Counter(["optical" if name in optical else "sar"])
        assert survey.optical == set(optical)
        texts = card(survey, made.manifest, {}), page(survey, [], [], made.manifest, "")
        assert all(words in text for text in texts)
        assert all(("iles of synthetic aperture radar" in text) == ("sar" in tags) for text in texts)
        assert ("raw radar geometry" in texts[0]) == ("sar" in tags)
        assert front(texts[0])["tags"][: len(tags) + 1] == [*tags, "remote-sensing"]


def test_every_source_has_its_licence_rights_and_citation(text: str) -> None:
    for words in (
        "| alpha | pixels | GPL-3.0-only | yes | yes | attribution, share-alike | 16 |",
        "| beta | pixels | unknown | yes | unknown |",
        "| gamma-0 | pixels | LicenseRef-own | yes | unknown |",
    ):
        assert words in text, words
    assert text.count("A \\| B. \\<script\\>") == 3
    assert "<script>" not in text
    assert "\u202e" not in text


def test_it_loads_by_the_card(made: Artifact, tmp_path: Path) -> None:
    from datasets import disable_progress_bars, load_dataset

    disable_progress_bars()
    # What a killed writer left is no part of the dataset.
    stray = Path(made.uri) / "tiles" / "00000-9.parquet"
    stray.write_bytes(b"not parquet")
    try:
        tiles = load_dataset(made.uri, split="train", cache_dir=str(tmp_path))
    finally:
        stray.unlink()
    assert tiles["key"][:] == [key for table in made.tables() for key in table["key"].to_pylist()]
    at = next(number for number, key in enumerate(tiles["key"]) if not key.endswith("/7_0"))
    assert tiles[at]["image"].size == (128, 128)


def test_a_card_knows_whether_it_was_edited(text: str) -> None:
    assert is_made(text)
    assert is_made(text.rstrip("\n"))
    for other in (text.replace("alpha", "omega"), text + "\nMore.\n", "# Mine\n", "", text.rsplit("\n\n", 1)[0]):
        assert not is_made(other)


def test_a_dataset_of_nothing_has_a_card(made: Artifact) -> None:
    manifest = {**made.manifest, "shards": [], "commit": None}
    said = front(card(Survey(), manifest, {"a": 'A: "quoted" \\ \n set'}))
    assert "configs" not in said
    assert said["license"] == ["other"]
    assert said["pretty_name"] == 'a: A: "quoted" \\ \n set'
