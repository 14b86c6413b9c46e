"""The sentence frames for regions. `{of}` is a share of the image ("about half of the image"), `{bare}` the same without it.

`{a}` is the class of the largest share and `{covers}` its verb; `{rest}` is the others with their shares (", forest about a
quarter and cropland one tenth"), `{mixed}` all of them with the share first ("62% water and 38% forest"), `{img}` the image.
"""

# One class, or the largest alone.
ONE = (
    "{A} {covers} {of}.",
    "{A} {takes} up {of}.",
    "{Of} is {a}.",
    "{Of} is covered by {a}.",
)
SEVERAL = (
    "{A} {covers} {of}{rest}.",
    "{A} {takes} up {of}{rest}.",
    "In this {img}, {a} {covers} {bare}{rest}.",
    "{Of} is {a}{mixed_rest}.",
)
# Only where the whole image is labelled.
SEVERAL_OF_ALL = (
    "This {img} is {mixed}.",
    "This {img} shows {mixed}.",
)
# The class that covers all, nearly all or most of the image, and the one that covers far more than every other.
MOSTLY = (
    "This {img} is mostly {a}.",
    "This {img} is mainly {a}.",
    "Most of the {img} is {a}.",
    "Most of the {img} is covered by {a}.",
    "{A} {covers} most of the {img}.",
)
ALMOST = (
    "This {img} is almost entirely {a}.",
    "Nearly all of the {img} is {a}.",
    "{A} {covers} nearly all of the {img}.",
)
ENTIRELY = ("This {img} is entirely {a}.", "The {img} is entirely {a}.")
DOMINANT = (
    "{A} {dominates} this {img}.",
    "The {img} is dominated by {a}.",
)

LIES = (
    "Most of the {a} {lies} {at}.",
    "Most of the {a} {is_} {at}.",
    "Most of the {a} {is_} located {at}.",
    "Most of the {a} can be found {at}.",
    "Most of the {a} {appears} {at}.",
)
ALL_LIES = (
    "The {a} {lies} {at}.",
    "The {a} {is_} {at} of the image.",
    "The {a} {is_} located {at}.",
    "The {a} {appears} {at}.",
)
BORDERS = (
    "The {a} {lies} alongside the {b}.",
    "The {a} {is_} next to the {b}.",
    "The {a} {lies} next to the {b}.",
    "The {b} {is_b} adjacent to the {a}.",
    "The {a} {is_} adjacent to the {b}.",
    "The {b} {lies_b} beside the {a}.",
)
# After what covers the image: what can be seen on it.
AND_OBJECTS = ("; {np} can be seen.", "; {np} {is_} visible.")
OBJECTS = ("{Np} can be seen.", "There {there} {np}.", "{Np} {is_} visible.")
OBJECTS_PLACED = ("{Np} can be seen {at}.", "There {there} {np} {at}.", "{Np} {is_} visible {at}.")
OBJECTS_PARTED = ("There {there} {np}{at}.",)
SIDES = ("in the {side} part", "in the {side} third")
HALVES = ("in the {side} half",)
