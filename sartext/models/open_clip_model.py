"""Models of open_clip, made from their configuration: initialised by a seed, or with the weights that their towers name."""

from copy import deepcopy
from typing import Any

import open_clip  # type: ignore[import-untyped]
import torch
from open_clip.coca_model import CoCa as CoCaModel  # type: ignore[import-untyped]
from open_clip.model import CustomTextCLIP  # type: ignore[import-untyped]
from torch import nn

from sartext.errors import UserError
from sartext.models.hub import one_line
from sartext.models.open_clip_names import read_weights
from sartext.models.text import TextTokens
from sartext.models.towers import Convolutional, Named, Tiny


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


def build_towers(
    towers: Tiny | Convolutional | Named, model_cfg: dict[str, Any], tokenizer: TextTokens, seed: int
) -> nn.Module:
    """The model: with the weights that the towers name, of a folder, the cache or the network, else initialised by the seed.

    Raises `UserError` where the weights cannot be had, or the tokenizer has more words than the model.
    """
    known = model_cfg["text_cfg"]["vocab_size"]
    if tokenizer.vocabulary_size > known:
        raise UserError(f"the tokenizer has {tokenizer.vocabulary_size} tokens and the model {known}; choose another model")
    if not isinstance(towers, Named) or not towers.brings_weights:
        return in_layout_of(towers, from_model_cfg(model_cfg, seed))
    with one_line(f"{towers.name} describes no model of open_clip's", "name another"):
        model = from_model_cfg(model_cfg, seed)
    read_weights(model, towers.name, towers.pretrained)
    return model


def in_layout_of(towers: Tiny | Convolutional | Named, model: nn.Module) -> nn.Module:
    """The model with its weights as the towers want them in memory: channels last is faster for convolutions."""
    if isinstance(towers, Convolutional) and towers.channels_last:
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model


def image_map(model: nn.Module, images: torch.Tensor, side: int) -> torch.Tensor:
    """What an image tower sees of images (N, 3, size, size) at so many places a side: (N, side^2, width), row by row.

    It is the last of its stages that tells so many places apart, averaged to so many. Raises `UserError` where none does.
    """
    with torch.no_grad():
        stages = model.visual.forward_intermediates(images, intermediates_only=True)["image_intermediates"]  # type: ignore[operator, union-attr]
    fine = [stage for stage in stages if min(stage.shape[2:]) >= side]
    if not fine:
        most = max(min(stage.shape[2:]) for stage in stages)
        raise UserError(f"the teacher tells {most} places a side apart, and {side} are to be learned; choose a finer teacher")
    return nn.functional.adaptive_avg_pool2d(fine[-1].float(), side).flatten(2).transpose(1, 2)
