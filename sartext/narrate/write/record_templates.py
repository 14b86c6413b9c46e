"""The sentence frames for what the record knows of an image, by what they say.

`{season}` is "winter", `{orbit}` "an ascending pass", `{band}` "C-band", `{a_band}` "a C-band" (`{A_band}` at the start),
`{channels}` "VV and VH", `{pixel}` "10 m".
"""

BANDS_SAID = {"X": "an X-band", "C": "a C-band", "L": "an L-band", "S": "an S-band", "P": "a P-band"}
ORBITS = {"ascending": "an ascending pass", "descending": "a descending pass"}

FRAMES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("season",): ("Acquired in {season}.", "The image was acquired in {season}."),
    ("orbit",): ("Seen from {orbit}.", "The image was acquired from {orbit}."),
    ("band",): ("This is {a_band} image.",),
    ("channels",): ("The image is in {channels}.",),
    ("pixel",): ("The image has pixels of {pixel}.", "The image has {pixel} pixels."),
    ("season", "orbit"): ("Seen in {season} from {orbit}.", "The image was acquired in {season} from {orbit}."),
    ("season", "band"): ("{A_band} image acquired in {season}.", "The {band} image was acquired in {season}."),
    ("season", "channels"): ("Acquired in {season}, in {channels}.", "The image, in {channels}, was acquired in {season}."),
    ("season", "pixel"): ("Acquired in {season} with pixels of {pixel}.",),
    ("orbit", "band"): ("{A_band} image from {orbit}.", "The {band} image was acquired from {orbit}."),
    ("orbit", "channels"): ("Seen from {orbit}, in {channels}.",),
    ("orbit", "pixel"): ("Acquired from {orbit} with pixels of {pixel}.",),
    ("band", "channels"): ("{A_band} image in {channels}.", "The {band} image is in {channels}."),
    ("band", "pixel"): ("{A_band} image with pixels of {pixel}.", "The {band} image has pixels of {pixel}."),
    ("channels", "pixel"): (
        "The image, in {channels}, has pixels of {pixel}.",
        "The image is in {channels} with {pixel} pixels.",
    ),
}
