"""The protocol of training objectives: a model's specification, its batches and loss, its files, and what it can do.

A trained model can do what its objective's `capabilities` name, by the functions of `Embeds`, `Captions` and `Answers`.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self, TypeVar

from sartext.errors import UserError, require

if TYPE_CHECKING:  # torch takes seconds: what an objective is can be said without
    import torch
    from torch import nn

    from sartext.models.gather import Gather
    from sartext.models.image import Preprocess

Batch = dict[str, "torch.Tensor"]
Losses = dict[str, "torch.Tensor"]
SEEDS = 2**63  # every seed is below it
VOCABULARY_SIZE = 2048  # most tokens of a tokenizer that is trained, unless another number is asked for
EMBED, CAPTION, ANSWER = "embed", "caption", "answer"  # capabilities
CAPTIONS, QUESTIONS = "captions", "questions"  # what of a tile is learned
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Example:
    """One image and its text: a caption, or the answer to a question."""

    image: bytes  # encoded
    text: str
    question: str = ""
    importance: tuple[int, ...] = ()  # of each sentence of the text, the lowest of what matters most; none: the first do
    real: bool = True  # False is a row that only fills a short batch up and counts nowhere


class Generated(NamedTuple):
    """A text that a model wrote, and whether it ended by itself; one that was cut where the room ended did not."""

    text: str
    finished: bool


class ScoredText(NamedTuple):
    """A text that a model wrote, and how sure it was: the geometric mean of its tokens' probabilities, from 0 to 1."""

    text: str
    confidence: float


@dataclass(frozen=True, kw_only=True)
class CaptionSearch:
    """How the tokens of a caption are found, in open_clip's terms: one beam takes the likeliest next token each time.

    The paper's is `beams=6, beam_groups=3, min_tokens=5, max_tokens=30`, which open_clip has as its defaults.
    """

    beams: int = 1  # beginnings that are kept
    beam_groups: int = 1  # into which the beams are divided
    min_tokens: int = 0  # a caption does not end before it has so many tokens, its end not counted
    max_tokens: int = 30  # at most so many, start and end included

    def __post_init__(self) -> None:
        require("beams", self.beams, self.beams >= 1, "at least 1")
        divided = self.beam_groups >= 1 and self.beams % self.beam_groups == 0
        require("beam_groups", self.beam_groups, divided, f"a divisor of beams, {self.beams}")
        require("min_tokens", self.min_tokens, self.min_tokens >= 0, "at least 0")
        least = max(2, self.min_tokens + 1)
        require("max_tokens", self.max_tokens, self.max_tokens >= least, f"at least {least}")

    @property
    def searched(self) -> int:
        """The beams that are searched: open_clip's groups begin alike and nothing drives them apart, so all find the same."""
        return self.beams // self.beam_groups


class Objective(Protocol[_T]):
    """A frozen dataclass, constructed without reading anything; its fields are identity. T is its kind of tokenizer."""

    @property
    def revision(self) -> int:
        """Raised by one whenever the same data would give other losses."""
        ...

    @property
    def learns(self) -> str:
        """What of a tile is learned: CAPTIONS or QUESTIONS."""
        ...

    @property
    def capabilities(self) -> frozenset[str]:
        """What a trained model can do, of EMBED, CAPTION and ANSWER: for each of them its functions are there."""
        ...

    @property
    def start_folder(self) -> Path | None:
        """The folder of weights that training starts from, if it is one."""
        ...

    @property
    def learns_tokenizer(self) -> bool:
        """Whether the tokenizer is trained on the texts: where the model is made from nothing."""
        ...

    @property
    def parts(self) -> frozenset[str]:
        """The parts of its models that a stage of training may lock."""
        ...

    @property
    def taught(self) -> frozenset[str]:
        """Those of the parts that can learn from a teacher's features, by the functions of `Taught`."""
        ...

    def part_of(self, parameter: str) -> str:
        """The part that a parameter is of, by its name."""
        ...

    def located(self) -> Self:
        """The same with whole paths: workers run in folders of their own. Weights are looked for, and not read.

        Raises `UserError` where published weights are neither here nor where they could be downloaded from.
        """
        ...

    def tokenizer(self, texts: Sequence[str]) -> _T:
        """The tokenizer: trained on the texts where it is learned, else the model's own."""
        ...

    def preprocess(self, fit: str = "pad") -> "Preprocess":
        """The preprocessing for this model's image size."""
        ...

    def build(self, tokenizer: _T) -> "nn.Module":
        """The model, ready to be trained; the same object every time (seeded), the global random state untouched."""
        ...

    def collate(self, examples: Sequence[Example], tokenizer: _T, preprocess: "Preprocess") -> Batch:
        """The examples as tensors; `real`, bool (N,), is among them, and `shortened` where texts longer than a context are.

        Raises `TileRejected` for an unusable image.
        """
        ...

    def loss(self, model: "nn.Module", batch: Batch, gather: "Gather") -> Losses:
        """Scalars: `loss` and what it is made of. The mean over ranks, and that of their gradients, is the global value."""
        ...

    def save(self, model: "nn.Module", tokenizer: _T, preprocess: "Preprocess", folder: Path) -> None:
        """Writes the model's files into a folder that is there, without pickle; `weights.save` adds its objective."""
        ...

    def load(self, folder: Path) -> "tuple[nn.Module, _T]":
        """The model, on the CPU and in training mode, and its tokenizer, as `save` wrote them; may raise anything."""
        ...


AnyObjective = Objective[Any]


class Taught(Objective[_T], Protocol[_T]):
    """An objective with parts in `taught`: their features can be those of a teacher."""

    def feature_width(self, model: "nn.Module") -> int:
        """The width of its features."""
        ...

    def feature_side(self, model: "nn.Module") -> int | None:
        """Of how many places a side an image has features; None where it has one feature as a whole."""
        ...

    def features(self, model: "nn.Module", batch: Batch, parts: Collection[str]) -> "dict[str, torch.Tensor]":
        """Features (N, width) of a batch by some of the taught parts, `image` or `text`, with gradients.

        Those of images with features by place are (N, side^2, width), row by row.
        """
        ...


class Embeds(Objective[_T], Protocol[_T]):
    """An objective with the capability EMBED: images and texts in one space."""

    def embed_images(self, model: "nn.Module", images: "torch.Tensor") -> "torch.Tensor":
        """Features of images (N, 3, size, size): float32 (N, D), of length 1."""
        ...

    def embed_texts(self, model: "nn.Module", texts: Sequence[str], tokenizer: _T) -> "torch.Tensor":
        """Features of texts: float32 (N, D), of length 1; what is longer than the model's context is cut."""
        ...


class Captions(Objective[_T], Protocol[_T]):
    """An objective with the capability CAPTION: a text for an image."""

    def longest_caption(self, model: "nn.Module") -> int:
        """How many tokens a caption can have, start and end included."""
        ...

    def caption(
        self, model: "nn.Module", images: "torch.Tensor", tokenizer: _T, search: CaptionSearch = ...
    ) -> list[Generated]:
        """A caption for each of the images (N, 3, size, size).

        Raises `UserError` where captions may have more tokens than the longest one has.
        """
        ...


class DrawsCaptions(Captions[_T], Protocol[_T]):
    """A captioner that says how sure it is, and draws other captions beside its own."""

    def drawn_captions(
        self,
        model: "nn.Module",
        images: "torch.Tensor",
        tokenizer: _T,
        search: CaptionSearch,
        seeds: Sequence[Sequence[int]],
        temperature: float,
    ) -> list[list[ScoredText]]:
        """For each of the images (N, 3, size, size) its caption by greedy decoding, then one drawn by each of its seeds.

        Raises `UserError` where captions may have more tokens than the longest one has.
        """
        ...


class Answers(Objective[_T], Protocol[_T]):
    """An objective with the capability ANSWER: a text for an image and a question."""

    def answer(
        self,
        model: "nn.Module",
        images: Sequence[bytes],
        questions: Sequence[str],
        tokenizer: _T,
        preprocess: "Preprocess",
        *,
        max_tokens: int = 64,
    ) -> list[Generated]:
        """The answer to each question about the encoded image at its place, of at most `max_tokens` tokens.

        Raises `TileRejected` for an unusable image.
        """
        ...


class DrawsAnswers(Answers[_T], Protocol[_T]):
    """One that answers and says how sure it is, and draws other answers beside its own."""

    def drawn_answers(
        self,
        model: "nn.Module",
        images: Sequence[bytes],
        questions: Sequence[str],
        tokenizer: _T,
        preprocess: "Preprocess",
        seeds: Sequence[Sequence[int]],
        temperature: float,
        *,
        max_tokens: int = 64,
    ) -> list[list[tuple[Generated, float]]]:
        """For each question its answer by greedy decoding, then one drawn by each of its seeds, each with how sure it was.

        That is the geometric mean of its tokens' probabilities. Raises `TileRejected` for an unusable image.
        """
        ...


def filled(examples: Sequence[Example], size: int) -> list[Example]:
    """The examples, filled up to `size` with rows that are not real. Raises `UserError` where there is none, or too many."""
    if not 1 <= len(examples) <= size:
        raise UserError(f"{len(examples)} examples cannot fill a batch of {size}; give 1 to {size}")
    return [*examples, *[replace(examples[0], real=False)] * (size - len(examples))]


def real_rows(examples: Sequence[Example]) -> "torch.Tensor":
    """bool (N,)."""
    import torch

    return torch.tensor([example.real for example in examples])


def unwrapped(model: "nn.Module") -> "nn.Module":
    """The model inside `DistributedDataParallel`, or the model itself."""
    from torch import nn

    return model.module if isinstance(model, nn.parallel.DistributedDataParallel) else model


@contextmanager
def evaluating(model: "nn.Module") -> Iterator[None]:
    """Without gradients and in evaluation mode; afterwards each part of the model is in the mode it was in."""
    import torch

    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training
