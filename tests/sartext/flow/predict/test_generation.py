"""How models are made to say something."""

from dataclasses import fields

import pytest

from sartext.errors import UserError
from sartext.flow.predict.generation import GenerationConfig
from sartext.models.objective import CaptionSearch


@pytest.mark.parametrize("name", [one.name for one in fields(GenerationConfig)])
def test_each_setting_has_help_and_a_least_value(name: str) -> None:
    assert next(one for one in fields(GenerationConfig) if one.name == name).metadata["help"]
    with pytest.raises(UserError, match=rf"saying\.{name} is -1; it must be"):
        GenerationConfig(**{name: -1})


def test_beams_are_divided_into_groups_and_a_caption_has_room_for_its_least() -> None:
    with pytest.raises(UserError, match=r"saying\.beam_groups is 4; it must be a divisor of saying\.beams, 6"):
        GenerationConfig(beams=6, beam_groups=4)
    with pytest.raises(UserError, match=r"saying\.caption_tokens is 5; it must be at least 6"):
        GenerationConfig(caption_min_tokens=5, caption_tokens=5)
    paper = GenerationConfig(beams=6, beam_groups=3, caption_min_tokens=5, caption_tokens=30)
    assert paper.search(77) == CaptionSearch(beams=6, beam_groups=3, min_tokens=5, max_tokens=30)
    assert paper.search(20).max_tokens == 20
