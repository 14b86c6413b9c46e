"""The route `twin` by a language model: it puts into words what is known of the optical twin, and never sees a pixel."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Self

from sartext.config import WHERE_GIVEN
from sartext.errors import UserError, require
from sartext.flow.predict.narrator import DTYPES
from sartext.flow.predict.rewrite.answer_grammar import grammar_version
from sartext.flow.predict.rewrite.model_rewriter import ModelRewriter
from sartext.narrate.rule import Refusal
from sartext.narrate.write.twin.evidence import Evidence
from sartext.narrate.write.twin.rewriting import RewriteRequest, settle_answers

if TYPE_CHECKING:
    from sartext.flow.predict.micro_batches import MicroBatches
    from sartext.flow.predict.rewrite.language_model import LanguageModel


@dataclass(frozen=True, kw_only=True)
class TwinRewriter(ModelRewriter):
    """A rewriter by transformers, greedily, whose answers follow their JSON schema where xgrammar is installed."""

    batch_size: int = field(default=16, metadata={"help": "tiles that the model is asked about at once", "identity": False})
    dtype: str = field(
        default="auto",
        metadata={
            "help": f"what the model computes in: {', '.join(DTYPES)}; auto is bfloat16 on a GPU that has it, else float32",
            "identity": False,
        },
    )
    grammar: str | None = field(
        default=None,
        metadata={
            "help": "version of xgrammar, which holds answers to their JSON schema; another is refused (unset: the one that is "
            "installed, as with vLLM; where none is, the prompt asks for JSON and answers are checked)",
            "identity": WHERE_GIVEN,
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        require("batch_size", self.batch_size, self.batch_size >= 1, "at least 1")
        require("dtype", self.dtype, self.dtype in DTYPES, f"one of {', '.join(DTYPES)}")

    def pinned(self) -> Self:
        """The same with the fingerprints of the model and of the prompt, and with xgrammar's version, if there is one.

        Raises `UserError` where there is no model, or another model, prompt or xgrammar than the one that is named.
        """
        version = grammar_version()
        if self.grammar not in (None, version):
            raise UserError(
                f"xgrammar is {version or 'not installed'} here, not {self.grammar}; install that, or leave --twin.grammar out"
            )
        return replace(super().pinned(), grammar=version)

    def load(self) -> None:
        _loaded(self.model, self.dtype, self.grammar)

    def ready(self, prepared: Sequence[tuple[Evidence, ...]]) -> Sequence[tuple[Evidence, ...]]:
        """The statements as they are."""
        return prepared

    def ask(self, batch: Sequence[tuple[Evidence, ...]]) -> list[str | Refusal]:
        """What stands of what the model makes of each tile's statements, and what was refused, as JSON.

        Raises `MemoryError` where memory runs out for one tile alone: its actor ends, and what ends fresh ones is found.
        """
        return list(_batches(self.model, self.batch_size).each(batch, self._settled))

    def _settled(self, some: Sequence[tuple[Evidence, ...]]) -> list[str]:
        return [one.text() for one in settle_answers(some, self._generate)]

    def _generate(self, requests: Sequence[RewriteRequest]) -> list[str]:
        model = _loaded(self.model, self.dtype, self.grammar)
        chats, schemas = [one.chat for one in requests], [one.schema for one in requests]
        return model.answers(chats, schemas, max_tokens=self.max_tokens)


# Torch takes seconds to import, which --help and most rules do without.


@cache
def _loaded(model: str, dtype: str, grammar: str | None) -> "LanguageModel":
    from sartext.flow.predict.rewrite.language_model import LanguageModel

    if grammar is not None and grammar_version() != grammar:
        raise UserError(
            f"xgrammar is {grammar_version() or 'not installed'} where the model runs, and {grammar} where the job was begun; "
            "install the same"
        )
    return LanguageModel(model, dtype, held=grammar is not None)


@cache
def _batches(model: str, most: int) -> "MicroBatches":  # noqa: ARG001 - each model has its own
    from sartext.flow.predict.micro_batches import MicroBatches

    return MicroBatches(most)
