"""What a sentence can state."""

from dataclasses import dataclass

from tests.reading.language import Counted, Known, Noun, Share
from tests.reading.record import Recorded


@dataclass(frozen=True)
class Present:
    """These things are in the image; `cell` is said of all of them."""

    things: tuple[Counted, ...]
    cell: str | None = None


@dataclass(frozen=True)
class Ground:
    """The image is of these land covers, by the names of their classes."""

    covers: tuple[str, ...]
    entirely: bool = False


@dataclass(frozen=True)
class Absent:
    nouns: tuple[Noun, ...]


@dataclass(frozen=True)
class Placed:
    known: Known
    cell: str


@dataclass(frozen=True)
class Spread:
    """Each of what is known is in one of the cells, and in each cell is one of it."""

    known: Known
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Somewhere:
    """There are things in each of the cells."""

    noun: Noun
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Afloat:
    """What is counted is on the water that all of the image is."""

    things: tuple[Counted, ...]


@dataclass(frozen=True)
class Mostly:
    """More than half of what is known is on a side, or in a half of the image."""

    known: Known
    side: str


@dataclass(frozen=True)
class Shared:
    """`whole`: the parts are said to be all of them."""

    known: Known
    share: Share
    whole: bool


@dataclass(frozen=True)
class Arranged:
    known: Known
    how: str  # line, cluster, scattered


@dataclass(frozen=True)
class Long:
    """`which`: every one of them, the longest of them, or the range over all."""

    known: Known
    metres: tuple[int, ...]
    which: str
    cell: str | None = None


@dataclass(frozen=True)
class Largest:
    known: Known
    cell: str


@dataclass(frozen=True)
class Oriented:
    known: Known
    how: str


@dataclass(frozen=True)
class Related:
    first: Known
    how: str
    second: Known


@dataclass(frozen=True)
class Included:
    """Of the known things, so many are of a finer class."""

    known: Known
    things: tuple[Counted, ...]


@dataclass(frozen=True)
class Ungrammatical:
    why: str


Statement = (
    Present
    | Ground
    | Absent
    | Placed
    | Mostly
    | Spread
    | Somewhere
    | Afloat
    | Shared
    | Arranged
    | Long
    | Largest
    | Oriented
    | Related
    | Included
    | Recorded
    | Ungrammatical
)
