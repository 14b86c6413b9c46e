import pytest

from sartext.evaluate.answers import PARSERS, ClassWords

CLASSES = ClassWords(
    {
        "ship": ("ships", "vessel", "vessels"),
        "cargo ship": ("cargo ships", "freighter"),
        "aircraft": ("airplane", "airplanes"),
        "Boeing 737": ("Boeing 737s",),
        "storage tank": ("storage tanks", "tank", "tanks"),
    }
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("Yes.", True),
        ("Yes, there are no doubts: two ships.", True),
        ("no", False),
        ("No, there is a bridge instead.", False),
        ("There are no ships in this image.", False),
        ("There is a ship in the upper left.", True),
        ("The image does not contain any ships.", False),
        ("I can't see one", False),
        ("It isn’t visible", False),
        ("I am not sure", None),
        ("It cannot be determined? I cannot tell.", None),
        ("yes or no", None),
        ("Maybe there is no ship", None),
        ("a ship", None),
        ("nothing to report", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_yes_no(text: str, value: bool | None) -> None:
    assert PARSERS["yes_no"](text, CLASSES) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("three", 3),
        ("There are 3 ships.", 3),
        ("There are three (3) ships", 3),
        ("10", 10),
        ("1,204 cars", 1204),
        ("twenty-one", 21),
        ("Twenty one ships", 21),
        ("thirteen", 13),
        ("ninety nine", 99),
        ("0", 0),
        ("none", 0),
        ("There are no ships here", 0),
        ("zero", 0),
        ("There is a ship in the image", 1),
        ("A single vessel.", 1),
        ("an airplane", 1),
        ("No, there are 3 ships", 3),
        ("In this image, there are 3 ships spread over the water", 3),
        ("There are 3 ships: two in the upper left, one in the center", 3),
        ("3 ships, 2 of them large", 3),
        ("There are 2 Boeing 737s", 2),
        ("Two Boeing 737 aircraft", 2),
        ("3.", 3),
        ("No. 3", 3),
        ("2 or 3", None),
        ("3 to 5", None),
        ("3-4", None),
        ("at least three ships", None),
        ("more than 10", None),
        ("up to five", None),
        ("2.5", None),
        ("-3", None),
        ("two dozen", None),
        ("several ships", None),
        ("a few ships", None),
        ("a SAR image", None),
        ("A number of ships", None),
        ("ship", None),
        ("50%", None),
        ("", None),
    ],
)
def test_count(text: str, value: int | None) -> None:
    found = PARSERS["count"](text, CLASSES)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("upper left", "upper left"),
        ("top left", "upper left"),
        ("Top-left corner", "upper left"),
        ("In the left upper part of the image.", "upper left"),
        ("bottomright", "lower right"),
        ("bottom right", "lower right"),
        ("top center", "upper center"),
        ("upper middle", "upper center"),
        ("the middle of the bottom", "lower center"),
        ("centre left", "middle left"),
        ("in the middle right part", "middle right"),
        ("center", "center"),
        ("It is near the middle.", "center"),
        ("the central part", "center"),
        ("on the left", None),
        ("at the top", None),
        ("north west", None),
        ("from left to right", None),
        ("upper left and lower right", None),
        ("upper left, near the center", None),
        ("", None),
    ],
)
def test_position(text: str, value: str | None) -> None:
    assert PARSERS["position"](text, CLASSES) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ship", "ship"),
        ("Ships.", "ship"),
        ("They are vessels", "ship"),
        ("a cargo  ship", "cargo ship"),
        ("It shows storage tanks.", "storage tank"),
        ("tank", "storage tank"),
        ("boeing 737", "Boeing 737"),
        ("a ship and an airplane", None),
        ("not a ship", None),
        ("shipyard", None),
        ("bridge", None),
        ("", None),
    ],
)
def test_class(text: str, value: str | None) -> None:
    assert PARSERS["class"](text, CLASSES) == value


def test_a_word_of_two_classes_is_refused() -> None:
    with pytest.raises(ValueError, match="'Tank' is a name of 'storage tank' and of 'armour'"):
        ClassWords({"storage tank": ("tank",), "armour": ("Tank",)})


def test_without_classes_none_is_named() -> None:
    assert PARSERS["class"]("ship", ClassWords({})) is None
    assert PARSERS["count"]("3 ships", ClassWords({})) == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60%", 60),
        ("About 60 percent.", 60),
        ("62 %", 60),
        ("It is roughly 5 per cent of the image", 10),
        ("40", 40),
        ("100%", 100),
        ("0%", 0),
        ("20% or 30%", None),
        ("130%", None),
        ("more than half", None),
        ("-20%", None),
        ("", None),
    ],
)
def test_percentages_are_rounded_to_tens(text: str, value: int | None) -> None:
    assert PARSERS["percent"](text, ClassWords({})) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The answer is yes.", True),
        ("The answer is no.", False),
        ("The answer is: yes", True),
        ("the answer would be **Yes**.", True),
        ("Answer: yes", True),
        ("Answer: No.", False),
        ("**Answer:** Yes", True),
        ("Final answer - no", False),
        ("A: yes", True),
        ("My answer would be yes", True),
        ("My answer is no", False),
        ("The correct answer is yes, as two ships are visible.", True),
        ("The correct answer is no.", False),
        ("Correct answer: no", False),
        ("The answer to this question is yes", True),
        ("I think yes", True),
        ("I think no", False),
        ("I think that the answer is yes", True),
        ("I would say yes.", True),
        ("I'd say no", False),
        ("I believe the answer is yes.", True),
        ("In my opinion, yes.", True),
        ("In this image, yes", True),
        ("In this image, no.", False),
        ("In this SAR image, yes, there are no clouds.", True),
        ("Based on the image, the answer is yes.", True),
        ("From the given picture: no", False),
        ("Looking at the image, I would say yes", True),
        ("**Yes**", True),
        ("**No**", False),
        ("__Yes__.", True),
        ("`yes`", True),
        ('"Yes."', True),
        ("(yes)", True),
        ("<answer>yes</answer>", True),
        ("\\boxed{yes}", True),
        ("Yes!", True),
        ("YES", True),
        ("- yes", True),
        ("Yeah", True),
        ("Nope.", False),
        ("So yes.", True),
        ("Well, no", False),
        ("Probably yes", True),
        ("Probably not", False),
        ("Most likely no", False),
        ("It is a yes.", True),
        ("It's a clear no", False),
        ("That is correct.", True),
        ("It is true", True),
        ("It is false", False),
        ("This is incorrect.", False),
        ("The statement is true, since there are two.", True),
        ("False.", False),
        ("Negative", False),
        ("It is unlikely", False),
        ("No doubt, yes", True),
        ("There is no doubt that there is a ship.", True),
        ("The image shows two vessels, so the answer is yes.", True),
        ("Two ships lie here: yes", True),
        ("Is there a ship? Yes.", True),
        ("Is there a ship? No.", False),
        ("Is there a ship? Yes. Is there a bridge? No.", None),
        ("The answer is not yes", False),
        ("I do not think so", False),
        ("I think so.", True),
        ("There is nothing.", False),
        ("Answer:No", False),
        ('The answer is "No".', False),
        ("In the image there are no ships", False),
        ("Yes, although it is hard to tell in speckle.", True),
        ("The answer is maybe.", None),
        ("The answer is unclear", None),
        ("The answer is maybe yes", None),
        ("Answer: unknown", None),
        ("I think it is unclear", None),
        ("I think maybe", None),
        ("In this image, perhaps", None),
        ("Possibly yes", None),
        ("Yes, maybe", None),
        ("No, I cannot tell", None),
        ("Yes, but I'm not sure.", None),
        ("No idea", None),
        ("I have no idea.", None),
        ("No clue.", None),
        ("There is no way to tell", None),
        ("It is difficult to say", None),
        ("It is possible", None),
        ("There might be a ship", None),
        ("There is a possibility of a ship", None),
        ("It could be yes or no", None),
        ("no or yes", None),
        ("The answer is neither yes nor no", None),
        ("The answer cannot be determined", None),
        ("Not sure, yes?", None),
        ("It is not entirely clear", None),
        ("I think", None),
        ("The answer is", None),
        ("In this image", None),
        ("a true ship", None),
        ("The answer is 3", None),
    ],
)
def test_what_leads_up_to_yes_and_no_does_not_matter_and_doubt_is_no_answer(text: str, value: bool | None) -> None:
    assert PARSERS["yes_no"](text, CLASSES) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2.0 ships", 2),
        ("2.0", 2),
        ("There are 2.0.", 2),
        ("2.00", 2),
        ("1,204.0 cars", 1204),
        ("2.5 ships", None),
        ("2.05", None),
        ("2.0-3.0", None),
        ("-2.0", None),
        ("1.0.2", None),
        ("2-3", None),
        ("2–3 ships", None),
        ("two to three", None),
        ("two-three ships", None),
        ("two–three ships", None),
        ("2,5", None),
        ("3 or more ships", None),
        ("3+", None),
        ("> 3", None),
        ("no more than 3", None),
        ("3 ships at least", None),
        ("two and a half", None),
        ("The answer is 3.", 3),
        ("Answer: three", 3),
        ("**3**", 3),
        ("__3__", 3),
        ("I think there are 3", 3),
        ("no idea", None),
        ("There is no way to tell", None),
        ("50 %", None),
        ("thirty percent", None),
        ("twenty-one percent", None),
        ("20-30%", None),
        ("3 ships cover 20 percent of the image", 3),
        ("0.0", 0),
    ],
)
def test_counts_are_whole_numbers_and_neither_ranges_nor_shares(text: str, value: int | None) -> None:
    found = PARSERS["count"](text, CLASSES)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20-30%", None),
        ("20%-30%", None),
        ("20 - 30 %", None),
        ("20–30%", None),
        ("20 to 30 percent", None),
        ("between 20 and 30%", None),
        ("between 20% and 30%", None),
        ("twenty to thirty percent", None),
        ("twenty-thirty percent", None),
        ("20~30%", None),
        ("20 to about 30%", None),
        ("30-30%", 30),
        ("thirty percent", 30),
        ("Thirty per cent.", 30),
        ("thirty-four percent", 30),
        ("twenty five percent", 30),
        ("one hundred percent", 100),
        ("a hundred percent", 100),
        ("zero percent", 0),
        ("thirty percent (30%)", 30),
        ("thirty", 30),
        ("about thirty percent of the image", 30),
        ("The answer is 30%.", 30),
        ("Answer: 30", 30),
        ("About 30", 30),
        ("**30%**", 30),
        ("30 pct", 30),
        ("12.5%", 10),
        ("32,5%", None),
        ("at least 30%", None),
        ("more than 30 percent", None),
        ("30% or more", None),
        (">30%", None),
        ("Water extends over 30% of the image", 30),
        ("one hundred and ten percent", None),
        ("1,000%", None),
        ("zero point five percent", None),
        ("2 ships and 30%", 30),
        ("I think 30%", 30),
        ("Answer: -20", None),
        ("5.0%", 10),
        ("2 or 3 ships", None),
    ],
)
def test_shares_are_read_in_words_too_and_ranges_decide_nothing(text: str, value: int | None) -> None:
    assert PARSERS["percent"](text, CLASSES) == value
