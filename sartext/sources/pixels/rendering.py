"""From a window of a scene to an 8-bit image: intensity averaged and filtered where asked, decibels, limits, channels.

Calibrated power is shown in dB between limits of its polarisation and quantity; other power and amplitude in dB, digital
numbers linearly, both between percentiles of the scene's valid pixels. Averaging and speckle filters work on linear power,
before the logarithm: a mean of decibels is biased.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sartext.errors import TileRejected
from sartext.sar import filters
from sartext.sar.composition import channel, channels_of, compose, ratio_limits
from sartext.sar.multilook import multilook
from sartext.sar.radiometry import (
    Gray,
    floor_below,
    floor_of,
    from_intensity,
    limits_db,
    percentile_limits,
    to_db,
    to_intensity,
)
from sartext.sources.readers.scene import OpenScene, SceneFacts
from sartext.tile import Limits, Rendering

_Floats = npt.NDArray[np.float32]
_SAMPLES, _SAMPLE_PX = 5, 256  # windows along either side of which percentiles are taken, and their side
_LINEAR = ("dn", "display")
_MOST = 0.99


@dataclass(frozen=True, kw_only=True)
class Look:
    """How pixels become gray: part of what a dataset is."""

    polarisations: tuple[str, ...] = ()  # those wanted; () is all
    filter: str | None = None
    filter_size_px: int = 7
    block_px: tuple[int, int] = (1, 1)  # pixels averaged into one, along y and x
    limits: tuple[Limits, ...] = ()  # instead of the usual ones, in the scale that is shown


def shown_channels(facts: SceneFacts, look: Look) -> tuple[str, ...]:
    """The channels of a scene's image, in order."""
    wanted = [one for one in facts.polarisations if not look.polarisations or one in look.polarisations]
    return channels_of(wanted)


def shown_scale(facts: SceneFacts) -> str:
    """The scale in which a scene's quantity is shown."""
    return "linear" if facts.quantity in _LINEAR else "db"


def limits_of(scene: OpenScene, look: Look) -> tuple[Limits, ...]:
    """Black and white of each channel: those asked for, those of the quantity, or percentiles of a sample of the scene.

    The sample is 5 x 5 windows of 256 px, evenly spread, so that it is the same for every reader of the file. Where all its
    pixels are one value, that one and less is black.
    """
    facts = scene.facts
    asked = {limits.polarisation: limits for limits in look.limits}
    sample: dict[str, _Floats] | None = None
    found = []
    for name in shown_channels(facts, look):
        usual = ratio_limits(name) if "/" in name else limits_db(facts.quantity, name)
        if name in asked:
            found.append(asked[name])
        elif facts.quantity == "display":
            found.append(Limits(polarisation=name or None, low=0.0, high=255.0))
        elif usual is not None and shown_scale(facts) == "db":
            found.append(usual)
        else:
            sample = sample if sample is not None else _sample(scene)
            found.append(_percentiles(channel(name, sample, shown_scale(facts)), name))
    return tuple(found)


def _percentiles(values: _Floats, name: str) -> Limits:
    """Of values in the scale that is shown."""
    try:
        limits = percentile_limits(values, name or None)
    except ValueError:
        finite = values[np.isfinite(values)]
        only = float(finite[0]) if finite.size else 0.0
        return Limits(polarisation=name or None, low=only, high=only + 1.0)
    return limits


def _sample(scene: OpenScene) -> dict[str, _Floats]:
    """Values of some windows by polarisation, in the scale that is shown, without filter or average; NaN where invalid."""
    return {name: _in_scale(values, scene.facts) for name, values in whole_sample(scene).items()}


def whole_sample(scene: OpenScene) -> dict[str, _Floats]:
    """Values as the scene has them, by polarisation, of 5 x 5 windows that are evenly spread over it; NaN where invalid."""
    height, width = _sides(scene.facts)
    rows = np.unique(np.linspace(0, scene.facts.height_px - height, _SAMPLES).astype(int))
    columns = np.unique(np.linspace(0, scene.facts.width_px - width, _SAMPLES).astype(int))
    return _raw(scene, [(row, column) for row in rows.tolist() for column in columns.tolist()])


def small_sample(scene: OpenScene) -> dict[str, _Floats]:
    """As `whole_sample`, of two windows: in the middle, and in the middle of the upper edge."""
    height, width = _sides(scene.facts)
    column = (scene.facts.width_px - width) // 2
    return _raw(scene, [(row, column) for row in sorted({0, (scene.facts.height_px - height) // 2})])


def _sides(facts: SceneFacts) -> tuple[int, int]:
    return min(_SAMPLE_PX, facts.height_px), min(_SAMPLE_PX, facts.width_px)


def _raw(scene: OpenScene, corners: Sequence[tuple[int, int]]) -> dict[str, _Floats]:
    height, width = _sides(scene.facts)
    found: dict[str, list[_Floats]] = {name: [] for name in scene.facts.polarisations}
    for row, column in corners:
        for name, parts in found.items():
            try:
                values = scene.values(name, row, column, height, width)
            except TileRejected:
                values = np.full((height, width), np.nan, dtype=np.float32)
            parts.append(values.ravel())
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _in_scale(values: _Floats, facts: SceneFacts) -> _Floats:
    if facts.quantity in _LINEAR or facts.scale == "db":
        return values
    power = to_intensity(values, facts.quantity, facts.scale)
    return np.where(power > 0, to_db(power, 1e-30), np.float32(np.nan))


class Beyond(NamedTuple):
    """A sample that lies beyond the limits on one side."""

    white: bool  # or black
    share: float  # of the values
    limits: Limits
    least: float  # of the values as the scene has them
    median: float


def beyond(facts: SceneFacts, sample: Mapping[str, _Floats], limits: Sequence[Limits]) -> Beyond | None:
    """Where over 99% of the values of every polarisation that is shown would be white, or black, the first of them."""
    found = []
    for one in limits:
        name = one.polarisation or ""
        if "/" in name:
            continue
        raw = sample[name][np.isfinite(sample[name])]
        values = _in_scale(raw, facts)
        shown = int(np.count_nonzero(np.isfinite(values)))
        if not shown:
            return None
        above, below = ((np.count_nonzero(values > one.high) / shown), (np.count_nonzero(values < one.low) / shown))
        if max(above, below) <= _MOST:
            return None
        found.append(Beyond(bool(above > below), max(above, below), one, float(raw.min()), float(np.median(raw))))
    return found[0] if found and len({one.white for one in found}) == 1 else None


def render(
    scene: OpenScene, window: tuple[int, int, int, int], limits: Sequence[Limits], look: Look, *, least_valid: float
) -> tuple[Gray, Rendering]:
    """The window (row, column, height, width) of the averaged grid as an image, and how it was made.

    Raises `TileRejected` as "blank" where less than the share `least_valid` of it has a measurement.
    """
    facts, names = scene.facts, shown_channels(scene.facts, look)
    needed = dict.fromkeys(one for name in names for one in name.split("/"))
    values = {name: _values(scene, name, window, look) for name in needed}
    scale = shown_scale(facts)
    lowest = min([one.low for one in limits])
    floor = None
    if scale == "db":
        floor = floor_below(lowest)
        values = {name: from_intensity(power, facts.quantity, "db", floor) for name, power in values.items()}
    gray = compose([channel(name, values, scale) for name in names], limits)
    if gray.nodata_share > 1 - least_valid:
        raise TileRejected("blank", f"{gray.nodata_share:.0%} of its pixels have no measurement")
    averaged = look.block_px != (1, 1)
    block = facts.multilook_px or (1, 1)
    return gray, Rendering(
        quantity=facts.quantity,
        scale=scale,
        limits=tuple(limits),
        polarisations=tuple(names) if names != ("",) else (),
        speckle_filter=f"{look.filter} {look.filter_size_px} x {look.filter_size_px}" if look.filter else None,
        looks=facts.looks,
        multilook_px=(block[0] * look.block_px[0], block[1] * look.block_px[1]) if averaged else facts.multilook_px,
        resampling="mean" if averaged else None,
        floor=floor_of(facts.quantity, floor) if floor is not None else None,
        nodata=facts.nodata,
        clipped_low_share=gray.clipped_low_share,
        clipped_high_share=gray.clipped_high_share,
    )


def _values(scene: OpenScene, name: str, window: tuple[int, int, int, int], look: Look) -> _Floats:
    """One polarisation: linear power, or digital numbers as they are."""
    facts = scene.facts
    row, column, height, width = window
    margin = look.filter_size_px // 2 if look.filter else 0
    down, across = look.block_px
    rows, columns = facts.height_px // down, facts.width_px // across
    if row + height > rows or column + width > columns:
        raise TileRejected(
            "unreadable_pixels", f"a window beyond the scene's {rows} x {columns} px, which had more when planned"
        )
    top, left = max(row - margin, 0), max(column - margin, 0)
    bottom, right = min(row + height + margin, rows), min(column + width + margin, columns)
    raw = scene.values(name, top * down, left * across, (bottom - top) * down, (right - left) * across)
    if facts.quantity in _LINEAR:
        return raw
    power = to_intensity(raw, facts.quantity, facts.scale)
    if look.block_px != (1, 1):
        power = multilook(power, look.block_px, spacing_m=(1.0, 1.0)).intensity
    if look.filter:
        power = filters.apply(look.filter, power, scale="linear", size_px=look.filter_size_px, looks=facts.looks or 1.0)
    return power[row - top : row - top + height, column - left : column - left + width]
