"""How models are made to say something: what of it is identity, as another setting gives other words."""

from dataclasses import dataclass, field

from sartext.errors import require


@dataclass(frozen=True, kw_only=True)
class GenerationConfig:
    """How captions and answers are made. Nothing is drawn at random."""

    beams: int = field(default=1, metadata={"help": "beginnings of a caption that are kept; 1 is greedy decoding"})
    caption_tokens: int = field(
        default=77, metadata={"help": "longest caption in tokens, or the model's context where that is shorter"}
    )
    answer_tokens: int = field(default=16, metadata={"help": "longest answer in tokens"})
    batch_size: int = field(default=64, metadata={"help": "images or questions a model is given at once"})

    def __post_init__(self) -> None:
        for name, least in (("beams", 1), ("caption_tokens", 2), ("answer_tokens", 1), ("batch_size", 1)):
            require(f"saying.{name}", getattr(self, name), getattr(self, name) >= least, f"at least {least}")
