"""The sentence frames of the grammar. What the slots mean, and which words a caption can hold, is the grammar's contract.

`{np}` is a noun phrase with its number ("at least two ships", "a bridge and three cars"), `{Np}` the same at the
start of a sentence; `{at}` a place ("in the upper left"), `{img}` the
image ("SAR image"); `{setting}` what the ground is ("water and cropland"). `{is_}`, `{lies}` agree with `{np}`, `{there}` with
its first item.
"""

IMAGES = ("SAR image", "radar image", "SAR scene")

# What a frame says of radar, and what of an image of light in its place.
OF_LIGHT = (
    ("radar", "remote sensing"),
    ("SAR", "remote sensing"),
)

# One or more objects that all lie in one place.
FRAGMENTS = 3  # of the frames below, those that are no sentences
PLACED = (
    "{Np} {at}.",
    "A {img} with {np} {at}.",
    "A {img} showing {np} {at}.",
    "{Np} {lies} {at}.",
    "{Np} {is_} visible {at}.",
    "{Np} {is_} located {at}.",
    "{Np} can be seen {at}.",
    "There {there} {np} {at}.",
    "This {img} shows {np} {at}.",
)

IMAGE_OF = "A {img} of {np}."
# Any objects, their places not said.
PLAIN = (
    "{Np} {is_} visible.",
    "{Np} can be seen.",
    "{Np} in a {img}.",
    "There {there} {np} in the image.",
    "The image shows {np}.",
    IMAGE_OF,
    "A {img} with {np}.",
    "A {img} showing {np}.",
    "This {img} shows {np}.",
)

# The same where it is known what land or water they are on.
SET = (
    "A {img} of {setting} with {np}.",
    "This {img} shows {setting} with {np}.",
    "The image shows {setting} with {np}.",
    "A {img} showing {setting} with {np}.",
    "{Setting} with {np}.",
)
SET_WHOLE = 4  # of the frames above, those that are said of a single object too: "water with a ship" is no way to speak of one

# Ships where all of the image is water; with the place that all of them are in, and without.
AFLOAT_PLACED = (
    "{At}, {np} can be seen on the water.",
    "{At}, {np} {lies} on the water.",
    "{At}, {np} {is_} visible on the water.",
)
AFLOAT = (
    "{Np} on the water.",
    "{Np} can be seen on the water.",
    "A {img} of {np} on the water.",
    "A {img} with {np} on the water.",
    "A {img} showing {np} on the water.",
    "This {img} shows {np} on the water.",
    "There {there} {np} on the water.",
)

ONE_GROUND = ("This {img} is entirely {setting}.", "The {img} is entirely {setting}.")  # where it is one alone
SET_END = tuple(text for text in SET if text.endswith("{np}."))

GROUND = ("A {img} of {setting}.", "A scene of {setting}.", "This {img} shows {setting}.")  # without any objects

# Those that end with the noun phrase, so that it may go on: "three ships, two of them in the center".
PLAIN_END = tuple(text for text in PLAIN if text.endswith("{np}."))

# After a PLAIN sentence: where the single object is. `{it}` is "it" or "the ship".
LOCATE = (
    "{It} lies {at}.",
    "{It} is {at}.",
    "{It} is located {at}.",
    "{It} can be found {at}.",
    "{It} appears {at}.",
)

# After a PLAIN sentence: how several objects share out. `{parts}` is "two in the upper left and one in the center",
# `{first}` the same with a verb after its first number ("two lie in the upper left, one in the center").
SHARE_OUT = ("Of the {noun}, {first}.", "Of these {noun}, {first}.")
# The same where some object has no place of its own, so that the parts are not all.
SHARE_SOME = ("Among the {noun}, {first}.", "The {noun} include {parts}.")
SPREAD = ("The {noun} are {places}.", "The {noun} are located {places}.")  # at least one in each of the places
SOMEWHERE = ("{Nouns} can be seen {places}.", "There are {nouns} {places}.")  # where there may be more
ALL_PLACED = (
    "{All} of the {noun} lie {at}.",
    "{All} of the {noun} are {at}.",
    "{All} of them are {at}.",
)

LENGTH_ONE = (
    "{It} is about {m} m long.",
    "{Its} length is about {m} m.",
    "{It} measures about {m} m in length.",
    "{It} has a length of about {m} m.",
)
LENGTH_LONGEST = (
    "The longest of the {noun} measures about {m} m.",
    "The longest {one} is about {m} m long.",
    "The longest {one} has a length of about {m} m.",
)
LENGTH_RANGE = (
    "The {noun} are about {low} to {high} m long.",
    "The lengths of the {noun} range from about {low} to {high} m.",
    "The {noun} measure between about {low} and {high} m in length.",
)
LENGTH_SAME = ("Each of the {noun} is about {m} m long.", "The {noun} are all about {m} m long.")

ORIENTED_ONE = ("{It} is oriented {adverb} in the image.", "{It} is oriented {adverb}.")
ORIENTED_ALL = (
    "The {noun} are all oriented {adverb}.",
    "All of the {noun} are oriented {adverb}.",
)

# After a PLAIN sentence, where there is no room for all places: where most are.
MOST_PLACED = ("Most of the {noun} are {at}.", "Most of the {noun} are located {at}.")
MOSTLY_PLACED = ("{Count} of the {noun} are {at}.", "{Count} of the {noun} lie {at}.")

ARRANGEMENTS = {
    "line": (
        "The {noun} are lined up.",
        "The {noun} form a line.",
        "The {noun} are arranged in a line.",
    ),
    "cluster": ("The {noun} form a cluster.", "The {noun} are clustered together.", "The {noun} are close together."),
    "scattered": ("The {noun} are spread across the scene.", "The {noun} are spread across the image."),
}
ARRANGED = {
    "line": ("in a line", "lined up", "arranged in a line"),
    "cluster": ("clustered together", "close together", "in a cluster"),
    "scattered": ("spread across the image", "spread across the scene"),
}

LARGEST = ("The largest {one} is {at}.", "The largest of the {noun} lies {at}.")

RELATIONS = {
    "left": ("to the left of",),
    "right": ("to the right of",),
    "near": ("near", "close to"),
    "adjacent": ("next to", "beside"),
    "at": ("in",),
}
RELATED = (
    "{A} {is_} {rel} {b}.",
    "{A} {lies} {rel} {b}.",
)

# `{or_}` is "ships, aircraft or bridges", plural always.
ABSENT = (
    "No {or_} are visible in this {img}.",
    "A {img} without {or_}.",
    "There are no {or_} in this {img}.",
    "This {img} shows no {or_}.",
    "In this {img}, no {or_} can be seen.",
)

# Pairs of sides of the image, each with the words for it.
OPPOSITE_SIDES: tuple[dict[str, tuple[str, ...]], ...] = (
    {"left": ("on the left side", "on the left"), "right": ("on the right side", "on the right")},
    {"upper": ("in the upper part",), "lower": ("in the lower part",)},
)
HALF_SIDES = ("left", "right", "upper", "lower")
WITHIN_HALF = ("in the {side} half", "in the {side} half of the image")
SPANS = {
    "left to right": ("spanning the image from left to right", "running across the image from left to right"),
    "top to bottom": ("spanning the image from top to bottom", "running across the image from top to bottom"),
}
