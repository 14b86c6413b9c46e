"""What a worker does again, and what it does not."""

import pytest

from sartext.errors import SartextError, UserError
from sartext.flow.engine.tries import first_line, try_again


class Fails:
    """Raises these one after the other, then returns."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)

    def __call__(self) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return "done"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


def test_what_differs_is_told_and_tried_again() -> None:
    told: list[str] = []
    assert try_again(Fails(OSError("away\nand more"), KeyError("there")), told.append) == "done"
    assert [line.split(": ", 1)[1] for line in told] == ["OSError: away; tried again", "KeyError: 'there'; tried again"]


def test_the_same_twice_ends_it_and_so_does_the_third_of_any_kind() -> None:
    with pytest.raises(SartextError, match=r": OSError: away; it failed 2 times$"):
        try_again(Fails(OSError("away"), OSError("away\nelsewhere")), print)
    with pytest.raises(SartextError, match=r": OSError: c; it failed 3 times$"):
        try_again(Fails(*[OSError(letter) for letter in "abc"]), print)


@pytest.mark.parametrize("error", [UserError("wrong; mend it"), SartextError("on purpose"), MemoryError()])
def test_what_is_raised_on_purpose_or_for_want_of_memory_is_not_tried_again(error: Exception) -> None:
    fails = Fails(error, OSError("never"))
    with pytest.raises(type(error)):
        try_again(fails, print)
    assert len(fails.errors) == 1


def test_an_exception_without_words_has_its_type() -> None:
    assert first_line(RuntimeError()) == "RuntimeError: without a word"
