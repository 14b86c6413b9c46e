"""AdamW as open_clip trains with it, and the learning rate as a function of the step."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sartext.errors import require

if TYPE_CHECKING:
    import torch
    from torch import nn

_NOT_DECAYED = ("bn", "ln", "bias", "logit_scale")
MAX_LOGIT_SCALE = math.log(100)


@dataclass(frozen=True, kw_only=True)
class AdamW:
    """AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) with open_clip's defaults for vision transformers.

    The warm-up is a share of a stage's steps, so that a recipe's fits a small dataset as it fits a large one.
    """

    peak: float = field(default=5e-4, metadata={"help": "the highest learning rate"})
    warmup_share: float = field(
        default=0.0, metadata={"help": "share of the stage's steps in which the learning rate rises to its peak, below 1"}
    )
    weight_decay: float = field(default=0.2, metadata={"help": "decoupled weight decay, of matrices alone"})
    beta1: float = field(default=0.9, metadata={"help": "decay of the gradient's mean"})
    beta2: float = field(default=0.98, metadata={"help": "decay of the gradient's mean square"})
    epsilon: float = field(default=1e-6, metadata={"help": "added to the root of the mean square"})

    def __post_init__(self) -> None:
        for name, value in (("peak", self.peak), ("epsilon", self.epsilon)):
            require(name, value, 0 < value < math.inf, "a number above 0")
        require("weight_decay", self.weight_decay, 0 <= self.weight_decay < math.inf, "a number of at least 0")
        for name, value in (("warmup_share", self.warmup_share), ("beta1", self.beta1), ("beta2", self.beta2)):
            require(name, value, 0 <= value < 1, "at least 0 and below 1")

    def build(self, model: "nn.Module") -> "torch.optim.AdamW":
        """The optimizer of the model's trainable parameters: gains, biases and the logit scale are not decayed."""
        import torch  # takes seconds: a config of a training does without

        from sartext.models.objective import unwrapped

        named = [(name, parameter) for name, parameter in unwrapped(model).named_parameters() if parameter.requires_grad]
        groups = [
            {"params": [parameter for name, parameter in named if not _decays(name, parameter)], "weight_decay": 0.0},
            {"params": [parameter for name, parameter in named if _decays(name, parameter)], "weight_decay": self.weight_decay},
        ]
        return torch.optim.AdamW(groups, lr=self.peak, betas=(self.beta1, self.beta2), eps=self.epsilon)

    def warmup_steps(self, total_steps: int) -> int:
        """How many of a stage's steps the warm-up takes: its share to the nearest step, and never all of them."""
        return min(round(self.warmup_share * total_steps), total_steps - 1)

    def rate(self, step: int, total_steps: int) -> float:
        """The learning rate of a step, counted from 0: a straight line up to `peak`, then half a cosine down to 0."""
        warmup_steps = self.warmup_steps(total_steps)
        if step < warmup_steps:
            return self.peak * (step + 1) / warmup_steps
        done, all_of_it = min(step, total_steps) - warmup_steps, total_steps - warmup_steps
        return 0.5 * (1 + math.cos(math.pi * done / all_of_it)) * self.peak


def take_step(model: "nn.Module", optimizer: "torch.optim.Optimizer", rate: float) -> None:
    """One step at a learning rate; the logit scale, where there is one, stays within 0 and ln 100, as in CLIP."""
    import torch

    from sartext.models.objective import unwrapped

    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    scale = getattr(unwrapped(model), "logit_scale", None)
    if scale is not None:
        with torch.no_grad():
            scale.clamp_(0, MAX_LOGIT_SCALE)


def _decays(name: str, parameter: "nn.Parameter") -> bool:
    return parameter.ndim >= 2 and not any(part in name for part in _NOT_DECAYED)
