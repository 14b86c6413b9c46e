"""Whether a scene can be shown as it is asked for: its polarisations, quantity, scale and size; and between which limits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from sartext.errors import SourceError
from sartext.sources.pixels.image import MIN_SIDE_PX
from sartext.sources.pixels.rendering import (
    Beyond,
    Look,
    beyond,
    limits_of,
    shown_channels,
    shown_scale,
    small_sample,
    whole_sample,
)
from sartext.sources.readers.scene import Declared, Floats, OpenScene, SceneFacts
from sartext.tile import Limits

_MOST_NEGATIVE = 0.1  # of linear power; Sentinel-1 over calm sea has a few percent below its noise
_MOST_POWER = 100.0  # linear; ships and corner reflectors reach it, no landscape does


class SceneRefused(SourceError):
    """One scene that cannot be used as it is asked for, while others may be: `reason` is that of its reject."""

    def __init__(self, fact: str, *, file: str, reason: str, place: str = "", remedy: str = "", option: str = "") -> None:
        super().__init__(fact, file=file, place=place, remedy=remedy, option=option)
        self.reason = reason


def prepared(
    opened: OpenScene, look: Look, spacing_m: float | None, declared: Declared, file: str
) -> tuple[tuple[Limits, ...], Look]:
    """Limits and look of a scene. Raises `SceneRefused` where what is asked cannot be done with it, or would show nothing."""
    facts = opened.facts
    wanted = set(look.polarisations)
    if wanted and not wanted & set(facts.polarisations):
        raise SceneRefused(
            f"has {_named(facts.polarisations)}, and none of --source.polarisations",
            file=file,
            reason="no_polarisation",
            option="polarisations",
        )
    powerless = facts.quantity in ("dn", "display")
    if powerless and (look.filter or spacing_m):
        raise SceneRefused(
            f"{facts.quantity} is no power that could be averaged",
            file=file,
            reason="no_power",
            remedy="give --source.quantity amplitude",
            option="quantity",
        )
    look = replace(look, block_px=block_of(facts, spacing_m, file))
    height_px, width_px = facts.height_px // look.block_px[0], facts.width_px // look.block_px[1]
    if min(height_px, width_px) < MIN_SIDE_PX:
        spacing = f" at --source.spacing-m {spacing_m:g}" if spacing_m is not None else ""
        fact = f"{width_px} x {height_px} px{spacing}; a side of a tile has at least {MIN_SIDE_PX}"
        raise SceneRefused(fact, file=file, reason="too_small", option="spacing_m" if spacing else "")
    sample = small_sample(opened)
    if facts.scale == "linear" and not powerless and declared.quantity == facts.quantity:
        _check_power(facts, sample, file)
    limits = limits_of(opened, look)
    if beyond(facts, sample, limits) is not None and (lost := beyond(facts, whole_sample(opened), limits)) is not None:
        raise _beyond_limits(facts, lost, look, declared, file)
    return limits, look


def _check_power(facts: SceneFacts, sample: Mapping[str, Floats], file: str) -> None:
    """Raises `SceneRefused` where too much of what is said to be linear power is negative."""
    values = np.concatenate(list(sample.values()))
    values = values[np.isfinite(values)]
    below = values[values < 0]
    if not values.size or below.size / values.size <= _MOST_NEGATIVE:
        return
    fact = f"{below.size / values.size:.0%} of a sample of {facts.quantity} are below 0, which linear power is not"
    remedy = f"give --source.quantity {facts.quantity}_db for decibels"
    if (below == below[0]).all():
        fact, remedy = f"{fact}, and all of those are {below[0]:g}", f"give --source.nodata {below[0]:g}"
    raise SceneRefused(fact, file=file, reason="negative_power", remedy=remedy, option="quantity")


def _beyond_limits(facts: SceneFacts, lost: Beyond, look: Look, declared: Declared, file: str) -> SceneRefused:
    """A scene that would be one shade, and what could have been meant instead."""
    shade, side, bound = ("white", "above", lost.limits.high) if lost.white else ("black", "below", lost.limits.low)
    unit = " dB" if shown_scale(facts) == "db" else ""
    if lost.limits in look.limits:
        option, remedy = "limits", "give other --source.limits"
    elif declared.quantity != facts.quantity:
        option, remedy = "limits", "give --source.limits"
    elif facts.scale == "db" and lost.least < 0:
        option, remedy = "limits", "give --source.limits, or scale the values to dB"
    elif facts.scale == "db" and lost.median < _MOST_POWER:
        option, remedy = "quantity", f"give --source.quantity {facts.quantity} for linear power, or --source.limits"
    else:
        plain = "dn, amplitude or intensity for what is not calibrated"
        option, remedy = "quantity", f"give --source.quantity {plain}, or --source.limits"
    return SceneRefused(
        f"{lost.share:.1%} of a sample of {facts.quantity} would be {shade}, {side} {bound:g}{unit}, "
        f"and half of it is above {lost.median:.4g}",
        file=file,
        reason="beyond_limits",
        remedy=remedy,
        option=option,
    )


def check_asked(look: Look, scenes: Sequence[SceneFacts], folder: str) -> None:
    """Raises `SourceError` where polarisations or limits are named that no scene has."""
    there = {one for facts in scenes for one in facts.polarisations}
    missing = [one for one in look.polarisations if one not in there]
    if missing:
        fact = f"no scene has {missing[0]}, which --source.polarisations names; there are {_named(there)}"
        raise SourceError(fact, file=folder, option="polarisations")
    shown = {one for facts in scenes for one in shown_channels(facts, look)}
    unshown = [one.polarisation for one in look.limits if one.polarisation not in shown]
    if unshown:
        fact = f"no image has {unshown[0]}, which --source.limits names; there are {_named(shown)}"
        raise SourceError(fact, file=folder, option="limits")


def _named(polarisations: Iterable[str]) -> str:
    return ", ".join(one or "one without a name" for one in sorted(polarisations))


def block_of(facts: SceneFacts, spacing_m: float | None, file: str) -> tuple[int, int]:
    """The pixels (y, x) that are averaged into one for a spacing in m. Raises `SceneRefused` where nobody knows how many."""
    if spacing_m is None:
        return 1, 1
    if facts.sensor.gsd_m is None:
        raise SceneRefused(
            "its ground sample distance is not known, so --source.spacing-m cannot be met",
            file=file,
            reason="unknown_spacing",
            option="spacing_m",
        )
    down, across = (max(1, round(spacing_m / gsd)) for gsd in facts.sensor.gsd_m)
    return min(down, facts.height_px), min(across, facts.width_px)
