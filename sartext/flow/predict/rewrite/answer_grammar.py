"""Answers of a model of transformers held to JSON schemas while it writes them, by xgrammar where that is installed."""

import importlib.metadata
from collections.abc import Sequence
from functools import cache
from typing import Any

_DISTRIBUTION = "xgrammar"


def grammar_version() -> str | None:
    """The version of xgrammar; None where it is not installed."""
    try:
        return importlib.metadata.version(_DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        return None


class AnswerGrammar:
    """Which tokens of a model may come next in an answer that follows a JSON schema."""

    def __init__(self, tokenizer: Any, vocabulary: int, ends: Sequence[int]) -> None:
        """For a tokenizer of transformers, a model that scores so many tokens, and the tokens that end its answers."""
        import xgrammar

        about = xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=vocabulary, stop_token_ids=list(ends))
        self._compiler = xgrammar.GrammarCompiler(about)

    @cache  # noqa: B019 - one of it lives as long as its model
    def _compiled(self, schema: str) -> Any:
        # Between two words of JSON a small model may put spaces until the room ends.
        return self._compiler.compile_json_schema(schema, any_whitespace=False)

    def processor(self, schemas: Sequence[str]) -> Any:
        """The logits processor of one batch of answers, each with its schema; another batch needs another."""
        from xgrammar.contrib.hf import LogitsProcessor

        return LogitsProcessor([self._compiled(schema) for schema in schemas])
