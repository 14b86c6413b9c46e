"""The ground of a scene as arrays that the radar image, the optical twin and the masks share."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sartext.sources.archive import noise
from sartext.sources.archive.covers import COVERS, LABELS
from sartext.sources.archive.draws import seed_of
from sartext.sources.archive.layers import MARGIN_PX, Map, drawn_px, needs_smooth, paint
from sartext.sources.archive.plan import Scene
from sartext.sources.archive.shapes import Floats, Mask
from sartext.tile import Region

GRAIN_PX = 1.5  # correlation length of the unevenness of covers


@dataclass(frozen=True)
class Ground:
    """What covers each drawn pixel (n, n) of a scene, and how uneven it is there."""

    scene: Scene
    paints: Map  # palette indices
    at: npt.NDArray[np.intp]  # the same, ready to look up with

    @cached_property
    def grain(self) -> Floats:
        """Canopy, clods and waves: of mean 0 and variance 1, the same to the radar and to the camera."""
        return noise.smooth(generator(self.scene, "grain"), drawn_px(self.scene.size_px), GRAIN_PX)


def generator(scene: Scene, purpose: str) -> np.random.Generator:
    """The random numbers of one part of a scene, apart from those of every other."""
    return np.random.Generator(np.random.SFC64(seed_of(purpose, scene.seed, scene.index)))


def ground(scene: Scene) -> Ground:
    """The ground, drawn."""
    fields = None
    if needs_smooth(scene.layers):
        random, n = generator(scene, "smooth"), drawn_px(scene.size_px)
        fields = noise.smooth(random, n, scene.size_px / 11.0), noise.smooth(random, n, scene.size_px / 11.0)
    paints = paint(scene.layers, scene.size_px, fields)
    return Ground(scene, paints, paints.astype(np.intp))


def elevated(scene: Scene, paints: Map) -> Iterator[tuple[float, bool, Mask]]:
    """Each height that covers of the scene have, in m and rising; whether it is of buildings; and where, (n, n)."""
    heights: dict[float, list[int]] = {}
    for number, entry in enumerate(scene.palette):
        height_m = COVERS[entry.cover].height_m if entry.height_m is None else entry.height_m
        if height_m > 0.0:
            heights.setdefault(height_m, []).append(number)
    for height_m, numbers in sorted(heights.items()):
        area = paints == numbers[0]
        for number in numbers[1:]:
            area |= paints == number
        if area.any():
            yield height_m, COVERS[scene.palette[numbers[0]].cover].label == "urban", area


def regions(scene: Scene, drawn: Ground) -> tuple[Region, ...]:
    """The land covers of the tile, in the order of LABELS; each pixel is of exactly one."""
    tile = np.s_[MARGIN_PX : MARGIN_PX + scene.size_px]
    classes = np.array([LABELS.index(COVERS[p.cover].label) for p in scene.palette], dtype=np.uint8)
    columns = classes.take(drawn.at[tile, tile].T).ravel()  # column-major, as COCO has it
    ends = np.flatnonzero(columns[1:] != columns[:-1]) + 1
    starts = np.concatenate(([0], ends))
    lengths = np.diff(np.append(starts, columns.size))
    kinds = columns[starts]
    found = []
    for number, label in enumerate(LABELS):
        of_class = np.flatnonzero(kinds == number)
        if len(of_class) == 0:
            continue
        first, last = starts[of_class], starts[of_class] + lengths[of_class]
        # Runs of a class are never neighbours, so gaps before runs and the runs themselves alternate.
        edges = np.stack((first, last), axis=1).ravel()
        counts = np.diff(edges, prepend=0)
        if edges[-1] < columns.size:
            counts = np.append(counts, columns.size - edges[-1])
        share = int(lengths[of_class].sum()) / columns.size
        found.append(Region(label=label, area_share=share, rle=tuple(counts.tolist())))
    return tuple(found)
