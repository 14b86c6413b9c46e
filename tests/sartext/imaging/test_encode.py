import io

import numpy as np
import pytest
from PIL import Image

from sartext.imaging import encode


@pytest.mark.parametrize("shape", [(7, 5), (33, 64), (9, 12, 3)])
def test_a_png_is_read_back_as_it_was(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    image = Image.open(io.BytesIO(encode.png(pixels)))
    image.load()
    assert (image.format, image.mode) == ("PNG", "RGB" if len(shape) == 3 else "L")
    assert (np.asarray(image) == pixels).all()


def test_colour_is_read_back_within_a_few_levels() -> None:
    rows, columns = np.mgrid[0:48, 0:64]
    pixels = np.stack((rows * 4, columns * 3, (rows + columns) * 2), axis=2).astype(np.uint8)
    pixels[20:24, 30:38] = (200, 30, 30)
    image = Image.open(io.BytesIO(encode.jpeg(pixels)))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    error = np.abs(np.asarray(image).astype(int) - pixels)
    assert error.mean() < 2
    assert error[22, 34].max() < 12
