"""Weights of others, brought in from wherever they are, and what other jobs make of the model."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load_file, save_file

from sartext.errors import OutputError, UserError
from sartext.flow.evaluate.evaluate import subjects_of
from sartext.flow.predict.model import Model
from sartext.flow.predict.narrator import Narrator
from sartext.flow.predict.trained import model_folder, open_trained
from sartext.flow.train.loop import task_of
from sartext.flow.train.stage import Stage
from sartext.flow.train.training import Training
from sartext.flow.weights.foreign_weights import ForeignWeights
from sartext.flow.weights.weights import IMPORTED, import_weights
from sartext.models import open_clip_names, weights
from sartext.models.coca import CoCa
from sartext.models.gpt import GPT
from sartext.models.objective import ANSWER, CAPTION, EMBED, CaptionSearch
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Named, Tiny
from tests.support.tiny_models import examples_of

NAME, TAG = "coca_smallest", "somebodys"
TINY = Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1)
EXAMPLES = examples_of(3)
HALF = (0.5, 0.5, 0.5)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A CoCa that open_clip knows by its name, with weights from nothing as `weights.safetensors`."""
    place = tmp_path_factory.mktemp("theirs")
    cfg = CoCa(towers=TINY).model_cfg(49408)
    for part in ("text_cfg", "multimodal_cfg"):
        cfg[part] = {**cfg[part], "context_length": 32}
    del cfg["text_cfg"]["hf_tokenizer_name"]
    (place / f"{NAME}.json").write_text(json.dumps(cfg))
    open_clip.add_model_config(place / f"{NAME}.json")
    open_clip_names._described.cache_clear()
    torch.manual_seed(3)
    model = open_clip.create_model(NAME)
    # Of this one, which it never reads, open_clip leaves whatever memory held: not a number, at times.
    torch.nn.init.constant_(model.text_decoder.text_projection, float("nan"))
    save_file({name: value.contiguous().clone() for name, value in model.state_dict().items()}, place / "weights.safetensors")
    yield place
    del open_clip.factory._MODEL_CONFIGS[NAME]
    open_clip_names._described.cache_clear()


def sources(theirs: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, ForeignWeights]:
    """The same weights as a file of either kind, as a folder, in the hub's cache and by a tag."""
    state = load_file(theirs / "weights.safetensors")
    cfg = json.loads((theirs / f"{NAME}.json").read_text())
    described = json.dumps({"model_cfg": cfg, "preprocess_cfg": {"mean": HALF, "std": HALF}})
    prefixed = {f"module.{name}": value for name, value in state.items()}
    torch.save({"epoch": 10, "name": "SAR-RS-CoCa", "state_dict": prefixed, "optimizer": {}}, place / "epoch_10.pt")
    repository = place / "cache" / "models--somebody--coca"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("0" * 40)
    for folder in (place / "folder", repository / "snapshots" / ("0" * 40)):
        folder.mkdir(parents=True)
        (folder / "open_clip_config.json").write_text(described)
        save_file(state, folder / "open_clip_model.safetensors")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(place / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    tags = {TAG: {"hf_hub": "somebody/coca/", "mean": HALF, "std": HALF}}
    monkeypatch.setitem(open_clip.pretrained._PRETRAINED, NAME, tags)
    file: dict[str, Any] = {"architecture": NAME, "pretrained": TAG}
    return {
        "pickle": ForeignWeights(weights=str(place / "epoch_10.pt"), **file),
        "safetensors": ForeignWeights(weights=str(theirs / "weights.safetensors"), **file),
        "folder": ForeignWeights(weights=str(place / "folder")),
        "hub": ForeignWeights(weights="hf-hub:somebody/coca"),
        "tag": ForeignWeights(weights=NAME, pretrained=TAG),
    }


def test_the_same_coca_from_everywhere_says_and_sees_the_same(
    theirs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, seen = [], []
    state = load_file(theirs / "weights.safetensors")
    for name, given in sources(theirs, tmp_path, monkeypatch).items():
        trained = import_weights(given, str(tmp_path / name))
        folder = model_folder(trained.uri)
        model = Model(folder)
        assert model.capabilities == {EMBED, CAPTION}
        tensors = [model.tensor(one.image) for one in EXAMPLES]
        said.append(model.caption(tensors, CaptionSearch(max_tokens=12)))
        seen.append(model.embed_images(tensors))
        _, loaded, _, preprocess = weights.load(folder)
        assert (preprocess.mean, preprocess.std, preprocess.fit) == (HALF, HALF, "pad")
        for key, value in loaded.state_dict().items():
            torch.testing.assert_close(value, state[key], rtol=0, atol=0, equal_nan=True)
    assert all(one == said[0] for one in said)
    for one in seen:  # the last bits of sums depend on where in memory the weights lie
        np.testing.assert_allclose(one, seen[0], atol=1e-6)


def test_what_was_brought_in_is_a_training_without_steps(theirs: Path, tmp_path: Path) -> None:
    given = ForeignWeights(weights=str(theirs / "weights.safetensors"), architecture=NAME, mean=(0.1, 0.2, 0.3))
    trained = import_weights(given, str(tmp_path / "out"))
    assert trained.summary() == f"{tmp_path / 'out'}: imported, from weights.safetensors"
    assert (trained.manifest["steps"], trained.manifest["models"]) == (0, [IMPORTED])
    assert weights.described(model_folder(trained.uri))[1].mean == (0.1, 0.2, 0.3)
    (subject,) = subjects_of([trained.uri]).values()
    assert (subject.objective, subject.stages) == ("coca", (IMPORTED,))
    assert Narrator(checkpoint=trained.uri, max_tokens=20).pinned().model
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.name != ".lock"]
    times = [path.stat().st_mtime_ns for path in written]
    assert import_weights(given, trained.uri).manifest == open_trained(trained.uri).manifest
    assert times == [path.stat().st_mtime_ns for path in written]
    with pytest.raises(OutputError, match="mean"):
        import_weights(ForeignWeights(weights=given.weights, architecture=NAME), trained.uri)


def test_other_weights_in_a_file_of_the_same_name_are_another_model(theirs: Path, tmp_path: Path) -> None:
    state = load_file(theirs / "weights.safetensors")
    given = ForeignWeights(weights=str(tmp_path / "model.safetensors"), architecture=NAME)
    save_file(state, tmp_path / "model.safetensors")
    import_weights(given, str(tmp_path / "out"))
    save_file({name: value + 1 for name, value in state.items()}, tmp_path / "model.safetensors")
    with pytest.raises(OutputError, match="sha256"):
        import_weights(given, str(tmp_path / "out"))


def test_a_model_of_transformers_answers(tmp_path: Path) -> None:
    gpt = GPT(language=TinyQwen(image_size_px=32, image_layers=1, text_layers=1))
    processor = gpt.tokenizer([f"{one.question} {one.text}" for one in EXAMPLES])
    gpt.save(gpt.build(processor), processor, gpt.preprocess(), tmp_path / "theirs")
    trained = import_weights(ForeignWeights(weights=str(tmp_path / "theirs")), str(tmp_path / "out"))
    model = Model(model_folder(trained.uri))
    assert model.capabilities == {ANSWER}
    assert len(model.answer([EXAMPLES[0].image], ["How many ships are there?"], max_tokens=4)) == 1
    with pytest.raises(UserError, match="has a processor that normalises images; leave --mean out"):
        import_weights(ForeignWeights(weights=str(tmp_path / "theirs"), mean=HALF), str(tmp_path / "other"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"weights": "{theirs}/weights.safetensors"}, "is a file, which does not say what it is of; give --architecture"),
        ({"weights": "{theirs}/nothing.pt", "architecture": NAME}, "nothing.pt is not there; give a file"),
        ({"weights": "{theirs}/nothing.pt"}, "nothing.pt is not there; give a file"),
        ({"weights": "{theirs}", "pretrained": TAG}, "says itself what it is; leave --pretrained out"),
        ({"weights": NAME, "architecture": NAME}, "is not there; give a file"),
        ({"weights": "{theirs}"}, "has no open_clip_config.json and no config.json; give a folder with a model"),
        ({"weights": NAME}, "is no file and no folder; of a model of open_clip's give --pretrained"),
        ({"weights": NAME, "pretrained": "nobodys"}, "coca_smallest has no weights 'nobodys'"),
        ({"weights": "{theirs}/weights.safetensors", "architecture": "no-such"}, "open_clip has no model 'no-such'"),
        (
            {"weights": "{theirs}/weights.safetensors", "architecture": "ViT-S-32-alt"},
            "does not hold the weights of ViT-S-32-alt",
        ),
    ],
)
def test_what_cannot_be_brought_in_is_said_and_leaves_nothing(
    given: dict[str, str], said: str, theirs: Path, tmp_path: Path
) -> None:
    fields = {name: value.format(theirs=theirs) for name, value in given.items()}
    with pytest.raises(UserError, match=said):
        import_weights(ForeignWeights(**fields), str(tmp_path / "out"))
    assert not (tmp_path / "out" / "plan.json").exists()


def test_a_training_that_starts_from_it_keeps_its_normalisation(theirs: Path, tmp_path: Path) -> None:
    file: dict[str, Any] = {"weights": str(theirs / "weights.safetensors"), "architecture": NAME}
    trained = import_weights(ForeignWeights(**file, mean=(0.1, 0.2, 0.3)), str(tmp_path / "out"))
    stages = (Stage(name="sar", datasets=("nothing",)),)
    training = Training(objective=CoCa(towers=Named(name=NAME)), stages=stages, start=trained.uri, fit="squash")
    preprocess = task_of(training, str(tmp_path / "training"), 1).preprocess
    assert (preprocess.mean, preprocess.fit) == ((0.1, 0.2, 0.3), "squash")
