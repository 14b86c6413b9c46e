import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.sar import radiometry
from sartext.tile import QUANTITIES, Limits


@given(st.floats(-50.0, 40.0))
def test_decibels_and_back(level_db: float) -> None:
    intensity = np.array([radiometry.from_db(level_db)], dtype=np.float32)
    assert radiometry.to_db(intensity)[0] == pytest.approx(level_db, abs=1e-3)


def test_zero_and_negative_intensity_get_the_floor() -> None:
    values = np.array([0.0, -1.0, np.nan], dtype=np.float32)
    assert radiometry.to_db(values)[:2] == pytest.approx([radiometry.FLOOR_DB] * 2)
    assert radiometry.to_db(values, 1e-9)[:2] == pytest.approx([-90.0] * 2)
    assert np.isnan(radiometry.to_db(values)[2])


def test_decibels_amplitude_and_intensity_of_one_field_agree() -> None:
    level_db = np.random.default_rng(1).uniform(-55.0, 40.0, 100_000)
    power = 10.0 ** (level_db / 10.0)  # in double precision
    forms = {
        ("intensity", "linear"): power,
        ("amplitude", "linear"): np.sqrt(power),
        ("amplitude", "db"): 20.0 * np.log10(np.sqrt(power)),
        ("sigma0", "db"): level_db,
    }
    for (quantity, scale), values in forms.items():
        intensity = radiometry.to_intensity(values.astype(np.float32), quantity, scale)
        for into in forms:
            back = radiometry.from_intensity(intensity, *into).astype(np.float64)
            in_db = back if into[1] == "db" else (20 if into[0] == "amplitude" else 10) * np.log10(back)
            assert np.abs(in_db - level_db).max() < 1e-4, (quantity, scale, into)


@pytest.mark.parametrize("quantity", ["dn", "display", "brightness"])
def test_what_has_no_known_relation_to_power_is_refused(quantity: str) -> None:
    with pytest.raises(ValueError, match="no known relation to power"):
        radiometry.to_intensity(np.ones(3, np.float32), quantity, "linear")


def test_a_scale_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="scale is 'log'"):
        radiometry.from_intensity(np.ones(3, np.float32), "sigma0", "log")


def test_limits_are_those_of_the_quantity_and_the_polarisation() -> None:
    assert radiometry.limits_db("sigma0", "VV") == Limits(polarisation="VV", low=-25.0, high=0.0)
    assert radiometry.limits_db("sigma0", "HV") == Limits(polarisation="HV", low=-32.0, high=-5.0)
    for quantity, polarisation in (("amplitude", "VV"), ("dn", "VH"), ("sigma0", None), ("sigma0", "RH")):
        assert radiometry.limits_db(quantity, polarisation) is None
    assert set(radiometry.LIMITS_DB) <= set(QUANTITIES)


def test_limits_move_between_quantities_by_the_incidence_of_the_middle_of_a_swath() -> None:
    angle = np.radians(38.0)
    for polarisation in ("VV", "VH"):
        sigma, gamma, beta = (radiometry.limits_db(q, polarisation) for q in ("sigma0", "gamma0", "beta0"))
        assert gamma.low - sigma.low == pytest.approx(-10 * np.log10(np.cos(angle)), abs=0.5)
        assert beta.high - sigma.high == pytest.approx(-10 * np.log10(np.sin(angle)), abs=0.5)


def test_percentile_limits_are_values_of_the_scene() -> None:
    values = np.r_[np.arange(1.0, 101.0), [np.nan] * 50].astype(np.float32)
    limits = radiometry.percentile_limits(values, "VH")
    assert limits == Limits(polarisation="VH", low=2.0, high=98.0)
    inside = np.mean(values[:100] <= limits.low), np.mean(values[:100] <= limits.high)
    assert inside == (0.02, 0.98)
    dn = np.arange(1, 1001, dtype=np.uint16)
    assert radiometry.percentile_limits(dn, None, low_percent=1, high_percent=99).high == 990.0


def test_percentile_limits_in_db_are_of_the_same_pixels_and_leave_out_what_is_not_positive() -> None:
    power = np.r_[np.linspace(0.01, 1.0, 1000), np.zeros(400), -np.ones(10)].astype(np.float32)
    limits = radiometry.percentile_limits(power, None, scale="db")
    linear = radiometry.percentile_limits(power[power > 0], None)
    assert (limits.low, limits.high) == pytest.approx((10 * np.log10(linear.low), 10 * np.log10(linear.high)))


@pytest.mark.parametrize("values", [[], [np.nan, np.inf], [7.0] * 100])
def test_percentile_limits_of_nothing_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match=r"no pixel has a value|lie at 7"):
        radiometry.percentile_limits(np.array(values, np.float32), None)


def test_the_floor_is_black_whatever_the_limits() -> None:
    assert radiometry.floor_below(-25.0) == pytest.approx(1e-6)
    assert radiometry.floor_below(-110.0) == pytest.approx(1e-11)
    assert radiometry.floor_of("amplitude", 1e-6) == pytest.approx(1e-3)
    assert radiometry.floor_of("sigma0", 1e-6) == 1e-6


def test_to_8bit_rounds_and_counts_what_it_clips() -> None:
    values = np.array([-31.0, -30.0, -15.0, 0.0, 5.0, 9.0, -40.0, -1.0], dtype=np.float32)
    image, below, above = radiometry.to_8bit(values, -30.0, 0.0)
    assert image.tolist() == [0, 0, 128, 255, 255, 255, 0, 247]
    assert (below, above) == (0.25, 0.25)


def test_limits_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match=r"limits are 3\.0 to 3\.0"):
        radiometry.to_8bit(np.zeros(3, dtype=np.float32), 3.0, 3.0)


@given(st.floats(-1e5, 1e5), st.floats(1e-3, 1e6), st.integers(0, 2**32 - 1))
def test_an_unclipped_pixel_is_recovered_within_half_a_level(low: float, span: float, seed: int) -> None:
    low = float(np.float32(low))
    high = float(np.float32(low + span))
    if not high > low:
        return
    values = np.random.default_rng(seed).uniform(low, high, 500).astype(np.float32)
    image, _, _ = radiometry.to_8bit(values, low, high)
    level = (high - low) / 255.0
    grain = 4 * np.spacing(np.float32(max(abs(low), abs(high))))  # of single precision, which the values themselves have
    assert np.abs(radiometry.from_8bit(image, low, high) - values).max() <= level * (0.5 + 1e-4) + grain


def test_nodata_is_black_and_counted_apart() -> None:
    values = np.array([[np.nan, np.nan, -40.0, -12.5], [0.0, 3.0, np.inf, np.nan]], dtype=np.float32)
    gray = radiometry.to_gray(values, Limits(polarisation="VV", low=-25.0, high=0.0))
    assert gray.image.tolist() == [[0, 0, 0, 128], [255, 255, 255, 0]]
    assert gray.nodata_share == pytest.approx(3 / 8)
    assert gray.clipped_low_share == pytest.approx(1 / 5)
    assert gray.clipped_high_share == pytest.approx(2 / 5)


def test_nodata_alone_is_black_with_no_shares() -> None:
    gray = radiometry.to_gray(np.full((2, 2), np.nan, np.float32), Limits(polarisation=None, low=0.0, high=1.0))
    assert not gray.image.any()
    assert (gray.nodata_share, gray.clipped_low_share, gray.clipped_high_share) == (1.0, 0.0, 0.0)
