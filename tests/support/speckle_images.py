"""Images for the tests of the audit: plain speckle, as the sea has it, and what becomes of it."""

import io

import numpy as np
from PIL import Image

from sartext.dedup.keypoints import Gray


def speckle(seed: int, height_px: int = 128, width_px: int = 128, mean: float = 60.0) -> Gray:
    """Amplitude of three looks of a circular Gaussian field, smoothed over neighbouring pixels."""
    random = np.random.default_rng(seed)
    intensity = np.zeros((height_px, width_px))
    for _ in range(3):
        field = random.normal(size=(height_px + 1, width_px + 1)) + 1j * random.normal(size=(height_px + 1, width_px + 1))
        field = field[1:, 1:] + 0.6 * (field[:-1, 1:] + field[1:, :-1]) + 0.36 * field[:-1, :-1]
        intensity += np.abs(field) ** 2
    amplitude = np.sqrt(intensity)
    return np.clip(amplitude * (mean / amplitude.mean()), 0, 255).astype(np.uint8)


def jpeg(gray: Gray, quality: int) -> Gray:
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(gray)).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(out.getvalue())))


def resized(gray: Gray, width_px: int, height_px: int) -> Gray:
    return np.asarray(Image.fromarray(np.ascontiguousarray(gray)).resize((width_px, height_px), Image.Resampling.BICUBIC))


def turned(gray: Gray, turn: int) -> Gray:
    """The image after a turn of `turns.SYMMETRIES`, by Pillow."""
    ways = [None, "FLIP_LEFT_RIGHT", "FLIP_TOP_BOTTOM", "ROTATE_180", "TRANSPOSE", "ROTATE_270", "ROTATE_90", "TRANSVERSE"]
    image = Image.fromarray(np.ascontiguousarray(gray))
    way = ways[turn]
    return np.asarray(image.transpose(Image.Transpose[way]) if way else image)
