import numpy as np
import pytest

from sartext.sar import composition
from sartext.sar.radiometry import limits_db
from sartext.tile import Limits


@pytest.mark.parametrize(
    ("polarisations", "channels"),
    [
        (["VH", "VV"], ("VV", "VH", "VV/VH")),
        (["HH", "HV"], ("HH", "HV", "HH/HV")),
        (["VV"], ("VV",)),
        (["HV"], ("HV",)),
        (["VV", "VH", "HV", "HH"], ("HH", "HV", "VV")),
        (["VV", "HH"], ("HH",)),
        (["RH"], ("RH",)),
        ([], ()),
    ],
)
def test_channels_have_one_order_whatever_the_file_has(polarisations: list[str], channels: tuple[str, ...]) -> None:
    assert composition.channels_of(polarisations) == channels


def test_the_ratio_is_a_difference_of_decibels() -> None:
    values = {"VV": np.array([-8.0, -12.0, np.nan], np.float32), "VH": np.array([-14.0, -30.0, -20.0], np.float32)}
    ratio = composition.channel("VV/VH", values, "db")
    assert ratio[:2].tolist() == [6.0, 18.0]
    assert np.isnan(ratio[2])
    assert composition.channel("VH", values, "db") is values["VH"]


def test_the_ratio_of_linear_values_is_beyond_any_limit_where_it_divides_by_nothing() -> None:
    values = {"HH": np.array([4.0, 1.0, np.nan, 1.0], np.float32), "HV": np.array([2.0, 0.0, 0.0, -0.5], np.float32)}
    ratio = composition.channel("HH/HV", values, "linear")
    assert ratio[[0, 1, 3]].tolist() == [2.0, np.inf, np.inf]
    assert np.isnan(ratio[2])


def test_three_channels_with_their_own_limits_and_one_nodata() -> None:
    vv = np.array([[-25.0, -12.5, 0.0, -30.0]], np.float32)
    vh = np.array([[-32.0, -18.5, np.nan, -5.0]], np.float32)
    names = composition.channels_of(["VV", "VH"])
    channels = [composition.channel(name, {"VV": vv, "VH": vh}, "db") for name in names]
    limits = [limits_db("sigma0", "VV"), limits_db("sigma0", "VH"), composition.ratio_limits(names[2])]
    made = composition.compose(channels, limits)
    assert made.image.shape == (1, 4, 3)
    assert made.image[0].tolist() == [[0, 0, 89], [128, 128, 77], [0, 0, 0], [0, 255, 0]]
    assert made.nodata_share == 0.25
    assert made.clipped_low_share == pytest.approx(2 / 9)  # -30 in VV and a ratio of -25, of 3 valid pixels in 3 channels
    assert made.clipped_high_share == 0.0


def test_one_channel_stays_gray() -> None:
    made = composition.compose([np.array([[0.0, 1.0]], np.float32)], [Limits(polarisation="HH", low=0.0, high=1.0)])
    assert made.image.tolist() == [[0, 255]]


def test_two_channels_are_no_image() -> None:
    one = np.zeros((2, 2), np.float32)
    with pytest.raises(ValueError, match="2 channels and 2 limits"):
        composition.compose([one, one], [Limits(polarisation=None, low=0.0, high=1.0)] * 2)
