"""How models are made to say something."""

from dataclasses import fields

import pytest

from sartext.errors import UserError
from sartext.flow.predict.generation import GenerationConfig


@pytest.mark.parametrize("name", [one.name for one in fields(GenerationConfig)])
def test_each_setting_has_help_and_a_least_value(name: str) -> None:
    assert next(one for one in fields(GenerationConfig) if one.name == name).metadata["help"]
    with pytest.raises(UserError, match=f"{name} is 0; it must be at least"):
        GenerationConfig(**{name: 0})
