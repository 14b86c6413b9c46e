"""What may be said without labels: sentences whose statements other texts of the image bear out."""

from sartext.narrate.read.agreement import agreements, stated_in
from sartext.narrate.verify.sure import BELOW, sure_part

TEXT = "There are two ships. A harbor lies in the upper left of the image. They are close to it."
SURE = {"class": 0.5, "count": 0.5, "position": 0.5, "relation": 0.0}


def test_other_words_for_the_same_agree() -> None:
    stated = [one for sentence in stated_in("Two ships lie in the upper left of the image.") for one in sentence.statements]
    others = [
        "In the upper left of the image, there are two vessels.",
        "Two ships lie in the lower left of the image.",
        "Three ships lie in the upper left of the image.",
        "No ships are visible.",
    ]
    assert agreements(stated, others) == [1]


def test_what_says_more_of_a_class_says_that_it_is_there() -> None:
    (stated,) = [one for sentence in stated_in("There are ships.") for one in sentence.statements if one.kind == "class"]
    others = ["Two ships lie in the upper left.", "No ships are visible.", "A harbor is visible.", "Many vessels are visible."]
    assert agreements([stated], others) == [2]


def test_a_text_of_which_the_writer_is_sure_stays_as_it_is() -> None:
    assert sure_part("There are two ships.", 0.9, ["Two ships are visible."] * 3, SURE) == ("There are two ships.", None)


def test_a_sentence_below_its_threshold_goes_and_what_speaks_of_it_too() -> None:
    others = ["A harbor is in the upper left."] * 4
    text, why = sure_part(TEXT, 0.8, others, SURE)
    assert text == "A harbor lies in the upper left of the image."
    assert why == f"{BELOW}: count at 0.16, said from 0.50: there are two ships"


def test_what_was_named_before_what_goes_is_still_spoken_of() -> None:
    text = "There are two ships. They are in the upper left. A harbor lies in the lower right."
    said, _ = sure_part(text, 1.0, [text[:48]] * 9, {**SURE, "position": 0.3})
    assert said == "There are two ships. They are in the upper left."


def test_a_kind_without_a_threshold_is_never_said() -> None:
    text, why = sure_part("A harbor lies in the upper left.", 1.0, [], {"class": 0.0, "position": None})
    assert (text, (why or "").partition(": ")[2][:22]) == ("", "position is never said")
    assert sure_part("A harbor lies in the upper left.", 1.0, [], {})[0] == ""


def test_what_is_not_understood_or_of_the_record_alone_is_no_caption() -> None:
    assert sure_part("Glorb the fnord.", 1.0, ["Glorb the fnord."], SURE)[0] == ""
    text, why = sure_part("A C-band image.", 1.0, [], SURE)
    assert (text, why) == ("", f"{BELOW}: it claims nothing")
