"""What a narrator says where it is shown the optical twin of a tile instead of its SAR image: a text that is only rewritten."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

from sartext.errors import TileRejected, UserError
from sartext.flow.predict.narrator import Narrator
from sartext.narrate.rule import BatchRule, Refusal
from sartext.tile import OF_OPTICAL_TWIN, Tile

DESCRIBE_PROMPT = "Describe this satellite image in one or two sentences."
_NOTHING = ""


class ReadyTwins(NamedTuple):
    """Which of several tiles have a twin, and the twins of these as the narrator takes them."""

    there: tuple[bool, ...]
    twins: Any  # None where there are none


@dataclass(frozen=True, kw_only=True)
class OpticalDescriber(ABC):
    """A caption of the optical twin of each tile, of a model, for a rule of the route `twin` that comes after it.

    It is of another image than the tile's: it enters the tile as a caption of the route `narrator` that is not kept, with the
    model's fingerprint and the reason `of_optical_twin`, as texts of people do; a caption that is made of it names it in
    `derived_from`. A tile without a twin, and one of whose twin the model says nothing, passes unchanged.
    """

    @property
    def name(self) -> str:
        return "describer"

    @property
    def revision(self) -> int:
        return 1

    @property
    @abstractmethod
    def narrator(self) -> BatchRule:
        """What looks at the twins."""

    @abstractmethod
    def of(self, narrator: Any) -> Self:
        """The same with what its narrator has found out by being pinned."""

    def pinned(self) -> Self:
        """The same with the model's fingerprint. Raises `UserError` where there is no model that captions or answers."""
        try:
            return self.of(self.narrator.pinned())
        except UserError as error:
            raise UserError(str(error).replace("--narrator.", f"--{self.name}.")) from error

    @property
    def batch_size(self) -> int:
        return self.narrator.batch_size

    def prepare(self, tile: Tile) -> Any:
        """What the model is given of the twin; None where there is no twin. Raises `TileRejected` where it cannot be shown."""
        return None if (shown := _twin_shown(tile)) is None else self.narrator.prepare(shown)

    def load(self) -> None:
        self.narrator.load()

    def ready(self, prepared: Sequence[Any]) -> ReadyTwins:
        """The twins that are there, as the narrator takes them."""
        twins = [one for one in prepared if one is not None]
        return ReadyTwins(tuple(one is not None for one in prepared), self.narrator.ready(twins) if twins else None)

    def ask(self, batch: ReadyTwins) -> list[Any]:
        """What the model says of each twin; nothing where there is none."""
        said = iter(self.narrator.ask(batch.twins) if any(batch.there) else ())
        return [next(said) if there else _NOTHING for there in batch.there]

    def answered(self, tile: Tile, said: Any) -> Tile:
        """The tile with the text of its twin."""
        shown = _twin_shown(tile)
        if shown is None or said == _NOTHING:
            return tile
        described = self.narrator.answered(shown, said).captions[len(tile.captions) :]
        texts = [replace(one, kept=False, reason=OF_OPTICAL_TWIN) for one in described]
        return replace(tile, captions=(*tile.captions, *texts))

    def apply(self, tile: Tile) -> Tile:
        """The tile with the text of its twin. Raises `TileRejected` where the twin cannot be shown to the model."""
        (said,) = self.ask(self.ready([self.prepare(tile)]))
        if isinstance(said, Refusal):
            raise TileRejected(said.reason, said.detail)
        return self.answered(tile, said)


def _twin_shown(tile: Tile) -> Tile | None:
    """The tile with its twin in the place of its image, for a narrator's eyes alone; None where it has none."""
    return None if tile.optical is None else replace(tile, image=tile.optical.image)


def settled_prompt(narrator: Narrator) -> Narrator:
    """A narrator that is pinned, which asks about satellite images where its own default asks about radar."""
    return replace(narrator, prompt=DESCRIBE_PROMPT) if narrator.prompt else narrator
