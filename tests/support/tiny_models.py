"""Images, captions and questions that models are trained on here."""

import io

import numpy as np
from PIL import Image

from sartext.models.objective import Example

COUNTS = ("one ship", "two ships", "three ships", "no ship")
PLACES = ("upper left", "center", "lower right")


def encoded(height_px: int, width_px: int, channels: int = 1, seed: int = 0, format_: str = "PNG") -> bytes:
    """Noise, with a bright part whose place the seed decides."""
    pixels = np.random.default_rng(seed).integers(0, 120, (height_px, width_px, channels), dtype=np.uint8)
    third = seed % 3
    rows, columns = height_px // 3, width_px // 3
    pixels[third * rows : (third + 1) * rows, third * columns : (third + 1) * columns] += 130
    stream = io.BytesIO()
    Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels).save(stream, format_)
    return stream.getvalue()


def examples_of(count: int, start: int = 0) -> list[Example]:
    """Tiles whose caption and answer say where the bright part is."""
    return [
        Example(
            image=encoded(48 + seed % 5, 64, seed=seed),
            text=f"There is {COUNTS[seed % 4]} in the {PLACES[seed % 3]} of tile {seed}.",
            question=f"What is in the {PLACES[seed % 3]}?",
        )
        for seed in range(start, start + count)
    ]
