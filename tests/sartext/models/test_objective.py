import pytest

from sartext.errors import UserError
from sartext.models.objective import filled, real_rows
from tests.support.tiny_models import examples_of


def test_a_short_batch_is_filled_with_rows_that_are_not_real() -> None:
    rows = filled(examples_of(3), 5)
    assert rows[:3] == examples_of(3)
    assert real_rows(rows).tolist() == [True, True, True, False, False]


@pytest.mark.parametrize("count", [0, 6])
def test_nothing_and_too_much_fill_no_batch(count: int) -> None:
    with pytest.raises(UserError, match="batch of 5"):
        filled(examples_of(count), 5)
