"""The sentence frames for what the record knows, by what they say; the slots are in the order of the keys.

`{season}` is "winter", `{orbit}` "ascending" or "descending", `{band}` "C", `{channels}` "VV and VH", `{pixel}` metres ("10").
"""

BANDS = ("X", "C", "L", "S", "P", "Ku", "Ka")

RECORD: dict[tuple[str, ...], tuple[str, ...]] = {
    ("season",): ("Acquired in {season}.", "The image was acquired in {season}."),
    ("orbit",): ("Seen from a pass that is {orbit}.",),
    ("band",): ("The image is in {band}-band.", "This is a {band}-band image."),
    ("channels",): ("The image is in {channels}.",),
    ("pixel",): ("The image has pixels of {pixel} m.", "The image has {pixel} m pixels."),
}
