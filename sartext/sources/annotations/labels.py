"""What the labels of detection datasets mean: their common spellings, as classes of the taxonomy.

A label goes to the narrowest class that is surely true, never to a narrower guess: a "large vehicle" may be a bus, so it
is a vehicle, and what is one of A320 and A321 is an airliner. Labels that mean different things in different datasets
("other", "container") are not here: a source is told of them by its `label_map`. "tank" is a storage tank, as in
SARDet-100K (Li et al. 2024); in a set of military vehicles say so in the `label_map`.
"""

import re
from collections.abc import Mapping

_SPELLINGS: dict[str, tuple[str, ...]] = {
    "ship": ("ship", "ships", "vessel", "boat", "law enforcement ship", "lawenforce", "ore oil"),
    "cargo ship": ("cargo", "cargo ship", "cargo vessel", "general cargo", "general cargo ship"),
    "container ship": ("container ship", "containership", "cell container"),
    "bulk carrier": ("bulk carrier", "bulkcarrier", "bulk"),
    "tanker": ("tanker", "tanker ship"),
    "oil tanker": ("oil tanker",),
    "fishing vessel": ("fishing", "fishing vessel", "fishing boat", "fishing ship"),
    "passenger ship": ("passenger", "passenger ship"),
    "cruise ship": ("cruise ship",),
    "ferry": ("ferry",),
    "dredger": ("dredger", "dredging", "dredger ship"),
    "tug": ("tug", "tugboat"),
    "warship": ("warship", "military ship", "naval ship"),
    "destroyer": ("destroyer",),
    "frigate": ("frigate",),
    "aircraft carrier": ("aircraft carrier",),
    "aircraft": ("aircraft", "airplane", "aeroplane", "plane", "airplanes", "planes"),
    "airliner": ("airliner", "a320 321", "a321", "a350", "boeing747", "boeing 747", "boeing777", "boeing 777", "c919"),
    "fighter": ("fighter", "fighter jet", "fighter aircraft"),
    "helicopter": ("helicopter", "helicopters"),
    "a220": ("a220",),
    "a320": ("a320",),
    "a330": ("a330",),
    "arj21": ("arj21",),
    "boeing 737": ("boeing737", "boeing 737", "boeing737 800", "b737"),
    "boeing 787": ("boeing787", "boeing 787", "b787"),
    "vehicle": ("vehicle", "vehicles", "small vehicle", "large vehicle"),
    "car": ("car", "cars"),
    "truck": ("truck", "trucks"),
    "bus": ("bus", "buses"),
    "tank": ("tank", "tanks", "storage tank", "storagetank", "storage tanks"),
    "oil tank": ("oil tank", "oiltank", "oil tanks"),
    "bridge": ("bridge", "bridges"),
    "harbor": ("harbor", "harbour", "harbors", "port"),
    "building": ("building", "buildings"),
    "ship wake": ("ship wake", "ship wakes", "wake", "wakes", "vessel wake"),
}

# Land covers: masks have them, boxes do not.
_COVER_SPELLINGS: dict[str, tuple[str, ...]] = {
    "water": (
        *("water", "water body", "waterbody", "sea", "ocean", "lake", "river", "permanent water", "open water"),
        *("sea surface", "ocean surface", "water surface", "sea water", "seawater"),
    ),
    "vegetation": ("vegetation",),
    "tree cover": ("tree", "trees", "tree cover"),
    "forest": ("forest", "forests", "woodland"),
    "cropland": ("cropland", "crop", "crops", "agriculture", "agriculture land", "agricultural land", "farmland", "farm land"),
    "grassland": ("grassland", "grass", "rangeland", "meadow", "pasture"),
    "shrubland": ("shrubland", "shrub", "shrubs"),
    "urban": ("urban", "urban area", "built up", "built up area", "city", "village"),
    "road": ("road", "roads", "street"),
    "bare soil": ("bare soil", "bareland", "bare land", "bare ground", "barren", "barren land"),
    "wetland": ("wetland", "wetlands", "marsh"),
    "snow": ("snow",),
    "ice": ("ice",),
    "sea ice": ("sea ice", "seaice"),
    "land": ("land", "land area", "land surface", "landmass"),
    "flood": (
        *("flood", "floods", "flooded", "flooded area", "flooded areas", "flooded land", "flood water", "floodwater"),
        *("flood extent", "inundated", "inundated area", "inundation"),
    ),
    "oil spill": ("oil spill", "oil spills", "oilspill", "oil slick", "oil slicks", "oil"),
    "look-alike": ("look alike", "look alikes", "lookalike", "lookalikes", "oil spill look alike"),
}

LAND_COVERS = frozenset(_COVER_SPELLINGS)

COMMON_LABELS: dict[str, str] = {spelling: target for target, spellings in _SPELLINGS.items() for spelling in spellings}
COVER_LABELS = {spelling: target for target, spellings in _COVER_SPELLINGS.items() for spelling in spellings}

# SAR-AIRcraft-1.0 (Wang et al. 2023) annotates aircraft only, so its "other" is one, and its class A320/321, however it is
# written, is of two types: a `label_map` for that set.
SAR_AIRCRAFT_LABELS: dict[str, str] = {"other": "aircraft", "A320": "airliner", "A320/A321": "airliner"}

_SEPARATORS = re.compile(r"[\s_\-/]+")


def spelled(label: str) -> str:
    """The label in lower case with single spaces for '_', '-', '/' and white space: "Storage-Tank" -> "storage tank"."""
    return _SEPARATORS.sub(" ", label.lower()).strip()


def label_table(label_map: Mapping[str, str], *, covers: bool = False) -> dict[str, str]:
    """Every known spelling -> class of the taxonomy: the common ones, with `covers` those of land covers too, and above them
    those of `label_map`."""
    common = COMMON_LABELS | COVER_LABELS if covers else COMMON_LABELS
    return {**common, **{spelled(label): target for label, target in label_map.items()}}
