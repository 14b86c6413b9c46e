"""Whether a scene can be shown as it is asked for, and then between which limits: its polarisations, quantity and spacing."""

from dataclasses import replace

from sartext.errors import SourceError
from sartext.sources.readers.scene import OpenScene, SceneFacts
from sartext.sources.rendering import Look, limits_of, negative_share
from sartext.tile import Limits

_MOST_NEGATIVE = 0.1  # of linear power; Sentinel-1 over calm sea has a few percent below its noise


class SceneRefused(SourceError):
    """One scene that cannot be used as it is asked for, while others may be: `reason` is that of its reject."""

    def __init__(self, fact: str, *, file: str, reason: str, place: str = "", remedy: str = "", option: str = "") -> None:
        super().__init__(fact, file=file, place=place, remedy=remedy, option=option)
        self.reason = reason


def prepared(opened: OpenScene, look: Look, spacing_m: float | None, file: str) -> tuple[tuple[Limits, ...], Look]:
    """Limits and look of a scene. Raises `SourceError` where what is asked cannot be done with its quantity."""
    facts = opened.facts
    wanted = set(look.polarisations)
    if wanted and not wanted & set(facts.polarisations):
        there = ", ".join(one or "one without a name" for one in facts.polarisations)
        raise SourceError(f"has {there}, and none of --source.polarisations", file=file)
    powerless = facts.quantity in ("dn", "display")
    if powerless and (look.filter or spacing_m):
        raise SourceError(
            f"{facts.quantity} is no power that could be averaged", file=file, remedy="give --source.quantity amplitude"
        )
    if negative_share(opened) > _MOST_NEGATIVE and not powerless:
        raise SourceError(
            f"most values of {facts.quantity} are below 0, which linear power is not",
            file=file,
            remedy=f"give --source.quantity {facts.quantity}_db",
        )
    look = replace(look, block_px=block_of(facts, spacing_m, file))
    return limits_of(opened, look), look


def block_of(facts: SceneFacts, spacing_m: float | None, file: str) -> tuple[int, int]:
    """The pixels (y, x) that are averaged into one for a spacing in m. Raises `SourceError` where nobody knows how many."""
    if spacing_m is None:
        return 1, 1
    if facts.sensor.gsd_m is None:
        raise SourceError("its ground sample distance is not known, so --source.spacing-m cannot be met", file=file)
    down, across = (max(1, round(spacing_m / gsd)) for gsd in facts.sensor.gsd_m)
    return min(down, facts.height_px), min(across, facts.width_px)
