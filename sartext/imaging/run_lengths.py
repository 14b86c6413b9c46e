"""Masks as COCO's uncompressed run lengths: column-major, starting with the run of zeros (Lin et al., ECCV 2014)."""

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


def decode(rle: tuple[int, ...], height_px: int, width_px: int) -> Mask:
    """The mask (height, width). Raises `ValueError` where the runs do not add up to the tile."""
    runs = np.asarray(rle, dtype=np.int64)
    if runs.sum() != height_px * width_px or (runs < 0).any():
        raise ValueError(f"runs of {int(runs.sum())} pixels for a tile of {width_px} x {height_px}")
    values = np.zeros(len(runs), dtype=np.bool_)
    values[1::2] = True
    return np.repeat(values, runs).reshape(width_px, height_px).T


def encode(mask: Mask) -> tuple[int, ...]:
    """The run lengths of a mask (height, width)."""
    flat = np.ascontiguousarray(mask.T).ravel()
    ends = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate(([0], ends, [flat.size]))).tolist()
    return (0, *runs) if flat.size and flat[0] else tuple(runs)
