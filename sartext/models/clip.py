"""CLIP (Radford et al. 2021, arXiv 2103.00020): images and texts in one space, for retrieval and zero-shot classification."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from sartext.errors import UserError, require
from sartext.models.contrastive import contrastive_loss
from sartext.models.gather import Gather
from sartext.models.image import Preprocess
from sartext.models.objective import SEEDS, Batch, Example, Losses, real_rows
from sartext.models.shortening import shortened
from sartext.models.text import TextTokens
from sartext.models.towers import Named, OfTowers, Tiny, build_towers


@dataclass(frozen=True, kw_only=True)
class CLIP(OfTowers):
    """The contrastive objective."""

    towers: Tiny | Named = field(default_factory=Tiny)
    seed: int = field(default=0, metadata={"help": "of the initialisation, where no published weights are named"})

    def __post_init__(self) -> None:
        require("seed", self.seed, 0 <= self.seed < SEEDS, "from 0 to 2^63 - 1")

    @property
    def revision(self) -> int:
        return 2

    def model_cfg(self, vocabulary_size: int) -> dict[str, Any]:
        """open_clip's configuration. Raises `UserError` where open_clip has no such CLIP or no such weights."""
        if isinstance(self.towers, Tiny):
            return self.towers.model_cfg(vocabulary_size)
        cfg = self.towers.model_cfg()
        if "multimodal_cfg" in cfg:
            raise UserError(f"{self.towers.name} has a decoder that CLIP does not train; train it as a CoCa")
        return cfg

    def build(self, tokenizer: TextTokens) -> nn.Module:
        return build_towers(self.towers, self.model_cfg(tokenizer.vocabulary_size), tokenizer, self.seed)

    def collate(self, examples: Sequence[Example], tokenizer: TextTokens, preprocess: Preprocess) -> Batch:
        """`images` float32 (N, 3, size, size), `texts` int64 (N, context_length), `real` and `shortened` bool (N,)."""
        return pairs(examples, tokenizer, preprocess, self.model_cfg(0)["text_cfg"]["context_length"])

    def loss(self, model: nn.Module, batch: Batch, gather: Gather) -> Losses:
        """`loss`, which is `contrastive_loss`, and `logit_scale`."""
        out = model(batch["images"], batch["texts"])
        scale = out["logit_scale"]
        loss = contrastive_loss(out["image_features"], out["text_features"], scale, batch["real"], gather)
        return {"loss": loss, "contrastive_loss": loss, "logit_scale": scale}


def pairs(examples: Sequence[Example], tokenizer: TextTokens, preprocess: Preprocess, context_length: int) -> Batch:
    """The batch of a model that sees whole images, and texts up to its context length.

    What is longer is shortened to whole sentences; `shortened`, bool (N,), says where.
    """
    texts = [example.text for example in examples]
    long = [length > context_length for length in tokenizer.lengths(texts)]

    def fits(text: str) -> bool:
        return tokenizer.lengths([text])[0] <= context_length

    fitting = [shortened(text, fits) if too_long else text for text, too_long in zip(texts, long, strict=True)]
    return {
        "images": preprocess.batch([example.image for example in examples]),
        "texts": tokenizer.tokens(fitting, context_length),
        "real": real_rows(examples),
        "shortened": torch.tensor(long),
    }


def image_features(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Features of images (N, 3, size, size) by a CLIP or a CoCa: float32 (N, D), of length 1."""
    with answering(model):
        return model.encode_image(images, normalize=True).float()  # type: ignore[operator,no-any-return]


def text_features(model: nn.Module, texts: torch.Tensor) -> torch.Tensor:
    """Features of token ids (N, context_length) by a CLIP or a CoCa: float32 (N, D), of length 1."""
    with answering(model):
        return model.encode_text(texts, normalize=True).float()  # type: ignore[operator,no-any-return]


@contextmanager
def answering(model: nn.Module) -> Iterator[None]:
    """Without gradients and as in evaluation; afterwards the model is in the mode it was in."""
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(training)
