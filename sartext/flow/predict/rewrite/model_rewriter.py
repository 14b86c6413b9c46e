"""What rewriters by a language model have in common, whatever runs it: model and prompt, statements in, captions out."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from sartext.errors import TileRejected, UserError, require
from sartext.models.fingerprint import model_fingerprint
from sartext.narrate.rule import Refusal
from sartext.narrate.write.twin.evidence import evidence_of
from sartext.narrate.write.twin.rewrite_prompt import rewrite_fingerprint
from sartext.narrate.write.twin.rewriting import captioned, from_text
from sartext.narrate.write.twin.rule import TWIN_ROUTE, TwinText
from sartext.tile import Tile

_CONFIG = "config.json"


@dataclass(frozen=True, kw_only=True)
class ModelRewriter(ABC):
    """One caption a tile by a causal language model; the rule's where nothing that it writes stands.

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

    def __post_init__(self) -> None:
        require("max_tokens", self.max_tokens, self.max_tokens >= 1, "at least 1")

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

    def prepare(self, tile: Tile) -> Any:
        """The statements about the tile's twin."""
        return evidence_of(tile)

    @abstractmethod
    def ready(self, prepared: Sequence[Any]) -> Any:
        """The statements as `ask` takes them."""

    @abstractmethod
    def ask(self, batch: Any) -> list[str | Refusal]:
        """What stands of what the model makes of each tile's statements, and what was refused, as JSON."""

    def answered(self, tile: Tile, said: str) -> Tile:
        """The tile with the caption, and with what was refused as captions that are not kept."""
        return captioned(tile, from_text(said), self.rule, self.weights)

    def apply(self, tile: Tile) -> Tile:
        """The tile with its caption."""
        (said,) = self.ask(self.ready([self.prepare(tile)]))
        if isinstance(said, Refusal):
            raise TileRejected(said.reason, said.detail)
        return self.answered(tile, said)
