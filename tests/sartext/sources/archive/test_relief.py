import numpy as np
import pytest

from sartext.sources.archive.relief import relief, shifted_columns, swept


def _block() -> np.ndarray:
    area = np.zeros((8, 40), dtype=bool)
    area[2:6, 15:25] = True
    return area


@pytest.mark.parametrize("by_px", [-7, -1, 0, 1, 6])
def test_swept_is_the_union_of_all_moves(by_px: int) -> None:
    area = _block()
    union = np.zeros_like(area)
    for step in range(abs(by_px) + 1):
        union |= shifted_columns(area, step if by_px > 0 else -step)
    assert (swept(area, by_px) == union).all()


@pytest.mark.parametrize("toward", [-1, 1])
def test_relief_lies_where_the_side_view_puts_it(toward: int) -> None:
    masks = relief(_block(), toward, 4, 6)
    row = {name: np.flatnonzero(getattr(masks, name)[3]) for name in ("roof", "wall", "corner", "shadow")}
    if toward == 1:
        row = {name: np.sort(39 - columns) for name, columns in row.items()}  # block 15:25 mirrors to 15:25
    assert row["roof"].tolist() == list(range(11, 21))
    assert row["wall"].tolist() == list(range(11, 16))
    assert row["corner"].tolist() == [15]
    assert row["shadow"].tolist() == list(range(21, 31))
