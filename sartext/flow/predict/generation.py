"""How models are made to say something: what of it is identity, as another setting gives other words."""

from dataclasses import dataclass, field

from sartext.errors import UserError, require
from sartext.models.objective import CaptionSearch


@dataclass(frozen=True, kw_only=True)
class GenerationConfig:
    """How captions and answers are made. Nothing is drawn at random."""

    beams: int = field(default=1, metadata={"help": "beginnings of a caption that are kept; 1 is greedy decoding"})
    beam_groups: int = field(default=1, metadata={"help": "groups that the beams are divided into, as open_clip has them"})
    caption_min_tokens: int = field(default=0, metadata={"help": "a caption does not end before it has so many tokens"})
    caption_tokens: int = field(
        default=77, metadata={"help": "longest caption in tokens, or the model's context where that is shorter"}
    )
    answer_tokens: int = field(default=16, metadata={"help": "longest answer in tokens"})
    batch_size: int = field(default=64, metadata={"help": "images or questions a model is given at once"})

    def __post_init__(self) -> None:
        leasts = {"beams": 1, "caption_min_tokens": 0, "caption_tokens": max(2, self.caption_min_tokens + 1)}
        for name, least in {**leasts, "answer_tokens": 1, "batch_size": 1}.items():
            require(f"saying.{name}", getattr(self, name), getattr(self, name) >= least, f"at least {least}")
        divided = self.beam_groups >= 1 and self.beams % self.beam_groups == 0
        require("saying.beam_groups", self.beam_groups, divided, f"a divisor of saying.beams, {self.beams}")

    def search(self, longest: int) -> CaptionSearch:
        """How captions are found by a model that writes so many tokens at most. Raises `UserError` where that is too few."""
        if longest <= self.caption_min_tokens:
            raise UserError(
                f"saying.caption_min_tokens is {self.caption_min_tokens}, and a model writes at most {longest}; give fewer"
            )
        return CaptionSearch(
            beams=self.beams,
            beam_groups=self.beam_groups,
            min_tokens=self.caption_min_tokens,
            max_tokens=min(self.caption_tokens, longest),
        )
