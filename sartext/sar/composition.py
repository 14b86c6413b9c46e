"""Polarisations as the channels of an image, in an order that the record says.

One polarisation stays gray. Co- and cross-polarised together become (co, cross, co/cross): the ratio tells surfaces (15 dB and
more) from volumes (near 6 dB). Three or four become (HH, HV, VV).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sartext.sar.radiometry import Gray, to_gray
from sartext.tile import Limits

_Floats = npt.NDArray[np.float32]
_Bytes = npt.NDArray[np.uint8]

# Reflection-symmetric targets return more co- than cross-polarised power, so 0 dB is the floor of what is natural; a sea or a
# bare field returns up to 20 dB more.
RATIO_LIMITS_DB = (0.0, 20.0)

_DUAL = (("VV", "VH"), ("HH", "HV"))
_QUAD = ("HH", "HV", "VV")


def channels_of(polarisations: Sequence[str]) -> tuple[str, ...]:
    """The channels that the polarisations of a scene make, in order: names of polarisations, or a ratio "VV/VH".

    Two that are not co and cross of one transmitted polarisation have no composition of their own: the first by HH, VV,
    HV, VH alone, gray.
    """
    there = set(polarisations)
    if there.issuperset(_QUAD):
        return _QUAD
    for co, cross in _DUAL:
        if {co, cross} <= there:
            return co, cross, f"{co}/{cross}"
    for one in ("HH", "VV", "HV", "VH"):
        if one in there:
            return (one,)
    return tuple(polarisations[:1])


def channel(name: str, values: Mapping[str, _Floats], scale: str) -> _Floats:
    """One channel of `channels_of` from the values by polarisation, in a scale.

    A ratio is a difference in dB; in the linear scale it is infinite, so beyond any limit, where the divisor is not positive.
    """
    if "/" not in name:
        return values[name]
    co, cross = name.split("/")
    if scale == "db":
        return values[co] - values[cross]
    beyond = np.where(np.isnan(values[co] + values[cross]), np.float32(np.nan), np.float32(np.inf))
    ratio: _Floats = np.divide(values[co], values[cross], out=beyond, where=values[cross] > 0)
    return ratio


def ratio_limits(name: str) -> Limits:
    """Black and white of a ratio in dB."""
    return Limits(polarisation=name, low=RATIO_LIMITS_DB[0], high=RATIO_LIMITS_DB[1])


def compose(channels: Sequence[_Floats], limits: Sequence[Limits]) -> Gray:
    """The channels (H, W) as one 8-bit image, (H, W) for one and (H, W, 3) for three, with the shares over all of them.

    A pixel that one channel lacks is nodata in all: it is black, not coloured.
    """
    if len(channels) not in (1, 3) or len(channels) != len(limits):
        raise ValueError(f"{len(channels)} channels and {len(limits)} limits; an image has 1 or 3 of each")
    if len(channels) == 1:
        return to_gray(channels[0], limits[0])
    empty = np.isnan(channels[0]) | np.isnan(channels[1]) | np.isnan(channels[2])
    whole = not empty.any()
    grays = [
        to_gray(one if whole else np.where(empty, np.float32(np.nan), one), bounds)
        for one, bounds in zip(channels, limits, strict=True)
    ]
    image: _Bytes = np.stack([gray.image for gray in grays], axis=-1)
    if not whole:
        image[empty] = 0
    return Gray(
        image=image,
        empty=empty,
        clipped_low_share=sum(gray.clipped_low_share for gray in grays) / 3,
        clipped_high_share=sum(gray.clipped_high_share for gray in grays) / 3,
        nodata_share=grays[0].nodata_share,
    )
