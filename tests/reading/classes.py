"""The classes that boxes may have, and the nouns that captions may call them by: the reader's own table.

A class is below its parent: what is true of it is true of the parent, never the other way.
"""

# class -> its parent
PARENTS: dict[str, str | None] = {
    "ship": None,
    "cargo ship": "ship",
    "container ship": "cargo ship",
    "bulk carrier": "cargo ship",
    "tanker": "ship",
    "oil tanker": "tanker",
    "fishing vessel": "ship",
    "trawler": "fishing vessel",
    "passenger ship": "ship",
    "cruise ship": "passenger ship",
    "ferry": "passenger ship",
    "dredger": "ship",
    "tug": "ship",
    "warship": "ship",
    "frigate": "warship",
    "destroyer": "warship",
    "aircraft carrier": "warship",
    "submarine": "warship",
    "yacht": "ship",
    "aircraft": None,
    "jet": "aircraft",
    "airliner": "aircraft",
    "a220": "airliner",
    "a320": "airliner",
    "a330": "airliner",
    "arj21": "airliner",
    "boeing 737": "airliner",
    "boeing 787": "airliner",
    "fighter": "aircraft",
    "helicopter": "aircraft",
    "vehicle": None,
    "car": "vehicle",
    "truck": "vehicle",
    "bus": "vehicle",
    "tank": None,
    "oil tank": "tank",
    "fuel tank": "tank",
    "bridge": None,
    "viaduct": "bridge",
    "footbridge": "bridge",
    "harbor": None,
    "building": None,
    "warehouse": "building",
    "house": "building",
    "skyscraper": "building",
}

# The first may be called the second as well, and a second may be one of the first, without either being below the other.
LOOSE = (("tanker", "cargo ship"), ("airliner", "jet"), ("fighter", "jet"))

# class -> its singular nouns; the first is the usual one
_SINGULAR: dict[str, tuple[str, ...]] = {
    "ship": ("ship", "vessel", "boat"),
    "cargo ship": ("cargo ship", "cargo vessel", "freighter"),
    "container ship": ("container ship", "container vessel"),
    "tanker": ("tanker",),
    "oil tanker": ("oil tanker", "crude oil tanker"),
    "fishing vessel": ("fishing vessel", "fishing boat", "fishing ship"),
    "passenger ship": ("passenger ship", "passenger vessel"),
    "cruise ship": ("cruise ship", "cruise liner"),
    "tug": ("tug", "tugboat"),
    "warship": ("warship", "naval vessel", "naval ship"),
    "aircraft": ("aircraft", "airplane", "plane"),
    "airliner": ("airliner", "passenger jet", "passenger plane"),
    "a220": ("airbus a220", "a220"),
    "a320": ("airbus a320", "a320"),
    "a330": ("airbus a330", "a330"),
    "arj21": ("arj21", "comac arj21"),
    "fighter": ("fighter jet", "fighter", "fighter plane", "fighter aircraft"),
    "tank": ("storage tank", "tank"),
    "harbor": ("harbor", "harbour", "port"),
}


def _plural(noun: str) -> str:
    if noun.endswith("aircraft"):
        return noun
    if noun.endswith("ferry"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith("bus") else f"{noun}s"


# noun as written -> (class, whether it can be one, whether it can be many)
NOUNS: dict[str, tuple[str, bool, bool]] = {}
for _name in PARENTS:
    for _noun in _SINGULAR.get(_name, (_name,)):
        NOUNS[_noun] = (_name, True, _plural(_noun) == _noun)
        NOUNS.setdefault(_plural(_noun), (_name, False, True))


def is_a(label: str, name: str) -> bool:
    """Whether a box with the label is one of the class: the same class, or one below it."""
    step: str | None = label
    while step is not None and step != name:
        step = PARENTS[step]
    return step == name


def may_be(label: str, name: str) -> bool:
    """Whether a thing with the label could turn out to be of the class: above it, below it, or loosely the same."""
    if is_a(label, name) or is_a(name, label):
        return True
    return any((is_a(label, a) and name == b) or (label == b and is_a(name, a)) for a, b in LOOSE)
