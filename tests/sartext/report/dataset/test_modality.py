"""An optical dataset is not called one of radar."""

from collections import Counter
from copy import deepcopy

from sartext.artifact import Artifact
from sartext.report.dataset.card import card
from sartext.report.dataset.modality import images_of, tags_of
from sartext.report.dataset.page import page
from sartext.report.dataset.survey import Survey
from tests.sartext.report.dataset.test_card import front
from tests.support.mixed import NAMES

RADAR = ["sar", "synthetic-aperture-radar"]


def test_words_and_tags() -> None:
    assert images_of([], []) == images_of(["a"], ["b"]) == "synthetic aperture radar"
    assert images_of(["b"], ["b"]) == "optical images"
    assert images_of(["a", "b"], ["b"]) == "synthetic aperture radar and of optical images"
    assert (tags_of(["a"], []), tags_of(["a"], ["a"]), tags_of(["a", "b"], ["a"])) == (RADAR, ["optical"], [*RADAR, "optical"])


def test_card_and_page_say_what_the_images_are(survey: Survey, made: Artifact) -> None:
    for optical, words, radar in (
        ([], "iles of synthetic aperture radar", True),
        (NAMES[:1], "iles of synthetic aperture radar and of optical images", True),
        (NAMES, "iles of optical images", False),
    ):
        survey = deepcopy(survey)
        for name, facts in survey.sources.items():
            facts.said["modality"] = Counter(["optical" if name in optical else "sar"])
        assert survey.optical == set(optical)
        texts = card(survey, made.manifest, {}), page(survey, [], made.manifest, "")
        assert all(words in text for text in texts)
        assert all(("iles of synthetic aperture radar" in text) == radar for text in texts)
        assert ("raw radar geometry" in texts[0]) == radar
        assert ("sar" in front(texts[0])["tags"]) == radar
        assert ("optical" in front(texts[0])["tags"]) == bool(optical)
