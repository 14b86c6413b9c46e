"""Random masks as tiles: stripes, patches and specks of classes, with unlabelled and nodata pixels."""

import numpy as np

from sartext.imaging.run_lengths import encode
from sartext.tile import EncodedImage, Region, Rendering, Tile

CLASSES = ("water", "forest", "cropland", "urban", "road", "bare soil", "wetland", "grassland", "ship", "building")
OPEN, NODATA, NOTHING = "open", "nodata", "nothing"


def tile_of(drawn: np.ndarray, names: tuple[str, ...], number: int, exhaustive: tuple[str, ...] = ()) -> Tile:
    """A tile without pixels whose mask (height, width) has at each pixel the position of its class in `names`."""
    height, width = drawn.shape
    counts = {name: int((drawn == at).sum()) for at, name in enumerate(names)}
    labelled = drawn.size - counts.get(OPEN, 0) - counts.get(NODATA, 0)
    regions = tuple(
        Region(label=name, area_share=counts[name] / labelled, rle=encode(drawn == at))
        for at, name in enumerate(names)
        if name not in (OPEN, NODATA, NOTHING) and counts[name]
    )
    return Tile(
        key=f"mosaic/m{number:05d}/0_0",
        source="mosaic",
        scene=f"m{number:05d}",
        split="train",
        image=EncodedImage(bytes=None),
        height_px=height,
        width_px=width,
        rendering=Rendering(quantity="display"),
        regions=regions,
        unlabelled_share=counts.get(OPEN, 0) / drawn.size,
        nodata_share=counts.get(NODATA, 0) / drawn.size,
        exhaustive=exhaustive,
    )


def mosaic(seed: int, number: int) -> Tile:
    """One random mask."""
    random = np.random.default_rng((seed, number))
    height, width = (int(side) for side in random.integers(24, 97, 2))
    chosen = random.permutation(len(CLASSES))[: random.integers(1, 7)]
    names = tuple(CLASSES[at] for at in chosen)
    names += tuple(name for name in (OPEN, NODATA, NOTHING) if random.random() < 0.25)
    drawn = np.zeros((height, width), dtype=np.int64)
    for at in range(len(names)):
        kind = random.integers(3)
        if kind == 0:  # a stripe
            low, high = np.sort(random.integers(0, width + 1, 2))
            drawn[:, low:high] = at
        elif kind == 1:  # a patch
            top, bottom = np.sort(random.integers(0, height + 1, 2))
            left, right = np.sort(random.integers(0, width + 1, 2))
            drawn[top:bottom, left:right] = at
        else:  # specks
            drawn[random.random((height, width)) < random.choice((0.0005, 0.02, 0.3))] = at
    exhaustive = tuple(name for name in names if name in CLASSES and random.random() < 0.3)
    return tile_of(drawn, names, number, exhaustive)
