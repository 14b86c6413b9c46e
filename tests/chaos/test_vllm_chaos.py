"""A subset of tests.chaos.vllm_kills."""

from pathlib import Path

import pytest

from tests.chaos import vllm_kills
from tests.support import models

pytestmark = [pytest.mark.long, pytest.mark.slow]


@pytest.mark.parametrize("victim", ["core", "worker", "actor"])
def test_an_engine_that_is_killed_loses_nothing(tmp_path: Path, victim: str) -> None:
    checkpoint = models.gpt(tmp_path / "gpt", steps=0)
    done = vllm_kills.trial(checkpoint, tmp_path / "out", victim, [0.1], starting=False, tiles=96)
    assert done.wrong == []
    assert len(done.moments) == 1
