import numpy as np
import pytest

from sartext.sources.archive.covers import COVERS, LABELS
from sartext.sources.archive.ground import ground, regions
from sartext.sources.archive.layers import MARGIN_PX
from sartext.sources.archive.plan import plan


def _mask(rle: tuple[int, ...], size_px: int) -> np.ndarray:
    values = np.repeat(np.arange(len(rle)) % 2, rle)
    return values.reshape(size_px, size_px).T.astype(bool)


@pytest.mark.parametrize("size_px", [64, 128])
def test_masks_cover_each_pixel_once_with_the_cover_that_is_drawn(size_px: int) -> None:
    seen = set()
    for index in range(60):
        scene = plan(3, index, size_px)
        drawn = ground(scene)
        found = regions(scene, drawn)
        masks = [_mask(region.rle, size_px) for region in found]
        assert (np.sum(masks, axis=0) == 1).all()
        assert sum(region.area_share for region in found) == pytest.approx(1.0, abs=1e-12)
        inner = drawn.paints[MARGIN_PX : MARGIN_PX + size_px, MARGIN_PX : MARGIN_PX + size_px]
        for region, mask in zip(found, masks, strict=True):
            assert region.area_share == pytest.approx(mask.mean(), abs=1e-12)
            assert {COVERS[scene.palette[p].cover].label for p in np.unique(inner[mask])} == {region.label}
            assert all(run > 0 for run in region.rle[1:])
            seen.add(region.label)
    assert seen == set(LABELS)
