import pytest

from sartext.errors import UserError
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.gpt import GPT
from sartext.models.objective import ANSWER, CAPTION, EMBED, AnyObjective, filled, real_rows
from tests.support.tiny_models import examples_of


def test_a_short_batch_is_filled_with_rows_that_are_not_real() -> None:
    rows = filled(examples_of(3), 5)
    assert rows[:3] == examples_of(3)
    assert real_rows(rows).tolist() == [True, True, True, False, False]


@pytest.mark.parametrize("count", [0, 6])
def test_nothing_and_too_much_fill_no_batch(count: int) -> None:
    with pytest.raises(UserError, match="batch of 5"):
        filled(examples_of(count), 5)


@pytest.mark.parametrize(
    ("objective", "capabilities", "learns"),
    [(CLIP(), {EMBED}, "captions"), (CoCa(), {EMBED, CAPTION}, "captions"), (GPT(), {ANSWER}, "questions")],
)
def test_an_objective_has_the_functions_of_what_it_can_do(objective: AnyObjective, capabilities: set[str], learns: str) -> None:
    functions = {EMBED: ("embed_images", "embed_texts"), CAPTION: ("caption", "longest_caption"), ANSWER: ("answer",)}
    assert (objective.capabilities, objective.learns) == (capabilities, learns)
    for capability, names in functions.items():
        assert [hasattr(objective, name) for name in names] == [capability in capabilities] * len(names)
