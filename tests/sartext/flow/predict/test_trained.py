"""A finished training as other jobs see it."""

import json
from pathlib import Path

import pytest

from sartext.errors import UserError
from sartext.flow.predict.trained import model_folder, open_trained
from sartext.models.folder import OBJECTIVE


@pytest.fixture
def finished(tmp_path: Path) -> str:
    texts = {"optical": {"read": 400, "shortened": 0}, "progressive": {"read": 600, "shortened": 5}}
    manifest = {"models": ["baseline", "progressive"], "losses": {"progressive": 0.5}, "steps": 1200, "texts": texts}
    (tmp_path / "manifest.json").write_text(json.dumps({"schema_version": 1, **manifest}))
    return str(tmp_path)


def test_the_last_model_is_meant_unless_a_stage_is_named(finished: str) -> None:
    assert model_folder(finished) == Path(finished) / "models" / "progressive"
    assert model_folder(finished, "baseline") == Path(finished) / "models" / "baseline"
    with pytest.raises(UserError, match="has no model 'sar'; it has baseline, progressive"):
        model_folder(finished, "sar")


def test_a_training_says_its_losses_and_what_was_shortened(finished: str) -> None:
    said = open_trained(finished).summary()
    assert "1,200 steps; loss at the end of each stage: progressive 0.500" in said
    assert said.endswith("5 of 1,000 texts read (0.5%) were longer than its context and shortened")


def test_a_folder_of_a_model_is_the_model(tmp_path: Path) -> None:
    (tmp_path / OBJECTIVE).write_text("{}")
    assert model_folder(str(tmp_path)) == tmp_path


def test_what_is_neither_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="it is no finished training"):
        model_folder(str(tmp_path))
    with pytest.raises(UserError, match="is no folder"):
        model_folder("s3://bucket/model")
