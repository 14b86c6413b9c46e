"""What lies over an image: masks as their runs say, in colours that a class has everywhere."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco

from sartext.report.overlay import MASK_PX, Outline, decoded_mask, hue, mask_png, overlay
from sartext.tile import Box, EncodedImage, Region, Rendering, Tile

HEIGHT_PX, WIDTH_PX = 30, 50


def tile(*regions: Region, height_px: int = HEIGHT_PX, width_px: int = WIDTH_PX) -> Tile:
    return Tile(
        key="a/b/0_0",
        source="a",
        scene="b",
        split=None,
        image=EncodedImage(bytes=None),
        height_px=height_px,
        width_px=width_px,
        rendering=Rendering(quantity="display"),
        regions=regions,
    )


def runs(mask: np.ndarray) -> tuple[int, ...]:
    """Uncompressed run lengths, column by column, by a loop."""
    found, value, run = [], False, 0
    for pixel in mask.T.ravel().tolist():
        if pixel != value:
            found.append(run)
            value, run = pixel, 0
        run += 1
    return (*found, run)


def test_runs_become_the_mask_that_coco_reads() -> None:
    mask = np.random.default_rng(0).random((HEIGHT_PX, WIDTH_PX)) < 0.3
    region = Region(label="water", area_share=float(mask.mean()), rle=runs(mask))
    theirs = coco.frPyObjects({"counts": list(region.rle), "size": [HEIGHT_PX, WIDTH_PX]}, HEIGHT_PX, WIDTH_PX)
    ours = decoded_mask(region, HEIGHT_PX, WIDTH_PX)
    assert ours is not None
    assert coco.encode(np.asfortranarray(ours.astype(np.uint8)))["counts"] == theirs["counts"]
    assert (ours == mask).all()


def test_the_picture_has_the_colours_where_the_masks_are() -> None:
    left = np.zeros((HEIGHT_PX, WIDTH_PX), bool)
    left[:, :20] = True
    right = np.zeros_like(left)
    right[:, 30:] = True
    data = mask_png(
        tile(*(Region(label=label, area_share=0.4, rle=runs(one)) for label, one in (("water", left), ("forest", right))))
    )
    pixels = np.asarray(Image.open(io.BytesIO(data or b"")).convert("RGBA"))
    assert pixels.shape == (HEIGHT_PX, WIDTH_PX, 4)
    assert (pixels[:, 20:30, 3] == 0).all()
    assert (pixels[:, :20, 3] > 0).all()
    assert pixels[0, 0, :3].argmax() == 2  # blue
    assert pixels[0, 40, :3].argmax() == 1  # green


@pytest.mark.parametrize("rle", [(), (1,), (HEIGHT_PX * WIDTH_PX, 1), (-5, HEIGHT_PX * WIDTH_PX + 5)])
def test_runs_that_do_not_cover_the_tile_are_no_mask(rle: tuple[int, ...]) -> None:
    assert mask_png(tile(Region(label="water", area_share=0.5, rle=rle))) is None


def test_a_large_mask_becomes_a_small_picture_of_the_same_shape() -> None:
    large = tile(Region(label="water", area_share=1.0, rle=(0, 3000 * 1500)), height_px=3000, width_px=1500)
    assert Image.open(io.BytesIO(mask_png(large) or b"")).size == (MASK_PX // 2, MASK_PX)
    thin = tile(Region(label="water", area_share=1.0, rle=(0, 5000)), height_px=5000, width_px=1)
    assert Image.open(io.BytesIO(mask_png(thin) or b"")).size == (1, MASK_PX)


def test_boxes_are_outlines_in_the_colour_of_their_class() -> None:
    box = Box(label='a "b"', polygon_px=(1.0, 2.0, 5.0, 2.0, 5.0, 9.5, 1.0, 9.5), crowd=True)
    over = overlay(replace(tile(), boxes=(box,)))
    assert over.outlines == [Outline(points="1,2 5,2 5,9.5 1,9.5", hue=hue(box.label), dashed=True, label=box.label)]
    assert (over.mask, over.width_px, over.height_px) == ("", WIDTH_PX, HEIGHT_PX)
    assert hue("ship") != hue("water")
