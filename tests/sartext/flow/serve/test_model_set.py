"""What an application may be made of."""

from pathlib import Path

import pytest

from sartext.errors import UserError
from sartext.flow.serve.model_set import TRANSFORMERS, VLLM, Parts, check_models
from tests.support import models


def test_a_folder_that_vllm_would_take_for_a_pattern_is_refused(tmp_path: Path) -> None:
    folder = models.gpt(tmp_path / "gpt [v1]", steps=0)
    check_models(Parts(clip=None, coca=None, gpt=folder, index=None, gpt_engine=TRANSFORMERS))
    with pytest.raises(UserError, match=r"gpt \[v1\] has \*, \? or \[ in its name, which vLLM takes for a pattern"):
        check_models(Parts(clip=None, coca=None, gpt=folder, index=None, gpt_engine=VLLM))
