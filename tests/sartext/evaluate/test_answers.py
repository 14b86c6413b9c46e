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
