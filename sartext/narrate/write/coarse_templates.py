"""The words of coarse captions: rough numbers, names as people search by them, and the frames that hold them.

`{np}` is a noun phrase with its rough number ("a few ships"), `{ground}` one or two land covers ("farmland and a river"),
`{first}` and `{second}` one each, `{text}` any text.
"""

import re

from sartext.narrate.write.numbers import NUMBER_WORDS

# Words for a number of objects, the fewest and the most of which they are true (None: of all above); where there may be more
# than are counted, only the latter. Repeated words are drawn more often.
ROUGH_NUMBERS: tuple[tuple[str, int, int | None], ...] = (
    ("a", 1, 1),
    ("a", 1, 1),
    ("two", 2, 2),
    ("a couple of", 2, 2),
    ("a pair of", 2, 2),
    ("three", 3, 3),
    ("a few", 3, 5),
    ("a few", 3, 5),
    ("a handful of", 3, 5),
    ("several", 3, 12),
    *((word, number, number) for number, word in enumerate(NUMBER_WORDS) if number > 3),
    ("many", 11, None),
    ("many", 11, None),
    ("numerous", 11, None),
    ("lots of", 11, None),
    ("a large number of", 11, None),
    ("dozens of", 24, None),
    ("dozens of", 24, None),
)
SOME = "some"
# Where none of them holds, and now and then elsewhere.
ANY_NUMBERS: tuple[tuple[str, int, int | None], ...] = (
    *ROUGH_NUMBERS[:2],
    ("", 2, None),
    (SOME, 2, None),
    ("multiple", 3, None),
    ("a group of", 3, None),
    ("a number of", 4, None),
)
ONE_AT_LEAST = (("at least one", True),)  # and whether a singular follows

# Singular and plural of what classes are called beside the taxonomy's own words.
CALLED: dict[str, tuple[tuple[str, str], ...]] = {
    "ship": (("ship", "ships"), ("vessel", "vessels")),
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
    "water": ("on the water",),
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
)
# How texts begin and end that name the image already, or say how much of it they mean.
FRAMED_ALREADY = re.compile(r"a (?:scene|view|SAR image|radar image) .*|\w+ly .*|.* the (?:frame|image|scene)")
WITH_GROUND = ("{ground} with {np}", "{ground} with {np}", "a scene of {ground} with {np}")
TWO_APART = ("two {many}, {parts}", "a pair of {many}, {parts}", "a couple of {many}, {parts}")
MOSTLY_ONE = tuple(f"{word} {{first}}" for word in ("mostly", "mainly", "largely"))
ALMOST_ONE = tuple(f"{word} {{first}}" for word in ("almost entirely", "almost completely", "mostly", "mainly"))
ENTIRELY_ONE = (
    *(f"{word}{{first}}" for word in ("", "entirely ", "completely ", "wholly ", "exclusively ")),
    *(f"{word} {{first}}" for word in ("a scene of", "a view of", "a SAR image of", "a radar image of", "a scene with")),
    *(f"{{first}} {word}" for word in ("throughout the frame", "filling the frame", "filling the image", "covering the scene")),
)
TWO_GROUNDS = ("{first} and {second}",)
GROUNDS_BORDERING = ("{first} next to {second}", "{first} beside {second}")
SIDES = {
    "left": ("on the left", "on the left side"),
    "right": ("on the right", "on the right side"),
    "upper": ("at the top", "in the upper part"),
    "lower": ("at the bottom", "in the lower part"),
}
