"""Models by the names that open_clip knows: its own, of the hub and of a folder; what cannot be had is one line, at once."""

import json
import time
from pathlib import Path
from typing import Any

import open_clip
import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import save_file

from sartext.errors import UserError
from sartext.models import hub, open_clip_names
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.gpt import GPT, NamedGPT
from sartext.models.image import MEAN, STD
from sartext.models.qwen import TinyQwen
from sartext.models.text import OpenClipTokenizer
from sartext.models.towers import Named, Tiny
from sartext.models.weights import load, save, start_fingerprint
from tests.support.tiny_models import examples_of

EXAMPLES = examples_of(6)
TEXTS = [example.text for example in EXAMPLES]
TINY = Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1)
ASKED = (0.5, 0.4, 0.3)


def checkpoint(folder: Path, cfg: dict[str, Any], **prepared: Any) -> Path:
    """A checkpoint as open_clip publishes them: its configuration, and weights from nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": cfg, "preprocess_cfg": prepared}))
    torch.manual_seed(3)
    model = open_clip.create_model(f"local-dir:{folder}")
    save_file({name: value.contiguous() for name, value in model.state_dict().items()}, folder / "open_clip_model.safetensors")
    return folder


def small(**text: Any) -> dict[str, Any]:
    """A CLIP with open_clip's own vocabulary."""
    cfg = TINY.model_cfg(49408)
    del cfg["text_cfg"]["hf_tokenizer_name"]
    return {**cfg, "text_cfg": {**cfg["text_cfg"], **text}}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hub's cache, empty, of a machine that reaches no hub."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(open_clip_names, "_CLIP_CACHE", tmp_path / "clip")
    open_clip_names._described.cache_clear()
    return tmp_path / "cache"


def snapshot(cache: Path, repository: str) -> Path:
    """The folder of a repository in the cache, as the hub's client lays it out."""
    base = cache / f"models--{repository.replace('/', '--')}"
    (base / "refs").mkdir(parents=True)
    (base / "refs" / "main").write_text("0" * 40)
    return base / "snapshots" / ("0" * 40)


def test_a_folder_is_read_as_open_clip_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint(tmp_path / "model", small(context_length=20), mean=ASKED, std=[0.5] * 3, resize_mode="shortest")
    monkeypatch.chdir(tmp_path)
    objective = CLIP(towers=Named(name="local-dir:model")).located()
    assert objective.towers.name == f"local-dir:{tmp_path / 'model'}"  # whole: workers run elsewhere
    tokenizer, preprocess = objective.tokenizer([]), objective.preprocess("squash")
    assert (preprocess.mean, preprocess.std, preprocess.fit, preprocess.size_px) == (ASKED, (0.5,) * 3, "squash", 32)
    model = objective.build(tokenizer)
    theirs = open_clip.create_model("local-dir:model", output_dict=True)
    batch = objective.collate(EXAMPLES, tokenizer, preprocess)
    assert batch["texts"].shape == (6, 20)
    for name, value in theirs(batch["images"], batch["texts"]).items():
        torch.testing.assert_close(model(batch["images"], batch["texts"])[name], value)

    save(objective, model, tokenizer, preprocess, tmp_path / "saved")
    said = json.loads((tmp_path / "saved" / "open_clip_config.json").read_text())["preprocess_cfg"]
    assert (said["mean"], said["std"], said["resize_mode"]) == (list(ASKED), [0.5] * 3, "squash")
    again = open_clip.create_model(f"local-dir:{tmp_path / 'saved'}")
    assert again.visual.preprocess_cfg["mean"] == list(ASKED)
    assert load(tmp_path / "saved")[3] == preprocess


@pytest.mark.parametrize("kind", [CLIP, CoCa])
def test_a_model_that_was_trained_here_is_gone_on_with(kind: type[CLIP] | type[CoCa], tmp_path: Path) -> None:
    first = kind(towers=TINY)
    tokenizer = first.tokenizer(TEXTS)
    model = first.build(tokenizer)
    save(first, model, tokenizer, first.preprocess(), tmp_path / "first")
    second = kind(towers=Named(name=f"local-dir:{tmp_path / 'first'}"))
    assert not second.learns_tokenizer
    its = second.located().tokenizer([])
    assert torch.equal(its.tokens(TEXTS, 20), tokenizer.tokens(TEXTS, 20))
    for one, two in zip(model.parameters(), second.build(its).parameters(), strict=True):
        assert torch.equal(one, two)
    save(second, model, its, second.preprocess(), tmp_path / "second")
    assert load(tmp_path / "second")[0] == second
    before = start_fingerprint(second)
    assert start_fingerprint(first) is None
    (tmp_path / "first" / "open_clip_model.safetensors").write_bytes(b"another")
    assert start_fingerprint(second) != before  # the same path is not the same model


def test_a_checkpoint_of_the_hub_comes_from_the_cache_without_a_network(cache: Path) -> None:
    checkpoint(snapshot(cache, "some/clip"), small(), mean=ASKED)
    objective = CLIP(towers=Named(name="hf-hub:some/clip"))
    assert objective.located() == objective
    assert objective.preprocess().mean == ASKED
    assert isinstance(objective.tokenizer([]), OpenClipTokenizer)
    theirs = open_clip.create_model(f"local-dir:{snapshot_of(cache, 'some/clip')}")
    for one, two in zip(objective.build(OpenClipTokenizer()).parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one, two)


def snapshot_of(cache: Path, repository: str) -> Path:
    return cache / f"models--{repository.replace('/', '--')}" / "snapshots" / ("0" * 40)


def test_an_answering_model_comes_from_the_cache_without_a_network(cache: Path) -> None:
    tiny = GPT(language=TinyQwen(image_size_px=32, heads=1, image_layers=1, text_layers=1))
    processor = tiny.tokenizer(TEXTS)
    save(tiny, tiny.build(processor), processor, tiny.preprocess(), snapshot(cache, "some/qwen"))
    objective = GPT(language=NamedGPT(name="some/qwen", image_size_px=32))
    began = time.monotonic()
    assert objective.located() == objective
    model = objective.build(objective.tokenizer([]))
    assert time.monotonic() - began < 20
    assert sum(one.numel() for one in model.parameters()) == sum(one.numel() for one in tiny.build(processor).parameters())


@pytest.mark.parametrize(
    ("objective", "said"),
    [
        (CLIP(towers=Named(name="hf-hub:some/clip")), "some/clip is not in the cache .*out of reach .*HF_HOME.*local-dir:PATH"),
        (
            CLIP(towers=Named(name="ViT-L-14", pretrained="laion2b_s32b_b82k")),
            "the weights laion2b_s32b_b82k of ViT-L-14 cannot be had: .*is not in the cache .*HF_HOME.*local-dir:PATH",
        ),
        (
            CoCa(towers=Named(name="coca_ViT-L-14", pretrained="laion2b_s13b_b90k")),
            "the weights laion2b_s13b_b90k of coca_ViT-L-14 cannot be had: .*HF_HOME.*local-dir:PATH",
        ),
        (GPT(language=NamedGPT(name="some/qwen")), "some/qwen is not in the cache .*out of reach .*HF_HOME.*name a folder"),
        (GPT(language=NamedGPT(name="./qwen")), "'./qwen' is neither a folder nor a name of the hub.*; name a folder"),
        (CLIP(towers=Named(name="hf-hub:some/clip", pretrained="openai")), "brings its own weights.*give '' as pretrained"),
        (CLIP(towers=Named(name="hf-hub:a/b/c")), "'a/b/c' is neither"),
        (CLIP(towers=Named(name="local-dir:/nowhere")), "/nowhere/open_clip_config.json describes no model"),
    ],
)
@pytest.mark.usefixtures("cache")
def test_weights_that_cannot_be_had_are_refused_at_once(objective: CLIP | CoCa | GPT, said: str) -> None:
    began = time.monotonic()
    with pytest.raises(UserError, match=said) as refused:
        objective.located()
    assert "\n" not in str(refused.value)
    assert time.monotonic() - began < 15


class Hub:
    """A hub that answers with one status."""

    def __init__(self, status: int) -> None:
        self._status = status

    def head(self, *_: Any, **__: Any) -> Any:
        return type("Answer", (), {"status_code": self._status})


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "answers 401; it asks who you are, or there is no such repository: check the name, or set HF_TOKEN"),
        (404, "some/clip has no open_clip_config.json on the hub"),
        (503, "answers 503; try again later"),
    ],
)
@pytest.mark.usefixtures("cache")
def test_what_the_hub_refuses_is_said(status: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "get_session", lambda: Hub(status))
    with pytest.raises(UserError, match=said):
        CLIP(towers=Named(name="hf-hub:some/clip")).located()


@pytest.mark.parametrize("damage", ["no weights", "cut weights", "other weights", "json", "keys", "vocabulary", "tokenizer"])
def test_a_folder_that_holds_no_whole_model_is_refused_in_one_line(damage: str, tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "model", small(vocab_size=1000) if damage == "vocabulary" else small())
    config, weights = folder / "open_clip_config.json", folder / "open_clip_model.safetensors"
    if damage == "no weights":
        weights.unlink()
    elif damage == "cut weights":
        weights.write_bytes(weights.read_bytes()[:-1000])
    elif damage == "other weights":
        save_file({"a": torch.zeros(3)}, weights)
    elif damage == "json":
        config.write_text("{")
    elif damage == "keys":
        config.write_text('{"model_cfg": {"vision_cfg": {}, "text_cfg": {}, "embed_dim": 3}, "nothing": 1}')
    elif damage == "tokenizer":
        config.write_text(json.dumps({"model_cfg": TINY.model_cfg(49408)}))
    objective = CLIP(towers=Named(name=f"local-dir:{folder}"))
    with pytest.raises(UserError) as refused:
        objective.located().build(objective.tokenizer([]))
    assert str(folder) in str(refused.value) or damage == "vocabulary"
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "vision"),
    [({"hf_model_name": "roberta-base"}, {}), ({}, {"timm_model_name": "resnet50"}), ({"hf_tokenizer_name": "t5-base"}, {})],
)
def test_a_folder_with_parts_of_another_library_is_refused(
    text: dict[str, Any], vision: dict[str, Any], tmp_path: Path
) -> None:
    cfg = small()
    cfg = {**cfg, "text_cfg": {**cfg["text_cfg"], **text}, "vision_cfg": {**cfg["vision_cfg"], **vision}}
    (tmp_path / "open_clip_config.json").write_text(json.dumps({"model_cfg": cfg}))
    with pytest.raises(UserError, match="towers or a tokenizer of another library"):
        CLIP(towers=Named(name=f"local-dir:{tmp_path}")).located()


@pytest.mark.parametrize(
    ("towers", "mean", "std"),
    [
        (Named(name="ViT-L-14", pretrained="laion2b_s32b_b82k"), (0.5,) * 3, (0.5,) * 3),
        (Named(name="ViT-L-14-quickgelu", pretrained="openai"), MEAN, STD),
        (Named(name="ViT-L-14"), MEAN, STD),
        (Tiny(), MEAN, STD),
    ],
)
def test_images_are_prepared_as_the_weights_were_trained(towers: Named | Tiny, mean: Any, std: Any) -> None:
    preprocess = CLIP(towers=towers).preprocess()
    assert (preprocess.mean, preprocess.std, preprocess.fit) == (mean, std, "pad")


def test_images_that_are_resized_in_another_way_are_refused(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "model", small(), interpolation="bilinear")
    with pytest.raises(UserError, match=f"local-dir:{folder}.*interpolation 'bilinear' is not 'bicubic'"):
        CLIP(towers=Named(name=f"local-dir:{folder}")).preprocess()


def test_no_tag_is_a_start_from_nothing() -> None:
    assert Named(name="ViT-S-32", pretrained="") == Named(name="ViT-S-32")
    with pytest.raises(UserError, match="name is local-dir:; it must be followed by"):
        Named(name="local-dir:")
