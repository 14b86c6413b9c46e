"""The route `twin` by a language model in vLLM's engine, whose answers follow their JSON schema, a shard's tiles in one go."""

import glob
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from sartext.errors import TileRejected, UserError, require
from sartext.flow.predict.by_vllm.caption_requests import Decoding
from sartext.flow.predict.by_vllm.chat_request import ChatRequest
from sartext.flow.predict.by_vllm.vllm_narrator import installed_version
from sartext.flow.predict.narrating.tile_seed import tile_seed
from sartext.flow.predict.rewrite.model_rewriter import ModelRewriter
from sartext.models.objective import SEEDS
from sartext.narrate.rule import Refusal
from sartext.narrate.write.twin.evidence import Evidence
from sartext.narrate.write.twin.rewrite_prompt import answer_schema, messages
from sartext.narrate.write.twin.rewriting import RewriteRequest, captioned, first_requests, from_text, settle_answers
from sartext.sources.source import SHARD_TILES
from sartext.tile import Tile

if TYPE_CHECKING:
    from concurrent.futures import Future

    from sartext.flow.predict.by_vllm.caption_engine import CaptionEngine
    from sartext.flow.predict.by_vllm.engine_thread import EngineAnswer

_LEAST_POSITIONS = 64


class Statements(NamedTuple):
    """What is known of a tile's twin, and the seed of what is drawn for it."""

    evidence: tuple[Evidence, ...]
    seed: int | None


class AskedStatements(NamedTuple):
    """Statements of several tiles, and where the answers of the first round will be."""

    tiles: tuple[Statements, ...]
    first: "list[Future[EngineAnswer]]"


@dataclass(frozen=True, kw_only=True)
class VLLMTwinRewriter(ModelRewriter):
    """A rewriter by vLLM, which holds answers to their JSON schema: sentences that each cite statements that are there.

    The engine is started once a process, which takes a minute or more, and has all tiles of a shard at once; what is the same
    for all comes first in the prompt and is computed once.
    """

    temperature: float = field(default=0.0, metadata={"help": "of sampling; 0 takes the likeliest token each time"})
    seed: int = field(
        default=0,
        metadata={
            "help": "of the sentences of the rule, which stand where the model's do not, and of sampling, where that of a tile "
            "is made of it and of the tile's key"
        },
    )
    version: str | None = field(
        default=None, metadata={"help": "version of vLLM; another is refused (unset: the one that is installed)"}
    )
    max_positions: int = field(
        default=4096,
        metadata={"help": "tokens of prompt and answer together, at most; of a tile that needs more the rule writes"},
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self._decoding(1)  # raises where it cannot be
        require("seed", self.seed, 0 <= self.seed < SEEDS, "from 0 to 2^63 - 1")
        least = self.max_tokens + _LEAST_POSITIONS
        require("max_positions", self.max_positions, self.max_positions >= least, f"at least {least}, with max_tokens")

    @property
    def batch_size(self) -> int:
        """The largest shard: the engine itself decides how many of all that it has it works on at a time."""
        return SHARD_TILES

    def pinned(self) -> Self:
        """The same with the fingerprints of the model and of the prompt, and with vLLM's version.

        Raises `UserError` where vLLM is not installed, or there is no model, or another model, prompt or version than named.
        """
        version = _version()
        if self.version not in (None, version):
            raise UserError(f"vLLM is {version} here, not {self.version}; install that, or leave --twin.version out")
        pinned = replace(super().pinned(), version=version)
        if glob.has_magic(pinned.model):
            raise UserError(f"{pinned.model} has *, ? or [ in its name, which vLLM takes for a pattern of names; rename it")
        return pinned

    def prepare(self, tile: Tile) -> Statements:
        """The statements about the tile's twin, and its seed."""
        return Statements(super().prepare(tile), self._seed(tile))

    def load(self) -> None:
        _chat_engine(self)

    def ready(self, prepared: Sequence[Statements]) -> AskedStatements:
        """The statements, of which the engine has the first requests: it begins while it works on those of the batch before."""
        tiles = tuple(prepared)
        return AskedStatements(tiles, self._submit(first_requests([one.evidence for one in tiles]), tiles))

    def ask(self, batch: AskedStatements) -> list[str | Refusal]:
        """What stands of what the model makes of each tile's statements, and what was refused, as JSON.

        An engine that dies ends its actor.
        """
        first = [batch.first]

        def generate(requests: list[RewriteRequest]) -> list[str]:
            submitted = first.pop() if first else self._submit(requests, batch.tiles)
            return [_text(answer) for answer in _chat_engine(self).answers(submitted)]

        return [one.text() for one in settle_answers([one.evidence for one in batch.tiles], generate)]

    def answered(self, tile: Tile, said: str) -> Tile:
        """The tile with the caption, and with what was refused as captions that are not kept."""
        return captioned(tile, from_text(said), self.rule, self.weights, self._seed(tile))

    def _seed(self, tile: Tile) -> int | None:
        return tile_seed(self.seed, tile.key) if self.temperature > 0 else None

    def _submit(self, requests: Sequence[RewriteRequest], tiles: Sequence[Statements]) -> "list[Future[EngineAnswer]]":
        engine, submitted = _chat_engine(self), []
        for one in requests:
            turns = tuple((turn["role"], turn["content"]) for turn in one.chat)
            decoding = self._decoding(len(tiles[one.tile].evidence))
            submitted += engine.submit([ChatRequest(turns, tiles[one.tile].seed)], decoding)
        return submitted

    def _decoding(self, statements: int) -> Decoding:
        return Decoding(temperature=self.temperature, top_p=1.0, max_tokens=self.max_tokens, schema=answer_schema(statements))


def _text(answer: "EngineAnswer") -> str:
    """What the model says; nothing where it could not be asked, as for want of room: then the rule writes."""
    return "" if isinstance(answer, TileRejected) else answer.text


def _version() -> str:
    try:
        return installed_version()
    except UserError as error:
        raise UserError(
            "vLLM is not installed; install the extra sartext[vllm], or take a recipe without _vllm, which needs none"
        ) from error


@cache
def _chat_engine(rewriter: VLLMTwinRewriter) -> "CaptionEngine":
    """The engine of a rule that is pinned, started at the first call in a process.

    Raises `UserError` where its model cannot be asked at all: nothing about the tiles would mend it.
    """
    from sartext.flow.predict.by_vllm.caption_engine import CaptionEngine

    if rewriter.version != (version := _version()):
        raise UserError(f"vLLM is {version} where it runs, and {rewriter.version} where the job was begun; install the same")
    engine = CaptionEngine(Path(rewriter.model), None, rewriter.max_positions, images=0)
    chat = tuple((turn["role"], turn["content"]) for turn in messages(["water"]))
    (outcome,) = engine.ask([ChatRequest(chat)], replace(rewriter._decoding(1), max_tokens=1))
    if isinstance(outcome, TileRejected):
        raise UserError(
            f"{rewriter.model} cannot be asked ({outcome.detail}); give a model with a chat template and room, "
            "or take a recipe without _vllm"
        )
    return engine
