"""The sentence frames for what the record knows of an image, by what they say.

`{season}` is "winter", `{orbit}` "an ascending pass", `{band}` "C-band", `{a_band}` "a C-band", `{channels}` "VV and VH",
`{pixel}` "10 m".
"""

BANDS_SAID = {"X": "an X-band", "C": "a C-band", "L": "an L-band", "S": "an S-band", "P": "a P-band"}
ORBITS = {"ascending": "an ascending pass", "descending": "a descending pass"}

FRAMES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("season",): ("The image was acquired in {season}.",),
    ("orbit",): ("The image was acquired on {orbit}.",),
    ("band",): ("This is {a_band} image.",),
    ("channels",): ("The image has {channels} polarization.",),
    ("pixel",): ("The pixel spacing is {pixel}.", "The pixel size is {pixel}."),
    ("season", "orbit"): ("The image was acquired in {season} on {orbit}.",),
    ("season", "band"): ("The {band} image was acquired in {season}.",),
    ("orbit", "band"): ("The {band} image was acquired on {orbit}.",),
    ("band", "channels"): ("The {band} image has {channels} polarization.",),
    ("band", "pixel"): ("The {band} image has a pixel size of {pixel}.",),
}
