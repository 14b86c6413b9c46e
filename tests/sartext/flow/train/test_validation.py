"""Between epochs a model is measured on tiles that nothing is learned from, and learns as if it were not."""

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sartext.errors import UserError
from sartext.flow.predict.held_out import held_out
from sartext.flow.predict.queries import SearchTruth, concise_texts, queries_of
from sartext.flow.train.loop import learn, task_of
from sartext.flow.train.stage import Stage
from sartext.flow.train.step_log import read_log, read_scores
from sartext.flow.train.train import _prepared
from sartext.flow.train.training import Training, Validation
from sartext.models import weights
from sartext.models.clip import CLIP
from sartext.models.gather import Alone
from sartext.models.gpt import GPT
from sartext.models.objective import Example, evaluating
from sartext.models.optimizer import AdamW
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Convolutional
from sartext.narrate.ask.questions import Questions
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.store import open_store
from tests.support.datasets import dataset
from tests.support.trainings import One

OBJECTIVE = CLIP(towers=Convolutional(image_size_px=32, image_width=4, head_width=32))


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("tiles")
    return dataset(Synthetic(tiles=90, size_px=32, twin=False), (A2C(), Verify(), Questions()), str(folder / "tiles"))


def training(tiles: str, **changes: object) -> Training:
    stage = Stage(name="sar", datasets=(tiles,), epochs=2, optimizer=AdamW(peak=1e-3))
    plain = Training(objective=OBJECTIVE, stages=(stage,), batch_size=16, checkpoint_every_steps=3)
    return replace(plain, validation=Validation(dataset=tiles, split="test"), **changes)


def losses(out: Path) -> list[float]:
    return [step["loss"] for step in read_log(open_store(str(out)))]


def test_a_model_is_measured_before_all_and_after_each_epoch_and_learns_as_if_it_were_not(tiles: str, tmp_path: Path) -> None:
    plain = training(tiles)
    with ExitStack() as locks:
        prepared = _prepared(plain, str(tmp_path / "with"), 1, locks)
        assert prepared.task is not None
        learn(prepared.task, One())
        manifest = prepared.finish().manifest
    learn(task_of(replace(plain, validation=Validation()), str(tmp_path / "without"), 1), One())
    assert losses(tmp_path / "with") == losses(tmp_path / "without")
    assert not (tmp_path / "without" / "validation").exists()
    scores = read_scores(open_store(str(tmp_path / "with")))
    steps = len(losses(tmp_path / "with"))
    assert [(one["step"], one["stage"]) for one in scores] == [(0, "baseline"), (steps // 2, "sar"), (steps, "sar")]
    assert manifest["validation"] == json.loads(json.dumps(scores))
    assert scores[-1]["loss"] < scores[0]["loss"]
    names = [f"models/sar/{name}" for name in ("open_clip_model.safetensors", "tokenizer.json")]
    for name in names:
        assert (tmp_path / "with" / name).read_bytes() == (tmp_path / "without" / name).read_bytes()


def test_the_scores_are_those_of_the_model_on_the_tiles_of_the_split(tiles: str, tmp_path: Path) -> None:
    learn(task_of(training(tiles), str(tmp_path), 1), One())
    last = read_scores(open_store(str(tmp_path)))[-1]
    objective, model, tokenizer, preprocess = weights.load(tmp_path / "models" / "sar")
    held = held_out(tiles, "test", None)
    facts = [facts_of(tile) for tile in held.tiles]
    texts = sorted({text for of in concise_texts(held.tiles) for text in of})
    truth = SearchTruth(facts, texts, queries_of(facts))
    images = held.images(range(len(held.tiles)))
    seen = objective.embed_images(model, preprocess.batch([images[at] for at in range(len(images))])).numpy()
    asked = [objective.embed_texts(model, some, tokenizer).numpy() for some in (texts, truth.queries)]
    found = truth.scores(seen, *asked)
    assert (last["first_hit"], last["precision"]) == pytest.approx((found.first_hit, found.precision), abs=1e-6)
    assert (last["captions"], last["queries"]) == (len(texts), len(truth.queries))
    assert last["oracle"]["first_hit"] == 1
    captioned = [(tile, image) for tile, image in zip(held.tiles, images.values(), strict=True) if tile.captions]
    assert last["examples"] == len(captioned)
    batch = objective.collate([Example(image=image, text="one ship.") for _, image in captioned], tokenizer, preprocess)
    with evaluating(model):
        assert np.isfinite(objective.loss(model, batch, Alone())["loss"].item())


def test_it_is_done_as_often_as_asked_and_the_same_after_a_restart(tiles: str, tmp_path: Path) -> None:
    given = replace(training(tiles), validation=Validation(dataset=tiles, split="val", tiles=5, every_steps=4))
    learn(task_of(given, str(tmp_path / "whole"), 1), One())
    whole = read_scores(open_store(str(tmp_path / "whole")))
    steps = len(losses(tmp_path / "whole"))
    assert [one["step"] for one in whole] == sorted({*range(0, steps, 4), steps})

    class Ends(One):
        def committed(self) -> None:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        learn(task_of(given, str(tmp_path / "broken"), 1), Ends())
    learn(task_of(given, str(tmp_path / "broken"), 1), One())
    assert read_scores(open_store(str(tmp_path / "broken"))) == whole


def test_a_model_that_answers_has_a_loss_alone(tiles: str, tmp_path: Path) -> None:
    gpt = GPT(language=TinyQwen(image_size_px=32, image_layers=1, text_layers=1, heads=1))
    torch.manual_seed(0)
    learn(task_of(training(tiles, objective=gpt), str(tmp_path), 1), One())
    scores = read_scores(open_store(str(tmp_path)))
    assert set(scores[0]) == {"step", "stage", "loss", "examples"}
    assert scores[-1]["loss"] < scores[0]["loss"]


def test_what_cannot_be_measured_on_is_said(tiles: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"validation\.tiles is 0; it must be at least 1"):
        Validation(tiles=0)
    with pytest.raises(UserError, match=r"validation\.every_steps is -1"):
        Validation(every_steps=-1)
    given = replace(training(tiles), validation=Validation(dataset=tiles, split="nothing"))
    with pytest.raises(UserError, match="has no tile of the split 'nothing'"):
        learn(task_of(given, str(tmp_path), 1), One())
