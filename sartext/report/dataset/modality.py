"""What the images of a dataset are, in words: of radar, of light, or some of each."""

from collections.abc import Collection


def images_of(sources: Collection[str], optical: Collection[str]) -> str:
    """What the images of `sources` are, where those named in `optical` are optical; without any source, what all could be."""
    radar = "synthetic aperture radar" * any(name not in optical for name in sources or ("",))
    return " and of ".join(part for part in (radar, "optical images" * any(name in optical for name in sources)) if part)


def tags_of(sources: Collection[str], optical: Collection[str]) -> list[str]:
    """The Hub's tags for that."""
    radar, light = any(name not in optical for name in sources or ("",)), any(name in optical for name in sources)
    return ["sar", "synthetic-aperture-radar"] * radar + ["optical"] * light
