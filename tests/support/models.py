"""Tiny models as folders, for the tests of what uses them."""

from pathlib import Path

from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.gather import Alone
from sartext.models.gpt import GPT
from sartext.models.objective import AnyObjective, Example
from sartext.models.optimizer import AdamW, take_step
from sartext.models.towers import Tiny
from sartext.models.weights import save
from tests.support.tiny_models import examples_of

EXAMPLES = examples_of(20)
TOWERS = Tiny(image_size_px=32, width=64, heads=2, image_layers=2, text_layers=1)


def clip(folder: Path, seed: int = 0) -> Path:
    """A CLIP as it was initialised."""
    return _saved(CLIP(towers=TOWERS, seed=seed), folder, 0)


def coca(folder: Path) -> Path:
    """A CoCa that has learnt to write words."""
    return _saved(CoCa(towers=TOWERS), folder, 30)


def gpt(folder: Path, steps: int = 30) -> Path:
    """A GPT; after 30 steps its answers depend on the image."""
    return _saved(GPT(), folder, steps)


def _saved(objective: AnyObjective, folder: Path, steps: int, examples: list[Example] = EXAMPLES) -> Path:
    tokenizer = objective.tokenizer([f"{one.text} {one.question}" for one in examples])
    preprocess = objective.preprocess()
    model = objective.build(tokenizer)
    if steps:
        batch = objective.collate(examples, tokenizer, preprocess)
        optimizer = AdamW(peak=1e-3).build(model)
        for _ in range(steps):
            optimizer.zero_grad()
            objective.loss(model, batch, Alone())["loss"].backward()
            take_step(model, optimizer, 1e-3)
    save(objective, model, tokenizer, preprocess, folder)
    return folder
