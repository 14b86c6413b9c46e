import pytest

from sartext.errors import UserError
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.text import OpenClipTokenizer
from sartext.models.towers import Named, Tiny

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
