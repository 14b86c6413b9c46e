import pytest

from sartext.errors import UserError
from sartext.evaluate.answers import PARSERS
from sartext.evaluate.vqa import Reference, learned, vqa

CLASSES = {"ship": ("ships", "vessel"), "aircraft": ("airplane",)}
TYPES = {"presence": "yes_no", "count": "count", "position": "position", "class": "class"}


def of(kind: str, answer: str) -> Reference:
    return Reference(kind=kind, answer_type=TYPES[kind], answer=answer)


def test_accuracy_by_kind_and_over_all() -> None:
    cases = (
        ("presence", "yes", "Yes, there is.", True),
        ("presence", "no", "There are no ships.", True),
        ("presence", "no", "perhaps", False),
        ("count", "10", "1", False),
        ("count", "1", "10", False),
        ("count", "3", "there are three ships", True),
        ("count", "1", "yes", False),
        ("position", "upper left", "top left", True),
        ("position", "upper left", "upper center", False),
        ("class", "ship", "a vessel", True),
    )
    found = vqa([of(kind, answer) for kind, answer, _, _ in cases], [given for _, _, given, _ in cases], classes=CLASSES)
    assert list(found.by_kind) == ["class", "count", "position", "presence"]
    for kind, score in found.by_kind.items():
        right = [good for one, _, _, good in cases if one == kind]
        assert (score.questions, score.accuracy) == (len(right), sum(right) / len(right))
    assert found.overall.accuracy == pytest.approx(0.5)
    assert found.overall.questions == 10
    assert found.by_kind["presence"].unparsed == 1
    assert found.by_kind["count"].unparsed == 1
    assert found.overall.unparsed == 2


def test_the_majority_is_of_the_training_answers_where_there_are_any() -> None:
    test = [
        of("presence", "yes"),
        of("presence", "yes"),
        of("presence", "no"),
        of("count", "2"),
        of("count", "two"),
        of("count", "1"),
    ]
    training = [of("presence", "no"), of("presence", "no"), of("presence", "yes")]
    found = vqa(test, ["yes"] * 6, classes=CLASSES, guesses=learned(training, classes=CLASSES))
    presence, count = found.by_kind["presence"], found.by_kind["count"]
    assert (presence.majority_answer, presence.majority_from) == ("no", "training")
    assert presence.majority_accuracy == pytest.approx(1 / 3)
    assert (count.majority_answer, count.majority_from) == ("2", "test")
    assert count.majority_accuracy == pytest.approx(2 / 3)
    assert found.overall.majority_accuracy == pytest.approx(3 / 6)


def test_a_tie_for_the_majority_does_not_depend_on_the_order() -> None:
    test = [of("count", "2"), of("count", "1")]
    for some in (test, test[::-1]):
        assert vqa(some, ["1", "1"], classes={}).by_kind["count"].majority_answer == "1"


def test_an_answer_that_the_words_tell_is_no_merit_of_the_image() -> None:
    def asked(name: str, answer: str) -> Reference:
        return Reference(kind="presence", answer_type="yes_no", answer=answer, question=f"Are there any {name}?")

    guesses = learned([asked("ships", "yes"), asked("ports", "no")] * 9, classes=CLASSES)
    found = vqa([asked("ships", "yes"), asked("ports", "no")], ["yes", "yes"], classes=CLASSES, guesses=guesses).overall
    assert (found.accuracy, found.majority_accuracy, found.question_only_accuracy) == (0.5, 0.5, 1.0)


def test_what_is_confused_most_comes_first() -> None:
    truth = [of("count", answer) for answer in ("2", "2", "2", "3", "3", "4", "5", "1")]
    found = vqa(truth, ["1", "1", "2", "1", "many", "1", "1", "1"], classes={}).by_kind["count"].confusions
    assert [(one.right, one.given, one.questions) for one in found] == [("2", "1", 2), ("3", "", 1), ("3", "1", 1)]


def test_types_can_be_added() -> None:
    reference = Reference(kind="area", answer_type="area", answer="40%")
    parsers = {**PARSERS, "area": lambda text, _: round(float(text.rstrip("%")), -1) if text.rstrip("%").isdigit() else None}
    found = vqa([reference, reference], ["41%", "large"], classes={}, parsers=parsers)
    assert (found.overall.accuracy, found.overall.unparsed) == (0.5, 1)


def test_references_that_cannot_be_used_are_the_users_to_mend() -> None:
    with pytest.raises(UserError, match="answer type 'area' of kind 'area' is none of class, count, percent, position, yes_no"):
        vqa([Reference(kind="area", answer_type="area", answer="40%")], ["40%"], classes={})
    with pytest.raises(UserError, match="reference answer 'zeppelin' of kind 'class' is no class"):
        vqa([of("class", "zeppelin")], ["zeppelin"], classes=CLASSES)
    with pytest.raises(ValueError, match="2 references and 1 answers"):
        vqa([of("count", "1")] * 2, ["1"], classes={})
    with pytest.raises(ValueError, match="0 references"):
        vqa([], [], classes={})
