"""The route `narrator`: captions of a model, as a CoCa or one that answers a prompt, for tiles that nobody has annotated.

With `samples` it says how sure the model is, and with `precision` no more than what was right so often on labelled tiles.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sartext.config import WHERE_GIVEN
from sartext.errors import TileRejected, UserError, require
from sartext.flow.predict.narrating.calibration_set import NARRATOR, Calibrated, calibrated, check_calibration
from sartext.flow.predict.narrating.tile_seed import tile_seed
from sartext.models.fingerprint import model_fingerprint
from sartext.models.folder import OBJECTIVE, read_model_json
from sartext.models.image import Preprocess, from_open_clip_cfg
from sartext.models.objective import SEEDS, CaptionSearch, ScoredText
from sartext.models.shortening import whole_sentences
from sartext.narrate.rule import Refusal
from sartext.narrate.verify.sure import sure_part
from sartext.tile import SAMPLED, Caption, Tile

if TYPE_CHECKING:
    from sartext.flow.predict.micro_batches import MicroBatches
    from sartext.flow.predict.model import Model

ROUTE = NARRATOR
_DELTA = 0.05
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

    samples: int | None = field(
        default=None,
        metadata={
            "help": "captions that are drawn beside each caption: how many of them say the same is how sure the model is of "
            "it; they stay in the record, refused (unset: none, and no confidence is written)",
            "identity": WHERE_GIVEN,
        },
    )
    temperature: float = field(default=1.0, metadata={"help": "of the samples", "identity": WHERE_GIVEN})
    seed: int = field(
        default=0,
        metadata={"help": "of the samples; those of a tile are made of it and of the tile's key", "identity": WHERE_GIVEN},
    )
    precision: float | None = field(
        default=None,
        metadata={
            "help": "share of what is said that is to be right, of each kind of claim; --narrator.calibration decides what is "
            "said (unset: everything)",
            "identity": WHERE_GIVEN,
        },
    )
    delta: float = field(
        default=_DELTA,
        metadata={"help": "probability at most that the precision is not reached, over all kinds", "identity": WHERE_GIVEN},
    )
    calibration: str = field(
        default="",
        metadata={
            "help": "a dataset of labelled tiles that this model narrated with the same options (recipes *_calibration)",
            "identity": False,
        },
    )
    learned_from: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "the datasets of the model's training, whose tiles of the split train do not calibrate it",
            "identity": False,
        },
    )
    calibrated: Calibrated | None = field(default=None, metadata={"identity": WHERE_GIVEN})  # what the calibration has shown

    def __post_init__(self) -> None:
        require("samples", self.samples, self.samples is None or self.samples >= 0, "at least 0")
        require("temperature", self.temperature, 0 < self.temperature < math.inf, "above 0, and finite")
        require("seed", self.seed, 0 <= self.seed < SEEDS, "from 0 to 2^63 - 1")
        require("precision", self.precision, self.precision is None or 0 < self.precision < 1, "above 0 and below 1")
        require("delta", self.delta, 0 < self.delta < 1, "above 0 and below 1")
        self._check_together()
        require("batch_size", self.batch_size, self.batch_size >= 1, "at least 1")
        require("dtype", self.dtype, self.dtype in DTYPES, f"one of {', '.join(DTYPES)}")
        _ = self.search  # raises where it cannot be

    def _check_together(self) -> None:
        """Raises `UserError` where options ask for one another, or exclude each other."""
        if not self.samples and (self.temperature != 1 or self.seed):
            raise UserError("temperature and seed are of samples, and none are drawn; give --narrator.samples 8, say")
        if self.samples is not None and self.beams > 1:
            raise UserError("samples are drawn beside a greedy caption; leave --narrator.beams or --narrator.samples out")
        if self.precision is None and (self.calibration or self.learned_from):
            raise UserError("a calibration is there for a precision; give --narrator.precision 0.95, say, or leave it out")
        if self.precision is None and self.delta != _DELTA:
            raise UserError("a delta is of a precision; give --narrator.precision 0.95, say, or leave --narrator.delta out")
        if self.precision is not None and self.samples is None:
            raise UserError("a precision asks how sure the model is; give --narrator.samples as the calibration had it")
        if self.precision is not None and not self.calibration and self.calibrated is None:
            raise UserError("a precision asks for labelled tiles that the model narrated; give --narrator.calibration DATASET")

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
        """The same with the model's fingerprint, and with the thresholds that the calibration shows.

        Raises `UserError` where there is no model that captions, or another than the one that is named, or one of a shorter
        context than the captions may be long, and where the calibration is not of this model with these options.
        """
        pinned = self._with_model()
        if pinned.precision is None:
            return pinned
        plain = replace(pinned, precision=None, delta=_DELTA, calibration="", learned_from=(), calibrated=None)
        check_calibration(self.calibration, plain)
        made = calibrated(self.calibration, pinned.checkpoint, self.learned_from, precision=pinned.precision, delta=self.delta)
        return replace(pinned, calibrated=made)

    def _with_model(self) -> Self:
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
        image = data if self.prompt else _preprocess(self.checkpoint).pixels(data)
        return (
            image if self.samples is None else (image, [tile_seed(self.seed, f"{tile.key}#{n}") for n in range(self.samples)])
        )

    def load(self) -> None:
        _loaded(self.checkpoint, self.dtype)

    def ready(self, prepared: Sequence[Any]) -> Any:
        """Images as one float32 tensor (N, 3, size, size); for a model that answers as they are; with samples, with seeds."""
        if self.prompt:
            return prepared
        model = _loaded(self.checkpoint, self.dtype)
        if self.samples is None:
            return model.normalised(prepared)
        images = model.normalised([pixels for pixels, _ in prepared])
        return list(zip(images.unbind(0), [seeds for _, seeds in prepared], strict=True))

    def ask(self, batch: Any) -> list[Any]:
        """What the model says of each: a caption, and with samples the caption and these, each with its confidence.

        Raises `MemoryError` where memory runs out for one tile alone: its actor ends, and what ends fresh ones is found.
        """
        model = _loaded(self.checkpoint, self.dtype)
        return list(_batches(self.checkpoint, self.batch_size).each(batch, lambda some: self._say(model, some)))

    def _say(self, model: "Model", images: Any) -> Sequence[Any]:
        if self.samples is not None:
            several, seeds = [image for image, _ in images], [of for _, of in images]
            if not self.prompt:
                return model.drawn_captions(several, self.search, seeds, self.temperature)
            drawn = model.drawn_answers(several, [self.prompt] * len(several), seeds, self.temperature, self.max_tokens)
            return [[ScoredText(_whole(*one), sure) for one, sure in of] for of in drawn]
        if not self.prompt:
            return [text for text, _ in model.caption(images, self.search)]
        answers = model.answer(images, [self.prompt] * len(images), max_tokens=self.max_tokens)
        return [_whole(*one) for one in answers]

    def answered(self, tile: Tile, said: str | Sequence[ScoredText]) -> Tile:
        """The tile with one more caption; with samples, with these too. Raises `TileRejected` where nothing is said."""
        if isinstance(said, str):
            return replace(tile, captions=(*tile.captions, self._caption(said)))
        (text, confidence), *samples = said
        caption = replace(self._caption(text), confidence=round(confidence, 4))
        drawn = [
            Caption(
                text=one.text,
                route=ROUTE,
                model=self.model,
                seed=tile_seed(self.seed, f"{tile.key}#{number}"),
                kept=False,
                reason=f"{SAMPLED}: drawn to see what the model is sure of",
                confidence=round(one.confidence, 4),
            )
            for number, one in enumerate(samples)
        ]
        sure = self._sure_of(caption, [one.text for one in samples], len(tile.captions))
        return replace(tile, captions=(*tile.captions, *sure[:1], *drawn, *sure[1:]))

    def _sure_of(self, caption: Caption, samples: Sequence[str], at: int) -> list[Caption]:
        """The caption at this position; where not all of it may be said it is refused, and what may is a second one."""
        if self.calibrated is None or caption.confidence is None:
            return [caption]
        text, why = sure_part(caption.text, caption.confidence, samples, self.calibrated.thresholds())
        if why is None:
            return [caption]
        left = [replace(caption, text=text, derived_from=at)] if text else []
        return [replace(caption, kept=False, reason=why), *left]

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


def _whole(text: str, finished: bool) -> str:
    """An answer; of one that was cut its whole sentences."""
    return text if finished else whole_sentences(text)


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
