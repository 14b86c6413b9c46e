"""The words of coarse captions: rough numbers, names as people search by them, and the frames that hold them.

`{np}` is a noun phrase with its rough number ("a few ships"), `{ground}` one or two land covers ("farmland and a river"),
`{first}` and `{second}` one each, `{text}` any text.
"""

# Words for a number of objects, the fewest and the most of which they are true (None: of all above); where there may be more
# than are counted, only the latter. Repeated words are drawn more often.
ROUGH_NUMBERS: tuple[tuple[str, int, int | None], ...] = (
    ("a", 1, 1),
    ("a", 1, 1),
    ("one", 1, 1),
    ("a single", 1, 1),
    ("a lone", 1, 1),
    ("two", 2, 2),
    ("a couple of", 2, 2),
    ("a pair of", 2, 2),
    ("three", 3, 3),
    ("a few", 3, 5),
    ("a few", 3, 5),
    ("a handful of", 3, 5),
    ("several", 3, 12),
    ("several", 3, 12),
    ("many", 11, None),
    ("many", 11, None),
    ("numerous", 11, None),
    ("lots of", 11, None),
    ("a large number of", 11, None),
    ("dozens of", 24, None),
    ("dozens of", 24, None),
)
# Where none of them holds, and now and then elsewhere.
ANY_NUMBERS: tuple[tuple[str, int, int | None], ...] = (
    *ROUGH_NUMBERS[:5],
    ("", 2, None),
    ("", 2, None),
    ("some", 2, None),
    ("multiple", 2, None),
    ("a number of", 4, None),
)
ONE_AT_LEAST = (("at least one", True), ("at least one", True), ("one or more", False))  # and whether a singular follows

# Singular and plural of what classes are called beside the taxonomy's own words.
CALLED: dict[str, tuple[tuple[str, str], ...]] = {
    "ship": (("ship", "ships"), ("ship", "ships"), ("vessel", "vessels")),
    "cargo ship": (("cargo ship", "cargo ships"), ("freighter", "freighters")),
    "aircraft": (("aircraft", "aircraft"), ("airplane", "airplanes"), ("plane", "planes")),
    "harbor": (("harbor", "harbors"), ("port", "ports")),
}
WINGLESS = ("helicopter",)  # aircraft that are no planes

# What land covers are called, and how something is said to be on them.
GROUNDS: dict[str, tuple[str, ...]] = {
    "river": ("a river",),
    "lake": ("a lake",),
    "cropland": ("farmland", "cropland"),
    "forest": ("forest", "woodland"),
    "urban": ("an urban area", "a built-up area"),
    "bare soil": ("bare land", "bare ground"),
    "flood": ("a flooded area", "floodwater"),
}
RESTING_ON: dict[str, tuple[str, ...]] = {
    "water": ("on the water", "on water"),
    "sea": ("at sea", "at sea", "on the sea"),
    "urban": ("in an urban area", "in a built-up area"),
    "forest": ("in forest", "in woodland"),
    "wetland": ("in wetland",),
}
NEARBY = ("near", "near", "by", "close to")

FRAMES_OF_IMAGE = (
    "a SAR image of {text}",
    "SAR image with {text}",
    "a radar image of {text}",
    "a scene with {text}",
    "a view of {text}",
)
FRAMED_ALREADY = ("a scene ", "a view ")  # with what a text begins that names the image already
WITH_GROUND = "{ground} with {np}"
OBJECTS_ALONE = ("{np}", "{np}", "{np}", "{np} from above", "{np} seen from above")
MOSTLY_ONE = tuple(f"{word} {{first}}" for word in ("mostly", "mainly", "largely", "predominantly", "primarily", "chiefly"))
ALMOST_ONE = tuple(f"{word} {{first}}" for word in ("almost entirely", "nearly entirely", "almost completely"))
ENTIRELY_ONE = (
    *(f"{word}{{first}}" for word in ("", "entirely ", "completely ", "wholly ", "exclusively ", "a scene of ", "a view of ")),
    *(f"{{first}} {word}" for word in ("from above", "seen from above", "throughout the frame")),
    "a view of {first} from above",
)
TWO_GROUNDS = ("{first} and {second}", "{first} with {second}", "{first}, {second}")
GROUNDS_BORDERING = ("{first} next to {second}", "{first} beside {second}")
AT_SIDES = {
    (7, 1): ("on the left", "on the left side"),
    (7, 4): ("on the right", "on the right side"),
    (1, 7): ("at the top", "in the upper part"),
    (4, 7): ("at the bottom", "in the lower part"),
}
