import io

import numpy as np
import pytest
from PIL import Image

from sartext.sources.scenes import png


@pytest.mark.parametrize("shape", [(7, 5), (33, 64), (5, 9, 3)])
def test_what_is_encoded_is_read_back(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    image = Image.open(io.BytesIO(png.encode(pixels)))
    image.load()
    assert image.format == "PNG"
    assert (np.asarray(image) == pixels).all()
