"""A place in the image frame, as a text names it."""

from typing import NamedTuple


class Place(NamedTuple):
    """A claimed place: bit masks of rows and columns (7 is any), and how far it is meant."""

    rows: int
    columns: int
    extent: str = "cell"  # cell, side, half, edge, corner
    compass: bool = False


CELL = {Place(1 << row, 1 << column): 3 * row + column for row in range(3) for column in range(3)}  # the nine, by number
