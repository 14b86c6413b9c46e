from dataclasses import replace
from pathlib import Path

import open_clip
import pytest
import torch
from open_clip.modified_resnet import ModifiedResNet

from sartext.errors import UserError
from sartext.models import weights
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.text import OpenClipTokenizer
from sartext.models.towers import Convolutional, Named, Tiny

TEXTS = ["two ships near a harbor"] * 3


@pytest.mark.parametrize(
    ("objective", "quick"),
    [
        (CLIP(towers=Named(name="ViT-L-14-quickgelu", pretrained="openai")), True),
        (CoCa(towers=Named(name="coca_ViT-L-14", pretrained="laion2b_s13b_b90k")), False),
    ],
    ids=["clip", "coca"],
)
def test_the_papers_models_are_known(objective: CLIP | CoCa, quick: bool) -> None:
    cfg = objective.model_cfg(49408)
    assert bool(cfg.get("quick_gelu")) is quick
    assert cfg["vision_cfg"]["width"] == 1024
    assert objective.preprocess().size_px == 224
    assert isinstance(objective.tokenizer(TEXTS), OpenClipTokenizer)


@pytest.mark.parametrize(
    ("objective", "said"),
    [
        (CLIP(towers=Named(name="ViT-L-14", pretrained="openai")), "quickgelu"),
        (CLIP(towers=Named(name="ViT-L-14-quickgelu", pretrained="laion2b_s32b_b82k")), "no weights|does not end"),
        (CLIP(towers=Named(name="ViT-Nothing")), "no model 'ViT-Nothing'"),
        (CoCa(towers=Named(name="coca_ViT-L-14", pretrained="openai")), "laion2b_s13b_b90k"),
        (CoCa(towers=Named(name="ViT-L-14")), "coca_"),
        (CLIP(towers=Named(name="coca_ViT-L-14")), "CoCa"),
        (CLIP(towers=Named(name="ViT-B-16-SigLIP")), "another library"),
    ],
)
def test_what_open_clip_would_build_otherwise_is_refused(objective: CLIP | CoCa, said: str) -> None:
    with pytest.raises(UserError, match=said):
        objective.build(OpenClipTokenizer())


def test_tiny_towers_are_tiny() -> None:
    model = CLIP(towers=Tiny()).build(CLIP().tokenizer(TEXTS))
    assert sum(parameter.numel() for parameter in model.parameters()) < 2_000_000


CONVOLUTIONAL = CLIP(towers=Convolutional(image_size_px=32, image_width=4, head_width=32, vocabulary_size=300))


def test_convolutional_towers_are_what_open_clip_loads(tmp_path: Path) -> None:
    tokenizer = CONVOLUTIONAL.tokenizer(TEXTS)
    model = CONVOLUTIONAL.build(tokenizer)
    weights.save(CONVOLUTIONAL, model, tokenizer, CONVOLUTIONAL.preprocess(), tmp_path)
    plain, _, _ = open_clip.create_model_and_transforms(f"local-dir:{tmp_path}")
    assert isinstance(plain.visual, ModifiedResNet)
    objective, ours, _, _ = weights.load(tmp_path)
    assert objective == CONVOLUTIONAL
    images = torch.rand(3, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(plain.eval().encode_image(images), ours.eval().encode_image(images), atol=1e-5, rtol=0)
    last = torch.channels_last
    for one in (model, ours):
        assert one.visual.conv1.weight.is_contiguous(memory_format=last)
    objective = CLIP(towers=replace(CONVOLUTIONAL.towers, channels_last=False))
    assert not objective.build(tokenizer).visual.conv2.weight.is_contiguous(memory_format=last)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"image_size_px": 48}, "image_size_px is 48; it must be a multiple of 32"),
        ({"image_layers": (1, 1, 1)}, "image_layers is 1 1 1; it must be four numbers of at least 1"),
        ({"image_width": 3}, "image_width is 3; it must be even"),
        ({"head_width": 60}, "head_width is 60; it must be a divisor of 32 image_width, 512"),
        ({"text_width": 33}, "text_width is 33; it must be a multiple of text_heads, 2"),
    ],
)
def test_convolutional_towers_that_cannot_be_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        Convolutional(**changes)
