"""Texts of optical twins by a captioner that was trained here, as the optical stage's CoCa, or imported from open_clip."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

from sartext.flow.predict.narrator import DTYPES, Narrator
from sartext.flow.predict.rewrite.optical_describer import DESCRIBE_PROMPT, OpticalDescriber, settled_prompt


@dataclass(frozen=True, kw_only=True)
class TwinDescriber(OpticalDescriber):
    """A describer of optical twins by a CoCa, or by a model that answers a prompt, greedily or by beam search."""

    checkpoint: str = field(
        metadata={
            "help": "a training of a CoCa or a GPT on optical images, of which the last model describes them, or a folder with "
            "a model, as of open_clip by jobs.weights",
            "identity": False,
        }
    )
    prompt: str = field(
        default="",
        metadata={
            "help": f"what a model that answers questions is asked (unset: {DESCRIBE_PROMPT!r}); a CoCa is asked nothing"
        },
    )
    model: str | None = field(
        default=None, metadata={"help": "fingerprint of the model's files; another model is refused (unset: any)"}
    )
    beams: int = field(default=1, metadata={"help": "beginnings that are kept while a text is searched; 1 is greedy"})
    max_tokens: int = field(default=40, metadata={"help": "longest text, in tokens, start and end included"})
    batch_size: int = field(default=64, metadata={"help": "images that the model sees at once", "identity": False})
    dtype: str = field(
        default="auto",
        metadata={
            "help": f"what the model computes in: {', '.join(DTYPES)}; auto is bfloat16 on a GPU that has it, else float32",
            "identity": False,
        },
    )

    def __post_init__(self) -> None:
        _ = self.narrator  # raises where it cannot be

    @property
    def narrator(self) -> Narrator:
        """The narrator that looks at the twins."""
        return Narrator(
            checkpoint=self.checkpoint,
            prompt=self.prompt,
            model=self.model,
            beams=self.beams,
            max_tokens=self.max_tokens,
            batch_size=self.batch_size,
            dtype=self.dtype,
        )

    def of(self, narrator: Any) -> Self:
        """The same with the narrator's model, and with the prompt where it answers one."""
        settled = narrator if self.prompt else settled_prompt(narrator)
        return replace(self, checkpoint=settled.checkpoint, model=settled.model, prompt=settled.prompt)
