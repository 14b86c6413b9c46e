"""A seeded subset of tests.chaos.serving, without vLLM."""

from pathlib import Path

import pytest

from tests.chaos import serving

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_what_is_killed_comes_back_while_the_others_answer(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # How fast the others answer is for the command, on a machine that does nothing else; here none of them may hang.
    monkeypatch.setattr(serving, "OTHERS_S", serving.HANG_S)
    serving.made(tmp_path)
    rows = list(serving.trials(tmp_path, ["Embedding", "Ingress"], 1 + seed, "transformers", False, seed))
    assert [(row.victim, row.wrong) for row in rows if row.wrong] == []
    assert len(rows) == 2 + 2 * seed
