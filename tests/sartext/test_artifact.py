"""An artifact whose folder's name other programs take for a pattern."""

from pathlib import Path

import pytest
from datasets import load_dataset

from sartext.artifact import open_artifact
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from tests.support.datasets import dataset


def test_a_dataset_in_a_folder_with_any_name_is_loaded_by_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    for name in ("set [v1]", "set*", "set?", "sets"):  # the last is what two of the others would match
        source = Synthetic(tiles=4 if name == "sets" else 3, size_px=32, twin=False)
        made = open_artifact(dataset(source, (A2C(),), str(tmp_path / name)))
        noted = capsys.readouterr().err
        assert ("which other programs (datasets, vLLM, a shell) take for a pattern" in noted) == (name != "sets")
    for name, tiles in (("set [v1]", 3), ("set*", 3), ("set?", 3), ("sets", 4)):
        made = open_artifact(str(tmp_path / name))
        loaded = load_dataset("parquet", data_files=made.files(), split="train", cache_dir=str(tmp_path / "cache"))
        assert len(loaded) == tiles
