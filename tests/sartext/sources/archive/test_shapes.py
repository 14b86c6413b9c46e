import pytest

from sartext.sources.archive.layers import drawn_px, pixel_centres
from sartext.sources.archive.shapes import Band, Half, Oval, Rect

SHAPES = [
    Half(0.7, 40.0, 60.0, ((6.0, 0.1, 0.3), (2.0, 0.4, 1.0))),
    Band(2.1, 64.0, 50.0, 30.0, ((5.0, 0.08, 2.0),)),
    Rect(50.0, 70.0, 60.0, 20.0, 0.5),
    Oval(60.0, 60.0, 70.0, 40.0, 1.0, ((0.1, 0.2), (0.05, 1.0))),
    Oval(60.0, 60.0, 70.0, 40.0, 1.0),
]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_paints_exactly_the_pixels_whose_centres_are_inside(shape: Half | Band | Rect | Oval) -> None:
    x, y = pixel_centres(128)
    mask = shape.mask(x, y)
    assert mask.shape == (drawn_px(128), drawn_px(128))
    for row in range(0, mask.shape[0], 7):
        for column in range(0, mask.shape[1], 7):
            assert mask[row, column] == shape.inside(float(x[0, column]), float(y[row, 0]))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_margin_makes_a_shape_smaller(shape: Half | Band | Rect | Oval) -> None:
    points = [(x, y) for x in range(0, 128, 5) for y in range(0, 128, 5)]
    inner = [p for p in points if shape.inside(*p, 5.0)]
    assert 0 < len(inner) < sum(shape.inside(*p) for p in points)
    assert all(shape.inside(*p) for p in inner)
