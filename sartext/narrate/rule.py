"""What a rule is: a pure step of narration."""

from typing import Protocol

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
