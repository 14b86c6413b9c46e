"""What height does to an area seen from one side: it leans toward the radar and throws a shadow away from it."""

from dataclasses import dataclass

import numpy as np

from sartext.sources.archive.shapes import Mask


@dataclass(frozen=True)
class Relief:
    """Masks (n, n) of an area with a flat top, all in image geometry."""

    roof: Mask  # the top, displaced toward the radar
    wall: Mask  # the near wall, from the displaced edge to its foot
    corner: Mask  # the foot of the near wall, where wall and ground make a dihedral
    shadow: Mask  # what the radar does not see


def relief(area: Mask, toward: int, layover_px: int, shadow_px: int) -> Relief:
    """The masks of an elevated area; `toward` is -1 where the radar is on the left, lengths are in whole pixels."""
    roof = shifted_columns(area, toward * layover_px)
    corner = area & ~shifted_columns(area, -toward)
    wall = swept(corner, toward * layover_px) if layover_px else corner
    shadow = swept(area, -toward * shadow_px)
    shadow &= ~roof
    shadow &= ~wall
    return Relief(roof, wall, corner, shadow)


def shifted_columns(area: Mask, by_px: int) -> Mask:
    """The mask moved along its rows by `by_px` columns; what enters repeats the edge."""
    if by_px == 0:
        return area
    out = np.empty_like(area)
    if by_px > 0:
        out[:, by_px:] = area[:, :-by_px]
        out[:, :by_px] = area[:, :1]
    else:
        out[:, :by_px] = area[:, -by_px:]
        out[:, by_px:] = area[:, -1:]
    return out


def swept(area: Mask, by_px: int) -> Mask:
    """The union of the mask moved by 0 to `by_px` columns, in about log2 steps."""
    step, done, sign = 1, 0, 1 if by_px > 0 else -1
    union = area
    while done < abs(by_px):
        step = min(done + 1, abs(by_px) - done)
        union = union | shifted_columns(union, sign * step)
        done += step
    return union
