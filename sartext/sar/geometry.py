"""What height and motion do to a place in a SAR image of ground range and azimuth.

Equations after Ulaby & Long 2014, Microwave Radar and Radiometric Remote Sensing, chapter 14, and Raney 1971 (IEEE
Trans. AES 7, 499-505) for motion.
"""

import math


def layover_m(height_m: float, incidence_deg: float) -> float:
    """How far a point at `height_m` above the ground is mapped toward the radar, in ground range."""
    return height_m / math.tan(math.radians(incidence_deg))


def shadow_m(height_m: float, incidence_deg: float) -> float:
    """How far the shadow of a point at `height_m` reaches away from the radar, in ground range."""
    return height_m * math.tan(math.radians(incidence_deg))


def azimuth_shift_m(speed_away_m_s: float, incidence_deg: float, range_to_velocity_s: float) -> float:
    """How far a mover is displaced along the direction of flight; negative is backward.

    `speed_away_m_s` is the ground speed away from the radar in range; `range_to_velocity_s` is slant range by
    platform speed. A target that recedes is imaged behind its place.
    """
    return -range_to_velocity_s * speed_away_m_s * math.sin(math.radians(incidence_deg))


def near_side(orbit: str, look_side: str) -> str:
    """The side of an image whose top is the north end of the pass on which the radar lies: "left" or "right".

    An ascending pass that looks right looks east, so the radar lies in the west.
    """
    return "left" if (orbit == "ascending") == (look_side == "right") else "right"
