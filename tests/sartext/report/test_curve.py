"""The picture of a training."""

import io

import numpy as np
import pytest
from PIL import Image

from sartext.report.curve import curve, smoothed

STEPS = [
    {"step": at, "stage": "optical" if at <= 60 else "sar", "loss": 3.0 / at, "learning_rate": 1e-3} for at in range(1, 101)
]


def test_the_same_log_gives_the_same_picture_and_another_stage_another_colour() -> None:
    drawn = curve(STEPS, title="clip")
    assert drawn == curve(STEPS, title="clip")
    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.format == "PNG"
        two = {colour for _, colour in picture.convert("RGB").getcolors(picture.width * picture.height) or []}
    with Image.open(io.BytesIO(curve([{**step, "stage": "sar"} for step in STEPS], title="clip"))) as picture:
        one = {colour for _, colour in picture.convert("RGB").getcolors(picture.width * picture.height) or []}
    assert (0xCC, 0x55, 0x33) in two - one


def test_losses_on_other_tiles_are_dots_of_their_own() -> None:
    def colours(picture: bytes) -> set[tuple[int, ...]]:
        with Image.open(io.BytesIO(picture)) as one:
            return {colour for _, colour in one.convert("RGB").getcolors(one.width * one.height) or []}

    dots = colours(curve(STEPS, title="clip", measured=[{"step": 0, "loss": 4.0}, {"step": 100, "loss": 1.0}]))
    assert (0x77, 0x22, 0xAA) in dots - colours(curve(STEPS, title="clip"))


def test_the_mean_is_over_the_last_values() -> None:
    assert smoothed(np.array([2.0, 4.0, 6.0, 8.0]), 2).tolist() == [2.0, 3.0, 5.0, 7.0]
    assert smoothed(np.array([2.0, 4.0]), 1).tolist() == [2.0, 4.0]


def test_no_steps_are_refused() -> None:
    with pytest.raises(ValueError, match="no steps"):
        curve([], title="clip")
