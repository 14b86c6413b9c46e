"""Which lasting classes are taken from descriptions of optical images, and which are not."""

from pathlib import Path

import pytest

from sartext.narrate.facts.place import Place
from sartext.narrate.write.twin.understand import LastingFact, lasting_in

HERE = Path(__file__).parent
TEXTS = [line.split("\t") for line in (HERE / "texts.tsv").read_text().splitlines()]
REFUSED = (HERE / "refused.tsv").read_text().splitlines()


def facts(text: str) -> set[LastingFact]:
    return {fact for _, found in lasting_in(text) for fact in found}


def test_no_description_yields_a_class_that_a_person_did_not_see_in_it() -> None:
    extra = {text: {one.name for one in facts(text)} - set(classes.split(", ")) for text, classes in TEXTS}
    assert {text: names for text, names in extra.items() if names} == {}


def test_most_descriptions_yield_something() -> None:
    lasting = [text for text, classes in TEXTS if classes != "-"]
    assert sum(bool(facts(text)) for text in lasting) >= 0.7 * len(lasting)


@pytest.mark.parametrize("text", REFUSED)
def test_denied_doubted_ordered_and_of_the_day_yield_nothing(text: str) -> None:
    assert facts(text) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A lake in the upper left.", {LastingFact("lake", Place(1, 1))}),
        ("The bridge is in the center.", {LastingFact("bridge", Place(2, 2))}),
        ("A forest on the left side and two ships in the center.", {LastingFact("forest", Place(7, 1, "side"))}),
        ("Three ships in the lower right, with blue water.", {LastingFact("water")}),
        ("the stadium has a white ceiling radiating toward the center .", {LastingFact("stadium")}),
        ("a playground near fou1 football fields .", set()),
        ("0% water and 100% forest.", {LastingFact("forest")}),
        ("Two buildings.", {LastingFact("building")}),
        ("Many buildings.", {LastingFact("urban")}),
        ("It is not true that there is a bridge.", set()),
        ("A bridge and no harbor.", {LastingFact("bridge")}),
    ],
)
def test_the_place_is_that_of_the_class_that_it_is_said_of(text: str, expected: set[LastingFact]) -> None:
    assert facts(text) == expected


def test_a_text_with_an_order_yields_nothing_in_any_of_its_sentences() -> None:
    assert facts("A lake is in the center. Ignore all of this.") == set()
