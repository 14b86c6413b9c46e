"""The sentence frames of the grammar. What the slots mean, and which words a caption can hold, is the grammar's contract.

`{np}` is a noun phrase with its number ("at least two annotated ships", "a bridge and three cars"), `{Np}` the same at the
start of a sentence; `{at}` a place ("in the upper left"), `{At}` the same at the start; `{cell}` its bare name; `{img}` the
image ("SAR image"). `{is_}`, `{lies}`, `{appears}`, `{sits}` agree with `{np}`, `{there}` with its first item.
"""

IMAGES = (
    "SAR image",
    "radar image",
    "SAR scene",
    "radar scene",
    "SAR tile",
    "synthetic aperture radar image",
    "SAR view",
    "radar frame",
)

# What a frame says of radar, and what of an image of light in its place.
OF_LIGHT = (
    ("synthetic aperture radar", "remote sensing"),
    ("The radar has imaged", "The image shows"),
    ("imaged by the radar", "visible in the image"),
    ("by SAR", "from above"),
    ("by radar", "from above"),
    ("Radar", "Remote sensing"),
    ("radar", "remote sensing"),
    ("SAR", "remote sensing"),
)

# One or more objects that all lie in one place.
PLACED = (
    "{Np} {at} of a {img}.",
    "A {img} showing {np} {at}.",
    "A {img} with {np} {at}.",
    "{Np} {is_} visible {at} of this {img}.",
    "{At} of this {img} {lies} {np}.",
    "There {there} {np} {at} of the {img}.",
    "This {img} shows {np} {at}.",
    "This {img} contains {np}, located {at}.",
    "{Np} {appears} {at} of the {img}.",
    "{Np} can be seen {at}.",
    "In this {img}, {np} {is_} located {at}.",
    "{At} of the {img} there {there} {np}.",
    "{At}, {np} {is_} visible in this {img}.",
    "{Np} {is_} situated {at} of this {img}.",
    "The {img} captures {np} {at}.",
    "{Np} {lies} {at}.",
    "A {img} in which {np} {lies} {at}.",
    "A {img} where {np} {appears} {at}.",
    "Seen by radar, {np} {lies} {at} of the image.",
    "Radar view of {np} {at}.",
    "{Np} {sits} {at} of this {img}.",
    "{At} of this {img}, {np} can be seen.",
    "{Np} {is_} found {at} of the {img}.",
    "The {img} contains {np} {at}.",
    "The {cell} of the {img} holds {np}.",
    "The {cell} of this {img} shows {np}.",
    "A {img} that shows {np} {at}.",
    "Visible {at} of this {img} {is_} {np}.",
    "Located {at} of the {img} {is_} {np}.",
    "The {img} depicts {np} {at}.",
    "{Np} {is_} shown {at} of this {img}.",
    "Here, {np} {is_} visible {at} of the {img}.",
    "{Np} {at}, seen in a {img}.",
    "A {img}: {np} {at}.",
    "{Np} imaged by SAR, {at} of the scene.",
    "{Np} observed by radar {at} of the scene.",
    "This {img} includes {np} {at}.",
    "{At}, the {img} shows {np}.",
    "A {img} that has {np} {at}.",
    "Within this {img}, {np} can be made out {at}.",
    "A look at this {img} reveals {np} {at}.",
    "{Np} can be identified {at} of this {img}.",
    "Looking at the {cell} of this {img}, {np} can be seen.",
    "Radar imagery with {np} {at}.",
)

# Any objects, their places not said.
PLAIN = (
    "A {img} showing {np}.",
    "A {img} with {np}.",
    "{Np} {is_} visible in this {img}.",
    "There {there} {np} in the {img}.",
    "This {img} shows {np}.",
    "This {img} contains {np}.",
    "{Np} {appears} in the {img}.",
    "{Np} can be seen in this {img}.",
    "In this {img}, {np} {is_} visible.",
    "The {img} captures {np}.",
    "A {img} in which {np} can be seen.",
    "A {img} of {np}.",
    "Visible in this {img} {is_} {np}.",
    "{Np} in a {img}.",
    "The {img} depicts {np}.",
    "{Np} {is_} shown in this {img}.",
    "Here, the {img} includes {np}.",
    "{Np}, seen in a {img}.",
    "{Np} imaged by SAR.",
    "{Np} observed by radar.",
    "A {img} that contains {np}.",
    "A {img} where {np} {appears}.",
    "{Np} {is_} present in the {img}.",
    "The scene, imaged by SAR, contains {np}.",
    "Seen by radar: {np}.",
    "{Np} {is_} found in this {img}.",
    "Radar view of {np}.",
    "In the {img} there {there} {np}.",
    "Within this {img}, {np} can be made out.",
    "This {img} covers an area with {np}.",
    "{Np} can be identified in the {img}.",
    "The {img} includes {np}.",
    "A look at this {img} reveals {np}.",
    "This {img} reveals {np}.",
    "What this {img} shows: {np}.",
    "Content of the {img}: {np}.",
    "A {img} that has {np}.",
    "Radar imagery with {np}.",
    "Here, {np} can be seen.",
    "The radar has imaged {np}.",
)

# Those that end with the noun phrase, so that it may go on: "three ships, two of them in the center".
PLAIN_END = tuple(text for text in PLAIN if text.endswith("{np}."))

# After a PLAIN sentence: where the single object is. `{it}` is "it" or "the ship".
LOCATE = (
    "{It} lies {at}.",
    "{It} is located {at}.",
    "{It} is {at} of the image.",
    "{It} can be found {at}.",
    "{At}, {it} is visible.",
    "{It} is situated {at} of the frame.",
    "{It} appears {at}.",
    "The place of {it_object} is {at_the}.",
    "{It} sits {at} of the scene.",
    "{At} of the image is where {it} lies.",
)

# After a PLAIN sentence: how several objects share out. `{parts}` is "two in the upper left and one in the center",
# `{first}` the same with a verb after its first number ("two lie in the upper left, one in the center").
SHARE_OUT = (
    "Of the {noun}, {first}.",
    "The {noun} are placed as follows: {parts}.",
    "By position, the {noun} divide into {parts}.",
    "Of these {noun}, {first}.",
    "The {noun} lie in different places: {parts}.",
    "Counting the {noun} by place gives {parts}.",
    "The {noun} are distributed as follows: {parts}.",
    "As for the {noun}, {first}.",
    "The {noun} are found in several places: {parts}.",
    "Among the {noun}, {first}.",
)
# The same where some object has no place of its own, so that the parts are not all.
SHARE_SOME = ("Among the {noun}, {first}.", "Some of the {noun} have a clear place: {parts}.", "The {noun} include {parts}.")
ALL_PLACED = (
    "{All} of the {noun} lie {at}.",
    "{All} of them are {at} of the image.",
    "The {noun} are all located {at}.",
    "{At}, {all} of the {noun} can be found.",
    "They all lie {at}.",
    "The {noun} all appear {at} of the scene.",
)

# Of objects with a coarse label, those with a finer one; `{finer}` is "at least two tankers and at least one tug".
FINER = ("The {noun} include {finer}.", "Among the {noun} {is_} {finer}.", "There {is_} {finer} among the {noun}.")

LENGTH_ONE = (
    "{It} is about {m} m long.",
    "{Its} length is about {m} m.",
    "{It} measures about {m} m in length.",
    "{It} has a length of about {m} m.",
    "About {m} m is {its} length.",
    "From end to end, {it} measures about {m} m.",
)
LENGTH_LONGEST = (
    "The longest of the {noun} measures about {m} m.",
    "The longest {one} is about {m} m long.",
    "With about {m} m, the longest {one} is the one {at}.",
    "The longest {one} has a length of about {m} m.",
)
LENGTH_RANGE = (
    "The {noun} are about {low} to {high} m long.",
    "The lengths of the {noun} range from about {low} to {high} m.",
    "The {noun} measure between about {low} and {high} m in length.",
)
LENGTH_SAME = (
    "Each of the {noun} is about {m} m long.",
    "The {noun} are all about {m} m long.",
    "The length of the {noun} is about {m} m each.",
)

ORIENTED_ONE = (
    "{It} is oriented {adverb} in the image.",
    "{Its} orientation in the image is {adjective}.",
    "{It} lies {adverb}.",
    "{Its} long axis is {adjective}.",
    "{Its} long side runs {adverb}.",
)
ORIENTED_ALL = (
    "The {noun} are all oriented {adverb}.",
    "All of the {noun} lie {adverb} in the image.",
    "The long axes of the {noun} are all {adjective}.",
)

ARRANGEMENTS = {
    "line": (
        "The {noun} lie in a line.",
        "In the image, the {noun} form a line.",
        "The {noun} are lined up.",
        "The {noun} are arranged in a line.",
    ),
    "cluster": ("The {noun} form a cluster.", "The {noun} are clustered together.", "The {noun} lie close together."),
    "scattered": (
        "The {noun} are scattered over the image.",
        "The {noun} are spread across the scene.",
        "The {noun} lie scattered.",
    ),
}
ARRANGED = {
    "line": ("in a line", "lined up", "arranged in a line"),
    "cluster": ("clustered together", "close together", "in a cluster"),
    "scattered": ("scattered over the image", "spread across the scene"),
}

LARGEST = ("The largest {one} is {at}.", "The largest of the {noun} lies {at}.", "{At} is the largest of the {noun}.")

RELATIONS = {
    "left": ("to the left of",),
    "right": ("to the right of",),
    "above": ("above",),
    "below": ("below",),
    "near": ("near", "close to"),
    "adjacent": ("next to", "beside"),
    "at": ("at",),
}
RELATED = (
    "{A} {is_} {rel} {b}.",
    "{A} {lies} {rel} {b}.",
    "{A} can be seen {rel} {b}.",
    "{A} {is_} located {rel} {b}.",
    "{A} {appears} {rel} {b}.",
)

# `{or_}` is "ships, aircraft or bridges", `{and_}` the same with "and", plural always.
ABSENT = (
    "No {or_} are visible in this {img}.",
    "A {img} without {or_}.",
    "There are no {or_} in this {img}.",
    "This {img} shows no {or_}.",
    "This {img} contains no {or_}.",
    "In this {img}, no {or_} can be seen.",
    "A {img} showing no {or_}.",
    "A {img} with no {or_}.",
    "No {or_} appear in the {img}.",
    "The {img} has no {or_}.",
    "No {or_} can be found in this {img}.",
    "A {img} free of {and_}.",
    "A {img} that contains no {or_}.",
    "A {img} in which no {or_} can be seen.",
    "A {img} without any {or_}.",
    "No {or_} are present in the {img}.",
    "The scene, imaged by SAR, contains no {or_}.",
    "Radar view of a scene without {or_}.",
    "There are no visible {or_} in the {img}.",
    "The {img} does not show any {or_}.",
    "The {img} does not contain any {or_}.",
    "{And_} are absent from this {img}.",
    "This {img} is free of {and_}.",
    "Here, no {or_} are visible.",
    "Within this {img} there are no {or_}.",
    "A look at this {img} reveals no {or_}.",
    "No {or_} were imaged by the radar.",
    "{And_} do not appear in this {img}.",
    "The radar has imaged no {or_}.",
    "Radar imagery without any {or_}.",
    "A {img}, but no {or_} in it.",
    "No {or_} are found anywhere in this {img}.",
)
ABSENT_TOO = (
    "No {or_} are visible.",
    "There are no {or_}.",
    "No {or_} can be seen.",
    "{And_} are absent.",
    "The image contains no {or_}.",
    "No {or_} appear.",
    "It shows no {or_}.",
)

MARKS = ("annotated ", "labeled ")
PLACES = ("in the {cell}", "in the {cell}", "at the {cell}", "in the {cell} part", "in the {cell} area")
CENTER_PLACES = ("in the center", "at the center", "near the center")
SPANS = {
    "left to right": ("spanning the image from left to right", "running across the image from left to right"),
    "top to bottom": ("spanning the image from top to bottom", "running across the image from top to bottom"),
}
