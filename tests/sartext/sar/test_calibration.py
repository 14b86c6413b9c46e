import math
import zipfile
from collections.abc import Callable
from pathlib import Path

import defusedxml.ElementTree
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.sar import calibration
from sartext.sar.calibration import AzimuthNoise, LookupTable


def _table(lines: list[float], pixels: list[list[float]], values: list[list[float]]) -> LookupTable:
    return LookupTable(
        lines=np.array(lines, float), pixels=[np.array(p, float) for p in pixels], values=[np.array(v, float) for v in values]
    )


def _by_hand(table: LookupTable, line: float, pixel: float) -> float:
    """Bilinear interpolation at one point, one number at a time."""

    def along(k: int) -> float:
        at, values = list(table.pixels[k]), list(table.values[k])
        if pixel <= at[0]:
            return values[0]
        for j in range(1, len(at)):
            if pixel <= at[j]:
                return values[j - 1] + (values[j] - values[j - 1]) * (pixel - at[j - 1]) / (at[j] - at[j - 1])
        return values[-1]

    lines = list(table.lines)
    if line <= lines[0]:
        return along(0)
    for k in range(1, len(lines)):
        if line <= lines[k]:
            share = (line - lines[k - 1]) / (lines[k] - lines[k - 1])
            return along(k - 1) * (1 - share) + along(k) * share
    return along(len(lines) - 1)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_window_of_a_table_is_what_every_pixel_is_by_hand(data: st.DataObject) -> None:
    positions = st.lists(st.integers(-50, 300), min_size=1, max_size=6, unique=True).map(sorted)
    lines = data.draw(positions)
    pixels = [data.draw(positions) for _ in lines]  # differing from line to line
    values = [data.draw(st.lists(st.floats(0, 1000), min_size=len(p), max_size=len(p))) for p in pixels]
    table = _table(lines, pixels, values)
    row, column = data.draw(st.integers(-20, 280)), data.draw(st.integers(-20, 280))
    window = table.window(row, column, 9, 7)
    assert window.shape == (9, 7)
    expected = [[_by_hand(table, row + r, column + c) for c in range(7)] for r in range(9)]
    assert window == pytest.approx(np.array(expected), rel=2e-6, abs=1e-4)


@pytest.mark.parametrize(
    ("lines", "pixels", "values"),
    [
        ([], [], []),
        ([0, 0], [[0, 1], [0, 1]], [[1, 1], [1, 1]]),
        ([0, 1], [[0, 1], [1, 0]], [[1, 1], [1, 1]]),
        ([0], [[0, 1]], [[1]]),
        ([0], [[0, 1]], [[1, math.nan]]),
        ([0], [[]], [[]]),
        ([0, 1], [[0, 1]], [[1, 1]]),
        ([0, math.inf], [[0], [0]], [[1], [1]]),
    ],
)
def test_a_table_that_is_none_is_refused(lines: list[float], pixels: list[list[float]], values: list[list[float]]) -> None:
    with pytest.raises(ValueError, match=r"lines|pixels|positions|finite"):
        _table(lines, pixels, values)


def test_thermal_noise_is_range_noise_times_the_azimuth_noise_of_its_block() -> None:
    across = _table([0, 100], [[0, 200], [0, 50, 200]], [[10, 30], [20, 30, 60]])
    blocks = [
        AzimuthNoise(
            first_line=0, last_line=49, first_pixel=0, last_pixel=99, lines=np.array([0.0, 49.0]), factors=np.array([1.0, 2.0])
        ),
        AzimuthNoise(
            first_line=0, last_line=99, first_pixel=100, last_pixel=150, lines=np.array([5.0]), factors=np.array([0.5])
        ),
    ]
    noise = calibration.thermal_noise(across, blocks, 40, 90, 20, 80)
    for line, pixel, factor in (
        (40, 90, 1 + 40 / 49),
        (49, 99, 2.0),
        (50, 99, 1.0),
        (45, 100, 0.5),
        (59, 150, 0.5),
        (59, 151, 1.0),
    ):
        assert noise[line - 40, pixel - 90] == pytest.approx(_by_hand(across, line, pixel) * factor, rel=1e-6)
    assert calibration.thermal_noise(across, [], 40, 90, 20, 80) == pytest.approx(across.window(40, 90, 20, 80))


def test_backscatter_is_nan_at_dn_0_and_may_be_negative() -> None:
    dn = np.array([[0, 3, 10, 65535]], dtype=np.uint16)
    gain, noise = np.full((1, 4), 2.0, np.float32), np.full((1, 4), 13.0, np.float32)
    sigma = calibration.backscatter(dn, gain, noise)[0]
    assert np.isnan(sigma[0])
    assert sigma[1:] == pytest.approx([-1.0, 87 / 4, (65535**2 - 13) / 4], rel=1e-6)
    gain[0, 3] = 0.0
    assert np.isnan(calibration.backscatter(dn, gain, noise)[0, 3])
    gain[0, 3] = 2.0
    assert calibration.backscatter(dn, gain)[0, 1:] == pytest.approx([9 / 4, 25.0, 65535**2 / 4], rel=1e-6)


def test_noise_subtraction_leaves_the_mean_of_what_was_there() -> None:
    random = np.random.default_rng(5)
    truth, noise, gain = 0.004, 400.0, 300.0
    power = random.exponential(truth * gain**2 + noise, size=(1000, 1000))
    dn = np.sqrt(power) + 1.0  # no zero, as if it were measured in finer steps
    sigma = calibration.backscatter(
        (dn - 1.0).astype(np.float32), np.full(dn.shape, gain, np.float32), np.full(dn.shape, noise, np.float32)
    )
    assert np.nanmean(sigma) == pytest.approx(truth, rel=0.01)
    assert (sigma < 0).any()


def _reader(image: np.ndarray) -> Callable[[int, int, int, int], np.ndarray]:
    return lambda row, column, height, width: image[row : row + height, column : column + width]


def _scene(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A dark sea at twice the noise with borders of a tenth of the noise, and what is border."""
    height, width = 300, 420
    border = np.zeros((height, width), dtype=bool)
    border[:, :40] = True
    border[:, -25:] = True
    border[:12] = True
    border[-30:, :200] = True
    power = np.where(border, 0.1, 2.0) * 100.0 * random.gamma(4.4, 1 / 4.4, size=(height, width))
    return np.sqrt(power).astype(np.uint16), border


def test_border_noise_is_found_at_every_edge_and_nowhere_else() -> None:
    dn, border = _scene(np.random.default_rng(2))

    found = calibration.find_border(_reader(dn), _reader(np.full(dn.shape, 100.0, np.float32)), *dn.shape, depth_px=100)
    valid = found.valid(0, 0, *dn.shape)
    assert not valid[border].any()
    lost = ~valid & ~border
    assert lost.mean() < 0.02  # half a window beside a border, at most
    assert (valid[16:266, 45:390]).all()
    window = found.valid(100, 30, 50, 60)
    assert np.array_equal(window, valid[100:150, 30:90])


def test_a_scene_without_border_noise_loses_nothing() -> None:
    dn = np.sqrt(100.0 * np.random.default_rng(3).gamma(4.4, 1 / 4.4, size=(200, 200))).astype(np.uint16)  # noise alone

    assert (
        calibration.find_border(_reader(dn), _reader(np.full(dn.shape, 100.0, np.float32)), *dn.shape)
        .valid(0, 0, *dn.shape)
        .all()
    )


def test_the_tables_of_a_real_product_agree_with_ten_points_by_hand(real_samples: Path) -> None:
    archive = next((real_samples / "scene_s1-grd_pyroSAR").glob("*.zip"))
    with zipfile.ZipFile(archive) as members:
        name = next(n for n in members.namelist() if "/calibration/calibration-" in n and "-vv-" in n)
        root = defusedxml.ElementTree.fromstring(members.read(name))
    lines, pixels, values = [], [], []
    for vector in root.iter("calibrationVector"):
        lines.append(float(vector.findtext("line")))
        pixels.append([float(x) for x in vector.findtext("pixel").split()])
        values.append([float(x) for x in vector.findtext("sigmaNought").split()])
    table = _table(lines, pixels, values)
    for line, pixel in np.random.default_rng(1).integers((0, 0), (16685, 25357), size=(10, 2)):
        gain = table.window(int(line), int(pixel), 1, 1)
        assert gain[0, 0] == pytest.approx(_by_hand(table, int(line), int(pixel)), rel=1e-6)
