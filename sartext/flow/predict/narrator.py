"""The route `narrator`: captions of a model, as a CoCa or one that answers a prompt, for tiles that nobody has annotated."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sartext.errors import TileRejected, UserError, require
from sartext.models.fingerprint import model_fingerprint
from sartext.models.folder import OBJECTIVE, read_model_json
from sartext.models.image import Preprocess, from_open_clip_cfg
from sartext.models.objective import CaptionSearch
from sartext.models.shortening import whole_sentences
from sartext.narrate.rule import Refusal
from sartext.tile import Caption, Tile

if TYPE_CHECKING:
    from sartext.flow.predict.micro_batches import MicroBatches
    from sartext.flow.predict.model import Model

ROUTE = "narrator"
DTYPES = ("auto", "float32", "bfloat16")
DEFAULT_PROMPT = "Describe this radar image in one or two sentences."


@dataclass(frozen=True, kw_only=True)
class Narrator:
    """One caption a tile, by greedy decoding or beam search. The model is loaded once a process.

    A model that answers questions is asked for the caption by a prompt, and answers greedily.
    """

    checkpoint: str = field(
        metadata={
            "help": "a training of a CoCa or a GPT, of which the last model narrates, or a folder with a model",
            "identity": False,
        }
    )
    prompt: str = field(
        default="",
        metadata={"help": f"what a model that answers questions is asked (unset: {DEFAULT_PROMPT!r}); a CoCa is asked nothing"},
    )
    model: str | None = field(
        default=None, metadata={"help": "fingerprint of the model's files; another model is refused (unset: any)"}
    )
    beams: int = field(default=1, metadata={"help": "beginnings that are kept while a caption is searched; 1 is greedy"})
    beam_groups: int = field(default=1, metadata={"help": "groups that the beams are divided into, as open_clip has them"})
    min_tokens: int = field(default=0, metadata={"help": "a caption does not end before it has so many tokens"})
    max_tokens: int = field(default=40, metadata={"help": "longest caption, in tokens, start and end included"})
    batch_size: int = field(default=64, metadata={"help": "tiles that the model sees at once", "identity": False})
    dtype: str = field(
        default="auto",
        metadata={
            "help": f"what the model computes in: {', '.join(DTYPES)}; auto is bfloat16 on a GPU that has it, else float32",
            "identity": False,
        },
    )

    def __post_init__(self) -> None:
        require("batch_size", self.batch_size, self.batch_size >= 1, "at least 1")
        require("dtype", self.dtype, self.dtype in DTYPES, f"one of {', '.join(DTYPES)}")
        _ = self.search  # raises where it cannot be

    @property
    def name(self) -> str:
        return ROUTE

    @property
    def revision(self) -> int:
        return 3

    @property
    def search(self) -> CaptionSearch:
        """How captions are found. Raises `UserError` where they cannot be so."""
        return CaptionSearch(
            beams=self.beams, beam_groups=self.beam_groups, min_tokens=self.min_tokens, max_tokens=self.max_tokens
        )

    def pinned(self) -> Self:
        """The same with the model's fingerprint.

        Raises `UserError` where there is no model that captions, or another than the one that is named, or one of a shorter
        context than the captions may be long.
        """
        folder = _captioner(self.checkpoint)
        found = model_fingerprint(folder)
        if self.model not in (None, found):
            raise UserError(
                f"{folder} is the model {found}, not {self.model}; give the other one, or leave --narrator.model out"
            )
        if not _can_caption(folder):
            if self.beams > 1 or self.min_tokens:
                raise UserError(f"{folder} answers a prompt greedily; leave --narrator.beams and --narrator.min-tokens out")
            return replace(self, model=found, checkpoint=str(folder.absolute()), prompt=self.prompt or DEFAULT_PROMPT)
        if self.prompt:
            raise UserError(f"{folder} writes captions without being asked; leave --narrator.prompt out")
        longest = _context_length(folder)
        if self.max_tokens > longest:
            raise UserError(
                f"captions of {self.max_tokens} tokens are asked for, and {folder} writes at most {longest}; "
                f"give --narrator.max-tokens {longest} or fewer"
            )
        return replace(self, model=found, checkpoint=str(folder.absolute()))

    def prepare(self, tile: Tile) -> Any:
        """The image's pixels as the model sees them; encoded where it prepares them itself, as one that answers does."""
        data = tile.image.bytes or b""
        return data if self.prompt else _preprocess(self.checkpoint).pixels(data)

    def load(self) -> None:
        _loaded(self.checkpoint, self.dtype)

    def ready(self, prepared: Sequence[Any]) -> Any:
        """Images as one float32 tensor (N, 3, size, size); for a model that answers as they are."""
        return prepared if self.prompt else _loaded(self.checkpoint, self.dtype).normalised(prepared)

    def ask(self, batch: Any) -> list[str | Refusal]:
        """What the model says of each.

        Raises `MemoryError` where memory runs out for one tile alone: its actor ends, and what ends fresh ones is found.
        """
        model = _loaded(self.checkpoint, self.dtype)
        return list(_batches(self.checkpoint, self.batch_size).each(batch, lambda some: self._say(model, some)))

    def _say(self, model: "Model", images: Any) -> list[str]:
        if not self.prompt:
            return [text for text, _ in model.caption(images, self.search)]
        answers = model.answer(images, [self.prompt] * len(images), max_tokens=self.max_tokens)
        return [text if finished else whole_sentences(text) for text, finished in answers]

    def answered(self, tile: Tile, said: str) -> Tile:
        """The tile with one more caption. Raises `TileRejected` where nothing is said."""
        return replace(tile, captions=(*tile.captions, self._caption(said)))

    def apply(self, tile: Tile) -> Tile:
        """The tile with its caption. Raises `TileRejected` where the image is unusable or nothing is said."""
        (said,) = self.ask(self.ready([self.prepare(tile)]))
        if isinstance(said, Refusal):
            raise TileRejected(said.reason, said.detail)
        return self.answered(tile, said)

    def _caption(self, text: str) -> Caption:
        if not text:
            raise TileRejected("no_caption", "the model ended the caption before it had said a word")
        return Caption(text=text, route=ROUTE, model=self.model)


# Torch takes seconds to import, which --help and most rules do without.


def _captioner(checkpoint: str) -> Path:
    """The folder of the model. Raises `UserError` where there is none that captions or answers."""
    from sartext.flow.predict.trained import model_folder
    from sartext.models.objective import ANSWER, CAPTION
    from sartext.models.weights import check_capability, described

    folder = model_folder(checkpoint)
    if ANSWER not in described(folder)[0].capabilities:
        check_capability(folder, CAPTION, "give a model that writes captions, as a CoCa, or answers questions")
    return folder


def _can_caption(folder: Path) -> bool:
    """Whether the model writes captions without being asked for them."""
    from sartext.models.objective import CAPTION
    from sartext.models.weights import described

    return CAPTION in described(folder)[0].capabilities


def _context_length(folder: Path) -> int:
    """The longest text of the model, in tokens."""
    from sartext.models.dual_encoder import CONFIG
    from sartext.models.towers import CONTEXT_LENGTH

    return int(read_model_json(folder / CONFIG)["model_cfg"]["text_cfg"].get("context_length", CONTEXT_LENGTH))


@cache
def _preprocess(checkpoint: str) -> Preprocess:
    """How images are prepared for a model, from its folder."""
    return from_open_clip_cfg(read_model_json(Path(checkpoint) / OBJECTIVE)["preprocess"])


@cache
def _loaded(checkpoint: str, dtype: str) -> "Model":
    from sartext.flow.predict.model import Model

    return Model(_captioner(checkpoint), dtype)


@cache
def _batches(checkpoint: str, most: int) -> "MicroBatches":  # noqa: ARG001 - each model has its own
    from sartext.flow.predict.micro_batches import MicroBatches

    return MicroBatches(most)
