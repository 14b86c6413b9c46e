"""What a rule is: a step of narration. Most are pure; some ask a model, which is somewhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, runtime_checkable

from sartext.tile import Tile


class Rule(Protocol):
    """A frozen dataclass, cheap and picklable; its fields are identity."""

    @property
    def name(self) -> str:
        """The stage that a tile rejected by this rule is filed under."""
        ...

    @property
    def revision(self) -> int:
        """Raised by one whenever the same tile would get another text."""
        ...

    def apply(self, tile: Tile) -> Tile:
        """The tile with captions or questions added or judged; every other field is the very same object.

        Raises `TileRejected` where the tile cannot be narrated at all.
        """
        ...


@dataclass(frozen=True)
class Refusal:
    """Why a model says nothing about a tile."""

    reason: str
    detail: str = ""


@runtime_checkable
class BatchRule(Rule, Protocol):
    """A rule that asks a model about many tiles at once.

    `prepare` and `answered` run where tiles are read and written and load no model; `load`, `ready` and `ask` run where the
    model is. What goes from one to the other is plain data.
    """

    @property
    def batch_size(self) -> int:
        """How many tiles the model is asked about at once."""
        ...

    def pinned(self) -> Self:
        """The same rule with the model's fingerprint as part of its identity. Raises `UserError` where there is no model."""
        ...

    def prepare(self, tile: Tile) -> Any:
        """What the model is given of the tile, as decoded pixels. Raises `TileRejected` where it cannot be shown."""
        ...

    def load(self) -> None:
        """Loads the model into this process, once, so that its memory counts against no tile."""
        ...

    def ready(self, prepared: Sequence[Any]) -> Any:
        """What `prepare` gave of several tiles as the model takes it; a thread does it while the model has the batch before."""
        ...

    def ask(self, batch: Any) -> list[Any]:
        """What the model says of each tile of a batch from `ready`, a text or other plain data but no int, or a `Refusal`;
        raises for all of them where it cannot take one."""
        ...

    def answered(self, tile: Tile, said: Any) -> Tile:
        """The tile with what the model said of it. Raises `TileRejected` where that is nothing."""
        ...
