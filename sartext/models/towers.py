"""Which image and text towers a CLIP or a CoCa has: tiny ones, trained from nothing on two cores, and open_clip's own.

A model is built from open_clip's `model_cfg`, a plain dict, which is also what is written beside its weights.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import open_clip  # type: ignore[import-untyped]
import torch
from open_clip.coca_model import CoCa as CoCaModel  # type: ignore[import-untyped]
from open_clip.model import CustomTextCLIP  # type: ignore[import-untyped]
from torch import nn

from sartext.errors import UserError, demand
from sartext.models.text import VOCABULARY_SIZE, OpenClipTokenizer, TextTokens, train_caption_tokenizer


@dataclass(frozen=True, kw_only=True)
class Tiny:
    """Towers of one width, small enough for tests and first looks; the vocabulary is trained from the captions."""

    image_size_px: int = field(default=64, metadata={"help": "side of the square image that the model sees, in px"})
    patch_size_px: int = field(default=8, metadata={"help": "side of a patch in px"})
    width: int = field(default=128, metadata={"help": "width of both towers and of the features"})
    heads: int = field(default=4, metadata={"help": "attention heads of each layer"})
    image_layers: int = field(default=4, metadata={"help": "layers of the image tower"})
    text_layers: int = field(default=3, metadata={"help": "layers of the text tower"})
    context_length: int = field(default=48, metadata={"help": "longest text, in tokens"})
    vocabulary_size: int = field(default=VOCABULARY_SIZE, metadata={"help": "most tokens to learn from the captions"})

    def __post_init__(self) -> None:
        for name in ("patch_size_px", "heads", "image_layers", "text_layers"):
            demand(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        whole = self.image_size_px >= 1 and self.image_size_px % self.patch_size_px == 0
        demand("image_size_px", self.image_size_px, whole, f"a multiple of patch_size_px, {self.patch_size_px}")
        demand("width", self.width, self.width >= 1 and self.width % self.heads == 0, f"a multiple of heads, {self.heads}")
        demand("context_length", self.context_length, self.context_length >= 3, "at least 3: start, a token and end")

    def model_cfg(self, vocabulary_size: int) -> dict[str, Any]:
        """open_clip's configuration of a CLIP."""
        return {
            "embed_dim": self.width,
            "vision_cfg": {
                "image_size": self.image_size_px,
                "layers": self.image_layers,
                "width": self.width,
                "head_width": self.width // self.heads,
                "patch_size": self.patch_size_px,
            },
            "text_cfg": {
                "context_length": self.context_length,
                "vocab_size": vocabulary_size,
                "hf_tokenizer_name": ".",  # not empty: the tokenizer is of Hugging Face's kind, in the model's own folder
                "width": self.width,
                "heads": self.heads,
                "layers": self.text_layers,
            },
        }


@dataclass(frozen=True, kw_only=True)
class Named:
    """A model of open_clip by its name, with published weights by their tag, or None for a start from nothing."""

    name: str
    pretrained: str | None = None

    def model_cfg(self) -> dict[str, Any]:
        """open_clip's configuration.

        Raises `UserError` where open_clip has no such name or tag, or the weights were trained with another activation.
        """
        cfg = open_clip.get_model_config(self.name)
        if cfg is None:
            raise UserError(f"open_clip has no model {self.name!r}; open_clip.list_models() names them")
        if (
            "hf_model_name" in cfg["text_cfg"]
            or "timm_model_name" in cfg["vision_cfg"]
            or "hf_tokenizer_name" in cfg["text_cfg"]
        ):
            raise UserError(f"{self.name} has towers or a tokenizer of another library; choose a model of open_clip's own")
        if self.pretrained is not None:
            tag = open_clip.get_pretrained_cfg(self.name, self.pretrained)
            if not tag:
                known = ", ".join(open_clip.list_pretrained_tags_by_model(self.name)) or "none"
                raise UserError(f"{self.name} has no weights {self.pretrained!r}; there are: {known}")
            quick = bool(tag.get("quick_gelu"))
            if quick != bool(cfg.get("quick_gelu")):
                trained, name = ("quick", "ends") if quick else ("plain", "does not end")
                raise UserError(
                    f"{self.pretrained} weights of {self.name} were trained with {trained} GELU; "
                    f"choose the model whose name {name} in -quickgelu"
                )
        return deepcopy(dict(cfg))


def tokenizer_of(towers: Tiny | Named, texts: list[str]) -> TextTokens:
    """The tokenizer that goes with the towers; texts are for the tiny ones, which have none of their own."""
    return train_caption_tokenizer(texts, towers.vocabulary_size) if isinstance(towers, Tiny) else OpenClipTokenizer()


def from_model_cfg(model_cfg: dict[str, Any], seed: int) -> nn.Module:
    """The model of open_clip that a configuration describes, initialised by the seed; outputs are dicts."""
    cfg = deepcopy(model_cfg)
    custom_text = cfg.pop("custom_text", False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if "multimodal_cfg" in cfg:
            model = CoCaModel(**cfg)
            # open_clip leaves it as it was found in memory.
            nn.init.normal_(model.text_decoder.text_projection, std=cfg["multimodal_cfg"]["width"] ** -0.5)
        else:
            model = CustomTextCLIP(**cfg) if custom_text else open_clip.CLIP(**cfg)
            model.output_dict = True
    built: nn.Module = model
    return built


def build_towers(towers: Tiny | Named, model_cfg: dict[str, Any], seed: int) -> nn.Module:
    """The model: with published weights, from the cache or the network, where the towers name some, else by the seed."""
    if isinstance(towers, Tiny) or towers.pretrained is None:
        return from_model_cfg(model_cfg, seed)
    model: nn.Module = open_clip.create_model(towers.name, pretrained=towers.pretrained, output_dict=True)
    return model
