"""A whole training, without Ray: of an objective that another package defines."""

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sartext.flow.evaluate.evaluate import subjects_of
from sartext.flow.predict.generation import GenerationConfig
from sartext.flow.predict.model import Model
from sartext.flow.predict.predictions import _Input, rows_of
from sartext.flow.predict.trained import model_folder, open_trained
from sartext.flow.train.step_log import read_log
from sartext.models import weights
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.store import open_store
from tests.support.datasets import dataset
from tests.support.outside_objective import PACKAGE, written
from tests.support.tiny_models import encoded
from tests.support.trainings import trained


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(written(tmp_path / "elsewhere"))
    module = importlib.import_module(f"{PACKAGE}.matching")
    return module.Matching(size=module.Size(widths=(4, 2)), seed=3)


def test_an_objective_of_another_package_is_trained_saved_and_loaded_by_its_import_path(outside: Any, tmp_path: Path) -> None:
    tiles = dataset(Synthetic(tiles=60, size_px=32, twin=False), (A2C(), Verify()), str(tmp_path / "tiles"))
    out = trained(outside, tiles, tiles, str(tmp_path / "out"))
    assert open_trained(out).manifest["config"]["kind"] == "captions"
    losses = [step["loss"] for step in read_log(open_store(out))]
    assert losses[-1] < losses[0]
    folder = model_folder(out)
    recorded = json.loads((folder / weights.OBJECTIVE).read_text())["objective"]
    assert recorded == {
        "type": f"{PACKAGE}.matching:Matching",
        "seed": 3,
        "size": {"type": f"{PACKAGE}.matching:Size", "image_size_px": 16, "widths": [4, 2]},
    }
    objective, plain, letters, preprocess = weights.load(folder)
    assert objective == outside
    images = [encoded(40, 40, seed=seed) for seed in range(3)]
    features = outside.embed_images(plain, preprocess.batch(images)).numpy()
    asked = [_Input(f"a/b/0_{seed}", image, ("Two ships.",), ("How many?",)) for seed, image in enumerate(images)]
    rows = rows_of(Model(folder), asked, GenerationConfig(batch_size=2))
    assert [set(row) for row in rows] == [{"key", "image", "texts"}] * 3
    np.testing.assert_allclose([row["image"] for row in rows], features, atol=1e-6)
    text = outside.embed_texts(plain, ["Two ships."], letters)
    torch.testing.assert_close(torch.from_numpy(np.array(rows[0]["texts"])), text)
    (subject,) = subjects_of([out]).values()
    assert (subject.objective, subject.capabilities) == ("matching", frozenset({"embed"}))
