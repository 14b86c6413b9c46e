"""The one taxonomy: classes with their parents, and the words for them.

Truth goes upward only: a tanker is a ship, and a ship is not known to be a tanker. `tank` is a storage tank, never an
armoured vehicle. Land covers describe regions of a mask, all other classes describe boxes.

Container ships and bulk carriers lie below cargo ship, as in the ship types of OpenSARShip (Huang et al., IEEE JSTARS
11(1), 2018); the airliner types are those of SAR-AIRcraft-1.0 (Wang et al., Journal of Radars 12(4), 2023). Oil spills and
look-alikes, which are as dark as oil and none, are those of Krestenitis et al. (Remote Sensing 11(15), 2019): what covers the
sea there is no "water", though people may call it so; and "land" is what such sets have in one class.
"""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One class: `synonyms` maps a further singular to its plural, for readers of free text."""

    name: str
    parent: str | None = None
    singular: str
    plural: str
    synonyms: tuple[tuple[str, str], ...] = ()
    region: bool = False
    mass: str = ""  # what is said to cover an area: "water", "roads"


def _kind(
    name: str,
    parent: str | None = None,
    *others: str,
    singular: str = "",
    plural: str = "",
    region: bool = False,
    mass: str = "",
) -> Kind:
    """A kind whose plurals are regular unless written 'singular/plural'."""
    one = singular or name
    pairs = [tuple(word.split("/")) if "/" in word else (word, f"{word}s") for word in others]
    return Kind(
        name=name,
        parent=parent,
        singular=one,
        plural=plural or f"{one}s",
        synonyms=tuple((pair[0], pair[1]) for pair in pairs),
        region=region,
        mass=mass or (one if region else plural or f"{one}s"),
    )


# Kinds that no source labels today (an oil tank, a frigate) are here so that a reader knows what they are a kind of.
_KINDS = (
    _kind(
        "ship",
        None,
        "marine craft/marine crafts",
        "vessel",
        "boat",
        "watercraft/watercraft",
        "marine vessel",
        "surface vessel",
        "sea vessel",
    ),
    _kind("cargo ship", "ship", "cargo vessel", "freighter", "cargo carrier", "general cargo ship"),
    _kind("container ship", "cargo ship", "container vessel", "containership", "container carrier"),
    _kind("bulk carrier", "cargo ship", "bulk ship", "bulk vessel", "bulker", "bulk cargo ship"),
    _kind("tanker", "ship", "tanker ship", "tanker vessel"),
    _kind("oil tanker", "tanker", "crude carrier", "crude oil tanker"),
    _kind("fishing vessel", "ship", "fishing boat", "fishing ship"),
    _kind("trawler", "fishing vessel", "fishing trawler"),
    _kind("passenger ship", "ship", "passenger vessel"),
    _kind("cruise ship", "passenger ship", "cruise liner"),
    _kind("ferry", "passenger ship", "ferry boat", plural="ferries"),
    _kind("dredger", "ship", "dredging vessel", "dredging ship"),
    _kind("tug", "ship", "tugboat", "tug boat", "towboat"),
    _kind("warship", "ship", "naval vessel", "naval ship", "military ship", "military vessel"),
    _kind("frigate", "warship"),
    _kind("destroyer", "warship"),
    _kind("aircraft carrier", "warship"),
    _kind("submarine", "warship"),
    _kind("yacht", "ship", "sailboat", "sailing boat"),
    _kind("aircraft", None, "airplane", "plane", "aeroplane", singular="aircraft", plural="aircraft"),
    _kind("jet", "aircraft", "jet plane", "jet aircraft/jet aircraft"),
    _kind("airliner", "aircraft", "passenger jet", "passenger plane", "jetliner", "passenger aircraft/passenger aircraft"),
    _kind("a220", "airliner", "a220", singular="Airbus A220"),
    _kind("a320", "airliner", "a320", singular="Airbus A320"),
    _kind("a330", "airliner", "a330", singular="Airbus A330"),
    _kind("arj21", "airliner", "comac arj21", singular="ARJ21"),
    _kind("boeing 737", "airliner", "b737", singular="Boeing 737"),
    _kind("boeing 787", "airliner", "b787", "dreamliner", singular="Boeing 787"),
    _kind("fighter", "aircraft", "fighter", "fighter plane", "fighter aircraft/fighter aircraft", singular="fighter jet"),
    _kind("helicopter", "aircraft", "chopper"),
    _kind("vehicle", None, "motorized transport/motorized transport", "motor vehicle", "road vehicle"),
    _kind("car", "vehicle", "automobile", "passenger car"),
    _kind("truck", "vehicle", "lorry/lorries"),
    _kind("bus", "vehicle", plural="buses"),
    _kind("tank", None, "tank", singular="storage tank"),
    _kind("oil tank", "tank", "oil storage tank", "petroleum tank"),
    _kind("fuel tank", "tank", "fuel storage tank"),
    _kind("bridge", None, "spanning structure"),
    _kind("viaduct", "bridge"),
    _kind("footbridge", "bridge", "pedestrian bridge"),
    _kind("harbor", None, "harbour", "port", "harbor area", "harbour area", "port area", "port facility/port facilities"),
    _kind("building"),
    _kind("warehouse", "building"),
    _kind("house", "building"),
    _kind("skyscraper", "building"),
    _kind(
        "water",
        None,
        "water body/water bodies",
        "body of water/bodies of water",
        "water surface",
        "surface of the water/surfaces of the water",
        plural="water areas",
        region=True,
    ),
    _kind("sea", "water", "ocean", "sea surface", "ocean surface", "surface of the sea/surfaces of the sea", region=True),
    _kind("lake", "water", region=True),
    _kind("river", "water", region=True),
    _kind("vegetation", None, "vegetated area", "vegetated land/vegetated land", region=True, mass="vegetation"),
    _kind("tree cover", "vegetation", plural="tree cover", region=True),
    _kind("forest", "tree cover", "woodland", "wooded area", region=True),
    _kind("cropland", "vegetation", "farmland", "crop field", "agricultural field", "agricultural land", region=True),
    _kind("grassland", "vegetation", "rangeland", "meadow", "pasture", region=True),
    _kind("shrubland", "vegetation", "scrubland", region=True),
    _kind("urban", None, "built-up area", "urban land/urban land", singular="urban area", region=True, mass="urban land"),
    _kind("road", None, "roadway", "street", region=True, mass="roads"),
    _kind("snow", None, "snow cover", plural="snow", region=True),
    _kind("ice", None, "ice cover", plural="ice", region=True),
    _kind("bare soil", None, "bare land", "bare ground", "barren land", "barren ground", plural="bare soil areas", region=True),
    _kind("wetland", None, "marsh/marshes", "swamp", "marshland", region=True),
    _kind("sea ice", "ice", "sea ice cover", plural="sea ice", region=True),
    _kind(
        "land",
        None,
        "land/lands",
        "land surface",
        "land mass/land masses",
        "landmass/landmasses",
        plural="land areas",
        region=True,
    ),
    _kind(
        "flood",
        None,
        "flood",
        "flood area",
        "flooded land/flooded land",
        "flooded region",
        "flooded zone",
        "inundated area",
        "floodwater",
        "flood water",
        singular="flooded area",
        region=True,
        mass="floodwater",
    ),
    _kind("oil spill", None, "oil slick", "spilled oil/spilled oil", region=True, mass="oil spills"),
    _kind(
        "look-alike",
        None,
        "lookalike",
        "oil look-alike",
        "oil spill look-alike",
        "look-alike area",
        region=True,
        mass="look-alikes",
    ),
    _kind("ship wake", None, "wake", "vessel wake", "boat wake"),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _KINDS}

REGIONS = frozenset(name for name, kind in KINDS.items() if kind.region)

# (labelled, called): what people call by a name beside its line of parents. A tanker carries cargo; an airliner is a jet; oil
# lies on water, and a forest on land.
LOOSE = (
    *(("tanker", "cargo ship"), ("airliner", "jet"), ("fighter", "jet")),
    *((name, "water") for name in ("oil spill", "look-alike", "ship wake", "sea ice", "flood")),
    *((name, "land") for name in ("vegetation", "urban", "road", "bare soil", "wetland", "snow", "ice", "flood")),
)


@cache
def lineage(name: str) -> tuple[str, ...]:
    """The class, its parent, its parent's parent ... up to the root. Raises `KeyError` for a name of no class."""
    parent = KINDS[name].parent
    return (name,) if parent is None else (name, *lineage(parent))


@cache
def is_a(name: str, other: str) -> bool:
    """Whether every `name` is an `other`: truth upward."""
    return other in lineage(name)


@cache
def akin(name: str, other: str) -> bool:
    """Whether one is above the other: something labelled `name` is an `other`, or may turn out to be one."""
    return is_a(name, other) or is_a(other, name)


@cache
def loosely(name: str, other: str) -> bool:
    """Whether people may call something labelled `name` an `other`, though neither is above the other."""
    return not akin(name, other) and any(is_a(name, labelled) and is_a(other, called) for labelled, called in LOOSE)


@cache
def root(name: str) -> str:
    """The topmost class above `name`."""
    return lineage(name)[-1]
