"""What of an optical image is still there in a radar image of another day: the classes that last, and the words for them.

Ships, cars, aircraft, snow, floods, oil and the state of crops are of their day, and so are numbers, colours and weather.
"""

from sartext.narrate.facts import taxonomy

# Of the taxonomy, coarser classes before finer ones.
LASTING_COVERS = (
    *("water", "sea", "lake", "river", "vegetation", "tree cover", "forest", "cropland", "grassland", "shrubland"),
    *("urban", "road", "bare soil", "wetland"),
)
LASTING_BUILT = (
    "bridge",
    "viaduct",
    "footbridge",
    "harbor",
    "tank",
    "oil tank",
    "building",
    "warehouse",
    "house",
    "skyscraper",
)
# What people name in such images and no label is of: their captions cannot be held against labels.
OF_NO_LABEL = ("mountain", "airport", "railway", "island", "stadium", "dam")
LASTING = frozenset((*LASTING_COVERS, *LASTING_BUILT, *OF_NO_LABEL))

# Words that are no class of the taxonomy, as tokens of the reader have them, and the class that is surely there.
CLASS_OF = {
    **dict.fromkeys(("reservoir", "pond", "lagoon", "bay", "estuary", "stream", "canal", "waterway", "creek"), "water"),
    **dict.fromkeys(("reservoirs", "ponds", "lagoons", "bays", "streams", "canals", "waterways", "creeks"), "water"),
    **dict.fromkeys(("tree", "trees", "plants", "green plants", "bushes", "hedge", "hedges", "line of trees"), "vegetation"),
    **dict.fromkeys(("vegetation belt", "vegetation belts", "greenery"), "vegetation"),
    **dict.fromkeys(("woods", "woodlands", "jungle", "rainforest", "forest ecosystem", "forest ecosystems"), "forest"),
    **dict.fromkeys(("fields", "farm", "farms", "farmlands", "paddy fields", "plantation", "orchard", "orchards"), "cropland"),
    **dict.fromkeys(("meadowland", "meadowlands", "grass", "grasslands", "lawn", "lawns"), "grassland"),
    **dict.fromkeys(("town", "towns", "city", "cities", "village", "villages", "suburb", "suburbs", "downtown"), "urban"),
    **dict.fromkeys(("settlement", "settlements", "settlement area", "settlement areas", "urban zone", "urban zones"), "urban"),
    **dict.fromkeys(("residential area", "residential areas", "industrial area", "industrial areas"), "urban"),
    **dict.fromkeys(("commercial area", "commercial areas", "downtown area", "downtown areas"), "urban"),
    **dict.fromkeys(("business district", "business districts", "neighborhood", "neighborhoods"), "urban"),
    **dict.fromkeys(("highway", "highways", "expressway", "expressways", "motorway", "motorways", "freeway"), "road"),
    **dict.fromkeys(("lane", "lanes", "crossroad", "crossroads", "intersection", "intersections", "avenue"), "road"),
    **dict.fromkeys(("roundabout", "roundabouts", "freeways", "avenues"), "road"),
    **dict.fromkeys(("overpass", "overpasses", "flyover", "flyovers"), "bridge"),
    **dict.fromkeys(("desert", "deserts", "dune", "dunes", "bareland", "wasteland", "wastelands", "sand", "soil"), "bare soil"),
    **dict.fromkeys(("factory", "factories", "hangar", "hangars", "church", "churches", "school", "schools"), "building"),
    **dict.fromkeys(("hotel", "hotels", "railway station", "train station", "railway stations"), "building"),
    **dict.fromkeys(("mountain", "mountains", "hill", "hills", "mountain range", "mountainside"), "mountain"),
    **dict.fromkeys(("airport", "airports", "airfield", "airfields"), "airport"),
    **dict.fromkeys(("railway", "railways", "railroad", "railroads"), "railway"),
    **dict.fromkeys(("island", "islands"), "island"),
    **dict.fromkeys(("stadium", "stadiums"), "stadium"),
    **dict.fromkeys(("dam", "dams"), "dam"),
}
# Several of them are a built-up area: that says of it what does not depend on their number.
BUILT_UP_WHERE_MANY = frozenset(("building", "house", "skyscraper"))

_COUNTABLE = frozenset(("lake", "river", "road"))


def is_thing(name: str) -> bool:
    """Whether there can be several of it: bridges, and lakes too."""
    return name not in taxonomy.REGIONS or name in _COUNTABLE


def said_as(name: str) -> str:
    """The class after a verb, in words that hold of one and of many: "water", "a bridge"."""
    one = _one(name)
    if not is_thing(name):
        return one
    return f"an {one}" if one[0] in "aeio" else f"a {one}"


def said_again(name: str) -> str:
    """The class that has been named before: "the water", "the bridge"."""
    return f"the {_one(name)}"


def _one(name: str) -> str:
    kind = taxonomy.KINDS.get(name)
    return name if kind is None else kind.singular if is_thing(name) else kind.mass


def parents_of(name: str) -> tuple[str, ...]:
    """The classes that are true where this one is, itself first."""
    return taxonomy.lineage(name) if name in taxonomy.KINDS else (name,)
