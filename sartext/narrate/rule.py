"""What a rule is: a pure step of narration."""

from collections.abc import Sequence
from typing import Protocol, Self, runtime_checkable

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


@runtime_checkable
class BatchRule(Rule, Protocol):
    """A rule that asks a model, and takes less time a tile when it is asked for many at once."""

    def pinned(self) -> Self:
        """The same rule with the model's fingerprint as part of its identity. Raises `UserError` where there is no model."""
        ...

    def load(self) -> None:
        """Loads the model into this process, once, so that its memory counts against no tile."""
        ...

    def apply_all(self, tiles: Sequence[Tile]) -> list[Tile]:
        """`apply` to each of the tiles, in their order; raises for all of them where one cannot be narrated."""
        ...
