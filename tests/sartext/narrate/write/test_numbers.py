import pytest

from sartext.narrate.write.numbers import capital, listed, number


@pytest.mark.parametrize(("value", "text"), [(0, "zero"), (1, "one"), (10, "ten"), (11, "11"), (120, "120")])
def test_words_up_to_ten(value: int, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("items", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_lists(items: list[str], text: str) -> None:
    assert listed(items) == text
    assert listed(items, "or") == text.replace("and", "or")


def test_capital_keeps_the_rest() -> None:
    assert capital("a SAR image") == "A SAR image"
    assert capital("") == ""
