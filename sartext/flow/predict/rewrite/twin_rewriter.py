"""The route `twin` by a language model: it puts into words what is known of the optical twin, and never sees a pixel."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sartext.errors import TileRejected, UserError, require
from sartext.flow.predict.narrator import DTYPES
from sartext.models.fingerprint import model_fingerprint
from sartext.narrate.rule import Refusal
from sartext.narrate.write.twin.evidence import Evidence, evidence_of
from sartext.narrate.write.twin.rewrite_prompt import rewrite_fingerprint
from sartext.narrate.write.twin.rewriting import captioned, from_text, settle_answers
from sartext.narrate.write.twin.rule import TWIN_ROUTE, TwinText
from sartext.tile import Tile

if TYPE_CHECKING:
    from sartext.flow.predict.micro_batches import MicroBatches
    from sartext.flow.predict.rewrite.language_model import LanguageModel

_CONFIG = "config.json"


@dataclass(frozen=True, kw_only=True)
class TwinRewriter:
    """One caption a tile by a causal language model of transformers, greedily; the rule's where nothing that it writes stands.

    It gets numbered statements, answers with sentences that cite them, and each sentence is checked: it may say what the cited
    statements say of what lasts, and nothing else. What is refused goes back once. Nothing is asked about a tile of whose twin
    nothing lasting is known.
    """

    model: str = field(
        metadata={"help": "folder of a causal language model, as transformers saves it", "identity": False},
    )
    weights: str | None = field(
        default=None, metadata={"help": "fingerprint of the model's files; another model is refused (unset: any)"}
    )
    prompt: str | None = field(
        default=None, metadata={"help": "fingerprint of the prompt; another is refused (unset: the one of this version)"}
    )
    seed: int = field(default=0, metadata={"help": "of the sentences of the rule, which stand where the model's do not"})
    max_tokens: int = field(default=256, metadata={"help": "longest answer, in tokens"})
    batch_size: int = field(default=16, metadata={"help": "tiles that the model is asked about at once", "identity": False})
    dtype: str = field(
        default="auto",
        metadata={
            "help": f"what the model computes in: {', '.join(DTYPES)}; auto is bfloat16 on a GPU that has it, else float32",
            "identity": False,
        },
    )

    def __post_init__(self) -> None:
        require("batch_size", self.batch_size, self.batch_size >= 1, "at least 1")
        require("max_tokens", self.max_tokens, self.max_tokens >= 1, "at least 1")
        require("dtype", self.dtype, self.dtype in DTYPES, f"one of {', '.join(DTYPES)}")

    @property
    def name(self) -> str:
        return TWIN_ROUTE

    @property
    def revision(self) -> int:
        return 1

    @property
    def rule(self) -> TwinText:
        """What writes where the model does not."""
        return TwinText(seed=self.seed)

    def pinned(self) -> Self:
        """The same with the fingerprints of the model and of the prompt.

        Raises `UserError` where there is no model, or another model or prompt than the one that is named.
        """
        folder = Path(self.model).expanduser()
        if not (folder / _CONFIG).is_file():
            raise UserError(f"{self.model} is no folder with a model (it has no {_CONFIG}); give one that transformers saved")
        found = model_fingerprint(folder)
        if self.weights not in (None, found):
            raise UserError(
                f"{folder} is the model {found}, not {self.weights}; give the other one, or leave --twin.weights out"
            )
        if self.prompt not in (None, rewrite_fingerprint()):
            raise UserError(f"the prompt is {rewrite_fingerprint()} here, not {self.prompt}; leave --twin.prompt out")
        return replace(self, model=str(folder.absolute()), weights=found, prompt=rewrite_fingerprint())

    def prepare(self, tile: Tile) -> tuple[Evidence, ...]:
        """The statements about the tile's twin."""
        return evidence_of(tile)

    def load(self) -> None:
        _loaded(self.model, self.dtype)

    def ready(self, prepared: Sequence[tuple[Evidence, ...]]) -> Sequence[tuple[Evidence, ...]]:
        """The statements as they are."""
        return prepared

    def ask(self, batch: Sequence[tuple[Evidence, ...]]) -> list[str | Refusal]:
        """What stands of what the model makes of each tile's statements, and what was refused, as JSON.

        Raises `MemoryError` where memory runs out for one tile alone: its actor ends, and what ends fresh ones is found.
        """
        return list(_batches(self.model, self.batch_size).each(batch, self._settled))

    def _settled(self, some: Sequence[tuple[Evidence, ...]]) -> list[str]:
        model = _loaded(self.model, self.dtype)
        return [one.text() for one in settle_answers(some, lambda chats: model.answers(chats, max_tokens=self.max_tokens))]

    def answered(self, tile: Tile, said: str) -> Tile:
        """The tile with the caption, and with what was refused as captions that are not kept."""
        return captioned(tile, from_text(said), self.rule, self.weights)

    def apply(self, tile: Tile) -> Tile:
        """The tile with its caption."""
        (said,) = self.ask(self.ready([self.prepare(tile)]))
        if isinstance(said, Refusal):
            raise TileRejected(said.reason, said.detail)
        return self.answered(tile, said)


# Torch takes seconds to import, which --help and most rules do without.


@cache
def _loaded(model: str, dtype: str) -> "LanguageModel":
    from sartext.flow.predict.rewrite.language_model import LanguageModel

    return LanguageModel(model, dtype)


@cache
def _batches(model: str, most: int) -> "MicroBatches":  # noqa: ARG001 - each model has its own
    from sartext.flow.predict.micro_batches import MicroBatches

    return MicroBatches(most)
