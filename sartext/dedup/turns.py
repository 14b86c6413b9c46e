"""The eight turns and mirrorings that are looked for, of descriptors (dihedral symmetries); no angle between the right ones is.

No orientation is assigned to a keypoint (see `keypoints`), so what an image turned by 5 degrees has is not found.
"""

import numpy as np

from sartext.dedup.keypoints import FREQUENCIES, Bits

# An image and what can become of it, by number: transposed where 4 is in it, then mirrored left to right where 1 is, then
# upside down where 2 is. Names are those of Pillow and EXIF.
SYMMETRIES = (
    "none",
    "flip_left_right",
    "flip_top_bottom",
    "rotate_180",
    "transpose",
    "rotate_90_clockwise",
    "rotate_90_counterclockwise",
    "transverse",
)


def turned(bits: Bits, turn: int) -> Bits:
    """The descriptors that the keypoints of a turned image have."""
    if turn & 4:
        place = {uv: bit for bit, uv in enumerate(FREQUENCIES)}
        bits = permuted(bits, [place[v, u] for u, v in FREQUENCIES] + [63])
    odd = [(v % 2 and turn & 1) ^ (bool(u % 2 and turn & 2)) for u, v in FREQUENCIES]
    return bits ^ np.uint64(sum(1 << bit for bit, flips in enumerate(odd) if flips))


def permuted(bits: Bits, places: list[int]) -> Bits:
    """The descriptors with bit i at `places[i]`."""
    octets = np.ascontiguousarray(bits.astype("<u8", copy=False)).view(np.uint8).reshape(-1, 8)
    moved = np.zeros_like(bits)
    for octet in range(8):
        table = np.zeros(256, dtype=np.uint64)  # where each value of these eight bits goes
        for bit in range(8):
            table[np.arange(256) >> bit & 1 == 1] |= np.uint64(1 << places[8 * octet + bit])
        moved |= table[octets[:, octet]]
    return moved
