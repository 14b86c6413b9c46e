"""Texts of optical twins by any model of images and texts that vLLM serves, hundreds at a time."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

from sartext.flow.predict.by_vllm.vllm_narrator import VLLMNarrator
from sartext.flow.predict.rewrite.optical_describer import DESCRIBE_PROMPT, OpticalDescriber


@dataclass(frozen=True, kw_only=True)
class VLLMTwinDescriber(OpticalDescriber):
    """A describer of optical twins by vLLM's engine in the actor, greedily; it is started once a process."""

    checkpoint: str = field(
        metadata={
            "help": "a folder with a model of images and texts that vLLM serves, as transformers saves it, or a training of a "
            "GPT on optical images",
            "identity": False,
        }
    )
    prompt: str = field(default=DESCRIBE_PROMPT, metadata={"help": "what the model is asked about each optical image"})
    image_first: bool | None = field(
        default=None,
        metadata={"help": "the image before the prompt (unset: for a GPT that was trained here, which learns it so)"},
    )
    image_size_px: int | None = field(
        default=None,
        metadata={"help": "side of the square that an image is padded into, in px (unset: as the model has it)"},
    )
    model: str | None = field(
        default=None, metadata={"help": "fingerprint of the model's files; another model is refused (unset: any)"}
    )
    version: str | None = field(
        default=None, metadata={"help": "version of vLLM; another is refused (unset: the one that is installed)"}
    )
    max_tokens: int = field(default=128, metadata={"help": "longest answer, in tokens; of a longer one whole sentences stay"})
    max_positions: int = field(
        default=4096,
        metadata={"help": "tokens of prompt, image and answer together, at most; a tile that needs more is rejected"},
    )

    def __post_init__(self) -> None:
        _ = self.narrator  # raises where it cannot be

    @property
    def narrator(self) -> VLLMNarrator:
        """The narrator that looks at the twins."""
        return VLLMNarrator(
            checkpoint=self.checkpoint,
            prompt=self.prompt,
            image_first=self.image_first,
            image_size_px=self.image_size_px,
            model=self.model,
            version=self.version,
            max_tokens=self.max_tokens,
            max_positions=self.max_positions,
        )

    def of(self, narrator: Any) -> Self:
        """The same with the narrator's model, vLLM's version, and where the image is in its prompt."""
        return replace(
            self,
            checkpoint=narrator.checkpoint,
            model=narrator.model,
            version=narrator.version,
            image_first=narrator.image_first,
        )
