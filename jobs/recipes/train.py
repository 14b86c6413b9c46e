"""Named, complete training configs, as functions."""

from dataclasses import replace

from jobs.train import Config
from sartext.config import REQUIRED, Recipes
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.gpt import GPT, NamedGPT
from sartext.models.objective import AnyObjective
from sartext.models.optimizer import AdamW
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Named, Tiny


def clip() -> Config:
    """A tiny CLIP, trained from nothing on two cores: retrieval."""
    return _small(CLIP(towers=Tiny(image_size_px=96, patch_size_px=16)))


def coca() -> Config:
    """A tiny CoCa, trained from nothing on two cores: captions."""
    return _small(CoCa(towers=Tiny(image_size_px=96, patch_size_px=16)))


def gpt() -> Config:
    """A tiny Qwen2-VL, trained from nothing on two cores: questions."""
    return _small(GPT(language=TinyQwen(image_size_px=96, patch_size_px=16)))


def sar_text_clip() -> Config:
    """SAR-RS-CLIP: OpenAI's ViT-L-14, 10 epochs a stage, cosine from 5e-5 (the published recipe of SARVLM, the same idea)."""
    objective = CLIP(towers=Named(name="ViT-L-14-quickgelu", pretrained="openai"))
    return replace(_trained(objective, peak=5e-5, weight_decay=0.01, warmup_share=0.1), batch_size=1024)


def sar_text_coca() -> Config:
    """SAR-RS-CoCa: LAION's coca_ViT-L-14, 10 epochs a stage at 1e-5, both losses weighted 1 (as SARVLM)."""
    objective = CoCa(towers=Named(name="coca_ViT-L-14", pretrained="laion2b_s13b_b90k"), caption_weight=1.0)
    return replace(_trained(objective, peak=1e-5, weight_decay=0.1, warmup_share=0.1), batch_size=512)


def sar_text_gpt() -> Config:
    """SAR-GPT: Qwen2-VL 2B with low-rank adapters, a model that vLLM serves."""
    objective = GPT(language=NamedGPT(name="Qwen/Qwen2-VL-2B-Instruct"), lora_rank=16)
    return replace(_trained(objective, peak=1e-4, weight_decay=0.0, warmup_share=0.1), batch_size=64)


def _small(objective: AnyObjective) -> Config:
    """For models from nothing: at the first stage's rate a CLIP that comes from it collapses on its first SAR batches."""
    small = _trained(objective, peak=1e-3, warmup_share=0.2)
    return replace(small, batch_size=32, sar_optimizer=replace(small.sar_optimizer, peak=5e-4))


def _trained(objective: AnyObjective, **optimizer: float) -> Config:
    both = AdamW(**optimizer)
    return Config(
        objective=objective,
        optical=REQUIRED,
        sar=REQUIRED,
        out=REQUIRED,
        optical_optimizer=both,
        sar_optimizer=both,
    )


TRAIN = Recipes(Config, clip, coca, gpt, sar_text_clip, sar_text_coca, sar_text_gpt)
