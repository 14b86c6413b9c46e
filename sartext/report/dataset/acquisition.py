"""What a captioner's sureness holds for: images of a sensor at about a ground sample distance, in words."""

import math

_STEP = 1.2  # distances that are closer are the same


def acquisition(platform: str | None, band: str | None, gsd_m: float | None) -> str:
    """The platform, the band and about the ground sample distance, as "Sentinel-1, C band, about 10 m"."""
    about = "distance unknown" if not gsd_m or gsd_m <= 0 else f"about {_STEP ** round(math.log(gsd_m, _STEP)):.2g} m"
    return ", ".join((platform or "platform unknown", f"{band} band" if band else "band unknown", about))


def all_known(name: str) -> bool:
    """Whether an acquisition, as it is in words, lacks nothing: two that lack something may differ in it."""
    return "unknown" not in name
