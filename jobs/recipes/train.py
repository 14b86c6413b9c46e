"""Named, complete training configs, as functions.

A recipe has one of four arms: progressive, optical first, then SAR; `_sar`, SAR alone; `_joint`, both in one stage;
`_shuffled`, progressive with the optical captions at other images, which shows what they are worth.
"""

from dataclasses import replace

from jobs.train import Config
from sartext.config import REQUIRED, Recipes
from sartext.flow.train.examples.augmentation import Augmentation
from sartext.flow.train.stage import OPTICAL_DATASETS, SAR_DATASETS, Stage
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.gpt import GPT, NamedGPT
from sartext.models.objective import AnyObjective
from sartext.models.optimizer import AdamW
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Convolutional, Named, Tiny

SHORT_TOKENS = 32  # of a concise or coarse caption, at most


def clip() -> Config:
    """A tiny CLIP, trained from nothing on two cores: retrieval."""
    return _small(CLIP(towers=Tiny(image_size_px=96, patch_size_px=16)))


def clip_cnn() -> Config:
    """A CLIP with a small ModifiedResNet, which learns from nothing, of hundreds of images, in minutes of one core."""
    forms = (("concise", 1.0), ("coarse", 1.0), ("detailed", 0.0))
    both = Stage(name="sar", datasets=(SAR_DATASETS,), steps=500, optimizer=AdamW(peak=1e-3, warmup_share=0.1), forms=forms)
    # What is learned of optical images serves SAR only where neither colours nor the tone of a camera are learned.
    as_sar = Augmentation(gray=1.0, tone=0.5, speckle=0.5)
    optical = replace(both, name="optical", datasets=(OPTICAL_DATASETS,), augmentation=as_sar)
    objective = CLIP(towers=Convolutional(), equal_texts=True)
    return _config(objective, (optical, replace(both, augmentation=Augmentation(flips=0.5))), batch_size=64)


def coca() -> Config:
    """A tiny CoCa, trained from nothing on two cores: captions."""
    return _small(CoCa(towers=Tiny(image_size_px=96, patch_size_px=16)))


def coca_distilled() -> Config:
    """A tiny CoCa whose towers first learn the features of a teacher, as `clip_cnn` is one, then SAR captions."""
    short = (("concise", 1.0), ("coarse", 1.0), ("detailed", 0.0))
    config = _distilled(CoCa(towers=Tiny(context_length=SHORT_TOKENS, text_layers=2), equal_texts=True), steps=500)
    return replace(config, stages=tuple(replace(stage, forms=short) for stage in config.stages))


def gpt_distilled() -> Config:
    """A tiny Qwen2-VL whose image tower first learns what a teacher, as `clip_cnn` is one, sees where; then SAR questions."""
    config = _distilled(GPT(language=TinyQwen(image_layers=3, text_layers=2, vocabulary_size=800)), steps=1000)
    seen, asked = config.stages
    seen = replace(seen, optimizer=replace(seen.optimizer, peak=2e-3))
    # The tower has learned of all pixels what a few thousand answers would make it forget.
    return replace(config, stages=(seen, replace(asked, locked=("image",), optimizer=replace(asked.optimizer, peak=1e-3))))


def gpt() -> Config:
    """A tiny Qwen2-VL, trained from nothing on two cores: questions."""
    return _small(GPT(language=TinyQwen(image_size_px=96, patch_size_px=16)))


def sar_text_clip() -> Config:
    """SAR-RS-CLIP: OpenAI's ViT-L-14, 10 epochs a stage, cosine from 5e-5 (the published recipe of SARVLM, the same idea)."""
    objective = CLIP(towers=Named(name="ViT-L-14-quickgelu", pretrained="openai"))
    return _progressive(objective, AdamW(peak=5e-5, weight_decay=0.01, warmup_share=0.1), batch_size=1024)


def sar_text_coca() -> Config:
    """SAR-RS-CoCa: LAION's coca_ViT-L-14, 10 epochs a stage at 1e-5, both losses weighted 1 (as SARVLM)."""
    objective = CoCa(towers=Named(name="coca_ViT-L-14", pretrained="laion2b_s13b_b90k"), caption_weight=1.0)
    return _progressive(objective, AdamW(peak=1e-5, weight_decay=0.1, warmup_share=0.1), batch_size=512)


def sar_text_gpt() -> Config:
    """SAR-GPT: Qwen2-VL 2B with low-rank adapters, a model that vLLM serves."""
    objective = GPT(language=NamedGPT(name="Qwen/Qwen2-VL-2B-Instruct"), lora_rank=16)
    return _progressive(objective, AdamW(peak=1e-4, weight_decay=0.0, warmup_share=0.1), batch_size=64)


def clip_cnn_sar() -> Config:
    """`clip_cnn` on SAR images alone."""
    return _sar_alone(clip_cnn())


def clip_cnn_joint() -> Config:
    """`clip_cnn` on optical and SAR images together, in one stage."""
    return _joint(clip_cnn())


def clip_cnn_shuffled() -> Config:
    """`clip_cnn` with the optical captions at other images: what remains of progress is not the meaning of texts."""
    return _shuffled(clip_cnn())


def sar_text_clip_sar() -> Config:
    """`sar_text_clip` on SAR images alone."""
    return _sar_alone(sar_text_clip())


def sar_text_clip_joint() -> Config:
    """`sar_text_clip` on optical and SAR images together, in one stage."""
    return _joint(sar_text_clip())


def sar_text_clip_shuffled() -> Config:
    """`sar_text_clip` with the optical captions at other images."""
    return _shuffled(sar_text_clip())


def sar_text_coca_sar() -> Config:
    """`sar_text_coca` on SAR images alone."""
    return _sar_alone(sar_text_coca())


def sar_text_gpt_sar() -> Config:
    """`sar_text_gpt` on SAR images alone."""
    return _sar_alone(sar_text_gpt())


def _small(objective: AnyObjective) -> Config:
    """For models from nothing: at the first stage's rate a CLIP that comes from it collapses on its first SAR batches."""
    small = _progressive(objective, AdamW(peak=1e-3, warmup_share=0.2), batch_size=32)
    optical, sar = small.stages
    return replace(small, stages=(optical, replace(sar, optimizer=replace(sar.optimizer, peak=5e-4))))


def _progressive(objective: AnyObjective, optimizer: AdamW, *, batch_size: int) -> Config:
    """Optical first, then SAR."""
    stages = [
        Stage(name=name, datasets=(of,), optimizer=optimizer)
        for name, of in (("optical", OPTICAL_DATASETS), ("sar", SAR_DATASETS))
    ]
    return _config(objective, tuple(stages), batch_size=batch_size)


def _distilled(objective: AnyObjective, *, steps: int) -> Config:
    """The features of a teacher, then SAR."""
    optimizer = AdamW(peak=1e-3, warmup_share=0.1)
    first = Stage(name="distilled", datasets=(SAR_DATASETS,), steps=500, optimizer=optimizer, teacher=REQUIRED)
    then = Stage(name="sar", datasets=(SAR_DATASETS,), steps=steps, optimizer=optimizer)
    return replace(_config(objective, (first, then), batch_size=64), optical=())


def _config(objective: AnyObjective, stages: tuple[Stage, ...], *, batch_size: int) -> Config:
    return Config(objective=objective, optical=REQUIRED, sar=REQUIRED, out=REQUIRED, stages=stages, batch_size=batch_size)


def _sar_alone(config: Config) -> Config:
    return replace(config, optical=(), stages=config.stages[1:])


def _joint(config: Config) -> Config:
    """As many examples of each as in two stages, and optical images as gray as there."""
    optical, sar = config.stages
    gray = replace(sar.augmentation, gray=optical.augmentation.gray)
    steps = optical.steps + sar.steps
    joint = replace(sar, name="joint", datasets=(OPTICAL_DATASETS, SAR_DATASETS), steps=steps, augmentation=gray)
    return replace(config, stages=(joint,))


def _shuffled(config: Config) -> Config:
    optical, sar = config.stages
    return replace(config, stages=(replace(optical, shuffled=True), sar))


TRAIN = Recipes(
    Config,
    clip,
    clip_cnn,
    coca,
    coca_distilled,
    gpt,
    gpt_distilled,
    sar_text_clip,
    sar_text_coca,
    sar_text_gpt,
    clip_cnn_sar,
    clip_cnn_joint,
    clip_cnn_shuffled,
    sar_text_clip_sar,
    sar_text_clip_joint,
    sar_text_clip_shuffled,
    sar_text_coca_sar,
    sar_text_gpt_sar,
)
