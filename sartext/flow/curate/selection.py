"""What of datasets is selected: the options, which are the identity of a selection, and the names of what is left out."""

import hashlib
from dataclasses import dataclass, field, fields
from typing import Any, Self

from sartext.errors import UserError, require
from sartext.rights import COMMERCE, PASS_ON
from sartext.tile import ROUTES

STAGE = "curate"
# Why a tile is left out, in the order in which it is looked for; 0 is a tile that stays.
TILE_REASONS = (
    "",
    "taken_down",
    "rights",
    "licence",
    "other_half",
    "unreadable",
    "same_key",
    "same_pixels",
    "near_duplicate",
    "no_caption_left",
    "class_is_full",
)
# Why a kept caption is kept no longer; 0 is one that is.
CAPTION_REASONS = ("", "route_not_selected", "claim_not_supported", "low_score", "text_of_enough_tiles", "narrator_share")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What is selected. All of it is identity."""

    routes: tuple[str, ...] = field(
        default=(), metadata={"help": f"routes whose captions stay: {', '.join(ROUTES)}; none: all"}
    )
    supported_only: bool = field(
        default=False,
        metadata={"help": "only captions stay of which annotations bear out every claim; else undecided ones too"},
    )
    score_quantile: float = field(
        default=0.0,
        metadata={"help": "share of the captions, those with the lowest scores by --clip, that is left out; 0 to 1"},
    )
    most_same_text: int = field(default=0, metadata={"help": "tiles that may have the same text as a caption; 0: any"})
    most_of_class: float = field(
        default=0.0,
        metadata={
            "help": "tiles that may show a class, by their annotations or, of tiles without any, by their captions: from 1 on "
            "so many, below that a share of the tiles; 0: any"
        },
    )
    most_narrator: float = field(
        default=0.5, metadata={"help": "share of the captions that a trained model may have written; 1: any"}
    )
    near: float = field(
        default=0.0,
        metadata={"help": "cosine of the image features by --clip from which tiles of two sources are near-duplicates; 0: off"},
    )
    licences: tuple[str, ...] = field(
        default=(), metadata={"help": "licences (SPDX) of which images, annotations and texts may be; none: all"}
    )
    own_use: bool = field(default=False, metadata={"help": "select also what may not be passed on"})
    commercial_use: bool = field(default=False, metadata={"help": "leave out what licences allow for non-commercial use only"})
    half: int | None = field(
        default=None, metadata={"help": "only one half of the split groups, 0 or 1, for cross-fitting; unset: all of them"}
    )
    seed: int = field(default=0, metadata={"help": "of the choice among equals, which goes by the hashes of keys"})

    def __post_init__(self) -> None:
        for route in self.routes:
            if route not in ROUTES:
                raise UserError(f"routes names {route!r}; they are {', '.join(ROUTES)}")
        for name in ("score_quantile", "most_narrator"):
            require(name, getattr(self, name), 0 <= getattr(self, name) <= 1, "from 0 to 1")
        require("most_same_text", self.most_same_text, self.most_same_text >= 0, "at least 0")
        whole = self.most_of_class < 1 or self.most_of_class == int(self.most_of_class)
        require("most_of_class", self.most_of_class, self.most_of_class >= 0 and whole, "a share below 1, or a whole number")
        require("near", self.near, self.near == 0 or 0.5 <= self.near <= 1, "0, or from 0.5 to 1")
        require("half", self.half, self.half in (None, 0, 1), "0 or 1")

    @classmethod
    def of(cls, options: "Selection") -> Self:
        """The selection that is part of more options."""
        return cls(**{one.name: getattr(options, one.name) for one in fields(Selection)})

    @property
    def uses(self) -> tuple[str, ...]:
        """What the rights of a tile must not forbid, beside training where it is learned from."""
        return (*(() if self.own_use else (PASS_ON,)), *((COMMERCE,) if self.commercial_use else ()))

    def config(self) -> dict[str, Any]:
        """As it enters a fingerprint."""
        values = {one.name: getattr(self, one.name) for one in fields(Selection)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def split_half(source: str, scene: str) -> int:
    """The half, 0 or 1, in which a split group is, by the hash of its name."""
    return hashlib.sha256(f"half:{source}/{scene}".encode()).digest()[0] & 1
